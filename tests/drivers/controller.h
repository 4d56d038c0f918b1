/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of disk controllers ask of each: that nothing is left of one that is stopped, or did not start, and late answers. */
#ifndef TESTS_DRIVERS_CONTROLLER_H
#define TESTS_DRIVERS_CONTROLLER_H

#include <string.h>

#include "tests/drivers/fake_machine.h"
#include "tests/tap.h"

static uint64_t controller_regions; /* of the map, before a controller is started */

/* The first controller of a machine that was just made, not started. */
static inline struct disk_controller *controller_find(const struct disk_buses *buses)
{
	controller_regions = memmap_count(&fake_map);
	return fake_machine_find(buses);
}

static inline uint32_t controller_disks(const struct disk_controller *controller)
{
	uint32_t count = 0;

	for (const struct disk *disk = controller->disks; disk; disk = disk->next)
		count++;
	return count;
}

static inline void controller_stops(void)
{
	disk_stop_all();
	ok(!fake_machine_mastering(), "it is kept from memory");
	equal(memmap_count(&fake_map), controller_regions, "the map is as before");
}

/* It does not start, in one line, and leaves nothing behind. */
static inline void controller_refuses(struct disk_controller *controller, const char *name)
{
	ok(disk_start(controller) != 0, name);
	ok(!controller->started && !controller->disks && !fake_machine_mastering(),
	   "is not started");
	equal(memmap_count(&fake_map), controller_regions, "the map is as before");
	equal(fake_machine_lines(), 1, "one line");
}

/* Memory for a read that has no answer, and whether it is as it was when the answer has come late. */
static inline void controller_mark(uint8_t *buffer, uint32_t size)
{
	memset(buffer, 0x5a, size);
}

static inline void controller_kept(const uint8_t *buffer, uint32_t size)
{
	bool kept = true;

	for (uint32_t i = 0; i < size; i++)
		kept &= buffer[i] == 0x5a;
	ok(kept, "an answer that comes late touches no memory");
}

#endif
