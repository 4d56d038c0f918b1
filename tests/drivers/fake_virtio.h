/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio block or entropy device for host tests: its registers over PCI and over MMIO, and what it does with its queue. Link it with
 * drivers/virtio*.c and fake_machine.c. It can be told to misbehave.
 */
#ifndef TESTS_DRIVERS_FAKE_VIRTIO_H
#define TESTS_DRIVERS_FAKE_VIRTIO_H

#include "tests/drivers/fake_machine.h"

#define FAKE_MMIO_BASE UINT64_C(0x0a000000)
#define FAKE_MMIO_PLACES 4 /* the device is in the third */
#define FAKE_DISK_SIZE (1u << 20)

enum fake_bus { FAKE_PCI, FAKE_TRANSITIONAL, FAKE_MMIO, FAKE_LEGACY };

enum fake_fault {
	FAKE_WELL, /* none */
	FAKE_NO_RESET, /* status never becomes 0 */
	FAKE_NO_FEATURES, /* does not keep FEATURES_OK */
	FAKE_NO_VERSION_1, /* does not offer it */
	FAKE_SHORT_QUEUE, /* 2 entries */
	FAKE_NO_CAPABILITIES,
	FAKE_CAPABILITY_LOOP,
	FAKE_CAPABILITY_BEYOND, /* a structure that is not in its base address register */
	FAKE_STALL, /* never answers */
	FAKE_LIE_INDEX, /* has used more than there was */
	FAKE_LIE_ID, /* has used another descriptor */
	FAKE_NO_STATUS, /* says done without a status */
	FAKE_ERROR, /* every request fails */
	FAKE_SECTOR_3, /* says that sectors have 3 bytes */
	FAKE_SHORT, /* gives 3 random bytes at a time */
	FAKE_NOTHING, /* gives none, and says that it is done */
	FAKE_LIE_SIZE, /* says that it gave more random bytes than were asked for */
};

struct fake_virtio {
	enum fake_bus bus;
	enum fake_fault fault;
	bool entropy; /* an entropy device */
	uint64_t features;
	uint32_t sector_size;
	uint32_t size_max; /* of a piece of memory; 0: not said */
	uint64_t capacity; /* in units of 512 bytes */
	uint8_t disk[FAKE_DISK_SIZE];
	/* If there: changes what the driver is about to see, of its configuration or of the queue's used ring. */
	void (*lie)(uint8_t *data, uint32_t size);
	uint32_t requests, flushes;
	uint8_t next; /* random byte: 1, 2, … */
	uint32_t largest; /* bytes of a request */
	bool running; /* DRIVER_OK, and not reset since */
};

extern struct fake_virtio fake;

/* A fresh device on a fresh machine. Features: all that the driver may want, but read-only. */
void fake_virtio_start(enum fake_bus bus);
/* Where it is. */
struct disk_buses fake_virtio_buses(void);

#endif
