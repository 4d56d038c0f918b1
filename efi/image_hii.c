/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HII package lists in images; see image_hii.h. Resources are a tree of directories (PE format, "The .rsrc section"): the type
 * named "HII", then the first entry of each level down to the data. The image may be hostile: every offset is checked.
 */
#include <stddef.h>
#include <string.h>

#include "efi/image_hii.h"
#include "efi/protocol/hii.h"
#include "lib/bytes.h"

#define DIRECTORY_SIZE 16
#define ENTRY_SIZE 8
#define DATA_SIZE 16
#define HIGH_BIT 0x80000000u /* the name is a string; the data is a directory */
#define LENGTH_AT 16 /* in a package list */

struct section {
	uint8_t *base;
	uint64_t size;
};

static bool fits(const struct section *section, uint64_t offset, uint64_t size)
{
	return offset <= section->size && size <= section->size - offset;
}

static bool is_hii(const struct section *resources, uint32_t name)
{
	uint32_t at = name & ~HIGH_BIT;

	return name & HIGH_BIT && fits(resources, at, 8) && le16_load(resources->base + at) == 3 &&
	       !memcmp(resources->base + at + 2, u"HII", 6);
}

/* The data of the first entry of a directory, or of the one named HII; 0: there is none. */
static uint32_t first_entry(const struct section *resources, uint32_t directory, bool by_name)
{
	uint32_t count;

	if (!fits(resources, directory, DIRECTORY_SIZE))
		return 0;
	count = (uint32_t)le16_load(resources->base + directory + 12) +
		le16_load(resources->base + directory + 14);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t at = directory + DIRECTORY_SIZE + (uint64_t)i * ENTRY_SIZE;

		if (!fits(resources, at, ENTRY_SIZE))
			return 0;
		if (!by_name || is_hii(resources, le32_load(resources->base + at)))
			return le32_load(resources->base + at + 4);
	}
	return 0;
}

struct efi_hii_package_list_header *image_hii_find(const struct pe_image *pe, uint8_t *memory)
{
	struct section image = {memory, pe->size};
	struct section resources = {memory + pe->resources, pe->resources_size};
	uint32_t entry;
	uint32_t offset;
	uint32_t size;

	entry = first_entry(&resources, 0, true);
	for (int level = 0; level < 2 && entry & HIGH_BIT; level++)
		entry = first_entry(&resources, entry & ~HIGH_BIT, false);
	if (!entry || entry & HIGH_BIT || !fits(&resources, entry, DATA_SIZE))
		return NULL;
	/* The data's place is an offset in the image; it must hold all of the list. */
	offset = le32_load(resources.base + entry);
	size = le32_load(resources.base + entry + 4);
	if (!fits(&image, offset, size) || size < sizeof(struct efi_hii_package_list_header) ||
	    le32_load(memory + offset + LENGTH_AT) > size)
		return NULL;
	return (struct efi_hii_package_list_header *)(void *)(memory + offset);
}
