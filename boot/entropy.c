/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes for a machine whose processor gives none: a virtio entropy device. The processor is asked first because an instruction costs nothing
 * and cannot stall; that the device is not asked as well loses nothing, for both are the host's, which sees all of our memory anyway.
 */
#include <errno.h>

#include "boot/disk_boot.h"
#include "boot/disk_part.h"
#include "drivers/virtio_rng.h"
#include "efi/api.h"

static struct device source;
static bool dead; /* one wait for a device that does not answer is enough */

static int read_source(void *buffer, uint64_t size)
{
	const struct disk_part_head *part = dead ? NULL : disk_part_enter();
	int error = part ? part->read_random(&source, buffer, size) : -EIO;

	dead = error && error != -ENOMEM;
	return error ? -EIO : 0;
}

void disk_boot_entropy(struct machine *machine, struct efi_devices *devices)
{
	struct disk_buses buses;

	board_disk_buses(machine, &buses);
	if (virtio_rng_find(&buses, &source))
		return;
	devices->entropy_path = efi_path_of_device(&source);
	if (!devices->entropy_path)
		return;
	devices->entropy_device = &source;
	devices->entropy = read_source;
}
