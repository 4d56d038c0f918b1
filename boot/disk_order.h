/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of the machine's disks: places that QEMU's bootorder names, in its order, then the controllers that it does not name, as
 * they are found. If it names any, only those are booted from without being asked for by name.
 */
#ifndef BOOT_DISK_ORDER_H
#define BOOT_DISK_ORDER_H

#include "boards/board.h"
#include "drivers/disk.h"

/* Finds controllers and sorts them, once; none is touched. 0; -ENOMEM: there are none, which was said. */
int disk_order_find(struct machine *machine);
/* A place in the order: a controller, with all of its disks or one of them. A controller may have several. */
struct disk_place {
	struct disk_controller *controller;
	uint32_t line; /* of bootorder */
	bool one; /* only the disk that has: */
	uint16_t target, lun;
	bool tried; /* to start the controller, in the first of its places */
	int error; /* what came of it */
};

/* The index-th one, or NULL. */
const struct disk_place *disk_order_get(uint32_t index);
/* How many of them, from the first on, are booted from. */
uint32_t disk_order_wanted(void);
/* Whether a disk of the place's controller is meant. */
bool disk_order_means(const struct disk_place *place, const struct disk *disk);
/* Whether a started disk is booted from; and whether there may be any that is not. */
bool disk_order_wants(const struct disk *disk);
bool disk_order_leaves_out(void);
/*
 * Starts one, if that has not been tried yet, and makes EFI handles of its disks; an EFI session is open. 0, or -errno: it was said why
 * when it was tried.
 */
int disk_order_start(struct disk_controller *controller);
/* Starts all that are booted from. */
void disk_order_start_wanted(void);

#endif
