/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps that C cannot take: with the MMU off no memory may be touched but what the step is about, because dirty lines
 * still lie in the caches. All addresses are the same with the MMU on and off.
 */
#include "arch/aarch64/sysregs.h"

	.section .text.low, "ax"	/* in front of the vectors: linker/aarch64.ld */

	.macro	at_el2, scratch, target
	mrs	\scratch, CurrentEL
	cmp	\scratch, #CURRENTEL_EL2
	b.eq	\target
	.endm

/*
 * void aarch64_mmu_load(uint64_t root, uint64_t tcr): switches to other page tables. Their blocks differ in size from those
 * of the old ones, so both must never be in the TLB together (DDI 0487, D8.14: break-before-make): the MMU is off in between.
 */
	.global	aarch64_mmu_load
aarch64_mmu_load:
	dsb	ish
	at_el2	x2, 2f
	mrs	x2, sctlr_el1
	bic	x3, x2, #SCTLR_M
	msr	sctlr_el1, x3
	isb
	msr	ttbr0_el1, x0
	msr	tcr_el1, x1
	tlbi	vmalle1
	dsb	nsh
	isb
	msr	sctlr_el1, x2
	isb
	ret
2:	mrs	x2, sctlr_el2
	bic	x3, x2, #SCTLR_M
	msr	sctlr_el2, x3
	isb
	msr	ttbr0_el2, x0
	msr	tcr_el2, x1
	tlbi	alle2
	dsb	nsh
	isb
	msr	sctlr_el2, x2
	isb
	ret

/*
 * void aarch64_mmu_swap(uint64_t *entry, uint64_t value): replaces a block by a table or a table by a block, where even the
 * code that does so, its stack and the table itself may be what the entry maps. The entry is written with the MMU off, past the
 * cache, of which its line is dropped before and after.
 */
	.global	aarch64_mmu_swap
aarch64_mmu_swap:
	dc	civac, x0
	dsb	sy
	at_el2	x2, 2f
	mrs	x2, sctlr_el1
	bic	x3, x2, #SCTLR_M
	msr	sctlr_el1, x3
	isb
	str	x1, [x0]
	dc	ivac, x0
	dsb	sy
	tlbi	vmalle1
	dsb	nsh
	isb
	msr	sctlr_el1, x2
	isb
	ret
2:	mrs	x2, sctlr_el2
	bic	x3, x2, #SCTLR_M
	msr	sctlr_el2, x3
	isb
	str	x1, [x0]
	dc	ivac, x0
	dsb	sy
	tlbi	alle2
	dsb	nsh
	isb
	msr	sctlr_el2, x2
	isb
	ret

/* void aarch64_tlb_flush(void): after a valid entry was changed or taken away. */
	.global	aarch64_tlb_flush
aarch64_tlb_flush:
	dsb	ishst
	at_el2	x2, 2f
	tlbi	vmalle1
	b	3f
2:	tlbi	alle2
3:	dsb	nsh
	isb
	ret

/* _Noreturn void arch_continue(void (*function)(void *), void *argument, uint64_t stack) */
	.global	arch_continue
arch_continue:
	mov	sp, x2
	mov	x29, xzr
	mov	x30, xzr
	mov	x2, x0
	mov	x0, x1
	br	x2

/* _Noreturn void arch_halt(void) */
	.global	arch_halt
arch_halt:
	wfi
	b	arch_halt

/* uint64_t arch_ticks(void): the virtual counter, which start.S has made equal to the physical one at EL2. */
	.global	arch_ticks
arch_ticks:
	isb
	mrs	x0, cntvct_el0
	ret

/*
 * _Noreturn void aarch64_enter(uint64_t entry, uint64_t x0): the hand-over to a kernel as booting.rst asks for: all exceptions masked,
 * MMU and data cache off, x1 to x3 zero, at the exception level that we run at.
 */
	.global	aarch64_enter
aarch64_enter:
	mov	x8, x0
	mov	x0, x1
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	msr	daifset, #15
	dsb	sy
	at_el2	x9, 2f
	ldr	w9, =SCTLR_EL1_RES1
	msr	sctlr_el1, x9
	isb
	ic	iallu
	tlbi	vmalle1
	b	3f
2:	ldr	w9, =SCTLR_EL2_RES1
	msr	sctlr_el2, x9
	isb
	ic	iallu
	tlbi	alle2
3:	dsb	nsh
	isb
	br	x8
	.ltorg
