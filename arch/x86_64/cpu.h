/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of the x86 processor that C and assembly share (Intel SDM volume 3; names as there), the
 * few addresses that the reset code fixes, and what boards and hand-overs may ask of this
 * architecture.
 */
#ifndef ARCH_X86_64_CPU_H
#define ARCH_X86_64_CPU_H

/*
 * Low memory from here down is the firmware's, side by side: the early area, which is RAM for the
 * stack and data before relocation, and page tables, which need no more page tables themselves
 * here. Nothing is loaded so low: an ELF kernel that QEMU has put into RAM before our first
 * instruction lies at 1 MiB or above. From here up to 640 KiB Linux writes before it has page
 * tables of its own (boot/linux_x86.c).
 */
#define TABLES_END 0x80000
#define EARLY_AREA_SIZE 0x10000
#define EARLY_AREA_BASE (TABLES_END - EARLY_AREA_SIZE)
/* The end of the RAM that the page tables in flash map (arch/x86_64/start.S). */
#define EARLY_LIMIT 0x3fc00000
#define EARLY_PML4 0xfffff000
#define EARLY_LEAVE \
	0xfffffff8 /* code in flash that takes these tables into use and leaves for a kernel */
/*
 * Where the other processors run their few instructions of set-up, and count themselves when they
 * are done. Free again after cpu_wait_others.
 */
#define AP_PAGE 0x8000
#define AP_COUNT (AP_PAGE + 4)

#define CR0_PE (1 << 0)
#define CR0_MP (1 << 1)
#define CR0_ET (1 << 4)
#define CR0_NE (1 << 5)
#define CR0_WP (1 << 16)
#define CR0_PG 0x80000000
#define CR4_PAE (1 << 5)
#define CR4_OSFXSR (1 << 9)
#define CR4_OSXMMEXCPT (1 << 10)

#define MSR_EFER 0xc0000080
#define EFER_LME (1 << 8)
#define EFER_NXE (1 << 11)

#define MSR_MTRR_BASE0 0x200
#define MSR_MTRR_DEFAULT 0x2ff
#define MTRR_UC 0
#define MTRR_WB 6
#define MTRR_VALID (1 << 11)
#define MTRR_ENABLE (1 << 11)
#define MTRR_FIXED_ENABLE (1 << 10)

/* Segments; code and data lie where Linux' boot protocol wants them. */
#define SELECTOR_CODE 0x10
#define SELECTOR_DATA 0x18
#define SELECTOR_CODE32 0x20
#define SELECTOR_TSS 0x28
#define GDT_CODE64 0x00af9b000000ffff
#define GDT_DATA 0x00cf93000000ffff
#define GDT_CODE32 0x00cf9b000000ffff

/* Exceptions for which the processor pushes an error code: 8, 10-14, 17, 21, 29, 30. */
#define VECTORS_WITH_ERROR 0x60227d00

#ifndef __ASSEMBLER__
#include <stdint.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* CPUID's answer to a leaf; all 0 when the processor has no such leaf. */
struct cpuid cpu_id(uint32_t leaf);

/* Zeroes the 4 KiB at `page`, a multiple of as much. */
void arch_fp_zero_page(void *page);
/*
 * Writes `count` entries (0 is none) of a page table: the first is `value`, each `step` more than
 * the one before.
 */
void arch_fp_entries(uint64_t *entry, uint64_t count, uint64_t value, uint64_t step);

/*
 * Notes the time of the TSC and of the ACPI PM timer at `pm_timer_port`: arch_ticks_to_ns learns
 * the TSC's rate from it when nobody states it.
 */
void cpu_clock_reference(uint16_t pm_timer_port);

/*
 * Waits, before relocation, until `others` processors besides this one have set themselves up; not
 * for ever.
 */
void cpu_wait_others(uint32_t others);

/*
 * Leaves for a kernel: 64-bit mode, interrupts off, rsi = argument (Linux' 64-bit boot protocol),
 * on the page tables in force: RAM is mapped, and may be executed, where the map says so.
 */
_Noreturn void cpu_enter64(uint64_t entry, uint64_t argument);
/* The same on the tables in flash, which map all RAM below EARLY_LIMIT with all rights. */
_Noreturn void cpu_enter64_early(uint64_t entry, uint64_t argument);
/* The same in 32-bit mode without paging, ebx = argument (PVH); both below 4 GiB. */
_Noreturn void cpu_enter32(uint32_t entry, uint32_t argument);
#endif

#endif
