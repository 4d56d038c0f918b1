/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of a boot, in the order in which they run. docs/booting.md tells the story.
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include <stdint.h>

#include "boards/board.h"
#include "boot/layout.h"

/*
 * The first C function, called by arch/<arch>/start.S on the early stack with MMU and caches on. Runs from
 * flash, or from wherever a loader put the image: no static data.
 *   argument    x0 at reset on arm64, 0 on x86
 *   area_base, area_size   RAM that holds the early stack and nothing else of value
 *   image       where symbol image_start is now
 */
_Noreturn void early_main(uint64_t argument, uint64_t area_base, uint64_t area_size,
			  uint64_t image);

/* Moves image, stack and heap to the top of usable RAM and continues there, in boot_main. */
_Noreturn void relocate(struct early *early);

/* Where relocation put things; all page-aligned, in ascending order. */
struct placement {
	uint64_t room; /* symbol image_link; not mapped, but for what is put here later */
	uint64_t stack; /* GUARD_SIZE below it are never mapped */
	uint64_t heap;
	uint64_t image; /* symbol image_base */
	uint64_t end;
	uint64_t file; /* where symbol image_start was before: in flash, or where a loader put it */
};
const struct placement *relocate_placement(void);

/* From here on everything works: static data, heap, log. `early` is the relocated state. */
_Noreturn void boot_main(void *early);

/* Sections of the image, from the linker script, in ascending order. */
extern uint8_t image_link[]; /* linked at address 0: room for boot/efi_part.c */
extern uint8_t image_base[]; /* .noinit, which nobody zeroes; guard, stack and heap lie below */
extern uint8_t image_bss[], image_bss_end[];
extern uint8_t image_start[], image_data_end[]; /* .data, the first byte of cadastre.bin */
/* Page-aligned, but for the last: up to there the image moves. */
extern uint8_t image_rodata[], image_text[], image_text_end[];
extern uint8_t image_file_end[]; /* the end of cadastre.bin */

/* The only relocations that a static PIE linked at 0 holds: *(base + offset) = base + addend. The build checks that. */
struct image_rela {
	uint64_t offset;
	uint64_t info;
	uint64_t addend;
};
extern uint8_t image_rela[], image_rela_end[];

#endif
