/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/hardware_info.c */
/* QEMU's list of devices: found among others, and nowhere in a list that is cut off or lies. */
#include <string.h>

#include "boot/hardware_info.h"
#include "tests/tap.h"

static uint8_t file[256];
static uint64_t used;

static void add(uint64_t type, uint64_t size, uint64_t bytes, uint64_t value)
{
	memcpy(file + used, &type, 8);
	memcpy(file + used + 8, &size, 8);
	memset(file + used + 16, 0, bytes);
	memcpy(file + used + 16, &value, bytes < 8 ? bytes : 8);
	used += 16 + bytes;
}

static uint64_t find(uint64_t size)
{
	return hardware_info_find(file, size, HARDWARE_INFO_UEFI_VARS);
}

int main(void)
{
	equal(find(0), 0, "an empty file");
	add(1, 40, 40, 0x1111);
	equal(find(used), 0, "others only");
	add(2, 8, 8, 0xfef10000);
	equal(find(used), 0xfef10000, "behind another");
	for (uint64_t size = 0; size < used; size++)
		if (find(size))
			break;
		else if (size == used - 1)
			ok(1, "cut off at each byte");
	add(2, 8, 8, 0x2222);
	equal(find(used), 0xfef10000, "the first counts");
	used = 0;
	add(2, 4, 4, 0x3333);
	equal(find(used), 0, "no address");
	add(2, 8, 8, 0x4444);
	equal(find(used), 0x4444, "but the next has one");
	used = 0;
	add(1, UINT64_MAX, 8, 0);
	add(2, 8, 8, 0x5555);
	equal(find(used), 0, "a size beyond the end");
	used = 0;
	add(1, UINT64_MAX - 15, 0, 0);
	add(2, 8, 8, 0x6666);
	equal(find(used), 0, "a size that goes around");
	return tap_done();
}
