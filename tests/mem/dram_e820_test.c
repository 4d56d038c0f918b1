/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/dram_e820.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/*
 * e820 tables of all shapes, and random ones against a model with a type per unit of memory.
 */
#include <errno.h>
#include <string.h>

#include "lib/bytes.h"
#include "mem/dram_e820.h"
#include "tests/tap.h"

#define ENTRIES 160
#define ROUNDS 20000

static uint8_t table[ENTRIES * DRAM_E820_ENTRY_SIZE];
static uint64_t table_size;
static struct memmap map;
static struct dram_e820 result;

static void entry(uint64_t base, uint64_t size, uint32_t type)
{
	le64_store(table + table_size, base);
	le64_store(table + table_size + 8, size);
	le32_store(table + table_size + 16, type);
	table_size += DRAM_E820_ENTRY_SIZE;
}

/* The map takes no node above `limit`. */
static int describe_on(uint64_t ground, uint64_t limit)
{
	int error;

	memmap_init(&map, NULL, NULL);
	memmap_limit(&map, limit);
	error = dram_e820_describe(&map, table, table_size, ground, &result);
	table_size = 0;
	return error;
}

static int describe(void)
{
	return describe_on(0, 0);
}

static int is_empty(void)
{
	return memmap_count(&map) == 1 && memmap_check(&map) == 0;
}

static struct mem_region at(uint64_t addr)
{
	struct mem_region region;

	memmap_find(&map, addr, &region);
	return region;
}

/* QEMU's own table for -M q35 -m 4G -cpu qemu64. */
static void test_q35(void)
{
	entry(0, 0x80000000, 1);
	entry(0x100000000, 0x80000000, 1);
	entry(0xfd00000000, 0x300000000, 2);
	equal(describe(), 0, "QEMU's table is taken");
	equal(result.ram, 0x100000000, "4 GiB of RAM");
	equal(result.low_end, 0x80000000, "of which 2 GiB below 4 GiB");
	equal(at(0).end, 0x80000000, "the low bank");
	equal(at(0).props.owner, MEM_OWNER_FREE, "is free");
	equal(at(0x100000000).end, 0x180000000, "the high bank");
	equal(at(0xfd00000000).props.type, MEM_RESERVED, "what QEMU reserves");
	equal(memmap_count(&map), 6, "and three holes");
}

static void test_shapes(void)
{
	entry(0x3000, 0x1000, 1);
	entry(0x1000, 0x1000, 1);
	entry(0x2000, 0x1000, 1);
	entry(0x9000, 0, 2);
	equal(describe(), 0, "unsorted, adjacent, empty entries");
	equal(at(0x1000).end, 0x4000, "become one region");
	equal(memmap_count(&map), 3, "and no other");

	entry(0x1000, 0x9000, 1);
	entry(0x2000, 0x2000, 3);
	entry(0x3000, 0x2000, 4);
	entry(0x4000, 0x2000, 2);
	entry(0x5000, 0x2000, 5);
	entry(0x6800, 0x1000, 7);
	equal(describe(), 0, "overlapping entries of all types");
	equal(at(0x2000).props.type, MEM_ACPI_RECLAIM, "ACPI tables over RAM");
	equal(at(0x3000).props.type, MEM_ACPI_NVS, "NVS over ACPI tables");
	equal(at(0x4000).props.type, MEM_RESERVED, "reserved over NVS");
	equal(at(0x5000).props.type, MEM_UNUSABLE, "unusable over reserved");
	equal(at(0x7000).props.type, MEM_PERSISTENT, "persistent over RAM");
	equal(at(0x7000).end, 0x7800, "byte-exact");
	equal(result.ram, 0x1000 + 0x2800, "RAM is what is left");

	entry(0x1000, 0x1000, 1);
	entry(0x1000, 0x1000, 0x12345678);
	entry(0x4000, 0x1000, 1);
	equal(describe(), 0, "an unknown type");
	equal(at(0x1000).props.type, MEM_RESERVED, "keeps the OS out");

	entry(0, 0x1000, 1);
	entry(0 - UINT64_C(0x1000), 0x1000, 1);
	equal(describe(), 0, "RAM up to the last byte");
	equal(at(UINT64_MAX).props.owner, MEM_OWNER_FREE, "is RAM");
	equal(result.ram, 0x2000, "and counted");
	equal(result.low_end, 0x1000, "low_end is about the low part");
}

static void refused(const char *what)
{
	equal(describe(), -EINVAL, what);
	ok(result.problem && result.problem[0], "  and it says why");
	ok(is_empty(), "  and the map is as before");
}

static void test_refusals(void)
{
	refused("an empty table");

	entry(0x1000, 0x1000, 2);
	refused("a table without RAM");

	entry(0x1000, 0, 1);
	refused("a table with empty RAM");

	entry(0x1000, 0x1000, 1);
	entry(0x1000, 0x1000, 5);
	refused("a table whose RAM is all unusable");

	entry(0, 0x1000, 1);
	entry(0 - UINT64_C(0x1000), 0x1001, 1);
	refused("an entry that wraps");
	equal(result.entry, 1, "  is named");

	entry(0, 0x1000, 1);
	table_size--;
	refused("a table that is cut short");

	for (uint64_t i = 0; i <= DRAM_E820_ENTRIES_MAX; i++)
		entry(i << 12, 0x1000, 1);
	refused("more entries than any machine has");
}

/* ---- tables of more regions than fit the map before there is RAM ---- */

#define FRAGMENTS (DRAM_E820_ENTRIES_MAX - 2)
#define FRAGMENTED (UINT64_C(1) << 50) /* where RAM lies that does not exist here */

/* The map's nodes lie in this, as in the RAM of a machine. */
static uint8_t ground_bytes[DRAM_E820_GROUND_SIZE] __attribute__((aligned(4096)));
#define GROUND ((uint64_t)(uintptr_t)ground_bytes)

/* RAM with 126 reserved pieces, none next to another, in no order. */
static int describe_fragments(uint64_t ground)
{
	entry(FRAGMENTED, 2 * FRAGMENTS << 12, 1);
	entry(GROUND, sizeof(ground_bytes), 1);
	for (uint64_t i = 0; i < FRAGMENTS; i++)
		entry(FRAGMENTED + ((2 * (i * 5 % FRAGMENTS) + 1) << 12), 0x1000, 2);
	return describe_on(ground, GROUND + sizeof(ground_bytes) - 1);
}

static void test_fragments(void)
{
	const struct mem_props device =
		mem_props_make(MEM_MMIO, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, MEM_IO, 0, "device");
	int reserved = 0, later = 0;
	uint64_t nodes;

	equal(describe_fragments(0), -ENOMEM,
	      "126 fragments are too many for a map that cannot grow");
	equal(result.entry, DRAM_E820_ENTRIES_MAX, "  and it says how many there are");
	ok(result.problem && is_empty(), "  and why, and the map is as before");

	equal(describe_fragments(GROUND), 0,
	      "126 fragments are taken when the map has ground to grow in");
	ok(memmap_check(&map) == 0, "  and it keeps its rules");
	for (uint64_t i = 0; i < 2 * FRAGMENTS; i++)
		reserved += at(FRAGMENTED + (i << 12)).props.type == MEM_RESERVED;
	equal(reserved, FRAGMENTS, "  and every fragment is there");
	nodes = sizeof(ground_bytes) + (FRAGMENTS << 12) - result.ram;
	ok(nodes > 0 && nodes < sizeof(ground_bytes) / 2, "  for less than half of the ground");
	for (uint64_t i = 0; i < 2 * FRAGMENTS; i += 2)
		later += !memmap_add(&map, FRAGMENTED + (i << 12) + 0x800, 0x100, &device);
	equal(later, FRAGMENTS, "  and what comes later finds room");

	entry(GROUND + sizeof(ground_bytes) - 1, 1, 3);
	equal(describe_fragments(GROUND), -EINVAL, "one entry too many");
	entry(GROUND + sizeof(ground_bytes) - 1, 1, 3);
	entry(FRAGMENTED, 0x1000, 1);
	entry(GROUND, sizeof(ground_bytes), 1);
	equal(describe_on(GROUND, GROUND), 0, "ground that is not all RAM is none");
	equal(at(GROUND + sizeof(ground_bytes) - 1).props.type, MEM_ACPI_RECLAIM,
	      "  and keeps its description");
	entry(GROUND, sizeof(ground_bytes) - 1, 1);
	equal(describe_on(GROUND, GROUND), 0, "ground that is RAM but for its last byte is none");
	equal(at(GROUND + sizeof(ground_bytes) - 1).props.owner, MEM_OWNER_HOLE,
	      "  and stays a hole");
}

/* ---- random tables against a model ---- */

#define UNITS 48
#define UNIT UINT64_C(0x1800) /* not whole pages */

static const uint32_t types[] = {1, 1, 1, 2, 3, 4, 5, 7, 0, 99};

/* Higher wins. */
static int rank(uint32_t type)
{
	switch (type) {
	case 1:
		return 1;
	case 7:
		return 2;
	case 3:
		return 3;
	case 4:
		return 4;
	case 5:
		return 6;
	default:
		return 5;
	}
}

static uint32_t type_wanted(int rank_)
{
	static const uint32_t wanted[] = {0,
					  MEM_CONVENTIONAL,
					  MEM_PERSISTENT,
					  MEM_ACPI_RECLAIM,
					  MEM_ACPI_NVS,
					  MEM_RESERVED,
					  MEM_UNUSABLE};

	return wanted[rank_];
}

static int round_agrees(void)
{
	int model[UNITS] = {0};
	uint64_t ram = 0, count = tap_below(13);
	int error;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t first = tap_below(UNITS), units = tap_below(UNITS - first + 1);
		uint32_t type = types[tap_below(sizeof(types) / sizeof(types[0]))];

		entry(first * UNIT, units * UNIT, type);
		for (uint64_t u = first; u < first + units; u++)
			if (rank(type) > model[u])
				model[u] = rank(type);
	}
	for (uint64_t u = 0; u < UNITS; u++)
		ram += model[u] == 1 ? UNIT : 0;
	error = describe_on(tap_below(UNITS) * UNIT, 0);
	if (!ram)
		return error == -EINVAL && is_empty();
	if (error || result.ram != ram || memmap_check(&map))
		return 0;
	for (uint64_t u = 0; u < UNITS; u++) {
		struct mem_region region = at(u * UNIT);

		if (model[u] == 0 ? region.props.owner != MEM_OWNER_HOLE
				  : region.props.type != type_wanted(model[u]))
			return 0;
	}
	return at(UNITS * UNIT).props.owner == MEM_OWNER_HOLE;
}

static void test_random(void)
{
	uint64_t seed = tap_seed();
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (!round_agrees())
			break;
	if (!equal(i, ROUNDS, "random tables agree with the model"))
		printf("# round %d of SEED=%" PRIu64 "\n", i, seed);
}

int main(void)
{
	test_q35();
	test_shapes();
	test_refusals();
	test_fragments();
	test_random();
	return tap_done();
}
