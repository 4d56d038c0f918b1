/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM as a PC's e820 table describes it (QEMU: fw_cfg file etc/e820, 20 bytes an entry). Pure C:
 * runs from flash before relocation, and on a host.
 */
#ifndef MEM_DRAM_E820_H
#define MEM_DRAM_E820_H

#include "mem/memmap.h"

#define DRAM_E820_ENTRY_SIZE 20 /* le64 base, le64 size, le32 type */
#define DRAM_E820_ENTRIES_MAX 128
/* Enough for the map's nodes when all entries are apart, and half of every node is empty. */
#define DRAM_E820_GROUND_SIZE 0x10000

struct dram_e820 {
	uint64_t ram; /* bytes of free RAM described */
	uint64_t low_end; /* end of the highest free RAM below 4 GiB */
	const char *problem; /* on failure: why, for a person */
	uint32_t entry; /* ... and at which entry */
};

/*
 * Describes what the table of `size` bytes says on `map`, which must be as memmap_init left it.
 * Entries may come in any order, overlap, touch or be empty. Where they overlap, the first of these
 * wins: unusable, reserved or an unknown type, ACPI NVS, ACPI tables, persistent memory, RAM.
 * `ground` is where DRAM_E820_GROUND_SIZE bytes are described first if they are RAM, so that a map of
 * many regions has something to grow in; 0: nowhere. 0; -EINVAL: not a whole number of entries, too many,
 * one that wraps, or no RAM at all; -ENOMEM: more regions than the map has nodes for. On failure the map
 * is as before and result->problem says why.
 */
int dram_e820_describe(struct memmap *map, const uint8_t *table, uint64_t size, uint64_t ground,
		       struct dram_e820 *result);

#endif
