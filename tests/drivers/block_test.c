/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/block.c tests/drivers/fake_block.c tests/host.c */
/* Sectors, bytes and parts of disks, against the disk's bytes themselves. */
#include <errno.h>
#include <string.h>

#include "drivers/block.h"
#include "tests/drivers/fake_block.h"
#include "tests/tap.h"

#define SECTORS 1024

static struct fake_block disk;

static void start(uint32_t sector_size)
{
	fake_block_start(&disk, sector_size, SECTORS);
	for (uint64_t i = 0; i < (uint64_t)SECTORS * sector_size; i++)
		disk.data[i] = (uint8_t)tap_random();
}

static void test_sectors(void)
{
	static uint8_t buffer[SECTORS * 512 + 1];

	start(512);
	equal(block_read(&disk.block, 0, SECTORS, buffer), 0, "all");
	ok(!memcmp(buffer, disk.data, SECTORS * 512), "right");
	equal(disk.reads, SECTORS * 512 / 65536, "in large requests");
	equal(block_read(&disk.block, SECTORS - 1, 2, buffer), -EINVAL, "beyond the end");
	equal(block_read(&disk.block, SECTORS, 0, buffer), 0, "nothing at the end");
	disk.block.align = 4;
	equal(block_read(&disk.block, 0, 1, buffer + 1), -EINVAL, "not aligned");
	disk.fail_read = disk.reads + 2;
	equal(block_read(&disk.block, 0, SECTORS, buffer), -EIO, "the second request fails");
	equal(disk.reads, disk.fail_read, "and there is no third");
	disk.block.read_only = true;
	equal(block_write(&disk.block, 0, 1, buffer), -EROFS, "read-only");
	equal(block_write_bytes(&disk.block, 1, 1, buffer), -EROFS, "read-only, bytes");
	disk.block.dead = true;
	equal(block_read(&disk.block, 0, 1, buffer), -EIO, "dead");
	fake_block_end(&disk);
}

static void test_bytes(uint32_t sector_size, uint32_t align)
{
	uint64_t size = (uint64_t)SECTORS * sector_size;
	uint8_t *model = malloc(size), *buffer = malloc(size + 2);
	int good = 1;

	start(sector_size);
	disk.block.align = align;
	memcpy(model, disk.data, size);
	for (uint32_t i = 0; i < 2000 && good; i++) {
		uint64_t offset = tap_below(size), most = size - offset;
		uint64_t length = tap_below(tap_below(4) ? 3 * sector_size : most);

		length = length < most ? length : most;
		if (tap_below(2)) {
			good = !block_read_bytes(&disk.block, offset, length, buffer + i % 3) &&
			       !memcmp(buffer + i % 3, model + offset, length);
		} else {
			for (uint64_t j = 0; j < length; j++)
				buffer[i % 3 + j] = (uint8_t)tap_random();
			memcpy(model + offset, buffer + i % 3, length);
			good = !block_write_bytes(&disk.block, offset, length, buffer + i % 3) &&
			       !memcmp(model, disk.data, size);
		}
	}
	ok(good, "2000 accesses to bytes");
	equal(block_read_bytes(&disk.block, size, 0, buffer), 0, "nothing at the end");
	equal(block_read_bytes(&disk.block, size, 1, buffer), -EINVAL, "beyond the end");
	equal(block_write_bytes(&disk.block, UINT64_MAX, 2, buffer), -EINVAL, "wraps");
	disk.fail_read = disk.reads + 1;
	equal(block_read_bytes(&disk.block, 1, 1, buffer), -EIO, "fails");
	free(model);
	free(buffer);
	fake_block_end(&disk);
}

static void test_parts(void)
{
	struct block part, inner, same;
	uint8_t buffer[1024];

	start(512);
	equal(block_part(&part, &disk.block, 100, 50), 0, "a part");
	equal(block_part(&inner, &part, 10, 5), 0, "a part of it");
	equal(block_read(&inner, 4, 1, buffer), 0, "its last sector");
	ok(!memcmp(buffer, disk.data + 114 * 512, 512), "is the disk's 114th");
	equal(block_read(&inner, 4, 2, buffer), -EINVAL, "and then it ends");
	same = part;
	equal(block_part(&part, &disk.block, 0, 0), -EINVAL, "an empty part");
	equal(block_part(&part, &disk.block, SECTORS, 1), -EINVAL, "beyond the end");
	equal(block_part(&part, &disk.block, SECTORS - 1, 2), -EINVAL, "reaches beyond");
	equal(block_part(&part, &disk.block, 1, UINT64_MAX), -EINVAL, "wraps");
	ok(!memcmp(&same, &part, sizeof(part)), "as before after all that");
	disk.block.dead = true;
	equal(block_read(&inner, 0, 1, buffer), -EIO, "dies with the disk");
	fake_block_end(&disk);
}

int main(void)
{
	tap_seed();
	test_sectors();
	test_bytes(512, 1);
	test_bytes(512, 4);
	test_bytes(4096, 1);
	test_parts();
	return tap_done();
}
