/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/boot_variable.h"

#include <stdlib.h>

#include "lib/log.h"

#define NAME_SIZE 32

static const struct efi_guid global_guid = EFI_GLOBAL_VARIABLE;

static efi_status get(const struct efi_guid *guid, const CHAR16 *name, uint64_t *size, void *data)
{
	return efi_system_table()->RuntimeServices->GetVariable(
		(CHAR16 *)(uintptr_t)name, (struct efi_guid *)(uintptr_t)guid, NULL, size, data);
}

void *boot_variable_read_of(const struct efi_guid *guid, const CHAR16 *name, uint64_t *size)
{
	void *data;

	*size = 0;
	if (get(guid, name, size, NULL) != EFI_BUFFER_TOO_SMALL)
		return NULL;
	data = malloc(*size);
	if (data && EFI_ERROR(get(guid, name, size, data))) {
		free(data);
		return NULL;
	}
	return data;
}

void *boot_variable_read(const CHAR16 *name, uint64_t *size)
{
	return boot_variable_read_of(&global_guid, name, size);
}

uint64_t boot_variable_number(const CHAR16 *name, uint64_t size, uint64_t otherwise)
{
	uint64_t have = sizeof(otherwise);
	uint64_t value = 0;

	return EFI_ERROR(get(&global_guid, name, &have, &value)) || have != size ? otherwise
										 : value;
}

void boot_variable_set_of(const struct efi_guid *guid, const CHAR16 *name, uint32_t attributes,
			  const void *data, uint64_t size)
{
	const struct variable_change change = {
		.name = name,
		.guid = guid,
		.attributes = attributes,
		.data = {{data, (uint32_t)size}},
	};
	efi_status status = efi_runtime_set_variable(&change);
	char text[NAME_SIZE];

	if (!EFI_ERROR(status) || (!size && status == EFI_NOT_FOUND))
		return;
	efi_text_print(name, text, sizeof(text));
	log_error("the variable %s cannot be changed (status 0x%lx)", text,
		  status & ~EFI_ERROR_BIT);
}

void boot_variable_set(const CHAR16 *name, uint32_t attributes, const void *data, uint64_t size)
{
	boot_variable_set_of(&global_guid, name, attributes, data, size);
}
