/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An AHCI controller with a disk and a disc drive for host tests, which can be told to misbehave. Link it with fake_machine.c.
 */
#ifndef TESTS_DRIVERS_FAKE_AHCI_H
#define TESTS_DRIVERS_FAKE_AHCI_H

#include "tests/drivers/fake_machine.h"

#define FAKE_AHCI_SIZE (8u << 20)
#define FAKE_AHCI_DISK 1 /* its port */
#define FAKE_AHCI_DISC 4

enum fake_ahci_fault {
	AHCI_WELL,
	AHCI_BUSY, /* never ready */
	AHCI_STALL, /* commands have no end */
	AHCI_REFUSE, /* every command fails */
	AHCI_STUCK, /* and the port does not stop then */
	AHCI_SHORT, /* moves half of what was asked, and says that all is well */
	AHCI_GONE, /* registers read all ones */
	AHCI_ADDRESS_32, /* the controller */
	AHCI_OLD, /* the disk knows no 48-bit addresses */
	AHCI_NO_MEDIUM, /* the disc drive */
	AHCI_NO_DISC_SECTORS, /* says that sectors have no bytes */
};

struct fake_ahci_port {
	uint64_t list, answers;
	uint32_t interrupts, command, task, errors, issue, control;
	bool late; /* the drive has a command that it has not answered */
};

struct fake_ahci {
	enum fake_ahci_fault fault;
	uint32_t control;
	struct fake_ahci_port ports[32];
	uint64_t sectors;
	uint32_t sector_size, attentions;
	uint32_t flushes, largest;
	uint8_t key, code; /* of the disc drive's last refusal */
	/* If there: change what a drive tells of itself, and what a register of a port reads, before the driver sees it. */
	void (*tell)(uint8_t *data, uint32_t size);
	uint32_t (*answer)(uint32_t offset, uint32_t value);
	uint8_t last;
	uint8_t *data; /* FAKE_AHCI_SIZE bytes, which outlive a start */
};

extern struct fake_ahci ahci;

/* A fresh controller on a fresh machine: where it is. */
struct disk_buses fake_ahci_start(enum fake_ahci_fault fault);
/* The drives answer what they have not answered, if they still know of it, whether their ports run or not. */
void fake_ahci_late(void);

#endif
