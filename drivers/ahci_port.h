/* SPDX-License-Identifier: BSD-2-Clause */
/* A port of an AHCI controller (specification 1.3.1): starting, stopping, one command at a time. For drivers/ahci.c. */
#ifndef DRIVERS_AHCI_PORT_H
#define DRIVERS_AHCI_PORT_H

#include "drivers/disk.h"

#define AHCI_PORTS_MAX 32
#define AHCI_BUFFER_SIZE 2048 /* the port's own memory, for what is small */

/* disk_controller.state */
struct ahci {
	uint64_t registers;
	uint64_t memory[AHCI_PORTS_MAX]; /* 0: nothing is there */
	bool dead[AHCI_PORTS_MAX];
};

struct ahci_command {
	uint8_t command, feature;
	uint64_t sector;
	uint16_t count;
	const uint8_t *packet; /* 12 bytes of a SCSI command, or NULL */
	void *data; /* at an even address, of an even size */
	uint32_t size;
	bool write;
	/* What ahci_port_issue has found: bytes that were moved; the drive's error (15:8) and status. */
	uint32_t moved, task;
};

enum ahci_drive { AHCI_DISK, AHCI_PACKET, AHCI_OTHER };

/* Where the registers of a port begin. */
#define AHCI_PORT(n) (0x100 + 0x80 * (uint64_t)(n))

/* Whether anything is plugged in. */
bool ahci_port_is_used(const struct ahci *ahci, uint32_t port);
/* What it is; the port is started. */
enum ahci_drive ahci_port_drive(const struct ahci *ahci, uint32_t port);

/* Starts a port, whose memory is claimed. False: its drive does not become ready. */
bool ahci_port_start(const struct ahci *ahci, uint32_t port);
/* Stops a port: it does not touch memory any more (10.3.2). False: it does not obey. */
bool ahci_port_stop(const struct ahci *ahci, uint32_t port);

/* AHCI_BUFFER_SIZE bytes that the drive can reach. */
void *ahci_port_buffer(const struct ahci *ahci, uint32_t port);

/*
 * Issues a command to a started port and waits for its end. 0; 1: the drive refuses, command->task tells why; -EIO: it does not answer,
 * or has not before, and one line has said so.
 */
int ahci_port_issue(struct disk_controller *controller, uint32_t port,
		    struct ahci_command *command);

#endif
