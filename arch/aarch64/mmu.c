/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables that follow the map: 4 KiB granule, 48-bit addresses (four levels), blocks of 1 GiB and 2 MiB where they fit,
 * every address mapped to itself. Nothing here uses static data, because the tables are first built from flash.
 *
 * Table pages come from a pool that is claimed from the map. A claim maps itself in turn, and the map may
 * claim a node for itself meanwhile, so the pool always keeps tables for both in reserve. A table that is no longer needed goes to a list of free tables.
 */
#include <errno.h>

#include "arch/aarch64/cpu.h"
#include "arch/aarch64/sysregs.h"
#include "arch/arch.h"
#include "lib/assert.h"
#include "lib/bytes.h"
#include "mem/pages.h"

#define EARLY_LIMIT (UINT64_C(1) << 36) /* EARLY_BITS in start.S */
#define VA_BITS 48
#define VA_END (UINT64_C(1) << VA_BITS)
#define ENTRIES 512
#define ADDRESS_MASK UINT64_C(0x0000fffffffff000)
#define TABLES_AT_START 28 /* pages claimed at once, at first and whenever more are wanted */
#define RESERVE 6 /* the two ends of a range need a table of levels 1, 2 and 3 each */

/* What mmu->words hold. */
enum {
	WORD_TCR,
	WORD_FREE, /* the first free table; each begins with the address of the next */
	WORD_FREE_COUNT,
	WORD_GROWING, /* the pool is being enlarged */
	WORD_STALE, /* the TLB may hold what has changed */
	WORD_LAST, /* the last table of pages that was looked up, 0: none, ... */
	WORD_LAST_BLOCK, /* ... and the 2 MiB that it maps: regions stand close together */
	WORD_FRESH, /* nothing is mapped yet but what the first reading of the map has come by */
};

uint64_t arch_early_limit(void)
{
	return EARLY_LIMIT;
}

static int level_shift(int level)
{
	return 39 - 9 * level;
}

static uint64_t *table_at(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & ADDRESS_MASK);
}

static int is_table(uint64_t entry, int level)
{
	return level < 3 && (entry & PTE_KIND) == PTE_TABLE;
}

/* The descriptor for rights at a level, but for the address; 0: not mapped. */
static uint64_t leaf_of(uint8_t attrs)
{
	uint64_t leaf = PTE_BLOCK;

	if (!(attrs & (MEM_RW | MEM_X)))
		return 0;
	if (attrs & MEM_DEVICE)
		leaf |= PTE_DEVICE;
	else if (attrs & MEM_WC)
		leaf |= PTE_AF | PTE_INDEX(MAIR_WC);
	else
		leaf |= PTE_NORMAL;
	if (!(attrs & MEM_W))
		leaf |= PTE_RO;
	if (aarch64_at_el2())
		leaf |= PTE_AP1 | (attrs & MEM_X ? 0 : PTE_UXN);
	else
		leaf |= PTE_UXN | (attrs & MEM_X ? 0 : PTE_PXN);
	return leaf;
}

static uint64_t tables_left(const struct arch_mmu *mmu)
{
	return ((mmu->pool_end - mmu->pool) >> 12) + mmu->words[WORD_FREE_COUNT];
}

/* An unused table, its entries as they were; NULL when there is none. */
static uint64_t *take_table(struct arch_mmu *mmu)
{
	uint64_t *table = (uint64_t *)(uintptr_t)mmu->pool;

	if (!tables_left(mmu))
		return NULL;
	if (mmu->words[WORD_FREE_COUNT]) {
		table = (uint64_t *)(uintptr_t)mmu->words[WORD_FREE];
		mmu->words[WORD_FREE] = table[0];
		mmu->words[WORD_FREE_COUNT]--;
		return table;
	}
	mmu->pool += PAGE_SIZE;
	return table;
}

/* Gives a table and all below it to the list, after the processor has forgotten it. */
static void drop_table(struct arch_mmu *mmu, uint64_t entry, int level)
{
	uint64_t *table = table_at(entry);

	mmu->words[WORD_LAST] = 0;
	for (int i = 0; level < 2 && i < ENTRIES; i++)
		if (is_table(table[i], level + 1))
			drop_table(mmu, table[i], level + 1);
	table[0] = mmu->words[WORD_FREE];
	mmu->words[WORD_FREE] = (uint64_t)(uintptr_t)table;
	mmu->words[WORD_FREE_COUNT]++;
}

/* Writes one entry as the architecture asks for, and frees the table that it pointed to. */
static void replace(struct arch_mmu *mmu, uint64_t *entry, uint64_t value, int level)
{
	uint64_t old = *entry;

	if (old == value)
		return;
	if (!(old & PTE_VALID)) {
		*entry = value;
	} else if ((value & PTE_VALID) && is_table(old, level) != is_table(value, level)) {
		aarch64_mmu_swap(entry, value);
	} else {
		*entry = value;
		mmu->words[WORD_STALE] = 1;
	}
	if (is_table(old, level)) {
		aarch64_tlb_flush();
		drop_table(mmu, old, level);
	}
}

/* The table below an entry; makes one that maps as much as the entry did. NULL when there are no tables left. */
static uint64_t *descend(struct arch_mmu *mmu, uint64_t *entry, int level)
{
	uint64_t old = *entry;
	uint64_t *table;

	if (is_table(old, level))
		return table_at(old);
	table = take_table(mmu);
	if (!table)
		return NULL;
	if (old & PTE_VALID) {
		uint64_t kind = level == 2 ? PTE_PAGE : PTE_BLOCK;

		for (uint64_t i = 0; i < ENTRIES; i++)
			table[i] = ((old & ~(uint64_t)PTE_KIND) | kind) +
				   (i << level_shift(level + 1));
	} else {
		memset(table, 0, PAGE_SIZE);
	}
	replace(mmu, entry, (uint64_t)(uintptr_t)table | PTE_TABLE, level);
	return table;
}

/* `count` entries of one table from *entry on: blocks or pages from base on, all with the same rights. */
static void fill(struct arch_mmu *mmu, uint64_t *entry, uint64_t base, uint64_t count,
		 uint64_t leaf, int level)
{
	uint64_t value = leaf ? leaf | base | (level == 3 ? PTE_PAGE : 0) : 0;
	uint64_t step = leaf ? UINT64_C(1) << level_shift(level) : 0;

	/* New pages, and pages that go: the stack, the heap and the image are hundreds of them. */
	while (count >= 4 && (mmu->words[WORD_FRESH] ||
			      !((entry[0] | entry[1] | entry[2] | entry[3]) & PTE_VALID))) {
		entry[0] = value;
		entry[1] = value + step;
		entry[2] = value + 2 * step;
		entry[3] = value + 3 * step;
		value += 4 * step;
		entry += 4;
		count -= 4;
	}
	for (; count && !leaf && level == 3; count--, entry++) {
		mmu->words[WORD_STALE] |= *entry & PTE_VALID;
		*entry = 0;
	}
	for (; count; count--, value += step)
		replace(mmu, entry++, value, level);
}

/*
 * Maps [base, end) piece by piece: each goes down from the top to the level of which whole entries fit.
 * 0, or -ENOMEM when it ran out of tables half-way.
 */
static int map_range(struct arch_mmu *mmu, uint64_t base, uint64_t end, uint64_t leaf)
{
	while (base < end) {
		uint64_t *table = table_at(mmu->root);
		uint64_t unit = UINT64_C(1) << level_shift(0), index, count;
		int level = 0, shift = level_shift(0);

		if (mmu->words[WORD_LAST] &&
		    base >> level_shift(2) == mmu->words[WORD_LAST_BLOCK] &&
		    (base & (MIB(2) - 1) || end - base < MIB(2))) {
			table = (uint64_t *)(uintptr_t)mmu->words[WORD_LAST];
			level = 3;
			shift = level_shift(3);
			unit = PAGE_SIZE;
		}
		for (;; level++, shift -= 9, unit >>= 9) {
			index = base >> shift & (ENTRIES - 1);
			if (!(base & (unit - 1)) && end - base >= unit && (level || !leaf))
				break;
			if (!leaf && !(table[index] & PTE_VALID))
				break; /* nothing is mapped here, and nothing shall be */
			table = descend(mmu, &table[index], level);
			if (!table)
				return -ENOMEM;
			if (level == 2) {
				mmu->words[WORD_LAST] = (uint64_t)(uintptr_t)table;
				mmu->words[WORD_LAST_BLOCK] = base >> level_shift(2);
			}
		}
		count = (end - base) >> shift;
		if (count > ENTRIES - index)
			count = ENTRIES - index;
		if (count && !(base & (unit - 1)))
			fill(mmu, &table[index], base, count, leaf, level);
		else
			count = 1;
		base = (base & ~(unit - 1)) + (count << shift);
	}
	return 0;
}

/*
 * Makes the tables say what the map says about [base, end); end 0: to the end of the addresses. 0 or
 * -ENOMEM, like map_range.
 */
static int follow(struct arch_mmu *mmu, uint64_t base, uint64_t end)
{
	struct pages pages;
	struct pages_run run;
	int error = 0;

	if (base >= VA_END)
		return 0;
	pages_begin(&pages, mmu->map, base, end, pages_look_attrs);
	while (!error && pages_next(&pages, &run)) {
		uint64_t leaf = leaf_of(run.props.attrs);

		if (run.base >= VA_END)
			break;
		if (run.end > VA_END || !run.end)
			run.end = VA_END;
		if (leaf || !mmu->words[WORD_FRESH])
			error = map_range(mmu, run.base, run.end, leaf);
	}
	if (mmu->words[WORD_STALE]) {
		mmu->words[WORD_STALE] = 0;
		aarch64_tlb_flush();
	} else {
		aarch64_tables_written();
	}
	return error;
}

/* Claims pages for `tables` more tables, if it can below an address: what lies above somebody wants to have. What is left of the old pool is used first only if it is one piece with the new. */
static int grow(struct arch_mmu *mmu, uint64_t tables, uint64_t below)
{
	struct mem_request request = {
		.size = tables << 12,
		.align = PAGE_SIZE,
		.max = (below < EARLY_LIMIT ? below : EARLY_LIMIT) - 1,
		.props = mem_props_firmware("page tables"),
	};
	uint64_t base;
	int error;

	mmu->words[WORD_GROWING] = 1;
	error = memmap_claim(mmu->map, &request, &base);
	if (error) {
		request.max = EARLY_LIMIT - 1;
		error = memmap_claim(mmu->map, &request, &base);
	}
	mmu->words[WORD_GROWING] = 0;
	if (error)
		return error;
	while (mmu->pool < mmu->pool_end) {
		drop_table(mmu, mmu->pool, 2);
		mmu->pool += PAGE_SIZE;
	}
	mmu->pool = base;
	mmu->pool_end = base + request.size;
	return 0;
}

int arch_mmu_prepare(void *context, uint64_t base, uint64_t size)
{
	struct arch_mmu *mmu = context;
	uint64_t span = size ? size : -base;
	uint64_t tables = RESERVE;

	/* Blocks of 1 GiB: a table of level 1 for each 512 GiB. Beyond VA_END nothing is mapped. */
	tables += (span < VA_END ? span : VA_END) >> level_shift(0);
	if (mmu->words[WORD_GROWING])
		return tables <= tables_left(mmu) ? 0 : -ENOMEM;
	if (tables + 2 * RESERVE <= tables_left(mmu))
		return 0;
	return grow(mmu, tables + TABLES_AT_START, base);
}

void arch_mmu_changed(void *context, uint64_t base, uint64_t size)
{
	int error = follow(context, base, size ? base + size : 0);

	assert(!error); /* arch_mmu_prepare has seen to it that there are tables enough */
}

int arch_mmu_start(struct arch_mmu *mmu, struct memmap *map, void (*write)(const void *),
		   const void *argument)
{
	int error;

	memset(mmu, 0, sizeof(*mmu));
	mmu->map = map;
	mmu->words[WORD_TCR] = aarch64_tcr(VA_BITS);
	error = grow(mmu, TABLES_AT_START, EARLY_LIMIT);
	if (error)
		return error;
	mmu->root = (uint64_t)(uintptr_t)take_table(mmu);
	memset(table_at(mmu->root), 0, PAGE_SIZE);
	/* Devices that lie far apart may take more tables than usual. */
	mmu->words[WORD_FRESH] = 1;
	while (!error && follow(mmu, 0, 0))
		error = grow(mmu, TABLES_AT_START, EARLY_LIMIT);
	mmu->words[WORD_FRESH] = 0;
	if (error)
		return error;
	write(argument); /* the tables in flash let us write all RAM below arch_early_limit() */
	return 0;
}

void arch_mmu_enter(const struct arch_mmu *mmu)
{
	aarch64_mmu_load(mmu->root, mmu->words[WORD_TCR]);
}

/* The tables in flash serve until the relocated image changes to its own. */
uint8_t arch_early_rights(void)
{
	return 0;
}

uint8_t arch_mmu_walk(const struct arch_mmu *mmu, uint64_t addr, uint64_t *size)
{
	const uint64_t *table = table_at(mmu->root);
	uint8_t attrs = MEM_R;
	uint64_t unit, entry;
	int level = 0;

	*size = -addr;
	if (addr >= VA_END)
		return 0;
	for (;; level++) {
		unit = UINT64_C(1) << level_shift(level);
		entry = table[(addr >> level_shift(level)) & (ENTRIES - 1)];
		if (!is_table(entry, level))
			break;
		table = table_at(entry);
	}
	*size = unit - (addr & (unit - 1));
	if (!(entry & PTE_VALID))
		return 0;
	if ((entry & ADDRESS_MASK & ~(unit - 1)) != (addr & ~(unit - 1)))
		return 0; /* mapped elsewhere: what no entry of ours does */
	if (!(entry & PTE_RO))
		attrs |= MEM_W;
	if (!(entry & (aarch64_at_el2() ? PTE_UXN : PTE_PXN)))
		attrs |= MEM_X;
	if (((entry >> 2) & 7) == MAIR_DEVICE)
		attrs |= MEM_DEVICE;
	if (((entry >> 2) & 7) == MAIR_WC)
		attrs |= MEM_WC;
	return attrs;
}
