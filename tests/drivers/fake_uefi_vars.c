/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/drivers/fake_uefi_vars.h"

#include <stdlib.h>
#include <string.h>

#define SIGNED EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS

struct fake_uefi_vars fake_uefi_vars;
static struct fake_uefi_vars *const fake = &fake_uefi_vars;

static const struct efi_guid protocol =
	EFI_GUID(ed32d533, 99e6, 4209, 9c, c0, 2d, 72, cd, d9, 98, a7);
static const struct efi_guid end_of_dxe =
	EFI_GUID(02ce967a, dd7e, 4ffc, 9e, e7, 81, 0c, f0, 47, 08, 80);
static const struct efi_guid global = EFI_GLOBAL_VARIABLE;

/* ---- variables ---- */

static uint32_t length(const CHAR16 *name)
{
	uint32_t characters = 0;

	while (name[characters++])
		;
	return characters;
}

struct fake_variable *fake_uefi_vars_find(const CHAR16 *name, const struct efi_guid *guid)
{
	for (uint32_t i = 0; i < fake->count; i++)
		if (!memcmp(&fake->variables[i].guid, guid, sizeof(*guid)) &&
		    length(fake->variables[i].name) == length(name) &&
		    !memcmp(fake->variables[i].name, name, 2 * length(name)))
			return &fake->variables[i];
	return NULL;
}

static void drop(struct fake_variable *variable)
{
	free(variable->data);
	memmove(variable, variable + 1,
		(size_t)(fake->variables + --fake->count - variable) * sizeof(*variable));
}

void fake_uefi_vars_add(const CHAR16 *name, const struct efi_guid *guid, uint32_t attributes,
			const void *data, uint32_t size)
{
	struct fake_variable *variable = fake_uefi_vars_find(name, guid);

	if (variable)
		drop(variable);
	if (fake->count == FAKE_VARIABLES || length(name) > FAKE_NAME)
		abort();
	variable = &fake->variables[fake->count++];
	*variable = (struct fake_variable){
		.guid = *guid, .attributes = attributes, .size = size, .data = malloc(size)};
	memcpy(variable->name, name, 2 * length(name));
	memcpy(variable->data, data, size);
}

static int hidden(const struct fake_variable *variable)
{
	return fake->exited && !(variable->attributes & EFI_VARIABLE_RUNTIME_ACCESS);
}

static uint64_t used(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < fake->count; i++)
		sum += fake->variables[i].size + 2 * length(fake->variables[i].name);
	return sum;
}

/* ---- what is asked, in messages: EDK2's layout ---- */

static uint64_t load(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void store(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void put_attributes(uint8_t *at, uint32_t attributes)
{
	memcpy(at, &attributes, sizeof(attributes));
}

static efi_status get(uint8_t *at, uint64_t size)
{
	uint64_t room = load(at + 56), names = load(at + 64);
	struct fake_variable *variable;

	if (names > fake->storage || room > fake->storage)
		return EFI_OUT_OF_RESOURCES;
	if (76 + names + room > size)
		return EFI_BAD_BUFFER_SIZE;
	variable = fake_uefi_vars_find((void *)(at + 76), (void *)(at + 40));
	if (!variable)
		return EFI_NOT_FOUND;
	if (hidden(variable))
		return EFI_ACCESS_DENIED;
	put_attributes(at + 72, variable->attributes);
	store(at + 56, variable->size);
	if (room < variable->size)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(at + 76 + names, variable->data, variable->size);
	return EFI_SUCCESS;
}

static efi_status next(uint8_t *at, uint64_t size)
{
	uint64_t names = load(at + 56);
	CHAR16 *name = (void *)(at + 64);
	struct fake_variable *variable = fake->variables, *end = variable + fake->count;

	if (names > fake->storage)
		return EFI_OUT_OF_RESOURCES;
	if (64 + names > size)
		return EFI_BAD_BUFFER_SIZE;
	if (*name) {
		variable = fake_uefi_vars_find(name, (void *)(at + 40));
		if (!variable)
			return EFI_INVALID_PARAMETER;
		variable++;
	}
	while (variable < end && hidden(variable))
		variable++;
	if (variable == end)
		return EFI_NOT_FOUND;
	memcpy(at + 40, &variable->guid, 16);
	store(at + 56, 2 * length(variable->name));
	if (64 + 2 * length(variable->name) > size)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(name, variable->name, 2 * length(variable->name));
	return EFI_SUCCESS;
}

static efi_status set(uint8_t *at, uint64_t size)
{
	uint64_t bytes = load(at + 56), names = load(at + 64);
	CHAR16 *name = (void *)(at + 76);
	struct efi_guid *guid = (void *)(at + 40);
	const uint8_t *data = at + 76 + names;
	struct fake_variable *old;
	uint32_t attributes;

	if (names > fake->storage || bytes > fake->storage)
		return EFI_OUT_OF_RESOURCES;
	if (76 + names + bytes > size)
		return EFI_BAD_BUFFER_SIZE;
	memcpy(&attributes, at + 72, sizeof(attributes));
	old = fake_uefi_vars_find(name, guid);
	if ((old && hidden(old)) || (fake->exited && !(attributes & EFI_VARIABLE_RUNTIME_ACCESS)))
		return EFI_ACCESS_DENIED;
	if (old && bytes && old->attributes != (attributes & ~EFI_VARIABLE_APPEND_WRITE))
		return EFI_INVALID_PARAMETER;
	if (bytes && attributes & SIGNED) {
		if (bytes < 3 || memcmp(data, "OK:", 3))
			return EFI_SECURITY_VIOLATION;
		data += 3;
		bytes -= 3;
	} else if (attributes & EFI_VARIABLE_APPEND_WRITE && old) {
		return EFI_UNSUPPORTED;
	}
	if (bytes && used() + bytes > fake->storage)
		return EFI_OUT_OF_RESOURCES;
	if (bytes)
		fake_uefi_vars_add(name, guid, attributes & ~EFI_VARIABLE_APPEND_WRITE, data,
				   (uint32_t)bytes);
	else if (old)
		drop(old);
	if (!memcmp(name, u"PK", 6))
		fake_uefi_vars_add(u"SetupMode", &global, 6, "\0", 1);
	return EFI_SUCCESS;
}

static efi_status query(uint8_t *at)
{
	store(at + 40, fake->storage);
	store(at + 48, fake->storage - used());
	store(at + 56, fake->storage / 4);
	put_attributes(at + 64, 0);
	return EFI_SUCCESS;
}

static void answer(uint8_t *at)
{
	uint64_t size = 24 + load(at + 16);
	efi_status status = EFI_SUCCESS;

	fake->messages++;
	if (!memcmp(at, &end_of_dxe, 16))
		fake->end_of_dxe = 1;
	if (memcmp(at, &protocol, 16))
		return;
	switch (load(at + 24)) {
	case 1:
		status = get(at, size);
		break;
	case 2:
		status = next(at, size);
		break;
	case 3:
		status = set(at, size);
		break;
	case 4:
		status = query(at);
		break;
	case 5:
		fake->ready = 1;
		break;
	case 6:
		fake->exited = 1;
		break;
	default:
		status = EFI_UNSUPPORTED;
		break;
	}
	store(at + 32, status);
	if (fake->lie)
		fake->lie(at, size);
}

/* ---- registers ---- */

static uint32_t exchange(uint8_t *buffer)
{
	if (fake->refuses)
		return fake->refuses;
	if (24 + load(buffer + 16) > fake->size)
		return 0x12;
	answer(buffer);
	return 0;
}

static uint32_t run(uint32_t number)
{
	if (fake->busy) {
		fake->busy--;
		return 1;
	}
	switch (number) {
	case 1:
		fake->size = fake->low = fake->high = fake->offset = 0;
		return 0;
	case 2:
		return exchange((uint8_t *)(uintptr_t)((uint64_t)fake->high << 32 | fake->low));
	case 3:
		return exchange(fake->own);
	case 4:
		fake->offset = 0;
		return 0;
	default:
		return 0x11;
	}
}

static uint32_t crc32c(const uint8_t *at, uint32_t size)
{
	uint32_t crc = UINT32_MAX;

	while (size--) {
		crc ^= *at++;
		for (int i = 0; i < 8; i++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
	}
	return ~crc;
}

static uint32_t move(uint32_t value, int in)
{
	if (fake->offset + 4 > fake->size)
		return 0;
	fake->transfers++;
	if (in)
		memcpy(&value, fake->own + fake->offset, 4);
	else
		memcpy(fake->own + fake->offset, &value, 4);
	fake->offset += 4;
	return value;
}

uint32_t uefi_vars_in(uint64_t address, uint32_t width)
{
	uint64_t buffer = ((uint64_t)fake->high << 32 | fake->low) + fake->shift;

	if (width != (address - fake->base < 4 ? 2 : 4))
		abort();
	switch (address - fake->base) {
	case 0x00:
		return fake->magic;
	case 0x02:
		return fake->status;
	case 0x04:
		return fake->size;
	case 0x08:
		return (uint32_t)buffer;
	case 0x0c:
		return (uint32_t)(buffer >> 32);
	case 0x10:
		return move(0, 1);
	case 0x18:
		return crc32c(fake->own, fake->offset) + fake->spoils;
	case 0x1c:
		return fake->flags;
	default:
		abort();
	}
}

void uefi_vars_out(uint64_t address, uint32_t width, uint32_t value)
{
	if (width != (address - fake->base < 4 ? 2 : 4))
		abort();
	switch (address - fake->base) {
	case 0x02:
		fake->status = run(value);
		break;
	case 0x04:
		fake->size = value < fake->takes ? value : fake->takes;
		break;
	case 0x08:
		fake->low = value;
		break;
	case 0x0c:
		fake->high = value;
		break;
	case 0x10:
		move(value, 0);
		break;
	default:
		abort();
	}
}

void fake_uefi_vars_start(void)
{
	while (fake->count)
		drop(fake->variables);
	memset(fake, 0, sizeof(*fake));
	fake->base = FAKE_UEFI_VARS_BASE;
	fake->magic = 0xef1;
	fake->takes = UEFI_VARS_BUFFER;
	fake->storage = 256 * 1024;
	fake_uefi_vars_add(u"SetupMode", &global, 6, "\1", 1);
}
