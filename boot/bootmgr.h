/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot manager: what is tried, in which order. */
#ifndef BOOT_BOOTMGR_H
#define BOOT_BOOTMGR_H

#include "boards/board.h"
#include "boot/options.h"

/* Tries each boot entry in an attempt of its own. Returns when none is left, having said so. */
void bootmgr_run(struct machine *machine, const struct options *options);

#endif
