/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/hardware_info.h"

#include "lib/bytes.h"

#define HEADER 16
#define ADDRESS 8

uint64_t hardware_info_find(const uint8_t *file, uint64_t size, uint64_t type)
{
	while (size >= HEADER) {
		uint64_t bytes = le64_load(file + 8);

		if (bytes > size - HEADER)
			break;
		if (le64_load(file) == type && bytes >= ADDRESS)
			return le64_load(file + HEADER);
		file += HEADER + bytes;
		size -= HEADER + bytes;
	}
	return 0;
}
