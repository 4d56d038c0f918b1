/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the HII package list in the resource section of an image (UEFI 2.10, 9.6.1; PE format, "The .rsrc section"): the type
 * named "HII", then the first entry of each level down to the data. The image may be hostile: every offset is checked.
 */
#include <string.h>

#include "efi/protocols/hii.h"
#include "lib/bytes.h"

#define OPTIONAL_AT 24 /* behind "PE\0\0" and the COFF header */
#define PE32_PLUS 0x20b
#define COUNT_AT 108 /* of the data directories, in the optional header; the directories follow */
#define RESOURCES 2
#define DIRECTORY_SIZE 16
#define ENTRY_SIZE 8
#define HIGH_BIT 0x80000000u /* the name is a string; the data is a directory */

struct section {
	const uint8_t *base;
	uint64_t size;
};

static bool fits(const struct section *section, uint64_t offset, uint64_t size)
{
	return offset <= section->size && size <= section->size - offset;
}

static bool find_section(const struct section *image, struct section *resources)
{
	uint32_t header;
	uint32_t offset;
	uint32_t size;

	if (!fits(image, 0, 64) || le16_load(image->base) != 0x5a4d)
		return false;
	header = le32_load(image->base + 60);
	if (!fits(image, header, OPTIONAL_AT + COUNT_AT + 4 + (RESOURCES + 1) * 8) ||
	    le16_load(image->base + header + OPTIONAL_AT) != PE32_PLUS ||
	    le32_load(image->base + header + OPTIONAL_AT + COUNT_AT) <= RESOURCES)
		return false;
	offset = le32_load(image->base + header + OPTIONAL_AT + COUNT_AT + 4 + RESOURCES * 8);
	size = le32_load(image->base + header + OPTIONAL_AT + COUNT_AT + 8 + RESOURCES * 8);
	if (!offset || !fits(image, offset, size))
		return false;
	*resources = (struct section){image->base + offset, size};
	return true;
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

struct efi_hii_package_list_header *efi_hii_find_in_image(const void *base, uint64_t size)
{
	struct section image = {base, size};
	struct section resources;
	uint32_t entry;
	uint32_t offset;

	if (!find_section(&image, &resources))
		return NULL;
	entry = first_entry(&resources, 0, true);
	for (int level = 0; level < 2 && entry & HIGH_BIT; level++)
		entry = first_entry(&resources, entry & ~HIGH_BIT, false);
	if (!entry || entry & HIGH_BIT || !fits(&resources, entry, 16))
		return NULL;
	/* The data's place is an offset in the image; it must hold all of the list. */
	offset = le32_load(resources.base + entry);
	size = le32_load(resources.base + entry + 4);
	if (!fits(&image, offset, size) || size < sizeof(struct efi_hii_package_list_header) ||
	    le32_load(image.base + offset + 16) > size)
		return NULL;
	return (struct efi_hii_package_list_header *)(uintptr_t)(image.base + offset);
}
