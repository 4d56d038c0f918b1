/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables of a scene, and what boot options hold; see scene.h. */
#include <stdio.h>
#include <string.h>

#include "lib/bytes.h"
#include "tests/boot/scene_machine.h"

const struct efi_guid scene_global_guid = EFI_GLOBAL_VARIABLE;
const struct efi_guid scene_loader_guid =
	EFI_GUID(4a67b082, 0a4c, 41cf, b6, c7, 44, 0b, 29, bb, 8c, 4f);

struct variables scene_variables;
static uint64_t store[8192];

static efi_status EFIAPI get(CHAR16 *name, struct efi_guid *guid, uint32_t *attributes,
			     uint64_t *size, void *data)
{
	return variable_get(&scene_variables, name, guid, attributes, size, data);
}

static efi_status EFIAPI set(CHAR16 *name, struct efi_guid *guid, uint32_t attributes,
			     uint64_t size, void *data)
{
	return variable_set(&scene_variables, name, guid, attributes, size, data);
}

efi_status efi_runtime_set_variable(const struct variable_change *change)
{
	return variable_set_own(&scene_variables, change);
}

void scene_variables_start(struct efi_runtime_services *services)
{
	variable_store_start(&scene_variables.store, store, sizeof(store));
	services->GetVariable = get;
	services->SetVariable = set;
}

static void keep(const CHAR16 *name, const struct efi_guid *guid, const void *data, uint64_t size)
{
	const uint32_t kept = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS |
			      EFI_VARIABLE_RUNTIME_ACCESS;

	if (EFI_ERROR(variable_set(&scene_variables, name, guid, kept, size, data)))
		scene_say("the scene cannot be made: a variable");
}

void scene_variable(const CHAR16 *name, const void *data, uint64_t size)
{
	keep(name, &scene_global_guid, data, size);
}

void scene_loader_variable(const CHAR16 *name, const void *data, uint64_t size)
{
	keep(name, &scene_loader_guid, data, size);
}

static void show(const CHAR16 *name, const struct efi_guid *guid, bool is_text)
{
	uint64_t data[64], size = sizeof(data);
	const uint8_t *bytes = (const uint8_t *)data;
	char line[512], text[64];
	int used;

	efi_text_print(name, text, sizeof(text));
	used = snprintf(line, sizeof(line), "%s", text);
	if (variable_get(&scene_variables, name, guid, NULL, &size, data)) {
		scene_say("%s: none", line);
		return;
	}
	for (uint64_t i = 0; i < size; i += is_text ? 2 : 1) {
		if (!is_text)
			used += snprintf(line + used, sizeof(line) - (size_t)used, " %02x",
					 bytes[i]);
		else if (!bytes[i])
			used += snprintf(line + used, sizeof(line) - (size_t)used, "|");
		else
			used += snprintf(line + used, sizeof(line) - (size_t)used, "%s%c",
					 i ? "" : " ", bytes[i]);
	}
	scene_say("%s", line);
}

void scene_show(const CHAR16 *name)
{
	show(name, &scene_global_guid, false);
}

void scene_loader_show(const CHAR16 *name)
{
	show(name, &scene_loader_guid, true);
}

void scene_loader_bytes(const CHAR16 *name)
{
	show(name, &scene_loader_guid, false);
}

/* ---- paths ---- */

static uint64_t bytes_of(const CHAR16 *text)
{
	uint64_t count = 0;

	while (text[count++])
		;
	return count * sizeof(*text);
}

static void add(struct scene_path *path, uint8_t type, uint8_t subtype, const void *data,
		uint64_t size)
{
	struct efi_device_path_protocol header = {type, subtype, {0}};

	le16_store(header.Length, (uint16_t)(sizeof(header) + size));
	memcpy(path->bytes + path->size, &header, sizeof(header));
	memcpy(path->bytes + path->size + sizeof(header), data, size);
	path->size += (uint32_t)(sizeof(header) + size);
}

void scene_path_pci(struct scene_path *path, uint8_t slot)
{
	static const uint8_t root[8] = {0xd0, 0x41, 0x03, 0x0a};
	const uint8_t function[2] = {0, slot};

	add(path, ACPI_DEVICE_PATH, ACPI_DP, root, sizeof(root));
	add(path, HARDWARE_DEVICE_PATH, HW_PCI_DP, function, sizeof(function));
}

void scene_path_file(struct scene_path *path, const CHAR16 *file)
{
	add(path, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, file, bytes_of(file));
}

void scene_option_variable(const CHAR16 *name, uint32_t attributes, const CHAR16 *description,
			   const struct scene_path *path, const CHAR16 *optional)
{
	struct scene_path whole = *path;
	uint8_t data[1024];
	uint64_t size = 6;

	add(&whole, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, "", 0);
	le32_store(data, attributes);
	le16_store(data + 4, (uint16_t)whole.size);
	memcpy(data + size, description, bytes_of(description));
	size += bytes_of(description);
	memcpy(data + size, whole.bytes, whole.size);
	size += whole.size;
	if (optional) {
		memcpy(data + size, optional, bytes_of(optional));
		size += bytes_of(optional);
	}
	scene_variable(name, data, size);
}
