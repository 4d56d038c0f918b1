/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operating system is told through the devicetree beyond what the machine says itself: the one place
 * where a devicetree is changed, for Linux started directly and for EFI.
 */
#ifndef BOOT_FDT_FIXUP_H
#define BOOT_FDT_FIXUP_H

#include <stdint.h>

#include "boards/board.h"
#include "mem/memmap.h"

#define FDT_FIXUP_SEEDS 5 /* words of fresh randomness: kaslr-seed, and four of rng-seed */

struct fdt_fixup {
	const char *cmdline; /* /chosen/bootargs */
	uint64_t cmdline_size; /* bytes with the NUL */
	uint64_t initrd, initrd_end; /* /chosen/linux,initrd-start and -end; equal: none */
	/*
	 * FDT_FIXUP_SEEDS numbers that take the place of /chosen/kaslr-seed and rng-seed; NULL: those that
	 * the machine gave are passed on, since nobody has used them before.
	 */
	const uint64_t *seeds;
};

/*
 * Writes /chosen, and a node below /reserved-memory for each region of `map` that the operating system must keep out of and
 * that is not the machine's own (which its devicetree tells already). Edits machine->dtb where it lies as long as it has room
 * (dtb_room), else in a larger place that it claims, and sets the machine's dtb_… to what it is then. The blob
 * says of itself that it is as long as it needs to be.
 * 0; -EINVAL: the tree is damaged; -ENOMEM: no place. Then the tree may be changed in part, but is whole.
 */
int fdt_fixup(struct machine *machine, const struct memmap *map, const struct fdt_fixup *values);

/*
 * Gives the first node that is `compatible` the status "disabled" (Devicetree Specification 0.4, 2.3.4): a device that the firmware's
 * own runtime services drive, so that no driver does. The blob stays where it is.
 * 0; -ENOENT: there is no such node; -EINVAL: the tree is damaged; -ENOMEM: it has no room. Then the tree is as before, or says the
 * same in another length.
 */
int fdt_fixup_disable(struct machine *machine, const char *compatible);

#endif
