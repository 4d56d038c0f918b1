/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio devices with one queue and one request at a time (Virtual I/O Device 1.2). Over PCI as modern devices, transitional ones
 * included; over MMIO as modern and as legacy ones. Completion is polled for, for a bounded time. A device that does not answer
 * in time, or answers nonsense, is reset, and not used again unless its driver starts it anew.
 */
#ifndef DRIVERS_VIRTIO_H
#define DRIVERS_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/device.h"

/* Device types (chapter 5). */
enum { VIRTIO_BLOCK = 2, VIRTIO_ENTROPY = 4, VIRTIO_SCSI = 8 };

#define VIRTIO_VENDOR 0x1af4
#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)
#define VIRTIO_F_ACCESS_PLATFORM (UINT64_C(1) << 33)

#define VIRTIO_PARTS_MAX 4 /* of a request */
#define VIRTIO_SCRATCH_SIZE \
	1024 /* bytes of memory of the device's for the driver: headers, status */

struct virtio;

/* How registers are reached. Errors are -errno, having said why. */
struct virtio_transport {
	uint64_t (*features)(struct virtio *virtio);
	void (*accept)(struct virtio *virtio, uint64_t features);
	uint8_t (*status)(struct virtio *virtio);
	void (*set_status)(struct virtio *virtio, uint8_t status);
	/* Tells the device where the queue's three parts are. -ENODEV: it has no such queue, or that is too short. */
	int (*set_queue)(struct virtio *virtio, uint16_t index);
	void (*notify)(struct virtio *virtio);
	/* A 32-bit word of the device's configuration, at a multiple of 4. */
	uint32_t (*config)(struct virtio *virtio, uint32_t offset);
	uint32_t (*generation)(struct virtio *virtio); /* changes with the configuration */
	void (*close)(struct virtio *virtio);
};

struct virtio {
	const struct device *device;
	const struct virtio_transport *transport;
	uint64_t features; /* negotiated */
	uint64_t memory; /* the page of queue and scratch; 0: not started */
	uint16_t queue; /* its index */
	uint16_t seen; /* requests so far */
	uint16_t silent; /* requests in a row without an answer */
	uint32_t written; /* bytes, as the device says, of the last request */
	bool dead;
	bool legacy; /* as before version 1.0 */
	/* Addresses of registers, private to the transport. */
	uint64_t common, notification, doorbell, configuration;
	uint32_t configuration_size, notification_size;
	uint32_t notify_step;
	uint32_t bars; /* bit n: base address register n is mapped */
};

/* A piece of memory of a request: those that the device reads come first. */
struct virtio_part {
	uint64_t address;
	uint32_t size;
	bool device_writes;
};

/*
 * The virtio device type of a device, without touching more than it must: 0 when it is none.
 * MMIO: the registers are mapped.
 */
uint32_t virtio_type(const struct device *device);

/*
 * Starts a device: finds its registers, resets it, agrees on those of the `wanted` features that it has (and on those that the
 * transport needs), sets queue `queue` up. 0; -ENODEV and others: it cannot be used, it has said why, nothing is left behind.
 */
int virtio_start(struct virtio *virtio, const struct device *device, uint64_t wanted,
		 uint16_t queue);
/* Stops it: it is reset and owns no memory. */
void virtio_stop(struct virtio *virtio);
/*
 * Starts a device anew that virtio_try has reset: its features and its queue are as before, its memory is in the same place. If that fails,
 * it is dead, and one line has said so; that is so, too, of a device that has left several requests in a row without an answer.
 */
void virtio_restart(struct virtio *virtio);
/* Only resets it: for when the map may not change any more. */
void virtio_quiesce(struct virtio *virtio);

/* Reads a number of 4 or 8 bytes, at a multiple of 4, of the device's configuration, in one piece. */
uint32_t virtio_config32(struct virtio *virtio, uint32_t offset);
uint64_t virtio_config64(struct virtio *virtio, uint32_t offset);

/* The driver's VIRTIO_SCRATCH_SIZE bytes that the device can reach. */
void *virtio_scratch(const struct virtio *virtio);

/*
 * Makes a request and waits until the device is done. 0; -EIO: it does not answer, or lies, or has done so before: it is dead, and one
 * line has said so.
 */
int virtio_request(struct virtio *virtio, const struct virtio_part *parts, uint32_t count);
/* The same, but: -ETIMEDOUT: it did not answer. It is reset, owns no memory, and is dead until virtio_restart; nobody has said so. */
int virtio_try(struct virtio *virtio, const struct virtio_part *parts, uint32_t count);

/* ---- private to drivers/virtio*.c ---- */

#define VIRTIO_QUEUE_SIZE 8
/* Of the page: legacy devices want the used ring behind the rest, at a multiple of what they are told. */
#define VIRTIO_AVAILABLE_AT 128
#define VIRTIO_USED_AT 512
#define VIRTIO_LEGACY_ALIGN 512
#define VIRTIO_SCRATCH_AT 1024

/* Finds the registers of a device on the bus, and chooses the transport. 0 or -errno, having said why. */
int virtio_pci_open(struct virtio *virtio);
int virtio_mmio_open(struct virtio *virtio);
uint32_t virtio_pci_type(const struct device *device);
uint32_t virtio_mmio_type(const struct device *device);

#endif
