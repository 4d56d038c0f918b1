/* SPDX-License-Identifier: BSD-2-Clause */
/* A build without disks: QEMU's -kernel is all there is to boot. */
#include "boot/bootmgr.h"
#include "boot/disk_boot.h"
#include "boot/fw_cfg_kernel.h"

const struct boot_entry boot_entries[] = {
	{"QEMU's -kernel", fw_cfg_kernel_boot},
	{NULL, NULL},
};

void disk_boot_offer(struct machine *machine)
{
	(void)machine;
}

void disk_boot_quiesce(void)
{
}
