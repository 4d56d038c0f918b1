/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map as its readers see it; see memmap.h. Runs from flash before relocation: no static data.
 */
#include "mem/memmap_tree.h"

uint64_t memmap_key(const struct memmap *map)
{
	return map->key;
}

uint64_t memmap_count(const struct memmap *map)
{
	return map->count;
}

static void region_set(struct mem_region *region, const struct mem_spot *spot)
{
	region->base = spot->entry->base;
	region->end = spot->end;
	mem_props_copy(&region->props, &spot->entry->props);
}

void memmap_find(const struct memmap *map, uint64_t addr, struct mem_region *region)
{
	struct mem_spot spot;

	tree_seek(map, addr, &spot, NULL);
	region_set(region, &spot);
}

void memmap_first(const struct memmap *map, struct mem_region *region)
{
	memmap_find(map, 0, region);
}

int memmap_next(const struct memmap *map, struct mem_region *region)
{
	if (region->end == 0)
		return 0;
	memmap_find(map, region->end, region);
	return 1;
}

/* The region of addr, and the neighbours above it that look alike. */
static void find_alike(const struct memmap *map, uint64_t addr, mem_look *look,
		       struct mem_region *region)
{
	struct mem_spot spot;
	uint64_t seen;

	tree_seek(map, addr, &spot, NULL);
	region_set(region, &spot);
	seen = look(&region->props);
	while (spot.end != 0) {
		tree_step_in_leaf(map, &spot);
		if (look(&spot.entry->props) != seen)
			break;
		region->end = spot.end;
	}
}

void memmap_first_alike(const struct memmap *map, mem_look *look, struct mem_region *region)
{
	find_alike(map, 0, look, region);
}

int memmap_next_alike(const struct memmap *map, mem_look *look, struct mem_region *region)
{
	if (region->end == 0)
		return 0;
	find_alike(map, region->end, look, region);
	return 1;
}
