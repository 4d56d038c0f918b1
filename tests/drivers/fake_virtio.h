/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio device for host tests: its registers over PCI and over MMIO, and its queue. Link it with drivers/virtio*.c, fake_machine.c and
 * the kind of device that it is to be. It can be told to misbehave.
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

/* What kind of device it is: a file each, fake_virtio_*.c. */
struct fake_kind {
	uint32_t type, transitional_id; /* VIRTIO_BLOCK, …; the latter on PCI */
	uint16_t queue; /* the only one that is used */
	/* Serves the request whose first descriptor is `head`: how many bytes were written, as it says. False: not now. */
	bool (*serve)(uint16_t head, uint32_t *written);
	/* A 32-bit word. NULL: there is none. */
	uint32_t (*configuration)(uint32_t offset);
};
extern const struct fake_kind fake_blk, fake_rng, fake_scsi;

struct fake_virtio {
	const struct fake_kind *kind;
	enum fake_bus bus;
	enum fake_fault fault;
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
	uint32_t resets;
	bool running; /* DRIVER_OK, and not reset since */
};

extern struct fake_virtio fake;

/* A fresh device on a fresh machine. Features: all that the driver may want, but read-only. */
void fake_virtio_start(const struct fake_kind *kind, enum fake_bus bus);
/* Where it is. */
struct disk_buses fake_virtio_buses(void);
/* A descriptor of the queue; NULL: the request has no more behind `of`. */
const uint8_t *fake_virtio_descriptor(uint16_t number);
const uint8_t *fake_virtio_next(const uint8_t *of);
/* Serves what it has been notified of and has not served, if it still knows of it: a late answer. */
void fake_virtio_late(void);

#endif
