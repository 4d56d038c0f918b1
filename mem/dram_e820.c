/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The e820 table, put on the map in order of precedence: what is described first stays, and RAM
 * comes last.
 *
 *   RAM        |=================================|
 *   reserved          |######|      |####|
 *   ACPI           |aaaaa|
 *   map        |===|a|######|=======|####|=======|
 */
#include "mem/dram_e820.h"

#include <errno.h>

#include "lib/bytes.h"
#include "mem/memmap_tree.h"

/* ACPI 6.5, table 15.3; 5 and 7 as well. */
enum {
	E820_RAM = 1,
	E820_RESERVED = 2,
	E820_ACPI = 3,
	E820_NVS = 4,
	E820_UNUSABLE = 5,
	E820_PERSISTENT = 7,
};

/* In order of precedence. Any other type keeps the OS out like E820_RESERVED. */
enum kind { UNUSABLE, RESERVED, NVS, ACPI, PERSISTENT, RAM, KINDS };

struct entry {
	uint64_t base, size;
	uint32_t type;
};

static struct entry entry_at(const uint8_t *table, uint32_t i)
{
	const uint8_t *p = table + (uint64_t)i * DRAM_E820_ENTRY_SIZE;

	return (struct entry){le64_load(p), le64_load(p + 8), le32_load(p + 16)};
}

static enum kind kind_of(uint32_t type)
{
	switch (type) {
	case E820_RAM:
		return RAM;
	case E820_ACPI:
		return ACPI;
	case E820_NVS:
		return NVS;
	case E820_UNUSABLE:
		return UNUSABLE;
	case E820_PERSISTENT:
		return PERSISTENT;
	default:
		return RESERVED;
	}
}

static struct mem_props props_of(enum kind kind)
{
	switch (kind) {
	case RAM:
		return mem_props_free();
	case ACPI:
		return mem_props_make(MEM_ACPI_RECLAIM, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0,
				      "e820 ACPI");
	case NVS:
		return mem_props_make(MEM_ACPI_NVS, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0,
				      "e820 NVS");
	case UNUSABLE:
		return mem_props_make(MEM_UNUSABLE, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0,
				      "e820 unusable");
	case PERSISTENT:
		return mem_props_make(MEM_PERSISTENT, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0,
				      "e820 persistent");
	default:
		return mem_props_make(MEM_RESERVED, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0,
				      "e820 reserved");
	}
}

/* Describes those parts of the entry that nothing describes yet. */
static int add_holes(struct memmap *map, const struct entry *e, const struct mem_props *props)
{
	uint64_t end = e->base + e->size; /* 0: 2^64 */
	uint64_t at = e->base;

	do {
		struct mem_region region;
		uint64_t stop;

		memmap_find(map, at, &region);
		stop = region.end - 1 < end - 1 ? region.end : end;
		if (region.props.owner == MEM_OWNER_HOLE) {
			int error = memmap_add(map, at, stop - at, props);

			if (error)
				return error;
		}
		at = stop;
	} while (at != end);
	return 0;
}

static int refuse(struct dram_e820 *result, uint32_t entry, const char *problem)
{
	result->problem = problem;
	result->entry = entry;
	return -EINVAL;
}

/* Looks at the whole table before anything is changed; tells which kinds of entries it has, as bits. */
static int check(const uint8_t *table, uint64_t size, struct dram_e820 *result, uint32_t *kinds)
{
	uint32_t count = (uint32_t)(size / DRAM_E820_ENTRY_SIZE);

	*kinds = 0;
	if (size % DRAM_E820_ENTRY_SIZE)
		return refuse(result, count, "its size is not a multiple of 20 bytes");
	if (size / DRAM_E820_ENTRY_SIZE > DRAM_E820_ENTRIES_MAX)
		return refuse(result, DRAM_E820_ENTRIES_MAX, "it has more than 128 entries");
	for (uint32_t i = 0; i < count; i++) {
		struct entry e = entry_at(table, i);

		if (!e.size)
			continue;
		if (e.base + (e.size - 1) < e.base)
			return refuse(result, i,
				      "an entry wraps past the end of the address space");
		*kinds |= 1u << kind_of(e.type);
	}
	if (!(*kinds & 1u << RAM))
		return refuse(result, count, "it names no RAM");
	return 0;
}

static int add_kind(struct memmap *map, const uint8_t *table, uint32_t count, enum kind kind)
{
	const struct mem_props props = props_of(kind);

	for (uint32_t i = 0; i < count; i++) {
		struct entry e = entry_at(table, i);
		int error;

		if (!e.size || kind_of(e.type) != kind)
			continue;
		/* From RAM the map itself keeps what is described. */
		error = kind == RAM ? memmap_add(map, e.base, e.size, &props)
				    : add_holes(map, &e, &props);
		if (error)
			return error;
	}
	return 0;
}

/* Describes the ground on an empty map, if nothing but RAM is said of it, and all of it by one entry. */
static void add_ground(struct memmap *map, const uint8_t *table, uint32_t count, uint64_t ground)
{
	const struct mem_props ram = mem_props_free();
	const uint64_t last = ground + (DRAM_E820_GROUND_SIZE - 1);
	bool covered = false;

	for (uint32_t i = 0; i < count; i++) {
		const struct entry e = entry_at(table, i);

		if (!e.size || e.base > last || e.base + (e.size - 1) < ground)
			continue;
		if (kind_of(e.type) != RAM)
			return;
		if (e.base <= ground && e.base + (e.size - 1) >= last)
			covered = true;
	}
	if (covered)
		(void)memmap_add(map, ground, DRAM_E820_GROUND_SIZE,
				 &ram); /* or the map does without */
}

static void sum_up(const struct memmap *map, struct dram_e820 *result)
{
	struct mem_spot spot;

	for (tree_seek(map, 0, &spot, NULL);; tree_step_in_leaf(map, &spot)) {
		uint64_t base = spot.entry->base;

		if (spot.entry->props.owner == MEM_OWNER_FREE) {
			result->ram += spot.end - base;
			if (base < GIB(4))
				result->low_end = spot.end && spot.end < GIB(4) ? spot.end : GIB(4);
		}
		if (!spot.end)
			return;
	}
}

/* As memmap_init left it. */
static void empty(struct memmap *map)
{
	const struct memmap_ops *ops = map->ops;

	memmap_destroy(map);
	memmap_init(map, ops, map->context);
}

int dram_e820_describe(struct memmap *map, const uint8_t *table, uint64_t size, uint64_t ground,
		       struct dram_e820 *result)
{
	uint32_t count = (uint32_t)(size / DRAM_E820_ENTRY_SIZE);
	uint32_t kinds;
	int error;

	*result = (struct dram_e820){.ram = 0};
	error = check(table, size, result, &kinds);
	if (error)
		return error;
	if (ground)
		add_ground(map, table, count, ground);
	for (enum kind kind = 0; kind < KINDS; kind++) {
		if (!(kinds & 1u << kind))
			continue;
		error = add_kind(map, table, count, kind);
		if (error) {
			empty(map);
			refuse(result, count,
			       "it has more regions than fit the map before there is RAM to grow in");
			return error;
		}
	}
	sum_up(map, result);
	if (!result->ram) {
		empty(map);
		return refuse(result, 0, "all RAM it names is reserved as well");
	}
	return 0;
}
