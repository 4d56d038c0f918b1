/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Disk controllers that lie, for fuzz targets: what a fake device would answer, with the input's bytes added. Where the input has ended,
 * the device is honest. What a driver makes of it is used, and stopped; the map must be as before.
 */
#ifndef TESTS_FUZZ_LIAR_H
#define TESTS_FUZZ_LIAR_H

#include <stdlib.h>

#include "lib/log.h"
#include "tests/drivers/fake_machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *liar_input;
static size_t liar_left;

/* Adds the next bytes of the input to some that a driver is about to see. */
static inline void liar_lie(uint8_t *data, uint32_t size)
{
	for (uint32_t i = 0; i < size && liar_left; i++, liar_left--)
		data[i] = (uint8_t)(data[i] + *liar_input++);
}

/* Uses every disk of the first controller as far as it can be: its first, its last, and some more sectors. */
static inline void liar_use(void)
{
	static uint8_t buffer[4 * BLOCK_SECTOR_MAX] __attribute__((aligned(4096)));
	struct disk_controller *controller = disk_controllers();

	if (disk_start(controller))
		return;
	for (struct disk *disk = controller->disks; disk; disk = disk->next) {
		struct block *block = &disk->block;
		uint64_t count = sizeof(buffer) / block->sector_size;
		int error = 0;

		if (!block->sectors)
			continue;
		error |= block_read(block, 0, 1, buffer);
		error |= block_read(block, block->sectors - 1, 1, buffer);
		if (block->sectors >= count)
			error |= block_read(block, block->sectors - count, count, buffer);
		error |= block_write(block, 0, 1, buffer);
		error |= block_flush(block);
		(void)error; /* whatever it is */
	}
}

static inline void liar_begin(const uint8_t *data, size_t size)
{
	liar_input = data;
	liar_left = size;
	log_set_level(LOG_ERROR);
}

/* Runs a device that was found on these buses, whose lies come from the input. */
static inline void liar_run(const struct disk_buses *buses, const uint8_t *data, size_t size)
{
	uint64_t regions = memmap_count(&fake_map);

	liar_begin(data, size);
	if (disk_find(buses))
		abort();
	liar_use();
	disk_forget();
	/* Rows of virtio-mmio stay mapped: they are one region as before. */
	if (memmap_count(&fake_map) != regions)
		abort();
}

#endif
