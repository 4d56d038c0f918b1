/* SPDX-License-Identifier: BSD-2-Clause */
/* See arch/mmu_fill.h; entries as in mmu.c. */
#include "arch/mmu_fill.h"

#include "arch/x86_64/cpu.h"
#include "lib/bytes.h"

#define PRESENT (UINT64_C(1) << 0)
#define WRITABLE (UINT64_C(1) << 1)
#define ACCESSED (UINT64_C(1) << 5)
#define DIRTY (UINT64_C(1) << 6)
#define LARGE (UINT64_C(1) << 7)
#define ADDRESS UINT64_C(0x000ffffffffff000)
#define ENTRIES 512
#define LEVELS 4
#define SPAN_MAX (UINT64_C(1) << 47)
#define TABLES_A_RUN 6

static int has(uint32_t bit)
{
	return cpu_id(0x80000001).edx >> bit & 1;
}

uint64_t arch_mmu_fill_tables(uint64_t runs, uint64_t size)
{
	return runs * TABLES_A_RUN + (size >> 30) + (size >> 39);
}

/* Of a page at `base` in an empty entry: the level whose pages fit. */
static unsigned int level_for(uint64_t base, uint64_t end, unsigned int level, unsigned int largest)
{
	for (;; level--) {
		uint64_t size = UINT64_C(1) << (12 + 9 * (level - 1));

		if (level <= largest && !(base & (size - 1)) && end - base >= size)
			return level;
	}
}

/* Maps pages of one size from an empty entry on, up to one that is not empty, to the table's end, or to `left` bytes: how many bytes. */
static uint64_t fill_table(uint64_t *entry, const uint64_t *table_end, uint64_t value,
			   uint64_t size, uint64_t left)
{
	uint64_t done = 0;

	do {
		*entry++ = value + done;
		done += size;
	} while (entry < table_end && left - done >= size && !(*entry & PRESENT));
	return done;
}

/* Maps pages of the largest size that fits, or passes one that is mapped: how many bytes. */
static uint64_t fill_one(const struct arch_mmu *mmu, struct arch_mmu_pages *pages, uint64_t base,
			 uint64_t end, uint64_t bits, unsigned int largest)
{
	uint64_t *table = (uint64_t *)(uintptr_t)mmu->root;

	for (unsigned int level = LEVELS;; level--) {
		unsigned int shift = 12 + 9 * (level - 1);
		uint64_t *entry = &table[base >> shift & (ENTRIES - 1)];
		uint64_t size = UINT64_C(1) << shift;
		uint64_t left = size - (base & (size - 1));

		if (*entry & PRESENT) {
			if (level == 1 || *entry & LARGE)
				return left;
		} else if (level_for(base, end, level, largest) == level) {
			return fill_table(entry, table + ENTRIES,
					  base | bits | (level > 1 ? LARGE : 0), size, end - base);
		} else {
			if (pages->next == pages->end)
				return left;
			*entry = pages->next | PRESENT | WRITABLE | ACCESSED;
			memset((void *)(uintptr_t)pages->next, 0, PAGE_SIZE);
			pages->next += PAGE_SIZE;
		}
		table = (uint64_t *)(uintptr_t)(*entry & ADDRESS);
	}
}

void arch_mmu_fill(const struct arch_mmu *mmu, struct arch_mmu_pages *pages, uint64_t base,
		   uint64_t end)
{
	/* Free RAM may be executed: GRUB's relocator runs in it after ExitBootServices. */
	uint64_t bits = PRESENT | WRITABLE | ACCESSED | DIRTY;
	unsigned int largest = has(26) ? 3 : 2;

	if (end > SPAN_MAX || !end)
		end = SPAN_MAX;
	while (base < end)
		base += fill_one(mmu, pages, base, end, bits, largest);
}
