/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SCSI commands that a disk or a disc needs (SPC-4, SBC-3, MMC-6), whatever carries them. The carrier sends one and tells how it
 * ended; this makes a block device of it.
 */
#ifndef DRIVERS_SCSI_H
#define DRIVERS_SCSI_H

#include "drivers/disk.h"

#define SCSI_COMMAND_MAX 16
#define SCSI_SENSE_MAX 32

enum scsi_direction { SCSI_NONE, SCSI_IN, SCSI_OUT };

struct scsi_command {
	uint8_t bytes[SCSI_COMMAND_MAX];
	uint8_t size;
	enum scsi_direction direction;
	void *data;
	uint32_t data_size;
	/* Filled in by the carrier. */
	uint32_t moved; /* bytes of the data */
	uint8_t status; /* 0: good; 2: sense data tell why not */
	uint8_t sense[SCSI_SENSE_MAX];
};

struct scsi_unit;

/* Sends a command: 0 when the device has answered, whatever status; -ENODEV: there is no such target; -EIO: no answer, and one line has said so. */
typedef int scsi_send(struct scsi_unit *unit, struct scsi_command *command);

/* A logical unit: lives as long as its disk. */
struct scsi_unit {
	struct disk_controller *controller;
	scsi_send *send;
	uint16_t target, lun;
	uint32_t transfer_max; /* bytes a command, of the carrier */
	uint32_t align; /* of memory for sectors, as block.align */
	bool dead; /* it did not answer: the carrier sends it nothing any more */
	bool packet; /* a disc drive on ATA: it knows commands of 12 bytes at most */
};

/*
 * Looks for a disk or a disc there and adds it by disk_add. 0; -ENODEV: the carrier says that there is no such target; -ENXIO: there
 * is no such unit, or something else, or no medium; -EIO, -EINVAL, -ENOMEM, having said why.
 */
int scsi_add(const struct scsi_unit *unit);

#endif
