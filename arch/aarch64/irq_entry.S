/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vectors while EFI applications run: those of vectors.S, but for the interrupt. It is handled on the stack that was interrupted, with
 * all registers saved, because notification functions run from it that may use any of them, and interrupts may be on
 * meanwhile.
 *
 * The frame: x0-x28, x29 and the interrupted address (a frame record: backtraces go on), x30, SPSR, FPSR, FPCR, q0-q31.
 */
#include "arch/aarch64/sysregs.h"

#define RECORD		240	/* behind x0-x28, aligned to 16: x29, ELR */
#define X30		256	/* and SPSR */
#define FP		272	/* FPSR, FPCR */
#define Q		288
#define FRAME_SIZE	(Q + 32 * 16)

	.section .text.aarch64_irq_vectors, "ax"
	.balign	2048
	.global	aarch64_irq_vectors
aarch64_irq_vectors:
	.set	number, 0
	.rept	8
	.balign	128
	.if	number == 5		/* an interrupt, on SP_ELx */
	b	arch_fp_irq
	.else
	b	aarch64_vectors + 128 * number
	.endif
	.set	number, number + 1
	.endr

	.global	arch_fp_irq		/* the name permits FP registers: scripts/check-image */
	.type	arch_fp_irq, %function
arch_fp_irq:
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #2 * 8]
	stp	x4, x5, [sp, #4 * 8]
	stp	x6, x7, [sp, #6 * 8]
	stp	x8, x9, [sp, #8 * 8]
	stp	x10, x11, [sp, #10 * 8]
	stp	x12, x13, [sp, #12 * 8]
	stp	x14, x15, [sp, #14 * 8]
	stp	x16, x17, [sp, #16 * 8]
	stp	x18, x19, [sp, #18 * 8]
	stp	x20, x21, [sp, #20 * 8]
	stp	x22, x23, [sp, #22 * 8]
	stp	x24, x25, [sp, #24 * 8]
	stp	x26, x27, [sp, #26 * 8]
	str	x28, [sp, #28 * 8]
	mrs	x1, CurrentEL
	cmp	x1, #CURRENTEL_EL2
	b.eq	1f
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	b	2f
1:	mrs	x2, elr_el2
	mrs	x3, spsr_el2
2:	mrs	x4, fpsr
	mrs	x5, fpcr
	stp	x29, x2, [sp, #RECORD]
	stp	x30, x3, [sp, #X30]
	stp	x4, x5, [sp, #FP]
	add	x29, sp, #RECORD
	stp	q0, q1, [sp, #Q]
	stp	q2, q3, [sp, #Q + 2 * 16]
	stp	q4, q5, [sp, #Q + 4 * 16]
	stp	q6, q7, [sp, #Q + 6 * 16]
	stp	q8, q9, [sp, #Q + 8 * 16]
	stp	q10, q11, [sp, #Q + 10 * 16]
	stp	q12, q13, [sp, #Q + 12 * 16]
	stp	q14, q15, [sp, #Q + 14 * 16]
	stp	q16, q17, [sp, #Q + 16 * 16]
	stp	q18, q19, [sp, #Q + 18 * 16]
	stp	q20, q21, [sp, #Q + 20 * 16]
	stp	q22, q23, [sp, #Q + 22 * 16]
	stp	q24, q25, [sp, #Q + 24 * 16]
	stp	q26, q27, [sp, #Q + 26 * 16]
	stp	q28, q29, [sp, #Q + 28 * 16]
	stp	q30, q31, [sp, #Q + 30 * 16]
	msr	fpcr, xzr

	bl	aarch64_irq

	ldp	q0, q1, [sp, #Q]
	ldp	q2, q3, [sp, #Q + 2 * 16]
	ldp	q4, q5, [sp, #Q + 4 * 16]
	ldp	q6, q7, [sp, #Q + 6 * 16]
	ldp	q8, q9, [sp, #Q + 8 * 16]
	ldp	q10, q11, [sp, #Q + 10 * 16]
	ldp	q12, q13, [sp, #Q + 12 * 16]
	ldp	q14, q15, [sp, #Q + 14 * 16]
	ldp	q16, q17, [sp, #Q + 16 * 16]
	ldp	q18, q19, [sp, #Q + 18 * 16]
	ldp	q20, q21, [sp, #Q + 20 * 16]
	ldp	q22, q23, [sp, #Q + 22 * 16]
	ldp	q24, q25, [sp, #Q + 24 * 16]
	ldp	q26, q27, [sp, #Q + 26 * 16]
	ldp	q28, q29, [sp, #Q + 28 * 16]
	ldp	q30, q31, [sp, #Q + 30 * 16]
	ldp	x4, x5, [sp, #FP]
	ldp	x30, x3, [sp, #X30]
	ldp	x29, x2, [sp, #RECORD]
	msr	fpsr, x4
	msr	fpcr, x5
	mrs	x1, CurrentEL
	cmp	x1, #CURRENTEL_EL2
	b.eq	3f
	msr	elr_el1, x2
	msr	spsr_el1, x3
	b	4f
3:	msr	elr_el2, x2
	msr	spsr_el2, x3
4:	ldp	x8, x9, [sp, #8 * 8]
	ldp	x10, x11, [sp, #10 * 8]
	ldp	x12, x13, [sp, #12 * 8]
	ldp	x14, x15, [sp, #14 * 8]
	ldp	x16, x17, [sp, #16 * 8]
	ldp	x18, x19, [sp, #18 * 8]
	ldp	x20, x21, [sp, #20 * 8]
	ldp	x22, x23, [sp, #22 * 8]
	ldp	x24, x25, [sp, #24 * 8]
	ldp	x26, x27, [sp, #26 * 8]
	ldr	x28, [sp, #28 * 8]
	ldp	x2, x3, [sp, #2 * 8]
	ldp	x4, x5, [sp, #4 * 8]
	ldp	x6, x7, [sp, #6 * 8]
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_SIZE
	eret
