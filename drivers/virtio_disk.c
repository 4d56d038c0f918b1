/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a virtio device behind a disk controller; see virtio_disk.h. */
#include "drivers/virtio_disk.h"

#include <errno.h>
#include <stdlib.h>

int virtio_disk_open(struct disk_controller *controller, uint64_t wanted, uint16_t queue)
{
	struct virtio *virtio = malloc(sizeof(*virtio));
	int error;

	if (!virtio)
		return -ENOMEM;
	error = virtio_start(virtio, &controller->device, wanted, queue);
	if (error) {
		free(virtio);
		return error;
	}
	controller->state = virtio;
	return 0;
}

void virtio_disk_close(struct disk_controller *controller)
{
	virtio_stop(controller->state);
	free(controller->state);
	controller->state = NULL;
}

void virtio_disk_quiesce(struct disk_controller *controller)
{
	virtio_quiesce(controller->state);
}
