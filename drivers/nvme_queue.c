/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See nvme_queue.h: one queue for commands to the controller and one for reads and writes, each with one command at a time, which is
 * polled for. Every queue begins a page of its own:
 *
 *   0          4096        8192       12288       16384       20480
 *   | commands | their     | reads,   | their     | what the  | addresses of |
 *   |          | ends      | writes   | ends      | drive     | the pages of |
 *   |          |           |          |           | tells     | a request    |
 */
#define LOG_PREFIX controller->device.name

#include "drivers/nvme_queue.h"

#include <errno.h>
#include <string.h>

#include "drivers/deadline.h"
#include "drivers/mmio.h"
#include "lib/bytes.h"
#include "lib/log.h"

/* 3.1 */
#define CAPABILITIES 0x00 /* 64 bits: time-out 31:24, doorbell step 35:32, least page size 51:48 */
#define CONFIGURATION 0x14
#define CONFIGURATION_ON 0x00460001 /* entries of 64 and 16 bytes, pages of 4 KiB */
#define STATUS 0x1c
#define STATUS_READY 1
#define ADMIN_SIZES 0x24
#define ADMIN_COMMANDS 0x28
#define ADMIN_ENDS 0x30
#define DOORBELLS 0x1000

#define ENTRIES 8 /* of each queue */
#define COMMAND_SIZE 64
#define END_SIZE 16

#define MEMORY_SIZE 0x6000

enum { CREATE_COMMANDS = 1, CREATE_ENDS = 5 };

#define COMMAND_MS 10000
#define UNIT_MS 500 /* of the time-out in the capabilities */

static uint32_t read_status(const struct nvme *nvme)
{
	return mmio_read32(nvme->registers + STATUS);
}

/* Turns the controller on or off and waits for it: 0 or -EIO, having said so. */
static int turn(struct disk_controller *controller, uint32_t configuration)
{
	struct nvme *nvme = controller->state;
	struct deadline deadline = deadline_in(nvme->ready_ms);
	uint32_t wanted = configuration & 1;

	mmio_write32(nvme->registers + CONFIGURATION, configuration);
	while ((read_status(nvme) & STATUS_READY) != wanted)
		if (deadline_passed(&deadline)) {
			log_error("the controller does not %s: not used",
				  wanted ? "start" : "stop");
			nvme->dead = true;
			return -EIO;
		}
	return 0;
}

void nvme_turn_off(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;

	if (nvme->registers && !nvme->dead && turn(controller, 0))
		nvme->dead = true;
	device_master_off(&controller->device);
}

/* ---- commands ---- */

static void ring(const struct nvme *nvme, uint32_t queue, uint32_t ends, uint32_t value)
{
	mmio_write32(nvme->registers + DOORBELLS + (2 * queue + ends) * (uint64_t)nvme->step,
		     value);
}

static void put(struct nvme *nvme, uint32_t number, const struct nvme_command *command)
{
	struct nvme_queue *queue = &nvme->queues[number];
	uint8_t *to = (uint8_t *)(uintptr_t)(nvme->memory + 2 * number * PAGE_SIZE +
					     queue->tail * COMMAND_SIZE);

	memset(to, 0, COMMAND_SIZE);
	le32_store(to, command->opcode | (uint32_t)++nvme->count << 16);
	le32_store(to + 4, command->space);
	le64_store(to + 24, command->page);
	le64_store(to + 32, command->more);
	le32_store(to + 40, command->word10);
	le32_store(to + 44, command->word11);
	le32_store(to + 48, command->word12);
	queue->tail = (queue->tail + 1) % ENTRIES;
	arch_dma_barrier();
	ring(nvme, number, 0, queue->tail);
}

static int abandon(struct disk_controller *controller, const char *why)
{
	struct nvme *nvme = controller->state;

	log_error("%s: the controller is not used any more", why);
	nvme->dead = true;
	device_master_off(&controller->device);
	mmio_write32(nvme->registers + CONFIGURATION, 0);
	return -EIO;
}

int nvme_send(struct disk_controller *controller, uint32_t number,
	      const struct nvme_command *command)
{
	struct nvme *nvme = controller->state;
	struct nvme_queue *queue = &nvme->queues[number];
	const volatile uint32_t *end =
		(const uint32_t *)(uintptr_t)(nvme->memory + (2 * number + 1) * PAGE_SIZE +
					      queue->head * END_SIZE);
	struct deadline deadline = deadline_in(COMMAND_MS);
	uint32_t word;

	if (nvme->dead)
		return -EIO;
	put(nvme, number, command);
	while ((end[3] >> 16 & 1) != queue->phase)
		if (deadline_passed(&deadline)) {
			nvme_turn_off(controller);
			return nvme->dead ? -EIO : -ETIMEDOUT;
		}
	arch_dma_barrier();
	word = end[3];
	if ((word & 0xffff) != nvme->count)
		return abandon(controller, "an answer to what was not asked");
	queue->head = (queue->head + 1) % ENTRIES;
	if (!queue->head)
		queue->phase ^= 1;
	ring(nvme, number, 1, queue->head);
	return (int)(word >> 17);
}

int nvme_administer(struct disk_controller *controller, const struct nvme_command *command)
{
	int status = nvme_send(controller, NVME_ADMIN, command);

	if (status == -ETIMEDOUT)
		return abandon(controller, "no answer in 10 seconds");
	if (status > 0)
		log_error("command 0x%x failed (status 0x%x): not used", command->opcode, status);
	return status ? -EIO : 0;
}

/* ---- starting and stopping ---- */

int nvme_open(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;
	int error = device_map_bar(&controller->device, 0, &nvme->registers, &nvme->size);
	uint32_t low, high;

	if (error)
		return error;
	low = mmio_read32(nvme->registers + CAPABILITIES);
	high = mmio_read32(nvme->registers + CAPABILITIES + 4);
	nvme->step = 4u << (high & 15);
	nvme->ready_ms = ((low >> 24) + 1) * UNIT_MS;
	if (high >> 16 & 15 || nvme->size < DOORBELLS + 4 * (uint64_t)nvme->step) {
		log_error(
			"its pages are larger than 4 KiB, or its 0x%lx bytes of registers too few: not used",
			nvme->size);
		nvme->dead = true; /* there is nothing to turn off */
		return -ENODEV;
	}
	return 0;
}

/* The queue for reads and writes: first where commands end, then where they begin (5.3, 5.4). */
static int create_queue(struct disk_controller *controller)
{
	const struct nvme *nvme = controller->state;
	struct nvme_command command = {
		.opcode = CREATE_ENDS,
		.page = nvme->memory + 3 * PAGE_SIZE,
		.word10 = (ENTRIES - 1) << 16 | 1,
		.word11 = 1, /* contiguous */
	};
	int error = nvme_administer(controller, &command);

	if (error)
		return error;
	command.opcode = CREATE_COMMANDS;
	command.page = nvme->memory + 2 * PAGE_SIZE;
	command.word11 = 1 << 16 | 1;
	return nvme_administer(controller, &command);
}

int nvme_turn_on(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;
	int error = turn(controller, 0);

	if (nvme->memory)
		memset((void *)(uintptr_t)nvme->memory, 0, MEMORY_SIZE);
	else if (!error)
		error = device_claim(&controller->device, MEMORY_SIZE, &nvme->memory);
	if (error)
		return error;
	nvme->queues[NVME_ADMIN] = nvme->queues[NVME_IO] = (struct nvme_queue){.phase = 1};
	device_master_on(&controller->device);
	mmio_write32(nvme->registers + ADMIN_SIZES, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	mmio_write32(nvme->registers + ADMIN_COMMANDS, (uint32_t)nvme->memory);
	mmio_write32(nvme->registers + ADMIN_COMMANDS + 4, (uint32_t)(nvme->memory >> 32));
	mmio_write32(nvme->registers + ADMIN_ENDS, (uint32_t)(nvme->memory + PAGE_SIZE));
	mmio_write32(nvme->registers + ADMIN_ENDS + 4,
		     (uint32_t)((nvme->memory + PAGE_SIZE) >> 32));
	error = turn(controller, CONFIGURATION_ON);
	return error ? error : create_queue(controller);
}

void nvme_restart(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;

	if (!nvme_turn_on(controller))
		return;
	nvme_turn_off(controller);
	nvme->dead = true;
}

void nvme_close(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;

	nvme_turn_off(controller);
	if (nvme->registers)
		device_unmap_bar(&controller->device, 0);
	if (nvme->memory)
		device_release(nvme->memory, MEMORY_SIZE);
}
