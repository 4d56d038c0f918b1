/* SPDX-License-Identifier: BSD-2-Clause */
/* The queues of an NVMe controller (base specification 1.4): turning it on and off, one command at a time. For drivers/nvme.c. */
#ifndef DRIVERS_NVME_QUEUE_H
#define DRIVERS_NVME_QUEUE_H

#include "drivers/disk.h"

/* disk_controller.state */
struct nvme {
	uint64_t registers, size; /* 0: not mapped */
	uint64_t memory; /* 0: not claimed */
	uint32_t step, ready_ms;
	struct nvme_queue {
		uint32_t tail, head; /* of commands, of ends */
		uint32_t phase; /* that the next end has */
	} queues[2];
	uint16_t count; /* commands so far: their identifiers */
	bool dead;
};

/* Of the controller's memory, beside the queues: what it tells of itself; addresses of pages of a request. */
#define NVME_IDENTIFY_AT 0x4000
#define NVME_LIST_AT 0x5000

/* Where a command goes. */
enum { NVME_ADMIN, NVME_IO };

/* A command, as far as ours differ (4.2). */
struct nvme_command {
	uint8_t opcode;
	uint32_t space, word10, word11, word12;
	uint64_t page, more;
};

/* Finds the registers. 0; -ENODEV and others, having said why. */
int nvme_open(struct disk_controller *controller);
/* Turns it on, with empty queues, in memory that is claimed for it the first time. 0; -EIO, -ENOMEM, having said why. */
int nvme_turn_on(struct disk_controller *controller);
/* Turns it off: it does not touch memory any more. */
void nvme_turn_off(struct disk_controller *controller);
/* The same, and neither memory nor registers are its own any more. */
void nvme_close(struct disk_controller *controller);

/* Turns it on again after -ETIMEDOUT. If that fails, it is dead, and one line has said so. */
void nvme_restart(struct disk_controller *controller);

/*
 * Sends a command and waits for its end: its status, which is 0 when all is well; -EIO: having said why, or it is dead; -ETIMEDOUT: it has
 * no end. The controller is turned off, so that it leaves memory alone, and nobody has said so.
 */
int nvme_send(struct disk_controller *controller, uint32_t queue,
	      const struct nvme_command *command);
/* To the controller: 0 or -EIO, having said why. */
int nvme_administer(struct disk_controller *controller, const struct nvme_command *command);

#endif
