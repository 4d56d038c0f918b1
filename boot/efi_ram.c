/* SPDX-License-Identifier: BSD-2-Clause */
/* See efi_ram.h. The machine's map gets ops of ours, which do what those did, and map what has become free. */
#include "boot/efi_ram.h"

#include "arch/mmu_fill.h"
#include "lib/bytes.h"
#include "mem/memmap.h"
#include "mem/pages.h"

#define TABLES_SPARE 16 /* for what changes later */
#define IMAGE_ALIGN KIB(64) /* of arm64 kernels */

static const struct memmap_ops *usual;
static struct arch_mmu *mmu;
static struct arch_mmu_pages tables;

static uint64_t look_free(const struct mem_props *props)
{
	return props->owner == MEM_OWNER_FREE;
}

/* Maps what is free in [base, end); end 0: to the end of the addresses. */
static void fill(uint64_t base, uint64_t end)
{
	struct pages_run run;
	struct pages pages;

	pages_begin(&pages, mmu->map, base, end, look_free);
	while (pages_next(&pages, &run))
		if (run.props.owner == MEM_OWNER_FREE)
			arch_mmu_fill(mmu, &tables, run.base, run.end);
}

static int prepare(void *context, uint64_t base, uint64_t size)
{
	return usual->prepare(context, base, size);
}

static void changed(void *context, uint64_t base, uint64_t size)
{
	usual->changed(context, base, size);
	fill(align_down(base, PAGE_SIZE), size ? align_up(base + size, PAGE_SIZE) : 0);
}

static const struct memmap_ops ops = {.prepare = prepare, .changed = changed};

int efi_ram_prepare(void)
{
	struct memmap *map = memmap_system();
	struct mem_request request = {.align = PAGE_SIZE,
				      .props = mem_props_firmware("page tables")};
	struct mem_region region;
	uint64_t runs = 0, size = 0, below;
	int error;

	if (tables.end)
		return 0;
	memmap_first(map, &region);
	do {
		if (region.props.owner != MEM_OWNER_FREE)
			continue;
		runs++;
		size += region.end - region.base;
	} while (memmap_next(map, &region));
	request.size = (arch_mmu_fill_tables(runs, size) + TABLES_SPARE) * PAGE_SIZE;
	error = memmap_claim(map, &request, &tables.next);
	if (error)
		return error;
	tables.end = tables.next + request.size;
	/* Down to where an image may end: no hole between them. */
	below = tables.next % IMAGE_ALIGN;
	if (below && !memmap_claim_at(map, tables.next - below, below, &request.props))
		tables.next -= below;
	return 0;
}

void efi_ram_show(void)
{
	struct memmap *map = memmap_system();

	usual = map->ops;
	mmu = map->context;
	memmap_attach(map, &ops, mmu);
	fill(0, 0);
}

/* The tables that were made for it stay: what the map says hangs on some of them. */
void efi_ram_hide(void)
{
	struct memmap *map = memmap_system();
	struct mem_region region;

	memmap_attach(map, usual, mmu);
	memmap_first(map, &region);
	do {
		if (region.props.owner == MEM_OWNER_FREE)
			usual->changed(mmu, region.base, region.end - region.base);
	} while (memmap_next(map, &region));
}
