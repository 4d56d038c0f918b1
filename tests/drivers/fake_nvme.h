/* SPDX-License-Identifier: BSD-2-Clause */
/* An NVMe drive with two namespaces for host tests, which can be told to misbehave. Link it with fake_machine.c. */
#ifndef TESTS_DRIVERS_FAKE_NVME_H
#define TESTS_DRIVERS_FAKE_NVME_H

#include "tests/drivers/fake_machine.h"

#define FAKE_NVME_SIZE (8u << 20)
#define FAKE_NVME_NAMESPACES 2 /* the second with sectors of 4096 bytes */

enum fake_nvme_fault {
	NVME_WELL,
	NVME_NO_START, /* never ready */
	NVME_NO_STOP, /* always ready */
	NVME_STALL, /* commands have no end */
	NVME_STALL_FIRST, /* those to the first namespace */
	NVME_OLD_PHASE, /* an end that has been there before */
	NVME_OTHER_ID, /* the end of another command */
	NVME_REFUSE, /* every command fails */
	NVME_REFUSE_QUEUE, /* there is no queue for reads */
	NVME_GONE, /* registers read all ones */
	NVME_LARGE_PAGES,
	NVME_FEW_REGISTERS,
};

struct fake_nvme {
	enum fake_nvme_fault fault;
	uint32_t configuration, sizes, stride;
	uint64_t commands[2], ends[2];
	uint32_t head[2], tail[2], phase[2]; /* of commands; of ends */
	uint64_t sectors[FAKE_NVME_NAMESPACES];
	uint32_t sector_shift[FAKE_NVME_NAMESPACES], metadata[FAKE_NVME_NAMESPACES];
	uint32_t names[FAKE_NVME_NAMESPACES + 1]; /* what the list of namespaces says */
	uint8_t transfer_max, cache;
	uint32_t requests, flushes, largest, namespace;
	/* If there: change what is told of a drive, and the last word of a command's end, before the driver sees it. */
	void (*tell)(uint8_t *page);
	uint32_t (*end)(uint32_t word);
	uint8_t last, late[64]; /* commands; the latter has had no end yet, all 0: none */
	uint8_t *data; /* FAKE_NVME_SIZE bytes, which outlive a start */
};

extern struct fake_nvme drive;

/* A fresh drive on a fresh machine: where it is. */
struct disk_buses fake_nvme_start(enum fake_nvme_fault fault);
/* Serves the command that has had no end, if the drive still knows of it. */
void fake_nvme_late(void);

#endif
