/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: mem/lmb.c mem/lmb_view.c */
/*
 * LMB, the firmware's own claims, EFI's pages and EFI's pools against each other at random on one map, checked after each step
 * against a model: an owner for every page.
 */
#include <string.h>

#include "efi/memory.h"
#include "efi/pool.h"
#include "mem/lmb.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define PAGES (RAM_SIZE / PAGE)
#define STEPS 4000
#define LIVE 200

enum who { NOBODY, FIRMWARE, LMB, EFI, POOL };

static uint8_t model[PAGES];
static struct {
	enum who who;
	uint64_t base;
	uint64_t size;
} live[LIVE];
static uint64_t bad;

static void mark(uint64_t base, uint64_t size, enum who from, enum who to)
{
	for (uint64_t page = (base - RAM_BASE) / PAGE; page * PAGE < base - RAM_BASE + size;
	     page++) {
		bad += model[page] != from;
		model[page] = (uint8_t)to;
	}
}

static bool is_free(uint64_t base, uint64_t size)
{
	if (base < RAM_BASE || base + size > RAM_BASE + RAM_SIZE)
		return false;
	for (uint64_t page = (base - RAM_BASE) / PAGE; page * PAGE < base - RAM_BASE + size; page++)
		if (model[page] != NOBODY)
			return false;
	return true;
}

/* The map that EFI shows has as many free pages as the model, each of which is free there. */
static void check(void)
{
	static struct efi_memory_descriptor map[1024];
	uint64_t size = sizeof(map);
	uint64_t bytes = 0;
	uint64_t free_pages = 0;
	uint64_t model_free = 0;

	if (efi_get_memory_map(&size, map, NULL, NULL, NULL)) {
		bad++;
		return;
	}
	for (uint64_t i = 0; i < size / sizeof(map[0]); i++) {
		bytes += map[i].NumberOfPages * PAGE;
		if (map[i].Type != EfiConventionalMemory)
			continue;
		free_pages += map[i].NumberOfPages;
		bad += !is_free(map[i].PhysicalStart, map[i].NumberOfPages * PAGE);
	}
	for (uint64_t page = 0; page < PAGES; page++)
		model_free += model[page] == NOBODY;
	bad += bytes != RAM_SIZE || free_pages != model_free || memmap_check(&machine_map);
}

static void take(unsigned int i)
{
	uint64_t pages = 1 + tap_below(64);
	uint64_t at = RAM_BASE + tap_below(PAGES - 64) * PAGE;
	struct mem_props props = mem_props_firmware("heap");
	struct mem_request request = {.size = pages * PAGE, .align = PAGE, .props = props};
	enum who who = (enum who)(FIRMWARE + tap_below(3));
	bool fixed = tap_below(2);
	bool could = !fixed || is_free(at, pages * PAGE);
	uint64_t base = at;
	bool got = false;

	if (who == FIRMWARE)
		got = fixed ? !memmap_claim_at(&machine_map, at, pages * PAGE, &props)
			    : !memmap_claim(&machine_map, &request, &base);
	else if (who == LMB)
		got = !lmb_alloc_mem(fixed ? LMB_MEM_ALLOC_ADDR : LMB_MEM_ALLOC_ANY, PAGE, &base,
				     pages * PAGE, LMB_NOOVERWRITE);
	else
		got = !efi_allocate_pages(fixed ? AllocateAddress : AllocateAnyPages,
					  (uint32_t)(EfiLoaderCode + tap_below(6)), pages, &base);
	bad += got != could;
	if (!got)
		return;
	live[i].who = who;
	live[i].base = base;
	live[i].size = pages * PAGE;
	mark(base, pages * PAGE, NOBODY, who);
}

/* Only whoever has it can give it back. */
static void give(unsigned int i)
{
	uint64_t base = live[i].base;
	uint64_t size = live[i].size;
	enum who who = live[i].who;

	if (who != FIRMWARE)
		bad += !memmap_release(&machine_map, base, size, MEM_OWNER_FIRMWARE);
	if (who != LMB)
		bad += !lmb_free(base, size, LMB_NOOVERWRITE);
	if (who != EFI)
		bad += !efi_free_pages(base, size / PAGE);
	if (who == FIRMWARE)
		bad += memmap_release(&machine_map, base, size, MEM_OWNER_FIRMWARE) != 0;
	if (who == LMB)
		bad += lmb_free(base, size, LMB_NOOVERWRITE) != 0;
	if (who == EFI)
		bad += efi_free_pages(base, size / PAGE) != 0;
	mark(base, size, who, NOBODY);
	live[i].who = NOBODY;
}

/* Pools: their pages are found in the map, because they come and go by chunks. */
static void sync_pools(void)
{
	struct mem_region region;

	for (uint64_t page = 0; page < PAGES; page++)
		if (model[page] == POOL)
			model[page] = NOBODY;
	memmap_first(&machine_map, &region);
	do {
		if (!strncmp(region.props.tag, "EFI pool", MEM_TAG_MAX) ||
		    !strncmp(region.props.tag, "memory map", MEM_TAG_MAX))
			mark(region.base, region.end - region.base, NOBODY, POOL);
	} while (memmap_next(&machine_map, &region));
}

int main(void)
{
	static void *pool[64];
	struct snapshot before;
	struct snapshot after;

	tap_seed();
	machine_start(4096);
	mark(RAM_BASE + RAM_SIZE - FIRMWARE_SIZE, FIRMWARE_SIZE, NOBODY, FIRMWARE);
	before = machine_snapshot();
	for (int step = 0; step < STEPS && !bad; step++) {
		unsigned int i = (unsigned int)tap_below(LIVE);
		unsigned int k = (unsigned int)tap_below(64);

		if (live[i].who == NOBODY)
			take(i);
		else
			give(i);
		if (pool[k]) {
			bad += efi_free_pool(pool[k]) != 0;
			pool[k] = NULL;
		} else {
			bad += efi_allocate_pool((uint32_t)(EfiLoaderCode + tap_below(6)),
						 tap_below(9000), &pool[k]) != 0;
		}
		sync_pools();
		check();
	}
	equal(bad, 0, "4,000 steps of LMB, firmware, EFI pages and pools agree with the model");
	for (unsigned int i = 0; i < LIVE; i++)
		if (live[i].who != NOBODY)
			give(i);
	for (int k = 0; k < 64; k++)
		if (pool[k])
			efi_free_pool(pool[k]);
	after = machine_snapshot();
	ok(before.pools == after.pools, "nothing is left");
	equal(bad, 0, "to the end");
	equal(machine_regions_tagged("EFI pages") + machine_regions_tagged("EFI pool"), 0,
	      "in the map either");
	return tap_done();
}
