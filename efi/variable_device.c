/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables that a uefi-vars device keeps; see variable_device.h. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "efi/variable_device.h"

/* SmmVariableCommon.h's numbers of what can be asked. */
enum {
	GET_VARIABLE = 1,
	GET_NEXT_VARIABLE_NAME = 2,
	SET_VARIABLE = 3,
	QUERY_VARIABLE_INFO = 4,
	READY_TO_BOOT = 5,
	EXIT_BOOT_SERVICE = 6,
};

/* A message: PI 1.8, volume 4, 5.7, EFI_MM_COMMUNICATE_HEADER; then SMM_VARIABLE_COMMUNICATE_HEADER, and what belongs to the question. */
struct message {
	struct efi_guid to;
	uint64_t length; /* of what follows */
	uint64_t function;
	uint64_t status;
	union {
		struct { /* name and data follow the attributes at once */
			struct efi_guid guid;
			uint64_t data_size;
			uint64_t name_size;
			uint32_t attributes;
		} access;
		struct { /* the name follows */
			struct efi_guid guid;
			uint64_t name_size;
		} next;
		struct {
			uint64_t all, left, largest;
			uint32_t attributes;
		} info;
	};
};
#define HEADER offsetof(struct message, function)
#define ACCESS_NAME (offsetof(struct message, access.attributes) + 4)
#define NEXT_NAME (offsetof(struct message, next.name_size) + 8)
#define INFO_END (offsetof(struct message, info.attributes) + 4)
_Static_assert(HEADER == 24 && ACCESS_NAME == 76 && NEXT_NAME == 64 && INFO_END == 68,
	       "as EDK2 packs them");

#define ROOM_MIN 256 /* bytes, of a device that is of any use */

static const struct efi_guid variable_protocol =
	EFI_GUID(ed32d533, 99e6, 4209, 9c, c0, 2d, 72, cd, d9, 98, a7);
static const struct efi_guid end_of_dxe =
	EFI_GUID(02ce967a, dd7e, 4ffc, 9e, e7, 81, 0c, f0, 47, 08, 80);

static struct message *message(const struct variable_device *device)
{
	return device->link.buffer;
}

/* Sends `size` bytes. The status of the answer is an error of UEFI or EFI_SUCCESS: nothing else has a meaning here. */
static efi_status ask(const struct variable_device *device, const struct efi_guid *to,
		      uint32_t function, uint64_t size)
{
	struct message *m = message(device);
	efi_status status;

	m->to = *to;
	m->length = size - HEADER;
	m->function = function;
	m->status = EFI_DEVICE_ERROR;
	if (uefi_vars_exchange(&device->link, (uint32_t)size))
		return EFI_DEVICE_ERROR;
	status = m->status;
	return status == EFI_SUCCESS || EFI_ERROR(status) ? status : EFI_DEVICE_ERROR;
}

static efi_status ask_variable(const struct variable_device *device, uint32_t function,
			       uint64_t size)
{
	return ask(device, &variable_protocol, function, size);
}

static uint64_t name_size(const CHAR16 *name)
{
	uint64_t length = 0;

	while (name[length++])
		;
	return length * sizeof(*name);
}

/* Begins a message about a variable, and tells where its data go; 0: its name is too long. */
static uint64_t begin(const struct variable_device *device, const CHAR16 *name,
		      const struct efi_guid *guid)
{
	struct message *m = message(device);
	uint64_t size = name_size(name);

	if (size > device->limit || size > UEFI_VARS_BUFFER - ACCESS_NAME)
		return 0;
	m->access.guid = *guid;
	m->access.name_size = size;
	memcpy((uint8_t *)m + ACCESS_NAME, name, size);
	return ACCESS_NAME + size;
}

/* Bytes of data that there is room for, from there on. */
static uint64_t room_at(const struct variable_device *device, uint64_t at)
{
	return UEFI_VARS_BUFFER - at < device->limit ? UEFI_VARS_BUFFER - at : device->limit;
}

/* Reads at most `room` bytes of a variable to *at of the buffer: the size is in the message, and has been checked. */
static efi_status fetch(const struct variable_device *device, const CHAR16 *name,
			const struct efi_guid *guid, uint64_t room, uint64_t *at)
{
	struct message *m = message(device);
	efi_status status;
	uint64_t size;

	*at = begin(device, name, guid);
	if (!*at)
		return EFI_NOT_FOUND;
	if (room > room_at(device, *at))
		room = room_at(device, *at);
	m->access.data_size = room;
	m->access.attributes = 0;
	status = ask_variable(device, GET_VARIABLE, *at + room);
	size = m->access.data_size;
	if (status ==
	    EFI_ACCESS_DENIED) /* it has no runtime access: 8.2.1 has no word for that but this */
		return EFI_NOT_FOUND;
	if ((status == EFI_SUCCESS && (!size || size > room)) ||
	    (status == EFI_BUFFER_TOO_SMALL && (size <= room || size > UEFI_VARS_BUFFER)))
		return EFI_DEVICE_ERROR;
	return status;
}

efi_status variable_device_get(const struct variable_device *device, const CHAR16 *name,
			       const struct efi_guid *guid, uint32_t *attributes, uint64_t *size,
			       void *data)
{
	struct message *m = message(device);
	uint64_t at;
	efi_status status = fetch(device, name, guid, data ? *size : 0, &at);

	if (EFI_ERROR(status) && status != EFI_BUFFER_TOO_SMALL)
		return status;
	*size = m->access.data_size;
	*attributes = m->access.attributes;
	if (!EFI_ERROR(status))
		memcpy(data, (uint8_t *)m + at, *size);
	return status;
}

efi_status variable_device_next(const struct variable_device *device, uint64_t room,
				const CHAR16 **name, uint64_t *size, struct efi_guid *guid)
{
	struct message *m = message(device);
	CHAR16 *text = (void *)((uint8_t *)m + NEXT_NAME);
	uint64_t bytes = name_size(*name);
	efi_status status;

	if (room > room_at(device, NEXT_NAME))
		room = room_at(device, NEXT_NAME);
	if (bytes > room)
		return EFI_INVALID_PARAMETER;
	memmove(text, *name, bytes);
	m->next.guid = *guid;
	m->next.name_size = room;
	status = ask_variable(device, GET_NEXT_VARIABLE_NAME, NEXT_NAME + room);
	*size = m->next.name_size;
	*name = text;
	*guid = m->next.guid;
	if (status == EFI_BUFFER_TOO_SMALL && (*size <= room || *size > UEFI_VARS_BUFFER))
		return EFI_DEVICE_ERROR;
	/* A name of at least one character, and its end. */
	if (status == EFI_SUCCESS &&
	    (*size > room || *size % sizeof(*text) || *size < 2 * sizeof(*text) || !*text ||
	     text[*size / sizeof(*text) - 1]))
		return EFI_DEVICE_ERROR;
	return status;
}

efi_status variable_device_set(const struct variable_device *device,
			       const struct variable_change *change)
{
	struct message *m = message(device);
	uint32_t attributes = change->attributes;
	uint64_t at, size = 0;
	efi_status status;

	/* It knows how to append to lists of signatures only. */
	if (attributes & EFI_VARIABLE_APPEND_WRITE &&
	    !(attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)) {
		attributes &= ~EFI_VARIABLE_APPEND_WRITE;
		status = fetch(device, change->name, change->guid, UEFI_VARS_BUFFER, &at);
		if (EFI_ERROR(status))
			return status == EFI_BUFFER_TOO_SMALL ? EFI_OUT_OF_RESOURCES : status;
		size = m->access.data_size;
	}
	at = begin(device, change->name, change->guid);
	if (!at)
		return EFI_OUT_OF_RESOURCES;
	for (int i = 0; i < 2; i++) {
		if (change->data[i].size > room_at(device, at) - size)
			return EFI_OUT_OF_RESOURCES;
		if (change->data[i].size)
			memcpy((uint8_t *)m + at + size, change->data[i].bytes,
			       change->data[i].size);
		size += change->data[i].size;
	}
	m->access.data_size = size;
	m->access.attributes = attributes;
	return ask_variable(device, SET_VARIABLE, at + size);
}

efi_status variable_device_query(const struct variable_device *device, struct variable_room *room)
{
	const struct message *m = message(device);
	efi_status status = ask_variable(device, QUERY_VARIABLE_INFO, INFO_END);

	if (EFI_ERROR(status))
		return status;
	*room = (struct variable_room){m->info.all, m->info.left, m->info.largest};
	return room->left <= room->all ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

int variable_device_start(struct variable_device *device, struct variable_room *room)
{
	int error = uefi_vars_start(&device->link);

	if (!error && (EFI_ERROR(variable_device_query(device, room)) || room->all < ROOM_MIN))
		error = -EIO;
	if (error) {
		*device = (struct variable_device){0};
		return error;
	}
	device->limit = room->all < UEFI_VARS_BUFFER ? room->all : UEFI_VARS_BUFFER;
	/* From now on it holds everybody to rules that a firmware may have given it. It does not answer to that. */
	ask(device, &end_of_dxe, 0, sizeof(struct message));
	return 0;
}

void variable_device_ready_to_boot(const struct variable_device *device)
{
	ask_variable(device, READY_TO_BOOT, ACCESS_NAME);
}

void variable_device_exit_boot_services(const struct variable_device *device)
{
	ask_variable(device, EXIT_BOOT_SERVICE, ACCESS_NAME);
}
