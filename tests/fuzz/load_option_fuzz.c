/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* Any bytes as a load option: what it says of itself lies in them, and its path is one for those who read paths. */
#include <stdlib.h>
#include <string.h>

#include "efi/device_path.h"
#include "efi/load_option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct efi_load_option option;

	memcpy(copy, data, size);
	if (!efi_load_option_parse(&option, copy, size)) {
		const uint8_t *path = (const uint8_t *)option.path;
		const uint8_t *optional = option.optional;
		uint64_t length = 0;

		while (option.description[length])
			length++;
		if ((const uint8_t *)(option.description + length + 1) != path)
			abort();
		if (!efi_device_path_size(option.path) ||
		    efi_device_path_size(option.path) > (uint64_t)(optional - path) ||
		    optional + option.optional_size != copy + size)
			abort();
	}
	free(copy);
	return 0;
}
