/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map on the console: as a table for people, as JSON lines for scripts. Written with log_raw, whatever the level.
 */
#ifndef MEM_MEMMAP_PRINT_H
#define MEM_MEMMAP_PRINT_H

#include "mem/memmap.h"

/* Base, end (one past), size, owner, life, rights, type, tag of all that is known, and a line of totals: of all RAM
 * (mem_props_ram), how much an operating system may use after hand-over, how much it does not get, and how much of both
 * is the firmware's. */
void memmap_print(const struct memmap *map);

/* One object a line: {"base":"0x…","end":"0x…","size":"0x…","owner":…,"life":…,"rights":…,"type":…,"tag":…,
 * "flags":…,"since":…}. Numbers of 64 bits are strings, since JSON's own numbers are not exact; flags is a number. */
void memmap_print_json(const struct memmap *map);

/* One region in the table's form, a hole too; for fault reports. */
void memmap_print_region(const struct mem_region *region);

/* Names as printed. `text` of mem_type_name is used for types that have none ("0x80000001"). */
const char *mem_owner_name(uint8_t owner);
const char *mem_life_name(uint8_t life);
const char *mem_type_name(uint32_t type, char text[static 12]);

#endif
