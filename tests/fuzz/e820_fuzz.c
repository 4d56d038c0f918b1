/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/dram_e820.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/* Any bytes as an e820 table: taken or refused, and the map keeps its rules. */
#include <stdlib.h>
#include <string.h>

#include "mem/dram_e820.h"

#define GROUND 0x20000 /* as boards/qemu-x86_64/early.c has it */

/* The RAM that a table names does not exist here, so the map gets its nodes from elsewhere. */
static uint64_t grow(void *context)
{
	(void)context;
	return (uint64_t)(uintptr_t)aligned_alloc(64, MEMMAP_NODE_SIZE);
}

static void shrink(void *context, uint64_t node)
{
	(void)context;
	free((void *)(uintptr_t)node);
}

/* What the table makes of the map, or an abort. */
static int describe(struct memmap *map, const uint8_t *data, size_t size, uint64_t ground)
{
	static const struct memmap_ops ops = {.grow = grow, .shrink = shrink};
	struct dram_e820 result;
	int error;

	memmap_init(map, &ops, NULL);
	error = dram_e820_describe(map, data, size, ground, &result);
	if (memmap_check(map) || (error && (memmap_count(map) != 1 || !result.problem)) ||
	    (!error && !result.ram))
		abort();
	return error;
}

/* Where the map may grow makes no difference to what it says. */
static void compare(const struct memmap *one, const struct memmap *other)
{
	struct mem_region a, b;
	int more;

	memmap_first(one, &a);
	memmap_first(other, &b);
	do {
		if (memcmp(&a, &b, sizeof(a)))
			abort();
		more = memmap_next(one, &a);
	} while (more == memmap_next(other, &b) && more);
	if (more || memmap_count(one) != memmap_count(other))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memmap plain, grounded;

	if (describe(&plain, data, size, 0) != describe(&grounded, data, size, GROUND))
		abort();
	compare(&plain, &grounded);
	memmap_destroy(&plain);
	memmap_destroy(&grounded);
	return 0;
}
