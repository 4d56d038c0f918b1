/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What SSE2, which every x86-64 has and start.S turns on, does in fewer instructions. Nothing interrupts it, and the
 * compiler uses no SSE registers: there is nothing to save.
 */

	/* void arch_fp_zero_page(void *rdi): 4 KiB, aligned to as much */
	.section .text.arch_fp_zero_page, "ax"
	.globl	arch_fp_zero_page
	.type	arch_fp_zero_page, @function
arch_fp_zero_page:
	pxor	%xmm0, %xmm0
	movl	$4096 / 512, %eax
1:	.set	at, 0
	.rept	32
	movaps	%xmm0, at(%rdi)
	.set	at, at + 16
	.endr
	addq	$512, %rdi
	decl	%eax
	jnz	1b
	ret

	/*
	 * void arch_fp_copy(void *rdi, const void *rsi, uint64_t rdx): arch/arch.h. REP MOVSQ moves eight bytes an
	 * instruction, as TCG and we count; SSE's two for sixteen are no better.
	 */
	.section .text.arch_fp_copy, "ax"
	.globl	arch_fp_copy
	.type	arch_fp_copy, @function
arch_fp_copy:
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	ret

	/*
	 * void arch_fp_entries(uint64_t *rdi, uint64_t rsi count, uint64_t rdx value, uint64_t rcx step): arch/x86_64/cpu.h.
	 * One by one up to a multiple of eight, then in pairs.
	 */
	.section .text.arch_fp_entries, "ax"
	.globl	arch_fp_entries
	.type	arch_fp_entries, @function
arch_fp_entries:
1:	testb	$7, %sil
	jz	2f
	movq	%rdx, (%rdi)
	addq	%rcx, %rdx
	addq	$8, %rdi
	decq	%rsi
	jmp	1b
2:	shrq	$3, %rsi
	jz	4f
	movq	%rdx, %xmm0
	addq	%rcx, %rdx
	movq	%rdx, %xmm1
	punpcklqdq %xmm1, %xmm0
	addq	%rcx, %rcx
	movq	%rcx, %xmm1
	punpcklqdq %xmm1, %xmm1
3:	.set	at, 0
	.rept	4
	movups	%xmm0, at(%rdi)
	paddq	%xmm1, %xmm0
	.set	at, at + 16
	.endr
	addq	$64, %rdi
	decq	%rsi
	jnz	3b
4:	ret

	/*
	 * uint8_t arch_fp_sum(const void *rdi, uint64_t rsi): arch/arch.h. Bytes up to a multiple of sixteen, sixteen sums
	 * of bytes side by side from there on, and the bytes that are left.
	 */
	.section .text.arch_fp_sum, "ax"
	.globl	arch_fp_sum
	.type	arch_fp_sum, @function
arch_fp_sum:
	pxor	%xmm0, %xmm0
	xorl	%eax, %eax
	movl	%edi, %ecx
	negl	%ecx
	andl	$15, %ecx /* bytes before the first multiple */
	subq	%rcx, %rsi
	jae	1f
	addl	%esi, %ecx /* there are not so many */
	xorl	%esi, %esi
1:	jecxz	3f
2:	addb	(%rdi), %al
	incq	%rdi
	loop	2b
3:	subq	$128, %rsi
	jb	5f
4:	.set	at, 0
	.rept	8
	paddb	at(%rdi), %xmm0
	.set	at, at + 16
	.endr
	addq	$128, %rdi
	subq	$128, %rsi
	jae	4b
5:	addq	$128 - 16, %rsi
	js	7f
6:	paddb	(%rdi), %xmm0
	addq	$16, %rdi
	subq	$16, %rsi
	jns	6b
7:	leal	16(%rsi), %ecx
	jecxz	9f
8:	addb	(%rdi), %al
	incq	%rdi
	loop	8b
9:	pxor	%xmm1, %xmm1
	psadbw	%xmm1, %xmm0 /* two sums of eight */
	movd	%xmm0, %ecx
	addb	%cl, %al
	psrldq	$8, %xmm0
	movd	%xmm0, %ecx
	addb	%cl, %al
	ret
