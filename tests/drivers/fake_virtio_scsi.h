/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio device of fake_virtio.h as an adapter with SCSI disks (5.6). Each has an eighth of fake.disk. */
#ifndef TESTS_DRIVERS_FAKE_VIRTIO_SCSI_H
#define TESTS_DRIVERS_FAKE_VIRTIO_SCSI_H

#include "tests/drivers/fake_virtio.h"

#define FAKE_TARGETS 4
#define FAKE_LUNS 2
#define FAKE_UNIT_SIZE (FAKE_DISK_SIZE / FAKE_TARGETS / FAKE_LUNS)
#define FAKE_UNIT_NONE 0x100 /* no command has this number */

struct fake_unit {
	bool here;
	uint32_t stall; /* the command that it never answers */
	uint8_t response; /* not 0: every command fails so */
	uint32_t resets; /* of the adapter, that it has told of */
};

extern struct fake_unit fake_units[FAKE_TARGETS][FAKE_LUNS];

/* A fresh adapter with disks at 0:0, 0:1, 2:0, 3:0. */
void fake_virtio_scsi_start(enum fake_bus bus);
/* What is on a disk. */
uint8_t *fake_unit_data(uint32_t target, uint32_t lun);

#endif
