/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the image that only disks need, and buses that they are on (boot/efi_part.h): in EFI's part boot/disk_part.c leads there. */
#ifndef BOOT_DISK_PART_H
#define BOOT_DISK_PART_H

#include "boards/board.h"
#include "drivers/device.h"

/* The only way in: what the part begins with (boot/disk_part_head.S). */
struct disk_part_head {
	/* As disk_boot, disk_boot_offer and disk_boot_wished of boot/disk_boot.h, in boot/efi_disk.c. */
	int (*boot)(struct machine *machine);
	void (*offer)(struct machine *machine);
	void (*wished)(struct machine *machine);
	/* Of drivers/virtio_rng.h and drivers/disk.h. */
	int (*read_random)(const struct device *device, void *to, uint64_t size);
	void (*quiesce)(void);
};

/* NULL: it cannot be there, which was said the first time. */
const struct disk_part_head *disk_part_enter(void);

#endif
