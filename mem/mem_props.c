/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a region: how the usual kinds are described, and what an operating system is told of each.
 * Runs from flash before relocation: no static data.
 */
#include "mem/mem_props.h"

void mem_props_tag(struct mem_props *props, const char *tag)
{
	mem_word *word = (mem_word *)props;

	word[1] = 0;
	word[2] = 0;
	for (unsigned int i = 0; i < MEM_TAG_MAX && tag[i] != '\0'; i++)
		props->tag[i] = tag[i];
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
