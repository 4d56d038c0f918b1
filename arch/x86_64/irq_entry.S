/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timer's interrupt: handled on the stack that was interrupted, with all registers saved, because notification functions run
 * from it that may use any of them, and interrupts may be on meanwhile.
 */
	.section .text.irq_timer, "ax", @progbits
	.globl	irq_timer
	.type	irq_timer, @function
irq_timer:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rax
	pushq	%rbx
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, %rbx
	subq	$528, %rsp
	andq	$-16, %rsp
	fxsave64 (%rsp)
	/* UEFI 2.10, 2.3.4: what functions may expect of control words and flags. */
	fninit
	movl	$0x1f80, 512(%rsp)
	ldmxcsr	512(%rsp)
	cld
	call	irq_handle
	fxrstor64 (%rsp)
	movq	%rbx, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rbx
	popq	%rax
	popq	%rbp
	iretq
	.size	irq_timer, . - irq_timer

	.globl	irq_spurious
	.type	irq_spurious, @function
irq_spurious:
	iretq
	.size	irq_spurious, . - irq_spurious

	.section .note.GNU-stack, "", @progbits
