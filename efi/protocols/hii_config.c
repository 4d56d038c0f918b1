/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_HII_CONFIG_ROUTING_PROTOCOL (UEFI 2.10, 35.4): finds the driver that a configuration string's PATH names and hands the
 * string on to its EFI_HII_CONFIG_ACCESS_PROTOCOL. The helpers for drivers that keep settings in blocks are in hii_block.c.
 */
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/hii.h"
#include "efi/protocols/string16.h"

typedef struct efi_hii_config_routing_protocol protocol;

static const struct efi_guid access_guid = EFI_HII_CONFIG_ACCESS_PROTOCOL_GUID;

/* Where a word begins in a text, or NULL. */
static CHAR16 *find(CHAR16 *text, const char *word)
{
	uint64_t length = strlen(word);

	for (; *text; text++)
		if (string16_length(text) >= length && string16_is(text, length, word))
			return text;
	return NULL;
}

int hii_digit(CHAR16 c)
{
	c = string16_lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The device path that is written in hex behind PATH=; NULL: none that makes sense. */
static struct efi_device_path_protocol *read_path(const CHAR16 *hex)
{
	uint64_t size = 0;
	uint8_t *bytes;

	while (hii_digit(hex[size]) >= 0)
		size++;
	/* Room for an end node: what lacks one is refused below, and not read beyond. */
	bytes = efi_new(size / 2 + 2 * sizeof(struct efi_device_path_protocol));
	if (!bytes)
		return NULL;
	for (uint64_t i = 0; i + 1 < size; i += 2)
		bytes[i / 2] = (uint8_t)(hii_digit(hex[i]) << 4 | hii_digit(hex[i + 1]));
	for (uint64_t at = 0; at + 4 <= size / 2;) {
		const struct efi_device_path_protocol *node = (const void *)(bytes + at);

		if (efi_device_path_length(node) < sizeof(*node))
			break;
		at += efi_device_path_length(node);
		if (efi_device_path_is_end(node) && at == size / 2)
			return (void *)bytes;
	}
	efi_free_pool(bytes);
	return NULL;
}

/* The driver of a configuration string; NULL: none. */
static struct efi_hii_config_access_protocol *find_driver(CHAR16 *text)
{
	struct efi_device_path_protocol *path;
	struct efi_device_path_protocol *rest;
	CHAR16 *at = find(text, "PATH=");
	efi_handle handle = NULL;
	efi_status status;

	path = at ? read_path(at + 5) : NULL;
	if (!path)
		return NULL;
	rest = path;
	status = efi_locate_device_path(&access_guid, &rest, &handle);
	if (EFI_ERROR(status) || !efi_device_path_is_end(rest))
		handle = NULL;
	efi_free_pool(path);
	return handle ? efi_handle_interface(handle, &access_guid) : NULL;
}

static efi_status EFIAPI extract(const protocol *This, const efi_string Request,
				 efi_string *Progress, efi_string *Results)
{
	struct efi_hii_config_access_protocol *driver;

	if (!This || !Progress || !Results)
		return EFI_INVALID_PARAMETER;
	*Progress = Request;
	*Results = NULL;
	if (!Request || !find(Request, "GUID="))
		return EFI_INVALID_PARAMETER;
	driver = find_driver(Request);
	if (!driver)
		return EFI_NOT_FOUND;
	return driver->ExtractConfig(driver, Request, Progress, Results);
}

/* All drivers' settings, joined by &. */
static efi_status EFIAPI export(const protocol *This, efi_string *Results)
{
	efi_status status;
	uint64_t count = 0;
	efi_handle *handles = NULL;
	CHAR16 *all = efi_new(sizeof(CHAR16));
	uint64_t size = 0;

	if (!This || !Results || !all) {
		if (all)
			efi_free_pool(all);
		return all ? EFI_INVALID_PARAMETER : EFI_OUT_OF_RESOURCES;
	}
	efi_locate_handle_buffer(ByProtocol, &access_guid, NULL, &count, &handles);
	status = EFI_SUCCESS;
	for (uint64_t i = 0; i < count && !EFI_ERROR(status); i++) {
		struct efi_hii_config_access_protocol *driver =
			efi_handle_interface(handles[i], &access_guid);
		efi_string progress;
		efi_string result = NULL;
		CHAR16 *more;
		uint64_t length;

		if (!driver || EFI_ERROR(driver->ExtractConfig(driver, NULL, &progress, &result)) ||
		    !result)
			continue;
		length = string16_length(result);
		more = efi_new((size + length + 2) * sizeof(CHAR16));
		if (more) {
			memcpy(more, all, size * sizeof(CHAR16));
			if (size)
				more[size++] = '&';
			memcpy(more + size, result, length * sizeof(CHAR16));
			size += length;
			efi_free_pool(all);
			all = more;
		} else {
			status = EFI_OUT_OF_RESOURCES;
		}
		efi_free_pool(result);
	}
	if (handles)
		efi_free_pool(handles);
	if (EFI_ERROR(status))
		efi_free_pool(all);
	else
		*Results = all;
	return status;
}

static efi_status EFIAPI route(const protocol *This, const efi_string Configuration,
			       efi_string *Progress)
{
	struct efi_hii_config_access_protocol *driver;

	if (!This || !Progress)
		return EFI_INVALID_PARAMETER;
	*Progress = Configuration;
	if (!Configuration || !find(Configuration, "GUID="))
		return EFI_INVALID_PARAMETER;
	driver = find_driver(Configuration);
	if (!driver)
		return EFI_NOT_FOUND;
	return driver->RouteConfig(driver, Configuration, Progress);
}

const struct efi_hii_config_routing_protocol hii_config_routing_protocol = {
	.ExtractConfig = extract,
	.ExportConfig = export,
	.RouteConfig = route,
	.BlockToConfig = hii_block_to_config,
	.ConfigToBlock = hii_config_to_block,
	.GetAltCfg = hii_get_alt_config,
};
