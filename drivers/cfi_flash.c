/* SPDX-License-Identifier: BSD-2-Clause */
/* Flash with Intel's command set; see cfi_flash.h. Every wait is a bounded number of looks at the status. */
#include "drivers/cfi_flash.h"

#include <errno.h>

/* Commands. */
#define PROGRAM 0x40
#define ERASE 0x20
#define CLEAR_STATUS 0x50
#define LOCKS 0x60
#define QUERY 0x98
#define CONFIRM 0xd0 /* of an erase, a buffer, an unlocking */
#define BUFFER 0xe8
#define READ_ARRAY 0xff

/* Status: ready, and what went wrong (erase, program, voltage, locked). */
#define READY 0x80
#define ERRORS 0x3a

/* Offsets in the query table, in units of the bus. */
#define QUERY_COMMAND 0x55
#define QUERY_ID 0x10
#define QUERY_COMMAND_SET 0x13
#define INTEL 1
#define QUERY_BUFFER 0x2a /* log2; 0: no buffer */
#define QUERY_REGIONS 0x2c
#define QUERY_BLOCKS 0x2d /* 16 bits, less one */
#define QUERY_BLOCK_SIZE 0x2f /* 16 bits, in units of 256 bytes */

/* Parts take 4 s for a block and a look at one some 400 ns; an emulated one is done at once. */
#define LOOKS_MAX 10000000
#define BUFFER_MAX 4096

static void command(const struct cfi_flash *flash, uint64_t offset, uint32_t value)
{
	cfi_flash_out(flash->base + offset, flash->width, value * flash->lanes);
}

static void data(const struct cfi_flash *flash, uint64_t offset, uint32_t value)
{
	cfi_flash_out(flash->base + offset, flash->width, value);
}

/* Waits until all devices are ready: their errors, or -1 when that does not happen. */
static int wait_ready(const struct cfi_flash *flash, uint64_t offset)
{
	uint32_t ready = READY * flash->lanes;

	for (uint32_t looks = 0; looks < LOOKS_MAX; looks++) {
		uint32_t status = cfi_flash_in(flash->base + offset, flash->width);

		if ((status & ready) == ready)
			return status & ERRORS * flash->lanes ? -EIO : 0;
	}
	return -EIO;
}

/* Waits for the end of an operation, and makes the flash readable again. */
static int finish(const struct cfi_flash *flash, uint64_t offset)
{
	int error = wait_ready(flash, offset);

	if (error)
		command(flash, offset, CLEAR_STATUS);
	command(flash, offset, READ_ARRAY);
	return error;
}

/* Blocks may be locked from the start. */
static void unlock(const struct cfi_flash *flash, uint64_t offset)
{
	command(flash, offset, LOCKS);
	command(flash, offset, CONFIRM);
}

/* ---- what there is ---- */

static uint32_t query(const struct cfi_flash *flash, uint64_t address, uint32_t index)
{
	return cfi_flash_in(address + (uint64_t)index * flash->width, flash->width) & 0xff;
}

static uint32_t query16(const struct cfi_flash *flash, uint64_t address, uint32_t index)
{
	return query(flash, address, index) | query(flash, address, index + 1) << 8;
}

/* How many devices answer with a Q side by side: one, two, or four of a byte. */
static uint32_t find_lanes(const struct cfi_flash *flash, uint64_t address)
{
	static const uint32_t lanes[] = {1, 0x00010001, 0x01010101};
	uint32_t q = cfi_flash_in(address + (uint64_t)QUERY_ID * flash->width, flash->width);

	for (int i = 0; i < 3; i++)
		if (q == 'Q' * lanes[i])
			return lanes[i];
	return 0;
}

static int read_table(struct cfi_flash *flash, uint64_t address)
{
	uint32_t devices, blocks, block, buffer;

	flash->lanes = find_lanes(flash, address);
	if (!flash->lanes || query(flash, address, QUERY_ID + 1) != 'R' ||
	    query(flash, address, QUERY_ID + 2) != 'Y' ||
	    query16(flash, address, QUERY_COMMAND_SET) != INTEL)
		return -ENODEV;
	devices = flash->lanes == 1 ? 1 : flash->lanes == 0x00010001 ? 2 : 4;
	blocks = query16(flash, address, QUERY_BLOCKS) + 1;
	block = query16(flash, address, QUERY_BLOCK_SIZE) << 8;
	buffer = query16(flash, address, QUERY_BUFFER);
	/* The size as a power of two, at 0x27, says nothing of a QEMU unit of another size. */
	if (query(flash, address, QUERY_REGIONS) != 1 || !block || block & (block - 1) ||
	    buffer > 16)
		return -EINVAL;
	flash->size = (uint64_t)block * blocks * devices;
	flash->block = block * devices;
	flash->buffer = buffer ? (1u << buffer) * devices : flash->width;
	if (flash->buffer > BUFFER_MAX)
		flash->buffer = BUFFER_MAX;
	return 0;
}

int cfi_flash_probe(struct cfi_flash *flash, uint64_t address, uint32_t width)
{
	struct cfi_flash found = {.width = width, .lanes = width == 1 ? 1 : 0x01010101};
	int error;

	cfi_flash_out(address + (uint64_t)QUERY_COMMAND * width, width, QUERY * found.lanes);
	error = read_table(&found, address);
	cfi_flash_out(address, width, (READ_ARRAY * (width == 1 ? 1 : 0x01010101u)));
	if (error)
		return error;
	found.base = flash->base;
	*flash = found;
	return 0;
}

/* ---- changing it ---- */

int cfi_flash_erase(const struct cfi_flash *flash, uint64_t offset)
{
	int error;

	unlock(flash, offset);
	command(flash, offset, ERASE);
	command(flash, offset, CONFIRM);
	error = finish(flash, offset);
	for (uint32_t at = 0; at < flash->block && !error; at += 4)
		if (cfi_flash_read(flash, offset + at) != UINT32_MAX)
			error = -EIO;
	return error;
}

/* The next unit of the bus. */
static uint32_t unit(const struct cfi_flash *flash, const uint8_t *from)
{
	return flash->width == 1 ? *from
				 : from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
					   (uint32_t)from[3] << 24;
}

/* At most a buffer, and not across the end of one. */
static int write_piece(const struct cfi_flash *flash, uint64_t offset, const uint8_t *from,
		       uint32_t size)
{
	int error;

	/* A single one not by the buffer, even if there is one: QEMU refuses that since 2024, 10.0 still does. */
	if (size == flash->width) {
		command(flash, offset, PROGRAM);
		data(flash, offset, unit(flash, from));
		return finish(flash, offset);
	}
	command(flash, offset, BUFFER);
	error = wait_ready(flash, offset);
	if (error) {
		command(flash, offset, READ_ARRAY);
		return error;
	}
	command(flash, offset, size / flash->width - 1);
	for (uint32_t at = 0; at < size; at += flash->width)
		data(flash, offset + at, unit(flash, from + at));
	command(flash, offset, CONFIRM);
	return finish(flash, offset);
}

int cfi_flash_write(const struct cfi_flash *flash, uint64_t offset, const void *bytes,
		    uint32_t size)
{
	const uint8_t *from = bytes;
	int error = 0;

	unlock(flash, offset);
	command(flash, offset, READ_ARRAY);
	for (uint32_t at = 0, piece; at < size && !error; at += piece) {
		piece = flash->buffer - (uint32_t)((offset + at) & (flash->buffer - 1));
		if (piece > size - at)
			piece = size - at;
		error = write_piece(flash, offset + at, from + at, piece);
	}
	for (uint32_t at = 0; at < size && !error; at += 4)
		if (cfi_flash_read(flash, offset + at) !=
		    (from[at] | (uint32_t)from[at + 1] << 8 | (uint32_t)from[at + 2] << 16 |
		     (uint32_t)from[at + 3] << 24))
			error = -EIO;
	return error;
}
