/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio entropy devices; see virtio_rng.h. The device writes to memory of its own, never to the caller's: a late answer harms nobody.
 * It tells how many bytes it gave, from one to all that were asked for (5.4.6).
 */
#define LOG_PREFIX virtio->device->name

#include "drivers/virtio_rng.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/virtio.h"
#include "lib/log.h"

#define QUEUE 0
#define FOUND 1

static int look_at(const struct device *device, void *context)
{
	struct device *found = context;

	if (virtio_type(device) != VIRTIO_ENTROPY)
		return 0;
	*found = *device;
	snprintf(found->name, DEVICE_NAME_SIZE, "virtio-rng0");
	return FOUND;
}

int virtio_rng_find(const struct disk_buses *buses, struct device *device)
{
	int result = disk_look(buses, look_at, device);

	if (result == FOUND)
		return 0;
	return result ? result : -ENODEV;
}

/* Some of the bytes: how many, or -EIO, having said why. */
static int64_t ask(struct virtio *virtio, void *to, uint64_t size)
{
	void *scratch = virtio_scratch(virtio);
	const struct virtio_part part = {
		.address = (uint64_t)(uintptr_t)scratch,
		.size = (uint32_t)(size < VIRTIO_SCRATCH_SIZE ? size : VIRTIO_SCRATCH_SIZE),
		.device_writes = true,
	};
	int error = virtio_request(virtio, &part, 1);

	if (error)
		return error;
	if (!virtio->written || virtio->written > part.size) {
		log_error("it gave %u random bytes of %u: not used", virtio->written, part.size);
		return -EIO;
	}
	memcpy(to, scratch, virtio->written);
	memset(scratch, 0, virtio->written); /* nobody else gets them */
	return virtio->written;
}

int virtio_rng_read(const struct device *device, void *to, uint64_t size)
{
	struct virtio virtio;
	uint8_t *at = to;
	int64_t got = virtio_start(&virtio, device, 0, QUEUE);

	if (got)
		return (int)got;
	for (; size && got >= 0; size -= got > 0 ? (uint64_t)got : 0) {
		got = ask(&virtio, at, size);
		at += got > 0 ? got : 0;
	}
	virtio_stop(&virtio);
	return got < 0 ? (int)got : 0;
}
