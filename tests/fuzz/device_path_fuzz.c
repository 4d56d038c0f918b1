/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/device_path_to_text.c efi/protocols/device_path_from_text.c efi/protocols/device_path_nodes.c */
/*
 * Device paths and their texts from anywhere. The first byte says which: bytes of a path become text, which must read back and
 * give the same text again; bytes of a text become a path or NULL. Nothing leaks.
 */
#include <stdlib.h>
#include <string.h>

#include "efi/device_path.h"
#include "tests/efi/protocols/common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct efi_device_path_to_text_protocol *to_text;
static struct efi_device_path_from_text_protocol *from_text;

/* The text of a path is the text of what it reads back as. */
static void there_and_back(const struct efi_device_path_protocol *path)
{
	CHAR16 *text = to_text->ConvertDevicePathToText(path, 0, 0);
	struct efi_device_path_protocol *again;
	CHAR16 *second;

	if (!text)
		return;
	again = from_text->ConvertTextToDevicePath(text);
	if (again) {
		if (!efi_device_path_size(again))
			abort();
		second = to_text->ConvertDevicePathToText(again, 0, 0);
		if (!second)
			abort();
		efi_free_pool(second);
		efi_free_pool(again);
	}
	efi_free_pool(text);
}

/* Bytes that are a path, or are made one by an end behind them. */
static void from_bytes(const uint8_t *data, size_t size)
{
	static const uint8_t end[4] = {0x7f, 0xff, 4, 0};
	uint8_t *copy = malloc(size + sizeof(end));
	size_t at = 0;

	memcpy(copy, data, size);
	while (size - at >= 4) {
		size_t length = (size_t)(copy[at + 2] | copy[at + 3] << 8);

		if (length < 4 || length > size - at || (copy[at] == 0x7f && copy[at + 1] == 0xff))
			break;
		at += length;
	}
	memcpy(copy + at, end, sizeof(end));
	there_and_back((const void *)copy);
	free(copy);
}

static void from_characters(const uint8_t *data, size_t size)
{
	CHAR16 *text = calloc(size + 1, sizeof(CHAR16));
	struct efi_device_path_protocol *path;

	for (size_t i = 0; i < size; i++)
		text[i] = data[i];
	path = from_text->ConvertTextToDevicePath(text);
	if (path) {
		if (!efi_device_path_size(path))
			abort();
		there_and_back(path);
		efi_free_pool(path);
	}
	path = from_text->ConvertTextToDeviceNode(text);
	if (path)
		efi_free_pool(path);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot before;
	struct snapshot after;

	if (!to_text) {
		machine_start(4096);
		if (efi_table_start() || efi_device_path_to_text_install() ||
		    efi_device_path_from_text_install())
			abort();
		to_text = locate((struct efi_guid)EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID);
		from_text = locate((struct efi_guid)EFI_DEVICE_PATH_FROM_TEXT_PROTOCOL_GUID);
	}
	if (!size || size > 4096)
		return 0;
	before = machine_snapshot();
	if (data[0] & 1)
		from_bytes(data + 1, size - 1);
	else
		from_characters(data + 1, size - 1);
	after = machine_snapshot();
	if (before.pools != after.pools)
		abort();
	return 0;
}
