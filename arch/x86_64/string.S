/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy, memmove, memset, memcmp with the string instructions: eight bytes a step, the rest by
 * bytes; and strlen. newlib's own go byte by byte when it is built for size. General registers
 * only; run from flash too.
 */
	.macro	function name
	.section .text.\name, "ax", @progbits
	.globl	\name
	.type	\name, @function
\name:
	.endm

	.macro	end name
	.size	\name, . - \name
	.endm

	/* void *memcpy(void *rdi, const void *rsi, size_t rdx) */
	function memcpy
	movq	%rdi, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	ret
	end memcpy

	/* void *memmove(void *rdi, const void *rsi, size_t rdx) */
	function memmove
	movq	%rdi, %rax
	subq	%rsi, %rax
	cmpq	%rdx, %rax /* 0 <= to - from < size: the front of the source would be overwritten */
	jae	memcpy
	movq	%rdi, %rax
	lea	-8(%rdi, %rdx), %rdi
	lea	-8(%rsi, %rdx), %rsi
	movq	%rdx, %rcx
	shrq	$3, %rcx
	std
	rep movsq
	addq	$7, %rdi
	addq	$7, %rsi
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	cld
	ret
	end memmove

	/* void *memset(void *rdi, int esi, size_t rdx) */
	function memset
	movq	%rdi, %r8
	movzbl	%sil, %eax
	movq	$0x0101010101010101, %rcx
	imulq	%rcx, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep stosq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep stosb
	movq	%r8, %rax
	ret
	end memset

	/* int memcmp(const void *rdi, const void *rsi, size_t rdx) */
	function memcmp
	xorl	%eax, %eax
	movq	%rdx, %rcx
	shrq	$3, %rcx /* 0 leaves the flags equal */
	cmpq	%rcx, %rcx
	repe cmpsq
	je	1f
	subq	$8, %rdi /* the eight bytes that differ, again, by bytes */
	subq	$8, %rsi
	movl	$8, %ecx
	jmp	2f
1:	movl	%edx, %ecx
	andl	$7, %ecx
	jz	3f
2:	repe cmpsb
	movzbl	-1(%rdi), %eax
	movzbl	-1(%rsi), %ecx
	subl	%ecx, %eax
3:	ret
	end memcmp

	/* size_t strlen(const char *rdi) */
	function strlen
	xorl	%eax, %eax
	movq	$-1, %rcx
	repne scasb
	movq	%rcx, %rax
	notq	%rax
	decq	%rax
	ret
	end strlen

	.section .note.GNU-stack, "", @progbits
