/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/dram_e820.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/* Any bytes as an e820 table: taken or refused, and the map keeps its rules. */
#include <stdlib.h>
#include <string.h>

#include "mem/dram_e820.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct memmap_ops ops = {.grow = grow, .shrink = shrink};
	static struct memmap map;
	struct dram_e820 result;
	int error;

	memmap_init(&map, &ops, NULL);
	error = dram_e820_describe(&map, data, size, &result);
	if (memmap_check(&map) || (error && (memmap_count(&map) != 1 || !result.problem)) ||
	    (!error && !result.ram))
		abort();
	memmap_destroy(&map);
	return 0;
}
