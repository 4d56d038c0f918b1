/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first instruction of an x86 machine, and the page tables it needs.
 *
 * The processor starts in 16 bits at 4 GiB - 16, the last bytes of the flash. We go to 64 bits at
 * once: the page tables lie ready-made here, so setting CR0.PE and CR0.PG in one move enters long
 * mode (AMD64 APM volume 2, 14.6; Intel SDM volume 3, 10.8.5). They serve until boot/relocate.c has
 * built the real ones:
 *
 *   PML4, 1 entry -> PDPT, entries 0 and 3 -> one page directory for both
 *       0 ... EARLY_LIMIT   RAM, at its own address
 *       4 GiB - 4 MiB ...   the local APIC's registers
 *       4 GiB - 2 MiB ...   flash, at its own address
 *
 * (Both once more below 1 GiB, where nobody looks.)
 *
 * Of the upper two only the entries that are used are there: behind them lies code. It would be
 * entries for addresses from 4 GiB on, which nobody uses before relocation.
 *
 * All this stays in flash, at fixed distances from 4 GiB (linker/x86_64.ld), because 16-bit code
 * and page tables need absolute addresses, and the linker of a position independent image gives out
 * none.
 */
#include "arch/x86_64/cpu.h"

#define PDPT 0xffffd000
#define DIRECTORY 0xffffe000
#define IDT (PDPT + 0x20)
#define EARLY_VECTORS 15
#define RESET 0xfffffd80 /* address of .reset, and addresses within it: */
#define FAULT 0xffffffe0
#define FAULT_WITH_ERROR 0xffffffe8
#define AT(label) (RESET + (label) - reset_code)
/* 16-bit code reaches the last 64 KiB: its CS has base 0xffff0000. */
#define AT16(label) ((RESET & 0xffff) + (label) - reset_code)

/* Present, writable, accessed, dirty: bits set beforehand need no write into flash. */
#define TABLE 0x63
#define LARGE 0xe3
#define DEVICE 0x18

#define ICR (0xffc00000 + 0x300) /* the local APIC's interrupt command, as mapped below */
#define ICR_START_OTHERS (0xc4600 | AP_PAGE >> 12) /* start-up IPI to all but this processor */

	.section .directory, "a", @progbits
	.set page, 0
	.rept 510
	.quad page + LARGE
	.set page, page + 0x200000
	.endr
	.quad 0xfee00000 + LARGE + DEVICE
	.quad 0xffe00000 + LARGE

	.section .pdpt, "a", @progbits
	.quad DIRECTORY + TABLE
	.quad 0, 0
	.quad DIRECTORY + TABLE

	/*
	 * An interrupt descriptor table for the exceptions that our own mistakes make, up to the
	 * page fault.
	 */
	.macro	gate handler
	.word	\handler & 0xffff, SELECTOR_CODE
	.word	0x8e00 /* present, interrupt gate */
	.word	\handler >> 16
	.quad	0
	.endm
	.set vector, 0
	.rept	EARLY_VECTORS
	.if	(1 << vector) & VECTORS_WITH_ERROR
	gate	FAULT_WITH_ERROR
	.else
	gate	FAULT
	.endif
	.set vector, vector + 1
	.endr

	.section .pml4, "a", @progbits
	.quad	PDPT + TABLE

	.section .reset, "ax", @progbits
	/* Objects to a disassembler, which would take 16-bit code and tables for 64-bit code. */
	.type	reset_code, @object
	.type	start64, @function
	.type	ap_code, @object
reset_code:
	.code16
.Lstart16:
	cli
	cld
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx /* long mode */
	jnc	.Lno_long_mode
	btl	$20, %edx /* NX, to EFER.NXE */
	movl	$EFER_LME, %eax
	jnc	1f
	orl	$EFER_NXE, %eax
1:	movl	$MSR_EFER, %ecx
	xorl	%edx, %edx
	wrmsr
	movw	$AT16(ap_code), %bp
	movw	$AT16(2f), %di
	jmp	.Lmemory_types
2:	lgdtl	%cs:AT16(.Lgdt_pointer)
	movl	$EARLY_PML4, %eax
	movl	%eax, %cr3
	movl	$(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl	%eax, %cr4
	/* With CR0.CD and NW, set by reset, cleared: caches on. */
	movl	$(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movl	%eax, %cr0
	ljmpl	$SELECTOR_CODE, $AT(start64)

	/* Says so on the first serial port, which after reset sends at some speed, and stops. */
.Lno_long_mode:
	movw	$AT16(.Lno_long_mode_text), %si
	movw	$0x3f8, %dx
2:	lodsb	%cs:(%si), %al
	outb	%al, %dx
	testb	%al, %al
	jnz	2b
3:	hlt
	jmp	3b
.Lno_long_mode_text:
	.asciz	"cadastre: this processor has no 64-bit mode; choose another with -cpu\r\n"

	.balign 8
.Lgdt:
	.quad	0, 0
	.quad	GDT_CODE64 /* 0x10: __BOOT_CS of Linux */
	.quad	GDT_DATA /* 0x18: __BOOT_DS */
.Lgdt_end:
.Lgdt_pointer:
	.word	.Lgdt_end - .Lgdt - 1
	.quad	AT(.Lgdt)
.Lidt_pointer:
	.word	EARLY_VECTORS * 16 - 1
	.quad	IDT

	.code64
start64:
	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	lidt	.Lidt_pointer(%rip)

	lea	ap_code(%rip), %rsi
	movl	$AP_PAGE, %edi
	movl	$(.Lap_code_end - ap_code) / 8, %ecx
	rep movsq
	movl	$ICR, %eax
	movl	$ICR_START_OTHERS, (%rax) /* they wait for it since reset; cpu_wait_others waits for them */

	movl	$EARLY_AREA_BASE + EARLY_AREA_SIZE, %esp
	xorl	%ebp, %ebp
	xorl	%edi, %edi /* no boot argument */
	movl	$EARLY_AREA_BASE, %esi
	movl	$EARLY_AREA_SIZE, %edx
	lea	image_start(%rip), %rcx
	call	early_main
4:	hlt
	jmp	4b

	/* A fault before relocation: void early_fault(uint64_t rdi rip, uint64_t rsi address). */
.Lfault:
	pushq	$0
.Lfault_with_error:
	movq	8(%rsp), %rdi
	movq	%cr2, %rsi
	andq	$-16, %rsp
	call	early_fault

	/*
	 * Where EARLY_LEAVE goes on: rdi entry, rsi argument. Back to page tables and GDT in flash.
	 */
.Lleave:
	movl	$EARLY_PML4, %eax
	movq	%rax, %cr3
	lgdt	.Lgdt_pointer(%rip)
	jmpq	*%rdi

	/*
	 * Memory types as an operating system expects them (Intel SDM volume 3, 12.11), the same on
	 * each processor: write-back by default, 640-768 KiB and from 2.75 GiB (where q35 puts no
	 * RAM) to 4 GiB uncached. The other processors run this from a copy at AP_PAGE, where it
	 * lies at offset 0 of their code segment. Then they stop, until the operating system starts
	 * them.
	 *   bp  offset of ap_code in the code segment; di  where to go on. No stack.
	 */
	.balign 8
ap_code:
	.code16
	jmp	.Lap_start
	.balign 4
	.long	0 /* AP_COUNT: how many have finished */
.Lap_start:
	cli
	cld
	xorw	%bp, %bp
	movw	$.Lap_done - ap_code, %di
.Lmemory_types:
	movl	$1, %eax
	cpuid
	btl	$12, %edx
	jnc	3f
	movl	$0x80000008, %eax
	cpuid
	movb	%al, %cl
	subb	$32, %cl
	movl	$1, %eax
	shll	%cl, %eax
	decl	%eax /* high half of a mask for all physical address bits */
	leaw	(.Lmtrr_fixed - ap_code)(%bp), %si
	movl	%eax, %ebp

	movw	$(.Lmtrr_variable - .Lmtrr_fixed) / 6, %bx
1:	lodsw	%cs:(%si), %ax
	movzwl	%ax, %ecx
	lodsl	%cs:(%si), %eax
	movl	%eax, %edx
	wrmsr
	decw	%bx
	jnz	1b

	movl	$MSR_MTRR_BASE0, %ecx
	movw	$2, %bx
2:	lodsl	%cs:(%si), %eax
	xorl	%edx, %edx
	wrmsr
	incl	%ecx
	lodsl	%cs:(%si), %eax
	movl	%ebp, %edx
	wrmsr
	incl	%ecx
	decw	%bx
	jnz	2b

	movl	$MSR_MTRR_DEFAULT, %ecx
	movl	$(MTRR_ENABLE | MTRR_FIXED_ENABLE | MTRR_WB), %eax
	xorl	%edx, %edx
	wrmsr
3:	jmpw	*%di

.Lap_done:
	lock incl %cs:(AP_COUNT - AP_PAGE)
4:	hlt
	jmp	4b

	/* MSR, and the types of four of its eight ranges: the other four are the same. */
.Lmtrr_fixed:
	.macro	mtrr msr, types
	.word	\msr
	.long	\types
	.endm
	mtrr	0x250, 0x06060606 /* 0-512 KiB */
	mtrr	0x258, 0x06060606 /* 512-640 KiB */
	mtrr	0x259, 0 /* 640-768 KiB */
	mtrr	0x268, 0x06060606 /* 768 KiB-1 MiB */
	mtrr	0x269, 0x06060606
	mtrr	0x26a, 0x06060606
	mtrr	0x26b, 0x06060606
	mtrr	0x26c, 0x06060606
	mtrr	0x26d, 0x06060606
	mtrr	0x26e, 0x06060606
	mtrr	0x26f, 0x06060606
.Lmtrr_variable: /* base and type, low half of the mask */
	.long	0xb0000000 | MTRR_UC, 0xf0000000 | MTRR_VALID
	.long	0xc0000000 | MTRR_UC, 0xc0000000 | MTRR_VALID
	.balign 8
.Lap_code_end:

	.org	reset_code + FAULT - RESET
	.code64
	jmp	.Lfault
	.org	reset_code + FAULT_WITH_ERROR - RESET
	jmp	.Lfault_with_error
	.org	reset_code + 0x270
	.code16
	jmp	.Lstart16
	.org	reset_code + EARLY_LEAVE - RESET
	.code64
	jmp	.Lleave
	.org	reset_code + 0x280

	.section .note.GNU-stack, "", @progbits
