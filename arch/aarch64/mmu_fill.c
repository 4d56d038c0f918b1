/* SPDX-License-Identifier: BSD-2-Clause */
/* See arch/mmu_fill.h; entries as in mmu.c. */
#include "arch/mmu_fill.h"

#include "arch/aarch64/cpu.h"
#include "lib/bytes.h"

#define ENTRIES 512
#define ADDRESS_MASK UINT64_C(0x0000fffffffff000)
#define VA_END (UINT64_C(1) << 48)
#define LARGEST 1 /* the first level with blocks: 1 GiB */
#define TABLES_A_RUN 6

uint64_t arch_mmu_fill_tables(uint64_t runs, uint64_t size)
{
	return runs * TABLES_A_RUN + (size >> 39);
}

/* Maps pages of one size from an empty entry on, up to one that is not empty, to the table's end, or to `left` bytes: how many bytes. */
static uint64_t fill_table(uint64_t *entry, const uint64_t *table_end, uint64_t value,
			   uint64_t size, uint64_t left)
{
	uint64_t done = 0;

	do {
		*entry++ = value + done;
		done += size;
	} while (entry < table_end && left - done >= size && !(*entry & PTE_VALID));
	return done;
}

/* Maps blocks or pages of the largest size that fits, or passes one that is mapped: how many bytes. */
static uint64_t fill_one(const struct arch_mmu *mmu, struct arch_mmu_pages *pages, uint64_t base,
			 uint64_t end, uint64_t bits)
{
	uint64_t *table = (uint64_t *)(uintptr_t)mmu->root;

	for (int level = 0;; level++) {
		int shift = 39 - 9 * level;
		uint64_t *entry = &table[base >> shift & (ENTRIES - 1)];
		uint64_t size = UINT64_C(1) << shift;
		uint64_t left = size - (base & (size - 1));

		if (*entry & PTE_VALID) {
			if (level == 3 || (*entry & PTE_KIND) == PTE_BLOCK)
				return left;
		} else if (level >= LARGEST && left == size && end - base >= size) {
			return fill_table(entry, table + ENTRIES,
					  base | bits | (level == 3 ? PTE_PAGE : PTE_BLOCK), size,
					  end - base);
		} else {
			if (pages->next == pages->end)
				return left;
			memset((void *)(uintptr_t)pages->next, 0, PAGE_SIZE);
			aarch64_tables_written();
			*entry = pages->next | PTE_TABLE;
			pages->next += PAGE_SIZE;
		}
		table = (uint64_t *)(uintptr_t)(*entry & ADDRESS_MASK);
	}
}

void arch_mmu_fill(const struct arch_mmu *mmu, struct arch_mmu_pages *pages, uint64_t base,
		   uint64_t end)
{
	uint64_t bits = PTE_NORMAL | PTE_UXN | (aarch64_at_el2() ? PTE_AP1 : PTE_PXN);

	if (end > VA_END || !end)
		end = VA_END;
	while (base < end)
		base += fill_one(mmu, pages, base, end, bits);
	aarch64_tables_written();
}
