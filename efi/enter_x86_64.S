/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Onto an image's stack and back (efi/platform.h). The firmware's own C follows the System V convention, the image
 * Microsoft's: what either expects to be kept is saved, XMM6-15 included, because an image that leaves by Exit does
 * not restore what the image that started it has in them.
 *
 * struct efi_context: rbx rbp r12-r15 (0-47), rsp (48), mxcsr (56), x87 control (60), xmm6-15 (64-223).
 * No preprocessor here: a host test includes this file into its assembly.
 */
	.section .text.efi_enter, "ax"
	.globl efi_platform_enter
	.type efi_platform_enter, @function
	/* rdi: context, rsi: entry, rdx: handle, rcx: system table, r8: stack */
efi_platform_enter:
	movq %rbx, 0(%rdi)
	movq %rbp, 8(%rdi)
	movq %r12, 16(%rdi)
	movq %r13, 24(%rdi)
	movq %r14, 32(%rdi)
	movq %r15, 40(%rdi)
	movq %rsp, 48(%rdi)
	stmxcsr 56(%rdi)
	fnstcw 60(%rdi)
	movups %xmm6, 64(%rdi)
	movups %xmm7, 80(%rdi)
	movups %xmm8, 96(%rdi)
	movups %xmm9, 112(%rdi)
	movups %xmm10, 128(%rdi)
	movups %xmm11, 144(%rdi)
	movups %xmm12, 160(%rdi)
	movups %xmm13, 176(%rdi)
	movups %xmm14, 192(%rdi)
	movups %xmm15, 208(%rdi)
	/* UEFI 2.10, 2.3.4: control words 0x37f and 0x1f80, 32 bytes for the callee above the return address. */
	leaq -32(%r8), %rsp
	fninit
	movl $0x1f80, (%rsp)
	ldmxcsr (%rsp)
	cld
	movq %rdi, %rbx
	xorl %ebp, %ebp
	xchgq %rcx, %rdx
	call *%rsi
	movq %rbx, %rdi
	movq %rax, %rsi
	.size efi_platform_enter, . - efi_platform_enter

	.globl efi_platform_leave
	.type efi_platform_leave, @function
	/* rdi: context, rsi: status */
efi_platform_leave:
	movups 64(%rdi), %xmm6
	movups 80(%rdi), %xmm7
	movups 96(%rdi), %xmm8
	movups 112(%rdi), %xmm9
	movups 128(%rdi), %xmm10
	movups 144(%rdi), %xmm11
	movups 160(%rdi), %xmm12
	movups 176(%rdi), %xmm13
	movups 192(%rdi), %xmm14
	movups 208(%rdi), %xmm15
	ldmxcsr 56(%rdi)
	fldcw 60(%rdi)
	cld
	movq 0(%rdi), %rbx
	movq 8(%rdi), %rbp
	movq 16(%rdi), %r12
	movq 24(%rdi), %r13
	movq 32(%rdi), %r14
	movq 40(%rdi), %r15
	movq 48(%rdi), %rsp
	movq %rsi, %rax
	ret
	.size efi_platform_leave, . - efi_platform_leave
	.text
