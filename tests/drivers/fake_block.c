/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_block.h. */
#include "tests/drivers/fake_block.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRANSFER_MAX (1u << 16)

static int read_sectors(struct block *block, uint64_t sector, uint32_t count, void *to)
{
	struct fake_block *fake = block->driver;
	uint64_t size = (uint64_t)count * block->sector_size;

	if (!count || size > block->transfer_max)
		abort();
	fake->sectors_read += count;
	if (++fake->reads == fake->fail_read)
		return -EIO;
	memcpy(to, fake->data + sector * block->sector_size, size);
	return 0;
}

static int write_sectors(struct block *block, uint64_t sector, uint32_t count, const void *from)
{
	struct fake_block *fake = block->driver;
	uint64_t size = (uint64_t)count * block->sector_size;

	if (!count || size > block->transfer_max || block->read_only)
		abort();
	if (++fake->writes >= fake->cut_write && fake->cut_write)
		return -EIO;
	memcpy(fake->data + sector * block->sector_size, from, size);
	return 0;
}

static int flush(struct block *block)
{
	struct fake_block *fake = block->driver;

	fake->flushes++;
	return 0;
}

static const struct block_ops ops = {read_sectors, write_sectors, flush};

void fake_block_start(struct fake_block *fake, uint32_t sector_size, uint64_t sectors)
{
	*fake = (struct fake_block){
		.block = {.name = "fake0",
			  .ops = &ops,
			  .driver = fake,
			  .sectors = sectors,
			  .sector_size = sector_size,
			  .physical_size = sector_size,
			  .transfer_max = TRANSFER_MAX,
			  .align = 1},
		.data = calloc(sectors ? sectors : 1, sector_size),
	};
}

void fake_block_load(struct fake_block *fake, uint32_t sector_size, const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (!file || fseek(file, 0, SEEK_END)) {
		perror(path);
		exit(1);
	}
	size = ftell(file);
	rewind(file);
	fake_block_start(fake, sector_size, (uint64_t)size / sector_size);
	if (fread(fake->data, sector_size, fake->block.sectors, file) != fake->block.sectors) {
		perror(path);
		exit(1);
	}
	fclose(file);
}

void fake_block_save(const struct fake_block *fake, const char *path)
{
	FILE *file = fopen(path, "wb");

	if (!file ||
	    fwrite(fake->data, fake->block.sector_size, fake->block.sectors, file) !=
		    fake->block.sectors ||
	    fclose(file)) {
		perror(path);
		exit(1);
	}
}

void fake_block_end(struct fake_block *fake)
{
	free(fake->data);
}
