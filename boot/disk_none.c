/* SPDX-License-Identifier: BSD-2-Clause */
/* A build without disks: QEMU's -kernel is all there is to boot. */
#include <errno.h>

#include "boot/disk_boot.h"

int disk_boot(struct machine *machine)
{
	(void)machine;
	return -ENOENT;
}

void disk_boot_offer(struct machine *machine)
{
	(void)machine;
}

void disk_boot_entropy(struct machine *machine, struct efi_devices *devices)
{
	(void)machine;
	(void)devices;
}

void disk_boot_list(void)
{
}

void disk_boot_announce(void)
{
}

void disk_boot_wished(struct machine *machine)
{
	(void)machine;
}

void disk_boot_quiesce(void)
{
}
