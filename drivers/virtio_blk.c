/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block devices (5.2). */
#define LOG_PREFIX controller->device.name

#include <errno.h>

#include "drivers/disk.h"
#include "drivers/virtio_disk.h"
#include "lib/bytes.h"
#include "lib/log.h"

/* 5.2.3 */
#define F_SIZE_MAX (UINT64_C(1) << 1)
#define F_READ_ONLY (UINT64_C(1) << 5)
#define F_BLOCK_SIZE (UINT64_C(1) << 6)
#define F_FLUSH (UINT64_C(1) << 9)
#define F_TOPOLOGY (UINT64_C(1) << 10)

/* 5.2.4 */
#define CONFIG_CAPACITY 0 /* in units of 512 bytes, whatever the size of a sector */
#define CONFIG_SIZE_MAX 8
#define CONFIG_BLOCK_SIZE 20
#define CONFIG_TOPOLOGY 24 /* its first byte: log2 of sectors in a physical one */

#define UNIT 512
#define TRANSFER_MAX MIB(8)
#define QUEUE 0

/* 5.2.6 */
enum { READ = 0, WRITE = 1, FLUSH = 4 };
#define STATUS_OK 0
#define STATUS_NONE 0xff /* ours: the device has not written it */

struct request {
	uint32_t type;
	uint32_t unused;
	uint64_t unit;
	volatile uint8_t status; /* not a part of the header */
};

#define HEADER_SIZE 16

static bool knows(const struct device *device)
{
	return virtio_type(device) == VIRTIO_BLOCK;
}

/* One request: `size` bytes of memory, or none. 0 or -EIO, having said why. */
static int request(struct block *block, uint32_t type, uint64_t sector, uint64_t memory,
		   uint32_t size)
{
	struct disk_controller *controller = block->driver;
	struct virtio *virtio = controller->state;
	struct request *header = virtio_scratch(virtio);
	const uint64_t address = (uint64_t)(uintptr_t)header;
	struct virtio_part parts[3] = {
		{.address = address, .size = HEADER_SIZE},
		{.address = memory, .size = size, .device_writes = type == READ},
	};
	uint32_t count = size ? 2 : 1;

	parts[count++] = (struct virtio_part){
		.address = address + HEADER_SIZE, .size = 1, .device_writes = true};
	header->type = type;
	header->unused = 0;
	header->unit = sector * (block->sector_size / UNIT);
	header->status = STATUS_NONE;
	if (virtio_request(virtio, parts, count)) {
		block->dead = true;
		return -EIO;
	}
	if (header->status == STATUS_OK)
		return 0;
	log_error("%s of %u bytes at sector %lu failed (status %u)",
		  type == READ	  ? "a read"
		  : type == WRITE ? "a write"
				  : "a flush",
		  size, sector, header->status);
	return -EIO;
}

static int read_sectors(struct block *block, uint64_t sector, uint32_t count, void *to)
{
	return request(block, READ, sector, (uint64_t)(uintptr_t)to, count * block->sector_size);
}

static int write_sectors(struct block *block, uint64_t sector, uint32_t count, const void *from)
{
	return request(block, WRITE, sector, (uint64_t)(uintptr_t)from, count * block->sector_size);
}

static int flush(struct block *block)
{
	return request(block, FLUSH, 0, 0, 0);
}

static const struct block_ops ops = {read_sectors, write_sectors, flush};
static const struct block_ops ops_without_cache = {read_sectors, write_sectors, NULL};

/* What the device says of itself; disk_add looks whether it makes sense. */
static struct block describe(struct disk_controller *controller)
{
	struct virtio *virtio = controller->state;
	uint64_t units = virtio_config64(virtio, CONFIG_CAPACITY);
	struct block block = {
		.ops = virtio->features & F_FLUSH ? &ops : &ops_without_cache,
		.driver = controller,
		.sector_size = UNIT,
		.transfer_max = TRANSFER_MAX,
		.align = 1,
		.read_only = (virtio->features & F_READ_ONLY) != 0,
	};
	uint32_t exponent = 0;

	if (virtio->features & F_BLOCK_SIZE)
		block.sector_size = virtio_config32(virtio, CONFIG_BLOCK_SIZE);
	if (virtio->features & F_TOPOLOGY)
		exponent = virtio_config32(virtio, CONFIG_TOPOLOGY) & 0xff;
	if (exponent < 16)
		block.physical_size = block.sector_size << exponent;
	if (virtio->features & F_SIZE_MAX &&
	    virtio_config32(virtio, CONFIG_SIZE_MAX) < TRANSFER_MAX)
		block.transfer_max = virtio_config32(virtio, CONFIG_SIZE_MAX);
	block.sectors = block.sector_size >= UNIT ? units / (block.sector_size / UNIT) : 0;
	return block;
}

static int start(struct disk_controller *controller)
{
	struct block block;
	int error = virtio_disk_open(
		controller, F_SIZE_MAX | F_READ_ONLY | F_BLOCK_SIZE | F_FLUSH | F_TOPOLOGY, QUEUE);

	if (error)
		return error;
	block = describe(controller);
	error = disk_add(controller, &block, 0, 0);
	if (error)
		virtio_disk_close(controller);
	return error;
}

const struct disk_driver virtio_blk_driver = {
	.name = "virtio-blk",
	.knows = knows,
	.start = start,
	.stop = virtio_disk_close,
	.quiesce = virtio_disk_quiesce,
};
