/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map as the e820 ranges that an x86 kernel is given: the map itself, read in whole
 * pages as an operating system will find it (mem/memmap.h, enum mem_os_kind). Pure C.
 */
#ifndef BOOT_LINUX_X86_E820_H
#define BOOT_LINUX_X86_E820_H

#include <stdint.h>

#include "mem/pages.h"

struct e820_range {
	uint64_t base, size;
	uint32_t type; /* ACPI 6.5, table 15.3 */
};

/* A walk over the ranges. The map may not change in between. */
void e820_begin(struct pages *walk, const struct memmap *map);
/*
 * The next range: 1; 0 when there is none. Ranges are sorted, and neighbours of one type are one.
 * Devices and holes are not mentioned.
 */
int e820_next(struct pages *walk, struct e820_range *range);

#endif
