/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot entry for QEMU's -kernel, -initrd and -append. */
#ifndef BOOT_FW_CFG_KERNEL_H
#define BOOT_FW_CFG_KERNEL_H

#include "boards/board.h"

/* Boots what QEMU's command line gives. Returns only on failure: -ENOENT when there is no kernel, or -errno,
 * having logged why. */
int fw_cfg_kernel_boot(struct machine *machine);

#endif
