/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio entropy devices (Virtual I/O Device 1.2, 5.4). One runs only while it is asked for bytes. */
#ifndef DRIVERS_VIRTIO_RNG_H
#define DRIVERS_VIRTIO_RNG_H

#include "drivers/disk.h"

/* Looks for one on the buses; none is touched but to ask what it is. 0 and *device; -ENODEV: there is none; -ENOMEM. */
int virtio_rng_find(const struct disk_buses *buses, struct device *device);

/*
 * Fills [to, to + size) with random bytes: starts the device, asks it, and stops it, so that it owns no memory afterwards. 0; -ENOMEM,
 * -EIO (it does not answer, for 10 seconds, or lies), or what virtio_start returns: it has said why, and what the buffer holds is of no use.
 */
int virtio_rng_read(const struct device *device, void *to, uint64_t size);

#endif
