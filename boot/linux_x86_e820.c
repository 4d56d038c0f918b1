/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/linux_x86_e820.h"

/* 0: not mentioned */
static uint64_t look(const struct mem_props *props)
{
	switch (memmap_os_kind(props)) {
	case MEM_OS_USABLE:
		return 1;
	case MEM_OS_RESERVED:
	case MEM_OS_NOMAP:
		return 2;
	case MEM_OS_ACPI:
		return 3;
	case MEM_OS_NVS:
		return 4;
	case MEM_OS_UNUSABLE:
		return 5;
	case MEM_OS_PERSISTENT:
		return 7;
	case MEM_OS_NOTHING:
	case MEM_OS_DEVICE:
		break;
	}
	return 0;
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
