/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables that follow the map: four levels, the largest pages that fit (1 GiB where the
 * processor has them). Runs from flash before relocation too: no static data.
 *
 * Table pages come from a pool that is claimed from the map and grows by the same means. `prepare`
 * grows it, so that `changed` cannot fail; RESERVE pages are kept for mapping what it grows by. A
 * table stays when nothing is mapped by it any more: the next claim of the same place finds it
 * ready.
 */
#include <errno.h>
#include <stdbool.h>

#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "lib/bytes.h"
#include "mem/pages.h"

/* Entries (AMD64 APM volume 2, 5.4). A and D are set beforehand: nobody reads them. */
#define PRESENT (UINT64_C(1) << 0)
#define WRITABLE (UINT64_C(1) << 1)
#define WRITE_THROUGH (UINT64_C(1) << 3)
#define UNCACHED (UINT64_C(1) << 4)
#define ACCESSED (UINT64_C(1) << 5)
#define DIRTY (UINT64_C(1) << 6)
#define LARGE (UINT64_C(1) << 7)
#define NO_EXECUTE (UINT64_C(1) << 63)
#define ADDRESS UINT64_C(0x000ffffffffff000)

#define ENTRIES 512
/*
 * Levels of tables are named by what an entry spans, as a power of two: 2^39 bytes at the top,
 * 2^12 at the bottom.
 */
#define LEVEL_TOP 39
#define LEVEL_1G 30
#define LEVEL_2M 21
#define LEVEL_4K 12
#define LEVEL_BITS 9
#define SPAN_MAX \
	(UINT64_C(1) << 47) /* addresses above need no mapping: no RAM or device is there */

/* Tables that one range may take: the upper three at either end. */
#define RESERVE 6
#define POOL_PAGES 24

/* arch_mmu.words */
enum {
	WORD_NX, /* NO_EXECUTE, or 0 for a processor without it */
	WORD_LARGEST, /* the highest level with pages: LEVEL_2M or LEVEL_1G */
	WORD_STARTED,
	WORD_GROWING,
	WORD_FREE, /* pages left over from older pools, linked by their first word */
	WORD_FREE_COUNT,
	WORD_NEAR, /* a block of 2 MiB with a bottom table, + 1: the one that was used last, */
	WORD_NEAR_TABLE, /* and its table */
};

static uint64_t span_of(unsigned int level)
{
	return UINT64_C(1) << level;
}

/* ---- table pages ---- */

static uint64_t available(const struct arch_mmu *mmu)
{
	return mmu->words[WORD_FREE_COUNT] + ((mmu->pool_end - mmu->pool) >> 12);
}

/* A table with nothing mapped. Whoever asks has seen to it that there is a page. */
static uint64_t *table_take(struct arch_mmu *mmu)
{
	uint64_t *table;

	if (mmu->pool < mmu->pool_end) {
		table = (uint64_t *)(uintptr_t)mmu->pool;
		mmu->pool += PAGE_SIZE;
	} else {
		table = (uint64_t *)(uintptr_t)mmu->words[WORD_FREE];
		mmu->words[WORD_FREE] = *table;
		mmu->words[WORD_FREE_COUNT]--;
	}
	arch_fp_zero_page(table);
	return table;
}

/*
 * Adds at least `pages` pages. The claim comes back to prepare and changed when they follow the
 * map.
 */
static int pool_grow(struct arch_mmu *mmu, uint64_t pages)
{
	struct mem_request request = {
		.size = (pages > POOL_PAGES ? pages : POOL_PAGES) * PAGE_SIZE,
		.align = PAGE_SIZE,
		.max = TABLES_END - 1,
		.props = mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION, MEM_RW,
					0, "page tables"),
	};
	uint64_t base;
	int error;

	mmu->words[WORD_GROWING] = 1;
	error = memmap_claim(mmu->map, &request, &base);
	if (error) {
		request.max = EARLY_LIMIT - 1;
		error = memmap_claim(mmu->map, &request, &base);
	}
	if (!error && mmu->root && !mmu->words[WORD_STARTED])
		arch_mmu_changed(mmu, base, request.size);
	mmu->words[WORD_GROWING] = 0;
	if (error)
		return error;
	for (; mmu->pool < mmu->pool_end; mmu->pool += PAGE_SIZE) {
		*(uint64_t *)(uintptr_t)mmu->pool = mmu->words[WORD_FREE];
		mmu->words[WORD_FREE] = mmu->pool;
		mmu->words[WORD_FREE_COUNT]++;
	}
	mmu->pool = base;
	mmu->pool_end = base + request.size;
	return 0;
}

/* ---- entries ---- */

static uint64_t bits_of(const struct arch_mmu *mmu, uint8_t attrs)
{
	uint64_t bits = PRESENT | ACCESSED | DIRTY;

	if (!(attrs & (MEM_R | MEM_W | MEM_X)))
		return 0;
	if (attrs & MEM_W)
		bits |= WRITABLE;
	if (!(attrs & MEM_X))
		bits |= mmu->words[WORD_NX];
	if (attrs & MEM_DEVICE)
		bits |= UNCACHED | WRITE_THROUGH; /* UC, whatever the MTRRs say */
	else if (attrs & MEM_WC)
		bits |= UNCACHED; /* UC-: the MTRRs may say WC */
	return bits;
}

static uint8_t attrs_of(uint64_t entry)
{
	uint8_t attrs = MEM_R;

	if (!(entry & PRESENT))
		return 0;
	if (entry & WRITABLE)
		attrs |= MEM_W;
	if (!(entry & NO_EXECUTE))
		attrs |= MEM_X;
	if (entry & UNCACHED)
		attrs |= entry & WRITE_THROUGH ? MEM_DEVICE : MEM_WC;
	return attrs;
}

/* Makes the table below an entry, with the mapping that a large page had. */
static __attribute__((noinline)) void make_table(struct arch_mmu *mmu, uint64_t *entry,
						 unsigned int level)
{
	uint64_t old = *entry;
	uint64_t *table = table_take(mmu);

	if (old)
		arch_fp_entries(table, ENTRIES, level == LEVEL_2M ? old & ~LARGE : old,
				span_of(level - LEVEL_BITS));
	*entry = (uint64_t)(uintptr_t)table | PRESENT | WRITABLE | ACCESSED;
}

static bool is_table(uint64_t entry)
{
	return (entry & (PRESENT | LARGE)) == PRESENT;
}

/*
 * How many of `count` entries from *entry on hold no table. At the start none does: runs do not
 * overlap.
 */
static uint64_t count_pages(const struct arch_mmu *mmu, const uint64_t *entry, uint64_t count,
			    unsigned int level)
{
	const uint64_t *at = entry;

	if (level == LEVEL_4K || !mmu->words[WORD_STARTED])
		return count;
	while (count && !is_table(*at)) {
		at++;
		count--;
	}
	return (uint64_t)(at - entry);
}

/* The level of the largest pages that a range of `size` bytes can begin with. */
static unsigned int level_of_pages(const struct arch_mmu *mmu, uint64_t base, uint64_t size)
{
	if (base & (MIB(2) - 1) || size < MIB(2))
		return LEVEL_4K;
	if (base & (GIB(1) - 1) || size < GIB(1))
		return LEVEL_2M;
	return (unsigned int)mmu->words[WORD_LARGEST];
}

/* Where a descent to `base` begins: at the top, or at the bottom table that was used last. */
static uint64_t *descend_from(const struct arch_mmu *mmu, uint64_t base, unsigned int *level)
{
	if (mmu->words[WORD_NEAR] == align_down(base, MIB(2)) + 1) {
		*level = LEVEL_4K;
		return (uint64_t *)(uintptr_t)mmu->words[WORD_NEAR_TABLE];
	}
	*level = LEVEL_TOP;
	return (uint64_t *)(uintptr_t)mmu->root;
}

/*
 * Makes the first part of a range show `bits`: descends to where its pages go, or to where nothing
 * is mapped and nothing shall be. Returns the part's size, which may be more than the range's.
 */
static uint64_t set_part(struct arch_mmu *mmu, uint64_t base, uint64_t size, uint64_t bits)
{
	const unsigned int wanted = level_of_pages(mmu, base, size);
	uint64_t *entry, pages = 0;
	unsigned int level;
	uint64_t *table = descend_from(mmu, base, &level);

	for (;; level -= LEVEL_BITS) {
		uint64_t index = base >> level & (ENTRIES - 1);

		entry = table + index;
		if (level <= wanted) {
			pages = size >> level;
			if (pages > ENTRIES - index)
				pages = ENTRIES - index;
			pages = count_pages(mmu, entry, pages, level);
			if (pages)
				break;
		} else if (!*entry && !bits) {
			return span_of(level) - (base & (span_of(level) - 1));
		}
		if (!is_table(*entry))
			make_table(mmu, entry, level);
		table = (uint64_t *)(uintptr_t)(*entry & ADDRESS);
	}
	if (level == LEVEL_4K) {
		mmu->words[WORD_NEAR] = align_down(base, MIB(2)) + 1;
		mmu->words[WORD_NEAR_TABLE] = (uint64_t)(uintptr_t)table;
	}
	if (bits)
		bits |= base | (level > LEVEL_4K ? LARGE : 0);
	arch_fp_entries(entry, pages, bits, bits ? span_of(level) : 0);
	return pages << level;
}

/* Makes [base, end) show `bits`. */
static void set(struct arch_mmu *mmu, uint64_t base, uint64_t end, uint64_t bits)
{
	while (base < end)
		base += set_part(mmu, base, end - base, bits);
}

/* ---- the map ---- */

static void follow(struct arch_mmu *mmu, uint64_t base, uint64_t end)
{
	struct pages pages;
	struct pages_run seen;

	pages_begin(&pages, mmu->map, base, end, pages_look_attrs);
	while (pages_next(&pages, &seen))
		set(mmu, seen.base, seen.end, bits_of(mmu, seen.props.attrs));
}

/*
 * [base, base + size) in whole pages, cut to what can be mapped; base < *end when anything is left.
 */
static uint64_t in_pages(uint64_t base, uint64_t size, uint64_t *end)
{
	*end = size && size < SPAN_MAX && base < SPAN_MAX ? align_up(base + size, PAGE_SIZE)
							  : SPAN_MAX;
	if (*end > SPAN_MAX)
		*end = SPAN_MAX;
	return align_down(base, PAGE_SIZE);
}

/*
 * Whether the pool has the tables that a change of the range may take, and RESERVE more. At most it
 * is one for each block of 2 MiB and of 1 GiB, and so on; or else RESERVE for each region, whose
 * rights may differ, and the directories between.
 */
static bool pool_suffices(const struct arch_mmu *mmu, uint64_t base, uint64_t end, uint64_t *need)
{
	uint64_t directories = (end - base) / GIB(1) + (end - base) / GIB(512);
	struct mem_region region;

	*need = (end - base) / MIB(2) + directories + 2 * RESERVE;
	if (available(mmu) >= *need)
		return true;
	*need = directories + 2 * RESERVE;
	memmap_find(mmu->map, base, &region);
	while (region.end && region.end < end) {
		*need += RESERVE;
		memmap_next(mmu->map, &region);
	}
	return available(mmu) >= *need;
}

static void flush(const struct arch_mmu *mmu)
{
	__asm__ volatile("movq %0, %%cr3" : : "r"(mmu->root) : "memory");
}

/* ---- arch.h ---- */

int arch_mmu_prepare(void *context, uint64_t base, uint64_t size)
{
	struct arch_mmu *mmu = context;
	uint64_t end, need;

	base = in_pages(base, size, &end);
	if (base >= end || mmu->words[WORD_GROWING])
		return 0;
	return pool_suffices(mmu, base, end, &need) ? 0 : pool_grow(mmu, need);
}

void arch_mmu_changed(void *context, uint64_t base, uint64_t size)
{
	struct arch_mmu *mmu = context;
	uint64_t end;

	base = in_pages(base, size, &end);
	if (base < end)
		follow(mmu, base, end);
	if (mmu->words[WORD_STARTED])
		flush(mmu);
}

/* Every region with rights, but not the holes between: the tables start empty. */
static int follow_all(struct arch_mmu *mmu)
{
	struct pages pages;
	struct pages_run seen;

	pages_begin(&pages, mmu->map, 0, SPAN_MAX, pages_look_attrs);
	while (pages_next(&pages, &seen)) {
		uint64_t bits = bits_of(mmu, seen.props.attrs);
		uint64_t need;

		if (!bits)
			continue;
		if (!pool_suffices(mmu, seen.base, seen.end, &need)) {
			if (pool_grow(mmu, need))
				return -ENOMEM;
			pages_begin(&pages, mmu->map, seen.base, SPAN_MAX, pages_look_attrs);
			continue;
		}
		set(mmu, seen.base, seen.end, bits);
	}
	return 0;
}

int arch_mmu_start(struct arch_mmu *mmu, struct memmap *map, void (*write)(const void *),
		   const void *argument)
{
	uint32_t efer, high;
	uint64_t cr0;

	memset(mmu, 0, sizeof(*mmu));
	mmu->map = map;
	__asm__ volatile("rdmsr" : "=a"(efer), "=d"(high) : "c"(MSR_EFER));
	mmu->words[WORD_NX] = efer & EFER_NXE ? NO_EXECUTE : 0;
	mmu->words[WORD_LARGEST] = cpu_id(0x80000001).edx >> 26 & 1 ? LEVEL_1G : LEVEL_2M;
	if (pool_grow(mmu, POOL_PAGES))
		return -ENOMEM;
	mmu->root = (uint64_t)(uintptr_t)table_take(mmu);
	if (follow_all(mmu))
		return -ENOMEM;
	mmu->words[WORD_STARTED] = 1;
	flush(mmu);
	/* The tables in flash do not reach all RAM below 4 GiB; on these, write protection waits for a moment. */
	__asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("movq %0, %%cr0" : : "r"(cr0 & ~(uint64_t)CR0_WP) : "memory");
	write(argument);
	__asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
	return 0;
}

/* They are: those in flash do not reach the relocated image. */
void arch_mmu_enter(const struct arch_mmu *mmu)
{
	(void)mmu;
}

uint8_t arch_early_rights(void)
{
	return MEM_RW;
}

uint8_t arch_mmu_walk(const struct arch_mmu *mmu, uint64_t addr, uint64_t *size)
{
	const uint64_t *table = (const uint64_t *)(uintptr_t)mmu->root;

	*size = SPAN_MAX - (addr & (SPAN_MAX - 1));
	if (addr >= SPAN_MAX)
		return 0;
	for (unsigned int level = LEVEL_TOP;; level -= LEVEL_BITS) {
		uint64_t entry = table[addr >> level & (ENTRIES - 1)];

		if (level == LEVEL_4K || !is_table(entry)) {
			*size = span_of(level) - (addr & (span_of(level) - 1));
			return attrs_of(entry);
		}
		table = (const uint64_t *)(uintptr_t)(entry & ADDRESS);
	}
}
