/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/disk_part.h"

#include <errno.h>

#include "boot/boot_option.h"
#include "boot/disk_boot.h"
#include "boot/efi_part.h"
#include "boot/efi_unpack.h"
#include "efi/api.h"
#include "lib/log.h"

/* NULL: not yet, or never. */
static const struct disk_part_head *head;
static bool tried;

static void fetch(void)
{
	int error = image_part_fetch(DISK_PART);

	if (!error)
		head = image_part_head(DISK_PART);
	else if (error == -ENOMEM)
		log_error("there is not enough memory for disks; give the machine more (-m)");
	else
		log_error(
			"the disks' part of the firmware's image is damaged: no disks; write cadastre.bin anew");
}

const struct disk_part_head *disk_part_enter(void)
{
	if (!tried)
		fetch();
	tried = true;
	return head;
}

int disk_boot(struct machine *machine)
{
	const struct disk_part_head *part = disk_part_enter();

	return part ? part->boot(machine) : -EINVAL;
}

void disk_boot_offer(struct machine *machine)
{
	const struct disk_part_head *part = disk_part_enter();

	if (part)
		part->offer(machine);
}

void disk_boot_list(void)
{
	efi_devices_print();
}

void disk_boot_announce(void)
{
	boot_option_announce();
}

/* Disks stay packed when nobody has asked. */
void disk_boot_wished(struct machine *machine)
{
	const struct disk_part_head *part = boot_option_asked() ? disk_part_enter() : NULL;

	if (part)
		part->wished(machine);
}

void disk_boot_quiesce(void)
{
	if (head)
		head->quiesce();
}
