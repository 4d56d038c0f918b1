/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI applications find all RAM of the memory map mapped (UEFI 2.10, 2.3.4, 2.3.6), free RAM too, which the tables that follow the map
 * leave out. This adds it to the same tables. Only in builds with EFI.
 */
#ifndef ARCH_MMU_FILL_H
#define ARCH_MMU_FILL_H

#include "arch/arch.h"

/* Pages for tables, claimed by the caller: next unused one, end. */
struct arch_mmu_pages {
	uint64_t next, end;
};

/* The most tables that `runs` ranges of RAM with `size` bytes in all may take. */
uint64_t arch_mmu_fill_tables(uint64_t runs, uint64_t size);
/*
 * Maps what is not mapped of [base, end), page-aligned, to be read and written (on x86 executed too: loaders without
 * the EFI stub run there once the operating system owns it). What would need a table is left out when there are no
 * pages. The next change of the map there makes the tables say what the map says again.
 */
void arch_mmu_fill(const struct arch_mmu *mmu, struct arch_mmu_pages *pages, uint64_t base,
		   uint64_t end);

#endif
