/* SPDX-License-Identifier: BSD-2-Clause */
/* See load_option.h. */
#include "efi/load_option.h"

#include <errno.h>

#include "efi/device_path.h"
#include "lib/bytes.h"

#define HEADER_SIZE 6 /* Attributes, FilePathListLength */

/* Whether a whole device path, with its end, lies in these bytes. */
static bool has_path(const uint8_t *bytes, uint64_t size)
{
	for (int i = 0; i < EFI_DEVICE_PATH_NODES_MAX; i++) {
		const struct efi_device_path_protocol *node = (const void *)bytes;
		uint64_t length;

		if (size < sizeof(*node))
			return false;
		length = efi_device_path_length(node);
		if (length < sizeof(*node) || length > size)
			return false;
		if (efi_device_path_is_end(node))
			return true;
		bytes += length;
		size -= length;
	}
	return false;
}

int efi_load_option_parse(struct efi_load_option *option, const void *data, uint64_t size)
{
	const uint8_t *bytes = data;
	const CHAR16 *description = (const void *)(bytes + HEADER_SIZE);
	uint64_t characters, list, path = HEADER_SIZE, room;

	if (size < HEADER_SIZE || size > UINT32_MAX)
		return -EINVAL;
	list = le16_load(bytes + 4);
	room = (size - HEADER_SIZE) / sizeof(CHAR16);
	for (characters = 0; characters < room && description[characters]; characters++)
		;
	if (characters == room)
		return -EINVAL;
	path += (characters + 1) * sizeof(CHAR16);
	if (list > size - path || !has_path(bytes + path, list))
		return -EINVAL;
	*option = (struct efi_load_option){
		.attributes = le32_load(bytes),
		.description = description,
		.path = (const void *)(bytes + path),
		.optional = bytes + path + list,
		.optional_size = (uint32_t)(size - path - list),
	};
	return 0;
}
