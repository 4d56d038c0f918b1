/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a region: how the usual kinds are described, and what an operating system is told of each.
 * Runs from flash before relocation: no static data.
 */
#include <string.h>

#include "mem/memmap.h"

/* Made in words, as it is compared and copied: a byte written alone and read in a word stalls the processor. */
struct mem_props mem_props_make(uint32_t type, enum mem_owner owner, enum mem_life life,
				uint8_t attrs, uint8_t flags, const char *tag)
{
	struct mem_props props;
	uint64_t word[3] = {
		type | (uint64_t)owner << 32 | (uint64_t)life << 40 | (uint64_t)attrs << 48 |
			(uint64_t)flags << 56,
	};
	uint64_t low = 0; /* bytes 8 to 15: `since` and the first letters */

	if (tag == NULL)
		tag = "";
	for (unsigned int bit = 8; bit < 64 && *tag != '\0'; bit += 8)
		low |= (uint64_t)(uint8_t)*tag++ << bit;
	for (unsigned int bit = 0; bit < 64 && *tag != '\0'; bit += 8)
		word[2] |= (uint64_t)(uint8_t)*tag++ << bit;
	word[1] = low;
	memcpy(&props, word, sizeof(props));
	return props;
}
_Static_assert(offsetof(struct mem_props, owner) == 4 && offsetof(struct mem_props, life) == 5 &&
		       offsetof(struct mem_props, attrs) == 6 &&
		       offsetof(struct mem_props, flags) == 7 &&
		       offsetof(struct mem_props, tag) == 9,
	       "mem_props_make puts the bytes there; both machines are little-endian");

struct mem_props mem_props_firmware(const char *tag)
{
	return mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION, MEM_RW, 0, tag);
}

struct mem_props mem_props_device(const char *tag)
{
	return mem_props_make(MEM_MMIO, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, MEM_IO, 0, tag);
}

enum mem_os_kind memmap_os_kind(const struct mem_props *props)
{
	if (props->owner == MEM_OWNER_HOLE)
		return MEM_OS_NOTHING;
	if (props->flags & MEM_FLAG_NOMAP)
		return MEM_OS_NOMAP;
	switch (props->type) {
	case MEM_MMIO:
	case MEM_MMIO_PORT:
		return MEM_OS_DEVICE;
	case MEM_RESERVED:
	case MEM_RUNTIME_CODE:
	case MEM_RUNTIME_DATA:
	case MEM_PAL_CODE:
		return MEM_OS_RESERVED;
	case MEM_UNUSABLE:
		return MEM_OS_UNUSABLE;
	case MEM_ACPI_RECLAIM:
		return MEM_OS_ACPI;
	case MEM_ACPI_NVS:
		return MEM_OS_NVS;
	case MEM_PERSISTENT:
		return MEM_OS_PERSISTENT;
	default:
		return props->life == MEM_LIFE_FOREVER ? MEM_OS_RESERVED : MEM_OS_USABLE;
	}
}

uint64_t mem_look_os(const struct mem_props *props)
{
	return (uint64_t)memmap_os_kind(props);
}
