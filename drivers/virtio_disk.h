/* SPDX-License-Identifier: BSD-2-Clause */
/* What disk controllers behind virtio have in common: the virtio device is the controller's state. */
#ifndef DRIVERS_VIRTIO_DISK_H
#define DRIVERS_VIRTIO_DISK_H

#include "drivers/disk.h"
#include "drivers/virtio.h"

/*
 * Starts the controller's virtio device with those of the `wanted` features that it has, and its queue `queue`: from here on it is
 * controller->state. 0; -ENOMEM, or what virtio_start returns: it has said why, controller->state is as it was.
 */
int virtio_disk_open(struct disk_controller *controller, uint64_t wanted, uint16_t queue);

/* Stops the device and frees it: controller->state is NULL again. A disk_driver's `stop`, if disks own nothing. */
void virtio_disk_close(struct disk_controller *controller);

/* A disk_driver's `quiesce`: the device is only reset. */
void virtio_disk_quiesce(struct disk_controller *controller);

#endif
