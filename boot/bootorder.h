/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's wishes what to boot first (-device …,bootindex=N): fw_cfg's file `bootorder`, an Open Firmware path a line, the
 * most wanted first.
 */
#ifndef BOOT_BOOTORDER_H
#define BOOT_BOOTORDER_H

#include <stdbool.h>

#include "drivers/disk.h"

#define BOOTORDER_MAX 64 /* entries; QEMU's own limit is lower */
#define BOOTORDER_NONE UINT32_MAX

/*
 * The place of a controller in the order: the number of the first line of `text` (which ends with a NUL), from line `from` on, that names
 * it, or BOOTORDER_NONE. *rest is what of the line follows the controller (the disk on it); all of a line that means each controller of
 * its kind.
 */
uint32_t bootorder_of(const char *text, uint32_t from, const struct disk_controller *controller,
		      const char **rest);

/*
 * Whether `rest` names one disk of a controller of this kind, and which: *target and *lun as in struct disk. Else (they are unchanged)
 * all of its disks are meant.
 */
bool bootorder_disk(const char *rest, enum disk_kind kind, uint16_t *target, uint16_t *lun);

#endif
