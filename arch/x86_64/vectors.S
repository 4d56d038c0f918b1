/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exception entries, 16 bytes apart, and the ways out to a kernel. Every exception ends here, on a
 * stack of its own (IST 1), as struct frame of exceptions.c.
 */
#include "arch/x86_64/cpu.h"

	.section .text.vectors, "ax", @progbits
	.balign	512
	.globl	vectors
	.hidden	vectors
vectors:
	.set	vector, 0
	.rept	32
	.balign	16
	.if	((1 << vector) & VECTORS_WITH_ERROR) == 0
	pushq	$0
	.endif
	pushq	$vector
	jmp	enter
	.set	vector, vector + 1
	.endr

enter:
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rbp
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rbx
	pushq	%rax
	movq	%rsp, %rdi
	cld
	call	exceptions_report
1:	hlt
	jmp	1b

	/*
	 * void cpu_enter64(uint64_t rdi entry, uint64_t rsi argument): Linux' 64-bit boot protocol
	 */
	.section .text.cpu_enter64, "ax", @progbits
	.globl	cpu_enter64
cpu_enter64:
	cli
	cld
	xorl	%ebp, %ebp
	xorl	%ebx, %ebx
	jmpq	*%rdi

	.section .text.cpu_enter64_early, "ax", @progbits
	.globl	cpu_enter64_early
cpu_enter64_early:
	cli
	cld
	xorl	%ebp, %ebp
	xorl	%ebx, %ebx
	movl	$EARLY_LEAVE, %eax
	jmpq	*%rax

	/*
	 * void cpu_enter32(uint32_t edi entry, uint32_t esi argument): PVH,
	 * xen/include/public/arch-x86/hvm/start_info.h
	 */
	.section .text.cpu_enter32, "ax", @progbits
	.globl	cpu_enter32
cpu_enter32:
	cli
	cld
	lea	1f(%rip), %rax
	movl	$SELECTOR_CODE32, %ecx
	pushq	%rcx
	pushq	%rax
	lretq
	.code32
1:	movl	%esi, %ebx
	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$(CR0_ET | CR0_PE), %eax
	movl	%eax, %cr0
	movl	$MSR_EFER, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	movl	%eax, %cr4
	xorl	%ebp, %ebp
	jmpl	*%edi
	.code64

	.section .note.GNU-stack, "", @progbits
