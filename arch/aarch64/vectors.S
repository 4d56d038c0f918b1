/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exception vectors. Nothing here returns: a fault is reported and ends the machine. TPIDR_EL1, which the firmware uses for
 * nothing else, tells where the report may have its stack:
 *   0   before arch_exceptions_init: the stack that was in use
 *   1   a fault in the report itself: stop
 *   else the top of the fault stack, so that an overflown stack can be reported too
 * Scratch until there is a stack: TPIDR_EL0 and TPIDRRO_EL0.
 */
#include "arch/aarch64/sysregs.h"

#define FRAME_SIZE	(36 * 8)	/* struct aarch64_frame, exceptions.c */

/* x4 to x30 to the frame at \frame. */
	.macro	save_registers, frame
	stp	x4, x5, [\frame, #4 * 8]
	stp	x6, x7, [\frame, #6 * 8]
	stp	x8, x9, [\frame, #8 * 8]
	stp	x10, x11, [\frame, #10 * 8]
	stp	x12, x13, [\frame, #12 * 8]
	stp	x14, x15, [\frame, #14 * 8]
	stp	x16, x17, [\frame, #16 * 8]
	stp	x18, x19, [\frame, #18 * 8]
	stp	x20, x21, [\frame, #20 * 8]
	stp	x22, x23, [\frame, #22 * 8]
	stp	x24, x25, [\frame, #24 * 8]
	stp	x26, x27, [\frame, #26 * 8]
	stp	x28, x29, [\frame, #28 * 8]
	str	x30, [\frame, #30 * 8]
	.endm

/*
 * The table has four entries for each of: our level with SP_EL0, our level with SP_ELx, lower levels. We run with SP_ELx, and there is
 * nothing below us: code stands before and after the four that count. The linker script puts them 0x200 behind aarch64_vectors.
 */
	.section .text.vectors, "ax"
	.set	number, 4
	.rept	4
	.balign	128
	msr	tpidrro_el0, x0
	mov	x0, #number
	b	fault
	.set	number, number + 1
	.endr

fault:
	msr	tpidr_el0, x1
	mrs	x1, tpidr_el1
	cbnz	x1, 1f
	mov	x1, sp
	and	x1, x1, #~15
1:	tbnz	x1, #0, stop
	sub	x1, x1, #FRAME_SIZE
	stp	x2, x3, [x1, #16]
	mov	x2, sp
	str	x2, [x1, #31 * 8]
	mov	sp, x1
	save_registers sp
	mrs	x2, tpidrro_el0
	mrs	x3, tpidr_el0
	stp	x2, x3, [sp]
	mov	x1, x0
	mov	x2, xzr
	mrs	x0, CurrentEL
	cmp	x0, #CURRENTEL_EL2
	b.eq	2f
	mrs	x4, elr_el1
	mrs	x5, spsr_el1
	mrs	x6, esr_el1
	mrs	x7, far_el1
	b	report
2:	mrs	x4, elr_el2
	mrs	x5, spsr_el2
	mrs	x6, esr_el2
	mrs	x7, far_el2

/* sp: the frame, x1: number of the vector, x2: reason, x4-x7: ELR, SPSR, ESR, FAR */
report:
	stp	x4, x5, [sp, #32 * 8]
	stp	x6, x7, [sp, #34 * 8]
	mrs	x3, tpidr_el1		/* 0: not relocated yet */
	mov	x4, #1
	msr	tpidr_el1, x4
	mov	x0, sp
	b	aarch64_report

/* _Noreturn void arch_fault(const char *reason): the same report, asked for by C */
	.global	arch_fault
arch_fault:
	mov	x16, sp
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	save_registers sp
	str	x16, [sp, #31 * 8]
	mov	x2, x0
	mov	x1, #16
	mov	x4, x30
	mov	x5, xzr
	mov	x6, xzr
	mov	x7, xzr
	b	report

stop:	wfi
	b	stop
