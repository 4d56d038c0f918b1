/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Onto an image's stack and back (efi/platform.h). Saves what the procedure call standard (AAPCS64) has a callee
 * keep, d8-d15 included: an image that leaves by Exit does not restore what the image that started it has in them. The
 * FPU is on while EFI runs.
 *
 * struct efi_context: x19-x30 (0-95), sp (96), d8-d15 (104-167), fpcr (168).
 */
	.section .text.efi_enter, "ax"
	.globl efi_platform_enter
	.type efi_platform_enter, %function
	/* x0: context, x1: entry, x2: handle, x3: system table, x4: stack */
efi_platform_enter:
	stp x19, x20, [x0, #0]
	stp x21, x22, [x0, #16]
	stp x23, x24, [x0, #32]
	stp x25, x26, [x0, #48]
	stp x27, x28, [x0, #64]
	stp x29, x30, [x0, #80]
	mov x9, sp
	str x9, [x0, #96]
	stp d8, d9, [x0, #104]
	stp d10, d11, [x0, #120]
	stp d12, d13, [x0, #136]
	stp d14, d15, [x0, #152]
	mrs x9, fpcr
	str x9, [x0, #168]
	msr fpcr, xzr
	mov x19, x0
	mov x9, x1
	mov x0, x2
	mov x1, x3
	mov x29, xzr
	mov sp, x4
	blr x9
	mov x1, x0
	mov x0, x19
	.size efi_platform_enter, . - efi_platform_enter

	.globl efi_platform_leave
	.type efi_platform_leave, %function
	/* x0: context, x1: status */
efi_platform_leave:
	ldp x19, x20, [x0, #0]
	ldp x21, x22, [x0, #16]
	ldp x23, x24, [x0, #32]
	ldp x25, x26, [x0, #48]
	ldp x27, x28, [x0, #64]
	ldp x29, x30, [x0, #80]
	ldp d8, d9, [x0, #104]
	ldp d10, d11, [x0, #120]
	ldp d12, d13, [x0, #136]
	ldp d14, d15, [x0, #152]
	ldr x9, [x0, #168]
	msr fpcr, x9
	ldr x9, [x0, #96]
	mov sp, x9
	mov x0, x1
	ret
	.size efi_platform_leave, . - efi_platform_leave
