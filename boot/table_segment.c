/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for tables: the low segment, handed out from its beginning to its end, and pages of RAM.
 */
#include "boot/table_segment.h"

#include "lib/assert.h"
#include "lib/bytes.h"

uint64_t table_segment_take(struct table_segment *segment, uint64_t size, uint64_t align)
{
	uint64_t base = align_up(segment->next, align);

	if (base < segment->next || base >= segment->end || size > segment->end - base)
		return 0;
	segment->next = base + size;
	return base;
}

int table_claim(struct memmap *map, uint64_t size, uint64_t align, uint32_t type, const char *tag,
		uint64_t *base)
{
	const struct mem_request request = {
		.size = align_up(size, PAGE_SIZE),
		.align = align > PAGE_SIZE ? align : PAGE_SIZE,
		.min = MIB(1),
		.max = UINT32_MAX, /* most pointers to tables have four bytes */
		.props = mem_props_make(type, MEM_OWNER_FIRMWARE, MEM_LIFE_FOREVER, MEM_RW, 0, tag),
	};

	return memmap_claim(map, &request, base);
}

void table_lend(struct memmap *map, uint64_t base, uint64_t size)
{
	const struct mem_props props = mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE,
						      MEM_LIFE_SESSION, MEM_RW, 0, "behind tables");
	int error = memmap_retype(map, base, align_up(size, PAGE_SIZE), MEM_OWNER_FIRMWARE, &props);

	assert(!error);
}

void table_release(struct memmap *map, uint64_t base, uint64_t size)
{
	int error = memmap_release(map, base, align_up(size, PAGE_SIZE), MEM_OWNER_FIRMWARE);

	assert(!error);
}
