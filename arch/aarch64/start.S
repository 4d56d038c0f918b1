/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first instructions, in flash at address 0 after reset, or anywhere in RAM when another loader (QEMU -kernel,
 * U-Boot, TF-A) has started the file as a Linux Image. MMU and caches are off.
 *
 * Leaves to early_main (boot/early.c) with MMU and caches on, by page tables that lie ready-made in the image, and a stack:
 *
 *   from flash: x0 means nothing; QEMU puts a devicetree of at most 1 MiB at the start of RAM
 *   0x40000000                      0x401e0000       0x40200000
 *   |  devicetree                   |  early area    |
 *
 *   in RAM: x0 is the devicetree, and the Image header's image_size has made room
 *   image_start            image_file_end
 *   |  cadastre.bin        |  early area    |
 */
#include "arch/aarch64/sysregs.h"

#define RAM_BASE	0x40000000	/* QEMU promises flash at 0 and RAM here; all else the devicetree tells */
#define EARLY_AREA	0x20000
#define EARLY_STACK_END	(RAM_BASE + 0x200000)
#define EARLY_BITS	36		/* of addresses that the early tables map; EARLY_LIMIT in mmu.c */
#define UART		0x09000000	/* last resort: virt's PL011 */

/* The address of a symbol up to 4 GiB away, wherever we run. */
	.macro	adr_l, reg, symbol
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
	.endm

/* Linux Image header: what the processor sees first; linker/aarch64.ld appends the rest. */
	.section .head, "aw"
	b	start
	nop

	.section .early.text, "ax"
	.global start
start:
	mov	x20, x0
	msr	daifset, #15
	adrp	x21, image_start
	mrs	x0, CurrentEL
	cmp	x0, #CURRENTEL_EL2
	b.hi	el3
	b.lo	1f
	bl	el2
1:	msr	tpidr_el1, xzr		/* vectors.S: no fault stack yet */
	mov	x0, #CPACR_EL1_FPEN
	msr	cpacr_el1, x0

	/* Where are we, where is the stack, where the devicetree? */
	mov	x0, #RAM_BASE
	mov	x2, #EARLY_AREA
	mov	x1, #EARLY_STACK_END - EARLY_AREA
	cmp	x21, x0
	b.lo	2f
	lsr	x5, x21, #EARLY_BITS
	cbnz	x5, too_high
	bl	patch_tables
	mov	x0, x20
	adrp	x1, image_file_end
2:	mov	x3, x21
	add	x4, x1, x2

	/* From flash the devicetree is at the start of RAM: x0 = RAM_BASE. */
	mov	sp, x4
	adr_l	x5, early_l1
	mrs	x6, id_aa64mmfr0_el1
	and	x6, x6, #0xf
	cmp	x6, #TCR_PS_48
	mov	x7, #TCR_PS_48
	csel	x6, x6, x7, lo
	ldr	x7, =MAIR_VALUE
	adrp	x8, aarch64_vectors
	mrs	x9, CurrentEL
	cmp	x9, #CURRENTEL_EL2
	ic	iallu
	b.eq	3f

	tlbi	vmalle1
	ldr	x9, =TCR_EL1_VALUE | TCR_T0SZ(EARLY_BITS)
	orr	x9, x9, x6, lsl #TCR_EL1_PS_SHIFT
	ldr	w10, =SCTLR_EL1_VALUE
	msr	mair_el1, x7
	msr	tcr_el1, x9
	msr	ttbr0_el1, x5
	msr	vbar_el1, x8
	dsb	sy
	isb
	msr	sctlr_el1, x10
	b	4f

3:	tlbi	alle2
	ldr	w9, =TCR_EL2_VALUE | TCR_T0SZ(EARLY_BITS)
	orr	x9, x9, x6, lsl #TCR_EL2_PS_SHIFT
	ldr	w10, =SCTLR_EL2_VALUE
	msr	mair_el2, x7
	msr	tcr_el2, x9
	msr	ttbr0_el2, x5
	msr	vbar_el2, x8
	dsb	sy
	isb
	msr	sctlr_el2, x10

4:	isb
	mov	x29, xzr
	mov	x30, xzr
	b	early_main

/*
 * In RAM the tables are not where they were linked for (flash at 0). Memory is written with caches off: what the caches may
 * hold of the line is dropped. x21 = image_start; uses x5, x6.
 */
patch_tables:
	adr_l	x5, early_l1
	ldr	x6, [x5]
	add	x6, x6, x21
	str	x6, [x5]
	dc	ivac, x5
	dsb	sy
	ret

/* EL2 as booting.rst wants to find it: AArch64 below, nothing trapped, the virtual counter equal to the physical one. */
el2:
	mov	x0, #HCR_EL2_RW
	msr	hcr_el2, x0
	isb
	mov	x0, #CPTR_EL2_NO_TRAPS
	msr	cptr_el2, x0
	msr	hstr_el2, xzr
	mov	x0, #3			/* EL1 may use the physical counter and timer */
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0
	ret

too_high:
	adr	x1, too_high_text
	b	stop

/* secure=on: QEMU gives us EL3 and no PSCI; to be the secure monitor is not what we are for. */
el3:
	adr	x1, el3_text

/* The last words of a machine that has no power-off to offer; the MMU is off. */
stop:
	ldr	x2, =UART
	mov	w3, #0x301		/* UARTCR: enabled, transmitter and receiver */
	str	w3, [x2, #0x30]
1:	ldrb	w3, [x1], #1
	cbz	w3, 2f
	strb	w3, [x2]
	b	1b
2:	wfi
	b	2b

el3_text:
	.asciz	"cadastre: EL3 (-M virt,secure=on) is not supported: start QEMU without secure=on. Halted.\r\n"
too_high_text:
	.asciz	"cadastre: loaded above 64 GiB, out of reach: load it lower. Halted.\r\n"
	.balign	4
	.ltorg

/*
 * Page tables of the time before relocation: 36-bit addresses; the first GiB (flash and devices) by 2 MiB blocks, RAM up to 64 GiB
 * by blocks of 1 GiB, which also the image runs in until it has tables of its own. image_start is 0 in flash; the linker script puts the pointer to L2 into L1's first entry.
 */
	.section .early.l2, "a"
	.balign	4096
early_l2:
	.set	address, 0
	.rept	64			/* both flash banks */
	.quad	address | PTE_BLOCK | PTE_NORMAL | PTE_RO
	.set	address, address + 0x200000
	.endr
	.rept	448
	.quad	address | PTE_BLOCK | PTE_DEVICE | PTE_UXN | PTE_PXN
	.set	address, address + 0x200000
	.endr

	.section .early.l1, "a"
	.set	early_l1, . - 8		/* entry 0 is the linker script's */
	.set	address, 0x40000000
	.rept	63
	.quad	address | PTE_BLOCK | PTE_NORMAL
	.set	address, address + 0x40000000
	.endr
