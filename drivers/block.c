/* SPDX-License-Identifier: BSD-2-Clause */
/* What all block devices have in common: checks, requests of bounded size, parts of disks, bytes out of sectors. */
#include "drivers/block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether [sector, sector + count) lies on the device, and the buffer where it can reach it. */
static int check(const struct block *block, uint64_t sector, uint64_t count, const void *buffer)
{
	if (sector > block->sectors || count > block->sectors - sector)
		return -EINVAL;
	return (uintptr_t)buffer & (block->align - 1) ? -EINVAL : 0;
}

static struct block *disk_of(struct block *block)
{
	return block->whole ? block->whole : block;
}

/* Sectors in requests that the driver takes: to `to`, or else from `from`. */
static int move(struct block *block, uint64_t sector, uint64_t count, uint8_t *to,
		const uint8_t *from)
{
	struct block *disk = disk_of(block);
	uint64_t most = disk->transfer_max / disk->sector_size;
	int error = 0;

	for (uint64_t done = 0; done < count && !error;) {
		uint32_t now = (uint32_t)(count - done < most ? count - done : most);
		uint64_t at = block->first + sector + done, offset = done * disk->sector_size;

		if (disk->dead)
			return -EIO;
		error = to ? disk->ops->read(disk, at, now, to + offset)
			   : disk->ops->write(disk, at, now, from + offset);
		done += now;
	}
	return error;
}

int block_read(struct block *block, uint64_t sector, uint64_t count, void *to)
{
	int error = check(block, sector, count, to);

	return error ? error : move(block, sector, count, to, NULL);
}

int block_write(struct block *block, uint64_t sector, uint64_t count, const void *from)
{
	int error = check(block, sector, count, from);

	if (!error && block->read_only)
		error = -EROFS;
	return error ? error : move(block, sector, count, NULL, from);
}

int block_flush(struct block *block)
{
	struct block *disk = disk_of(block);

	if (disk->dead)
		return -EIO;
	return disk->ops->flush && !disk->read_only ? disk->ops->flush(disk) : 0;
}

/* ---- bytes ---- */

/* Bytes of an access: to `to`, or else from `from`. `buffer` holds a sector, from malloc when it is wanted first. */
struct bytes {
	uint64_t offset, size;
	uint8_t *to;
	const uint8_t *from;
	uint8_t *buffer;
};

/* What goes between the device and memory without a buffer: whole sectors, at an address that suits. Their number. */
static uint64_t direct_sectors(const struct block *block, const struct bytes *bytes)
{
	const uint8_t *memory = bytes->to ? bytes->to : bytes->from;

	if (bytes->offset % block->sector_size || (uintptr_t)memory & (block->align - 1))
		return 0;
	return bytes->size / block->sector_size;
}

/* `size` bytes of one sector. 0 or -errno. */
static int move_piece(struct block *block, struct bytes *bytes, uint64_t size)
{
	uint64_t sector = bytes->offset / block->sector_size;
	uint64_t at = bytes->offset % block->sector_size;
	int error;

	if (!bytes->buffer)
		bytes->buffer = malloc(block->sector_size);
	if (!bytes->buffer)
		return -ENOMEM;
	error = block_read(block, sector, 1, bytes->buffer);
	if (error)
		return error;
	if (bytes->to) {
		memcpy(bytes->to, bytes->buffer + at, size);
		return 0;
	}
	memcpy(bytes->buffer + at, bytes->from, size);
	return block_write(block, sector, 1, bytes->buffer);
}

static int move_bytes(struct block *block, struct bytes *bytes)
{
	uint64_t end = block->sectors * block->sector_size;
	int error = 0;

	if (bytes->offset > end || bytes->size > end - bytes->offset)
		return -EINVAL;
	while (bytes->size && !error) {
		uint64_t sector = bytes->offset / block->sector_size;
		uint64_t count = direct_sectors(block, bytes);
		uint64_t size = count * block->sector_size;

		if (!count) {
			size = block->sector_size - bytes->offset % block->sector_size;
			size = size < bytes->size ? size : bytes->size;
			error = move_piece(block, bytes, size);
		} else if (bytes->to) {
			error = block_read(block, sector, count, bytes->to);
		} else {
			error = block_write(block, sector, count, bytes->from);
		}
		bytes->offset += size;
		bytes->size -= size;
		if (bytes->to)
			bytes->to += size;
		else
			bytes->from += size;
	}
	free(bytes->buffer);
	return error;
}

int block_read_bytes(struct block *block, uint64_t offset, uint64_t size, void *to)
{
	return move_bytes(block, &(struct bytes){.offset = offset, .size = size, .to = to});
}

int block_write_bytes(struct block *block, uint64_t offset, uint64_t size, const void *from)
{
	if (block->read_only)
		return -EROFS;
	return move_bytes(block, &(struct bytes){.offset = offset, .size = size, .from = from});
}

/* ---- parts ---- */

int block_part(struct block *part, struct block *of, uint64_t first, uint64_t sectors)
{
	if (!sectors || first >= of->sectors || sectors > of->sectors - first)
		return -EINVAL;
	*part = *of;
	part->whole = disk_of(of);
	part->first = of->first + first;
	part->sectors = sectors;
	return 0;
}
