/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uint8_t arch_fp_sum(const void *rdi, uint64_t rsi): arch/arch.h. Sixteen sums of bytes side by side (SSE2, which every
 * x86-64 has; start.S turns it on), added up at the end.
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
2:	pxor	%xmm1, %xmm1
	psadbw	%xmm1, %xmm0 /* two sums of eight */
	movd	%xmm0, %eax
	psrldq	$8, %xmm0
	movd	%xmm0, %ecx
	addb	%cl, %al
	addq	$64, %rsi
	jz	4f
3:	addb	(%rdi), %al
	incq	%rdi
	decq	%rsi
	jnz	3b
4:	ret
