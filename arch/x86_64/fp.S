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
	movl	$4096 / 256, %eax
1:	.set	at, 0
	.rept	16
	movaps	%xmm0, at(%rdi)
	.set	at, at + 16
	.endr
	addq	$256, %rdi
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
	 * uint8_t arch_fp_sum(const void *rdi, uint64_t rsi): arch/arch.h. Sixteen sums of bytes side by side, added up at
	 * the end.
	 */
	.section .text.arch_fp_sum, "ax"
	.globl	arch_fp_sum
	.type	arch_fp_sum, @function
arch_fp_sum:
	pxor	%xmm0, %xmm0
	subq	$64, %rsi
	jb	2f
1:	movdqu	(%rdi), %xmm1
	movdqu	16(%rdi), %xmm2
	movdqu	32(%rdi), %xmm3
	movdqu	48(%rdi), %xmm4
	paddb	%xmm1, %xmm0
	paddb	%xmm2, %xmm0
	paddb	%xmm3, %xmm0
	paddb	%xmm4, %xmm0
	addq	$64, %rdi
	subq	$64, %rsi
	jae	1b
2:	addq	$64 - 16, %rsi
	js	4f
3:	movdqu	(%rdi), %xmm1
	paddb	%xmm1, %xmm0
	addq	$16, %rdi
	subq	$16, %rsi
	jns	3b
4:	pxor	%xmm1, %xmm1
	psadbw	%xmm1, %xmm0 /* two sums of eight */
	movd	%xmm0, %eax
	psrldq	$8, %xmm0
	movd	%xmm0, %ecx
	addb	%cl, %al
	addq	$16, %rsi
	jz	6f
5:	addb	(%rdi), %al
	incq	%rdi
	decq	%rsi
	jnz	5b
6:	ret
