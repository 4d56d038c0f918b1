/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot manager: what is tried, in which order. */
#ifndef BOOT_BOOTMGR_H
#define BOOT_BOOTMGR_H

#include "boards/board.h"
#include "boot/options.h"

/* Something to boot. */
struct boot_entry {
	const char *name;
	int (*boot)(struct machine *machine); /* -ENOENT: there is no such thing on this machine */
};
/* What there may be, in the order in which it is tried; ends with a NULL name: boot/efi_part.c, or boot/efi_none.c in a build without EFI. */
extern const struct boot_entry boot_entries[];

/* Tries each boot entry in an attempt of its own. Returns when none is left, having said so. */
void bootmgr_run(struct machine *machine, const struct options *options);

#endif
