/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMBIOS tables (DMTF DSP0134) as QEMU gives them: a file of structures, and an anchor that must
 * point to it where it has come to lie.
 */
#ifndef BOOT_SMBIOS_H
#define BOOT_SMBIOS_H

#include "boards/board.h"
#include "boot/table_segment.h"

/*
 * Reads etc/smbios/smbios-tables and smbios-anchor (2.1 or 3.0), adds a structure of type 0 with
 * the firmware's name where QEMU leaves that to us, and places them: in the segment, where an
 * operating system looks for the anchor; where there is none, or not enough of it for the tables,
 * on the map (owner firmware, forever, below 4 GiB). Then machine->smbios is set. 0, also when
 * QEMU offers none (smbios stays 0); -EINVAL: they contradict each other; -ENOMEM; -EIO. On
 * failure one line has said why, smbios is 0, and map and segment are as before.
 */
int smbios_load(struct machine *machine, struct memmap *map, struct table_segment *segment);

#endif
