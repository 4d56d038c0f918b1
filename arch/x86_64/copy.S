/* SPDX-License-Identifier: BSD-2-Clause */
/* Eight bytes an instruction, as TCG and we count; SSE's two for sixteen are no better. */

/* void arch_fp_copy(void *to, const void *from, uint64_t size): arch/arch.h */
	.section .text.arch_fp_copy, "ax"
	.global	arch_fp_copy
	.type	arch_fp_copy, @function
arch_fp_copy:
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	ret
