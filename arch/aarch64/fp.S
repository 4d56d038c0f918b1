/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What general registers would do at twice the cost. Nothing interrupts it, and the compiler uses no FP registers:
 * there is nothing to save.
 */

/* void arch_fp_copy(void *to, const void *from, uint64_t size): arch/arch.h */
	.section .text.arch_fp_copy, "ax"
	.balign	16
	.global	arch_fp_copy
	.type	arch_fp_copy, %function
arch_fp_copy:
	ldp	q0, q1, [x1]
	ldp	q2, q3, [x1, #32]
	ldp	q4, q5, [x1, #64]
	ldp	q6, q7, [x1, #96]
	ldp	q16, q17, [x1, #128]
	ldp	q18, q19, [x1, #160]
	ldp	q20, q21, [x1, #192]
	ldp	q22, q23, [x1, #224]
	add	x1, x1, #256
	stp	q0, q1, [x0]
	stp	q2, q3, [x0, #32]
	stp	q4, q5, [x0, #64]
	stp	q6, q7, [x0, #96]
	stp	q16, q17, [x0, #128]
	stp	q18, q19, [x0, #160]
	stp	q20, q21, [x0, #192]
	stp	q22, q23, [x0, #224]
	add	x0, x0, #256
	subs	x2, x2, #256
	b.ne	arch_fp_copy
	ret
