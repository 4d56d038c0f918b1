/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a device path to what it names on a disk (UEFI 2.10, 3.1.2): a full path, one that begins with a partition, wherever
 * its disk is, or one of only a file, on any disk. A path without a file means the default application. Only controllers that
 * can be meant are started.
 */
#ifndef BOOT_BOOT_PATH_H
#define BOOT_BOOT_PATH_H

#include "boards/board.h"
#include "efi/api.h"

struct boot_path {
	const char *title; /* in front of each message */
	const struct efi_device_path_protocol *path;
	const void *options; /* load options; NULL: none */
	uint32_t options_size;
	bool left_out; /* of only a file: on disks only that boot/disk_order.h does not want */
};

/* Runs it: as struct boot_choice's boot. */
int boot_path_run(struct machine *machine, const struct boot_path *what);

#endif
