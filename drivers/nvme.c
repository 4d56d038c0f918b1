/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NVM Express (base specification 1.4): one queue for commands to the controller and one for reads and writes, each with one command at a
 * time, which is polled for. Every queue begins a page of its own:
 *
 *   0          4096        8192       12288       16384       20480
 *   | commands | their     | reads,   | their     | what the  | addresses of |
 *   |          | ends      | writes   | ends      | drive     | the pages of |
 *   |          |           |          |           | tells     | a request    |
 */
#define LOG_PREFIX controller->device.name

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/deadline.h"
#include "drivers/disk.h"
#include "drivers/mmio.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define CLASS_NVME 0x010802

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

#define IDENTIFY_AT 0x4000
#define LIST_AT 0x5000
#define MEMORY_SIZE 0x6000
#define LIST_PAGES (PAGE_SIZE / 8)

enum { CREATE_COMMANDS = 1, CREATE_ENDS = 5, IDENTIFY = 6 }; /* to the controller */
enum { FLUSH = 0, WRITE = 1, READ = 2 }; /* to a namespace */
enum { IDENTIFY_NAMESPACE, IDENTIFY_CONTROLLER, IDENTIFY_LIST };

/* What it tells of itself, 5.15.2. */
#define CONTROLLER_TRANSFER_MAX 77 /* log2 of pages; 0: any */
#define CONTROLLER_CACHE 525
#define NAMESPACE_SECTORS 0
#define NAMESPACE_FORMAT 26
#define NAMESPACE_EUI64 120
#define NAMESPACE_FORMATS 128 /* 32 bits each: size of metadata 15:0, log2 of a sector 23:16 */

#define COMMAND_MS 10000
#define UNIT_MS 500 /* of the time-out in the capabilities */

struct queue {
	uint32_t tail, head; /* of commands, of ends */
	uint32_t phase; /* that the next end has */
};

struct nvme {
	uint64_t registers, size, memory;
	uint32_t step, ready_ms;
	struct queue queues[2]; /* commands to the controller; reads and writes */
	uint16_t count; /* commands so far: their identifiers */
	bool dead;
};

/* A command, as far as ours differ (4.2). */
struct command {
	uint8_t opcode;
	uint32_t space, word10, word11, word12;
	uint64_t page, more;
};

static bool knows(const struct device *device)
{
	return device->bus == DEVICE_PCI &&
	       device->host->functions[device->function].class == CLASS_NVME;
}

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

/* ---- commands ---- */

static void ring(const struct nvme *nvme, uint32_t queue, uint32_t ends, uint32_t value)
{
	mmio_write32(nvme->registers + DOORBELLS + (2 * queue + ends) * (uint64_t)nvme->step,
		     value);
}

static void put(struct nvme *nvme, uint32_t number, const struct command *command)
{
	struct queue *queue = &nvme->queues[number];
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

/* Sends a command and waits for its end: its status, which is 0 when all is well, or -EIO, having said why. */
static int send(struct disk_controller *controller, uint32_t number, const struct command *command)
{
	struct nvme *nvme = controller->state;
	struct queue *queue = &nvme->queues[number];
	const volatile uint32_t *end =
		(const uint32_t *)(uintptr_t)(nvme->memory + (2 * number + 1) * PAGE_SIZE +
					      queue->head * END_SIZE);
	struct deadline deadline = deadline_in(COMMAND_MS);
	uint32_t word;

	if (nvme->dead)
		return -EIO;
	put(nvme, number, command);
	while ((end[3] >> 16 & 1) != queue->phase)
		if (deadline_passed(&deadline))
			return abandon(controller, "no answer in 10 seconds");
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

/* To the controller: 0 or -EIO, having said why. */
static int administer(struct disk_controller *controller, const struct command *command)
{
	int status = send(controller, 0, command);

	if (status > 0)
		log_error("command 0x%x failed (status 0x%x): not used", command->opcode, status);
	return status ? -EIO : 0;
}

/* What it tells of itself, of a namespace, or which namespaces there are: *data is valid until the next call. */
static int identify(struct disk_controller *controller, uint32_t what, uint32_t space,
		    const uint8_t **data)
{
	const struct nvme *nvme = controller->state;

	*data = (const uint8_t *)(uintptr_t)(nvme->memory + IDENTIFY_AT);
	return administer(controller, &(struct command){.opcode = IDENTIFY,
							.space = space,
							.page = nvme->memory + IDENTIFY_AT,
							.word10 = what});
}

/* ---- a block device ---- */

/* Tells where the pages of a buffer are (4.3): the second word is a page, or a list of them. */
static void list_pages(const struct nvme *nvme, struct command *command, uint64_t at, uint64_t size)
{
	uint64_t *list = (uint64_t *)(uintptr_t)(nvme->memory + LIST_AT);
	uint64_t page = align_down(at, PAGE_SIZE) + PAGE_SIZE, end = at + size;
	uint32_t count = 0;

	command->page = at;
	command->more = page < end ? page : 0;
	if (page + PAGE_SIZE >= end)
		return;
	for (; page < end && count < LIST_PAGES; page += PAGE_SIZE)
		list[count++] = page;
	command->more = nvme->memory + LIST_AT;
}

static int move(struct block *block, uint8_t opcode, uint64_t sector, uint32_t count, uint64_t at)
{
	const struct disk *disk = (const struct disk *)(const void *)block;
	struct disk_controller *controller = block->driver;
	struct command command = {
		.opcode = opcode,
		.space = disk->target,
		.word10 = (uint32_t)sector,
		.word11 = (uint32_t)(sector >> 32),
		.word12 = count - 1,
	};
	int status;

	if (count)
		list_pages(controller->state, &command, at, (uint64_t)count * block->sector_size);
	else
		command.word12 = 0;
	status = send(controller, 1, &command);
	if (status > 0)
		log_error("%s: a %s of %u sectors at %lu failed (status 0x%x)", block->name,
			  opcode == READ    ? "read"
			  : opcode == WRITE ? "write"
					    : "flush",
			  count, sector, status);
	block->dead = ((struct nvme *)controller->state)->dead;
	return status ? -EIO : 0;
}

static int read_sectors(struct block *block, uint64_t sector, uint32_t count, void *to)
{
	return move(block, READ, sector, count, (uint64_t)(uintptr_t)to);
}

static int write_sectors(struct block *block, uint64_t sector, uint32_t count, const void *from)
{
	return move(block, WRITE, sector, count, (uint64_t)(uintptr_t)from);
}

static int flush(struct block *block)
{
	return move(block, FLUSH, 0, 0, 0);
}

static const struct block_ops ops = {read_sectors, write_sectors, flush};
static const struct block_ops ops_without_cache = {read_sectors, write_sectors, NULL};

/* ---- starting ---- */

/* Adds a namespace as a disk. 0; -EIO, -ENOMEM; one that makes no sense is left out. */
static int add_namespace(struct disk_controller *controller, const struct block *like,
			 uint32_t space)
{
	struct block block = *like;
	struct disk *disk;
	const uint8_t *data;
	uint32_t format;
	int error = identify(controller, IDENTIFY_NAMESPACE, space, &data);

	if (error)
		return error;
	format = le32_load(data + NAMESPACE_FORMATS + 4 * (data[NAMESPACE_FORMAT] & 15));
	block.sectors = le64_load(data + NAMESPACE_SECTORS);
	block.sector_size = (format >> 16 & 0xff) < 31 ? UINT32_C(1) << (format >> 16 & 0xff) : 0;
	if (!block.sectors || space > UINT16_MAX)
		return 0;
	if (format & 0xffff) {
		log_warn("namespace %u has %u bytes of metadata a sector: not used", space,
			 format & 0xffff);
		return 0;
	}
	error = disk_add(controller, &block, (uint16_t)space, 0);
	if (error)
		return error == -EINVAL ? 0 : error;
	for (disk = controller->disks; disk->next; disk = disk->next)
		;
	disk->identity = be64_load(data + NAMESPACE_EUI64);
	return 0;
}

static int add_namespaces(struct disk_controller *controller)
{
	struct block like = {.driver = controller, .align = 4};
	uint32_t spaces[32];
	const uint8_t *data;
	int error = identify(controller, IDENTIFY_CONTROLLER, 0, &data);
	uint32_t exponent;

	if (error)
		return error;
	exponent = data[CONTROLLER_TRANSFER_MAX];
	like.transfer_max = LIST_PAGES * PAGE_SIZE;
	if (exponent && exponent < 9)
		like.transfer_max = PAGE_SIZE << exponent;
	like.ops = data[CONTROLLER_CACHE] & 1 ? &ops : &ops_without_cache;
	error = identify(controller, IDENTIFY_LIST, 0, &data);
	if (error)
		return error;
	memcpy(spaces, data, sizeof(spaces));
	for (uint32_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]) && spaces[i] && !error; i++)
		error = add_namespace(controller, &like, spaces[i]);
	return error;
}

/* The queue for reads and writes: first where commands end, then where they begin (5.3, 5.4). */
static int create_queue(struct disk_controller *controller)
{
	const struct nvme *nvme = controller->state;
	struct command command = {
		.opcode = CREATE_ENDS,
		.page = nvme->memory + 3 * PAGE_SIZE,
		.word10 = (ENTRIES - 1) << 16 | 1,
		.word11 = 1, /* contiguous */
	};
	int error = administer(controller, &command);

	if (error)
		return error;
	command.opcode = CREATE_COMMANDS;
	command.page = nvme->memory + 2 * PAGE_SIZE;
	command.word11 = 1 << 16 | 1;
	return administer(controller, &command);
}

static int open_registers(struct disk_controller *controller)
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

static int bring_up(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;
	int error = turn(controller, 0);

	if (!error)
		error = device_claim(&controller->device, MEMORY_SIZE, &nvme->memory);
	if (error)
		return error;
	nvme->queues[0].phase = nvme->queues[1].phase = 1;
	device_master_on(&controller->device);
	mmio_write32(nvme->registers + ADMIN_SIZES, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	mmio_write32(nvme->registers + ADMIN_COMMANDS, (uint32_t)nvme->memory);
	mmio_write32(nvme->registers + ADMIN_COMMANDS + 4, (uint32_t)(nvme->memory >> 32));
	mmio_write32(nvme->registers + ADMIN_ENDS, (uint32_t)(nvme->memory + PAGE_SIZE));
	mmio_write32(nvme->registers + ADMIN_ENDS + 4,
		     (uint32_t)((nvme->memory + PAGE_SIZE) >> 32));
	error = turn(controller, CONFIGURATION_ON);
	if (!error)
		error = create_queue(controller);
	return error ? error : add_namespaces(controller);
}

static void quiesce(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;

	if (nvme->registers && !nvme->dead && turn(controller, 0))
		nvme->dead = true;
	device_master_off(&controller->device);
}

static void stop(struct disk_controller *controller)
{
	struct nvme *nvme = controller->state;

	quiesce(controller);
	if (nvme->registers)
		device_unmap_bar(&controller->device, 0);
	if (nvme->memory)
		device_release(nvme->memory, MEMORY_SIZE);
	free(nvme);
	controller->state = NULL;
}

static int start(struct disk_controller *controller)
{
	int error;

	controller->state = calloc(1, sizeof(struct nvme));
	if (!controller->state)
		return -ENOMEM;
	error = open_registers(controller);
	if (!error)
		error = bring_up(controller);
	if (error)
		stop(controller);
	return error;
}

const struct disk_driver nvme_driver = {
	.name = "nvme",
	.kind = DISK_NVME,
	.knows = knows,
	.start = start,
	.stop = stop,
	.quiesce = quiesce,
};
