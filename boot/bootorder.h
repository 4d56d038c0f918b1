/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's wishes what to boot first (-device …,bootindex=N): fw_cfg's file `bootorder`, an Open Firmware path a line, the
 * most wanted first.
 */
#ifndef BOOT_BOOTORDER_H
#define BOOT_BOOTORDER_H

#include "drivers/disk.h"

#define BOOTORDER_MAX 64 /* entries; QEMU's own limit is lower */
#define BOOTORDER_NONE UINT32_MAX

/*
 * The place of a controller in the order: the number of the first line of `text` (which ends with a NUL) that names it, or
 * BOOTORDER_NONE. *rest is what of the line follows the controller (the disk on it).
 */
uint32_t bootorder_of(const char *text, const struct device *device, const char **rest);

#endif
