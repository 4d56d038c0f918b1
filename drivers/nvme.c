/* SPDX-License-Identifier: BSD-2-Clause */
/* NVM Express (base specification 1.4): the namespaces of a controller (drivers/nvme_queue.c) as disks. */
#define LOG_PREFIX controller->device.name

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/disk.h"
#include "drivers/nvme_queue.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define CLASS_NVME 0x010802

#define LIST_PAGES (PAGE_SIZE / 8)

enum { IDENTIFY = 6 }; /* to the controller */
enum { FLUSH = 0, WRITE = 1, READ = 2 }; /* to a namespace */
enum { IDENTIFY_NAMESPACE, IDENTIFY_CONTROLLER, IDENTIFY_LIST };

/* What it tells of itself, 5.15.2. */
#define CONTROLLER_TRANSFER_MAX 77 /* log2 of pages; 0: any */
#define CONTROLLER_CACHE 525
#define NAMESPACE_SECTORS 0
#define NAMESPACE_FORMAT 26
#define NAMESPACE_EUI64 120
#define NAMESPACE_FORMATS 128 /* 32 bits each: size of metadata 15:0, log2 of a sector 23:16 */

static bool knows(const struct device *device)
{
	return device->bus == DEVICE_PCI &&
	       device->host->functions[device->function].class == CLASS_NVME;
}

/* What it tells of itself, of a namespace, or which namespaces there are: *data is valid until the next call. */
static int identify(struct disk_controller *controller, uint32_t what, uint32_t space,
		    const uint8_t **data)
{
	const struct nvme *nvme = controller->state;

	*data = (const uint8_t *)(uintptr_t)(nvme->memory + NVME_IDENTIFY_AT);
	return nvme_administer(controller,
			       &(struct nvme_command){.opcode = IDENTIFY,
						      .space = space,
						      .page = nvme->memory + NVME_IDENTIFY_AT,
						      .word10 = what});
}

/* ---- a block device ---- */

/* Tells where the pages of a buffer are (4.3): the second word is a page, or a list of them. */
static void list_pages(const struct nvme *nvme, struct nvme_command *command, uint64_t at,
		       uint64_t size)
{
	uint64_t *list = (uint64_t *)(uintptr_t)(nvme->memory + NVME_LIST_AT);
	uint64_t page = align_down(at, PAGE_SIZE) + PAGE_SIZE, end = at + size;
	uint32_t count = 0;

	command->page = at;
	command->more = page < end ? page : 0;
	if (page + PAGE_SIZE >= end)
		return;
	for (; page < end && count < LIST_PAGES; page += PAGE_SIZE)
		list[count++] = page;
	command->more = nvme->memory + NVME_LIST_AT;
}

/* The controller was turned off, because the command, and the memory for its data, belonged to it. It goes on for other namespaces. */
static void give_up(struct block *block)
{
	log_print(LOG_ERROR, block->name, "no answer in 10 seconds: not used any more");
	block->dead = true;
	nvme_restart(block->driver);
}

static int move(struct block *block, uint8_t opcode, uint64_t sector, uint32_t count, uint64_t at)
{
	const struct disk *disk = (const struct disk *)(const void *)block;
	struct disk_controller *controller = block->driver;
	struct nvme_command command = {
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
	status = nvme_send(controller, NVME_IO, &command);
	if (status > 0)
		log_error("%s: a %s of %u sectors at %lu failed (status 0x%x)", block->name,
			  opcode == READ    ? "read"
			  : opcode == WRITE ? "write"
					    : "flush",
			  count, sector, status);
	if (status == -ETIMEDOUT)
		give_up(block);
	block->dead |= ((struct nvme *)controller->state)->dead;
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

static void stop(struct disk_controller *controller)
{
	nvme_close(controller);
	free(controller->state);
	controller->state = NULL;
}

static int start(struct disk_controller *controller)
{
	int error;

	controller->state = calloc(1, sizeof(struct nvme));
	if (!controller->state)
		return -ENOMEM;
	error = nvme_open(controller);
	if (!error)
		error = nvme_turn_on(controller);
	if (!error)
		error = add_namespaces(controller);
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
	.quiesce = nvme_turn_off,
};
