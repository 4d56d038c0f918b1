/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/linux_x86_e820.h"

/* ACPI 6.5, table 15.3; 0: not mentioned */
static uint64_t look(const struct mem_props *props)
{
	static const uint8_t types[] = {
		[MEM_OS_NOTHING] = 0,  [MEM_OS_DEVICE] = 0,   [MEM_OS_USABLE] = 1,
		[MEM_OS_RESERVED] = 2, [MEM_OS_NOMAP] = 2,    [MEM_OS_ACPI] = 3,
		[MEM_OS_NVS] = 4,      [MEM_OS_UNUSABLE] = 5, [MEM_OS_PERSISTENT] = 7,
	};

	return types[memmap_os_kind(props)];
}

void e820_begin(struct pages *walk, const struct memmap *map)
{
	pages_begin(walk, map, 0, 0, look);
}

int e820_next(struct pages *walk, struct e820_range *range)
{
	struct pages_run run;

	while (pages_next(walk, &run)) {
		range->type = (uint32_t)run.seen;
		if (!range->type)
			continue;
		range->base = run.base;
		range->size = run.end - run.base;
		return 1;
	}
	return 0;
}
