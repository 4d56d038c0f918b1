/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot entry of disks: boot/choice.c goes through what there is to boot, inside of an EFI session. */
#define LOG_PREFIX "boot"

#include <errno.h>

#include "boot/choice.h"
#include "boot/disk_boot.h"
#include "boot/disk_order.h"
#include "boot/efi_app.h"

void disk_boot_offer(struct machine *machine)
{
	if (!disk_order_find(machine))
		disk_order_start_wanted();
}

void disk_boot_list(void)
{
	efi_devices_print();
}

void disk_boot_quiesce(void)
{
	disk_quiesce_all();
}

int disk_boot(struct machine *machine)
{
	const struct boot_request request = {.machine = machine, .cmdline = ""};

	if (disk_order_find(machine))
		return -ENOMEM;
	return disk_order_wanted() ? efi_session(&request, choice_try_all) : -ENOENT;
}
