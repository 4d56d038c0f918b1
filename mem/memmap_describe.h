/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine's whole description put on an empty map at once, which costs a tenth of as many memmap_add. */
#ifndef MEM_MEMMAP_DESCRIBE_H
#define MEM_MEMMAP_DESCRIBE_H

#include "mem/memmap.h"

struct memmap_range {
	uint64_t base;
	uint64_t end; /* one past, above base: nothing reaches to 2^64 */
	const struct mem_props *props;
};

/*
 * Describes ranges that are sorted and do not overlap. `map` is as memmap_init made it; of another one, or of more ranges than fit a
 * node, it is as so many calls of memmap_add. 0, or an error of memmap_add: then a part may be described.
 */
int memmap_describe(struct memmap *map, const struct memmap_range *ranges, uint32_t count);

#endif
