/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading device paths; see device_path.h. */
#include <string.h>

#include "efi/device_path.h"
#include "efi/pool.h"

bool efi_device_path_is_end(const struct efi_device_path_protocol *node)
{
	return node->Type == END_DEVICE_PATH_TYPE &&
	       node->SubType == END_ENTIRE_DEVICE_PATH_SUBTYPE;
}

bool efi_device_path_is_end_of_instance(const struct efi_device_path_protocol *node)
{
	return node->Type == END_DEVICE_PATH_TYPE;
}

const struct efi_device_path_protocol *efi_device_path_next(
	const struct efi_device_path_protocol *node)
{
	return (const void *)((const uint8_t *)node + efi_device_path_length(node));
}

static const struct efi_device_path_protocol *find_end(
	const struct efi_device_path_protocol *path,
	bool (*is_end)(const struct efi_device_path_protocol *node))
{
	for (int i = 0; path && i < EFI_DEVICE_PATH_NODES_MAX; i++) {
		if (efi_device_path_length(path) < sizeof(*path))
			return NULL;
		if (is_end(path))
			return path;
		path = efi_device_path_next(path);
	}
	return NULL;
}

uint64_t efi_device_path_size(const struct efi_device_path_protocol *path)
{
	const struct efi_device_path_protocol *end = find_end(path, efi_device_path_is_end);

	return end ? (uint64_t)((const uint8_t *)end - (const uint8_t *)path) + sizeof(*end) : 0;
}

uint64_t efi_device_path_instance_size(const struct efi_device_path_protocol *path)
{
	const struct efi_device_path_protocol *end =
		find_end(path, efi_device_path_is_end_of_instance);

	return end ? (uint64_t)((const uint8_t *)end - (const uint8_t *)path) : 0;
}

struct efi_device_path_protocol *efi_device_path_duplicate(
	const struct efi_device_path_protocol *path)
{
	uint64_t size = efi_device_path_size(path);
	void *copy;

	if (!size || efi_allocate_pool(EfiBootServicesData, size, &copy))
		return NULL;
	return memcpy(copy, path, size);
}

bool efi_device_path_file_name(const struct efi_device_path_protocol *node, CHAR16 *name,
			       uint64_t room)
{
	uint64_t at = 0;

	for (; !efi_device_path_is_end(node); node = efi_device_path_next(node)) {
		const uint8_t *text = (const uint8_t *)(node + 1);
		uint64_t chars = (efi_device_path_length(node) - sizeof(*node)) / 2;

		if (node->Type != MEDIA_DEVICE_PATH || node->SubType != MEDIA_FILEPATH_DP ||
		    at + chars + 2 > room)
			return false;
		if (at && name[at - 1] != u'\\')
			name[at++] = u'\\';
		for (uint64_t i = 0; i < chars && (text[2 * i] || text[2 * i + 1]); i++)
			name[at++] = (CHAR16)(text[2 * i] | text[2 * i + 1] << 8);
	}
	name[at] = 0;
	return at > 0;
}
