/* SPDX-License-Identifier: BSD-2-Clause */
/* What efi/ must know of AArch64: platform.h. */
#include "arch/arch.h"
#include "efi/pe.h"
#include "efi/platform.h"

#define LINE 64u /* bytes of a cache line on most processors: a page has as many lines */

uint64_t efi_platform_runtime_granule(void)
{
	return 65536; /* UEFI 2.10, 2.3.6.1 */
}

uint16_t efi_platform_machine(void)
{
	return PE_MACHINE_AARCH64;
}

/* Bytes of the smallest line of a data cache: Arm ARM, CTR_EL0.DminLine. */
static uint64_t line_size(void)
{
	uint64_t type;

	__asm__("mrs %0, ctr_el0" : "=r"(type));
	return UINT64_C(4) << (type >> 16 & 15);
}

/*
 * A kernel's code is hundreds of thousands of lines: whole pages go without a test in between. What is left, and the instruction cache, which is
 * invalidated when all is clean, are arch_code_sync's.
 */
void efi_platform_code_sync(uint64_t base, uint64_t size)
{
	uint64_t at = base, end = base + size;
	int by_page = line_size() == LINE && base % EFI_PAGE_SIZE == 0;

	for (; by_page && end - at >= EFI_PAGE_SIZE; at += EFI_PAGE_SIZE) {
		uint64_t line = at;

		__asm__ volatile(".rept 64\n\tdc cvau, %0\n\tadd %0, %0, #64\n\t.endr"
				 : "+r"(line)
				 :
				 : "memory");
	}
	arch_code_sync(at, end - at);
}
