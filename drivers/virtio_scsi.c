/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio SCSI host adapters (5.6): disks at targets of one bus, addressed by target and logical unit. */
#define LOG_PREFIX controller->device.name

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/disk.h"
#include "drivers/scsi.h"
#include "drivers/virtio_disk.h"
#include "lib/bytes.h"
#include "lib/log.h"

/* 5.6.4 */
#define CONFIG_MAX_SECTORS 8 /* of 512 bytes, in a command */
#define CONFIG_SENSE_SIZE 20
#define CONFIG_COMMAND_SIZE 24
#define CONFIG_MAX_TARGET 30 /* 16 bits; max_lun follows as 32 */

#define QUEUE_REQUESTS 2 /* behind those for control and events */
#define TRANSFER_MAX MIB(8)
#define UNIT 512
#define TARGETS_MAX 256 /* more are not looked at: each costs a request */
#define LUNS_MAX 8
#define COMMAND_SIZE 32
#define SENSE_SIZE 96

/* 5.6.6.1 */
struct request {
	uint8_t lun[8];
	uint64_t id;
	uint8_t attribute, priority, crn;
	uint8_t command[COMMAND_SIZE];
} __attribute__((packed));

struct response {
	uint32_t sense_size;
	uint32_t residual;
	uint16_t qualifier;
	uint8_t status;
	uint8_t response;
	uint8_t sense[SENSE_SIZE];
} __attribute__((packed));
_Static_assert(sizeof(struct request) == 51 && sizeof(struct response) == 108, "5.6.6.1");

#define RESPONSE_AT 64 /* behind the request, in the driver's scratch memory */
#define RESPONSE_OK 0
#define RESPONSE_BAD_TARGET 3
#define RESPONSE_NONE 0xff /* ours: the device has not written it */

static bool knows(const struct device *device)
{
	return virtio_type(device) == VIRTIO_SCSI;
}

/* What the device reads comes first, then what it writes (2.7.4.2). */
static uint32_t list_parts(const struct scsi_command *command, uint64_t scratch,
			   struct virtio_part *parts)
{
	const struct virtio_part data = {
		.address = (uint64_t)(uintptr_t)command->data,
		.size = command->data_size,
		.device_writes = command->direction == SCSI_IN,
	};
	uint32_t count = 0;

	parts[count++] = (struct virtio_part){.address = scratch, .size = sizeof(struct request)};
	if (command->direction == SCSI_OUT)
		parts[count++] = data;
	parts[count++] = (struct virtio_part){.address = scratch + RESPONSE_AT,
					      .size = sizeof(struct response),
					      .device_writes = true};
	if (command->direction == SCSI_IN)
		parts[count++] = data;
	return count;
}

/*
 * The adapter has been reset, because its one queue, and the command's memory, belonged to a command that a unit does not answer. It goes
 * on for the others, which say at their next command that they were reset.
 */
static int give_up(struct scsi_unit *unit)
{
	struct disk_controller *controller = unit->controller;

	log_error("target %u, unit %u: no answer in 10 seconds: not used any more", unit->target,
		  unit->lun);
	unit->dead = true;
	virtio_restart(controller->state);
	return -EIO;
}

static int send(struct scsi_unit *unit, struct scsi_command *command)
{
	struct disk_controller *controller = unit->controller;
	struct virtio *virtio = controller->state;
	struct request *request = virtio_scratch(virtio);
	struct response *response = (void *)((uint8_t *)request + RESPONSE_AT);
	struct virtio_part parts[VIRTIO_PARTS_MAX];
	uint32_t count = list_parts(command, (uint64_t)(uintptr_t)request, parts);
	int error;

	if (unit->dead)
		return -EIO;
	*request = (struct request){.lun = {1, (uint8_t)unit->target,
					    (uint8_t)(0x40 | unit->lun >> 8), (uint8_t)unit->lun}};
	memcpy(request->command, command->bytes, command->size);
	memset(response, 0, sizeof(*response));
	response->response = RESPONSE_NONE;
	error = virtio_try(virtio, parts, count);
	if (error == -ETIMEDOUT)
		return give_up(unit);
	if (error)
		return error;
	if (response->response == RESPONSE_BAD_TARGET)
		return -ENODEV;
	if (response->response != RESPONSE_OK) {
		log_error("target %u: a command failed (response %u)", unit->target,
			  response->response);
		return -EIO;
	}
	command->status = response->status;
	command->moved = 0;
	if (response->residual <= command->data_size)
		command->moved = command->data_size - response->residual;
	memcpy(command->sense, response->sense, SCSI_SENSE_MAX);
	return 0;
}

/* Looks at each target for its logical unit 0, and at the others of those that have one. */
static int look(struct disk_controller *controller)
{
	struct virtio *virtio = controller->state;
	uint32_t targets = (virtio_config32(virtio, CONFIG_MAX_TARGET & ~3u) >> 16) + 1;
	uint32_t sectors = virtio_config32(virtio, CONFIG_MAX_SECTORS);
	struct scsi_unit unit = {
		.controller = controller, .send = send, .align = 1, .transfer_max = TRANSFER_MAX};

	if (sectors && sectors < TRANSFER_MAX / UNIT)
		unit.transfer_max = sectors * UNIT;
	for (unit.target = 0; unit.target < targets && unit.target < TARGETS_MAX; unit.target++)
		for (unit.lun = 0; unit.lun < LUNS_MAX; unit.lun++) {
			int error = scsi_add(&unit);

			if (virtio->dead || error == -ENOMEM)
				return error;
			if (error == -ENODEV || virtio->silent)
				break; /* there is none, or it does not answer */
		}
	if (!controller->disks)
		log_warn("no disks");
	return 0;
}

static void stop(struct disk_controller *controller)
{
	for (struct disk *disk = controller->disks; disk; disk = disk->next)
		free(disk->block.driver);
	virtio_disk_close(controller);
}

static int start(struct disk_controller *controller)
{
	int error = virtio_disk_open(controller, 0, QUEUE_REQUESTS);

	if (error)
		return error;
	error = look(controller);
	if (error)
		stop(controller);
	return error;
}

const struct disk_driver virtio_scsi_driver = {
	.name = "virtio-scsi",
	.kind = DISK_SCSI,
	.knows = knows,
	.start = start,
	.stop = stop,
	.quiesce = virtio_disk_quiesce,
};
