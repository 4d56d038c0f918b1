/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Low memory for what an operating system searches for (ACPI's RSDP, SMBIOS's anchor): on a PC,
 * 0xF0000-0xFFFFF. The board makes it RAM that is mapped, and has it on the map, reserved, in one
 * piece; its parts are handed out here.
 */
#ifndef BOOT_TABLE_SEGMENT_H
#define BOOT_TABLE_SEGMENT_H

#include "mem/memmap.h"

struct table_segment {
	uint64_t next; /* first byte that is not in use */
	uint64_t
		end; /* one past the last; both 0: the machine has none, all goes to ordinary RAM */
};

/*
 * Takes `size` bytes at a multiple of `align` (a power of two). Their address, or 0 when there is
 * not enough left.
 */
uint64_t table_segment_take(struct table_segment *segment, uint64_t size, uint64_t align);

/*
 * Claims ordinary RAM for tables of an operating system: whole pages below 4 GiB, owner firmware,
 * forever. 0 and their address, or -ENOMEM.
 */
int table_claim(struct memmap *map, uint64_t size, uint64_t align, uint32_t type, const char *tag,
		uint64_t *base);
/*
 * Keeps a part of what was claimed, in whole pages, for the session only: less is changed than by a
 * release, and the operating system has it just so.
 */
void table_lend(struct memmap *map, uint64_t base, uint64_t size);
/* Gives back what was claimed, in whole pages. */
void table_release(struct memmap *map, uint64_t base, uint64_t size);

#endif
