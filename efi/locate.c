/* SPDX-License-Identifier: BSD-2-Clause */
/* The handle database: searches (UEFI 2.10, 7.3.6, 7.3.8, 7.3.14 to 7.3.16); see handle.h. */
#include <string.h>

#include "efi/database.h"
#include "efi/device_path.h"
#include "efi/pool.h"
#include "efi/protocols.h"

/* The first installation that a registration has not seen, or NULL. */
static struct interface *next_unseen(const struct notify *notify)
{
	list_for_each (link, &notify->protocol->interfaces) {
		struct interface *interface = list_of(link, struct interface, on_protocol);

		if (interface->serial > notify->seen)
			return interface;
	}
	return NULL;
}

/* A search: what it is for, and where its handles go; those beyond the room are only counted. */
struct search {
	uint32_t type;
	const struct efi_guid *guid;
	struct notify *notify;
	efi_handle *buffer;
	uint64_t room;
	uint64_t count;
};

static efi_status check_search(struct search *search, void *key)
{
	switch (search->type) {
	case AllHandles:
		return EFI_SUCCESS;
	case ByRegisterNotify:
		search->notify = key;
		return efi_object_is(key, EFI_OBJECT_NOTIFY) ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
	case ByProtocol:
		if (!search->guid)
			return EFI_INVALID_PARAMETER;
		efi_protocols_asked_for(search->guid);
		return EFI_SUCCESS;
	default:
		return EFI_INVALID_PARAMETER;
	}
}

static void found(struct search *search, efi_handle handle)
{
	if (search->count < search->room)
		search->buffer[search->count] = handle;
	search->count++;
}

/* EFI_SUCCESS, EFI_NOT_FOUND or EFI_BUFFER_TOO_SMALL; the registration moves on at success alone. */
static efi_status search_run(struct search *search)
{
	struct interface *interface = NULL;
	struct protocol *protocol;

	search->count = 0;
	if (search->type == AllHandles) {
		list_for_each (link, &database_handles)
			found(search, list_of(link, struct handle, all));
	} else if (search->type == ByRegisterNotify) {
		interface = next_unseen(search->notify);
		if (interface)
			found(search, interface->handle);
	} else {
		protocol = database_protocol(search->guid);
		if (protocol) {
			list_for_each (link, &protocol->interfaces)
				found(search, list_of(link, struct interface, on_protocol)->handle);
		}
	}
	if (!search->count)
		return EFI_NOT_FOUND;
	if (search->count > search->room)
		return EFI_BUFFER_TOO_SMALL;
	if (interface)
		search->notify->seen = interface->serial;
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_locate_handle(uint32_t SearchType, const struct efi_guid *Protocol,
				    void *SearchKey, uint64_t *BufferSize, efi_handle *Buffer)
{
	struct search search = {.type = SearchType, .guid = Protocol, .buffer = Buffer};
	efi_status status;
	efi_tpl tpl;

	if (!BufferSize || EFI_ERROR(check_search(&search, SearchKey)))
		return EFI_INVALID_PARAMETER;
	search.room = *BufferSize / sizeof(efi_handle);
	if (search.room && !Buffer)
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	status = search_run(&search);
	efi_unlock(tpl);
	if (status != EFI_NOT_FOUND)
		*BufferSize = search.count * sizeof(efi_handle);
	return status;
}

efi_status EFIAPI efi_locate_handle_buffer(uint32_t SearchType, const struct efi_guid *Protocol,
					   void *SearchKey, uint64_t *NoHandles,
					   efi_handle **Buffer)
{
	struct search search = {.type = SearchType, .guid = Protocol};
	efi_status status;
	efi_tpl tpl;
	void *block;

	if (!NoHandles || !Buffer || EFI_ERROR(check_search(&search, SearchKey)))
		return EFI_INVALID_PARAMETER;
	*NoHandles = 0;
	*Buffer = NULL;
	tpl = efi_lock();
	status = search_run(&search);
	if (status == EFI_BUFFER_TOO_SMALL) {
		search.room = search.count;
		status = efi_allocate_pool(EfiBootServicesData, search.room * sizeof(efi_handle),
					   &block);
	}
	if (!EFI_ERROR(status)) {
		search.buffer = block;
		search_run(&search);
		*NoHandles = search.count;
		*Buffer = block;
	}
	efi_unlock(tpl);
	return status;
}

efi_status EFIAPI efi_locate_protocol(const struct efi_guid *Protocol, void *Registration,
				      void **Interface)
{
	struct interface *interface = NULL;
	struct protocol *protocol;
	efi_tpl tpl;

	if (!Interface)
		return EFI_INVALID_PARAMETER;
	*Interface = NULL;
	if (!Protocol || (Registration && !efi_object_is(Registration, EFI_OBJECT_NOTIFY)))
		return EFI_INVALID_PARAMETER;
	efi_protocols_asked_for(Protocol);
	tpl = efi_lock();
	if (Registration) {
		interface = next_unseen(Registration);
		if (interface)
			((struct notify *)Registration)->seen = interface->serial;
	} else {
		protocol = database_protocol(Protocol);
		if (protocol && !list_is_empty(&protocol->interfaces))
			interface =
				list_of(protocol->interfaces.next, struct interface, on_protocol);
	}
	if (interface)
		*Interface = interface->pointer;
	efi_unlock(tpl);
	return interface ? EFI_SUCCESS : EFI_NOT_FOUND;
}

/* ---- device paths ---- */

/* Bytes of a handle's device path, without its end, when `path` of `size` bytes begins with it. */
static bool is_prefix(const struct efi_device_path_protocol *prefix, uint64_t *length,
		      const struct efi_device_path_protocol *path, uint64_t size)
{
	*length = efi_device_path_size(prefix);
	if (!*length)
		return false;
	*length -= sizeof(*prefix);
	return *length <= size && !memcmp(prefix, path, *length);
}

efi_status EFIAPI efi_locate_device_path(const struct efi_guid *Protocol,
					 struct efi_device_path_protocol **DevicePath,
					 efi_handle *Device)
{
	static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
	struct protocol *protocol;
	efi_handle best = NULL;
	uint64_t best_length = 0;
	uint64_t size;
	efi_tpl tpl;

	if (!Protocol || !DevicePath || !*DevicePath)
		return EFI_INVALID_PARAMETER;
	/* 7.3.8: of a path of several instances, the first is meant. */
	size = efi_device_path_instance_size(*DevicePath);
	tpl = efi_lock();
	protocol = database_protocol(Protocol);
	if (protocol) {
		list_for_each (link, &protocol->interfaces) {
			struct handle *handle =
				list_of(link, struct interface, on_protocol)->handle;
			struct interface *path = database_find(handle, &path_guid);
			uint64_t length;

			if (!path || !path->pointer ||
			    !is_prefix(path->pointer, &length, *DevicePath, size))
				continue;
			if (!best || length > best_length) {
				best = handle;
				best_length = length;
			}
		}
	}
	efi_unlock(tpl);
	if (!best)
		return EFI_NOT_FOUND;
	if (!Device)
		return EFI_INVALID_PARAMETER;
	*Device = best;
	*DevicePath = (void *)((uint8_t *)*DevicePath + best_length);
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_protocols_per_handle(efi_handle Handle, struct efi_guid ***ProtocolBuffer,
					   uint64_t *ProtocolBufferCount)
{
	efi_status status;
	uint64_t count = 0;
	void *block;
	efi_tpl tpl;

	if (!ProtocolBuffer || !ProtocolBufferCount || !efi_handle_is(Handle))
		return EFI_INVALID_PARAMETER;
	*ProtocolBufferCount = 0;
	tpl = efi_lock();
	list_for_each (link, &((struct handle *)Handle)->interfaces)
		count++;
	status = efi_allocate_pool(EfiBootServicesData, count * sizeof(struct efi_guid *), &block);
	if (!EFI_ERROR(status)) {
		*ProtocolBuffer = block;
		count = 0;
		list_for_each (link, &((struct handle *)Handle)->interfaces)
			(*ProtocolBuffer)[count++] =
				&list_of(link, struct interface, on_handle)->protocol->guid;
		*ProtocolBufferCount = count;
	}
	efi_unlock(tpl);
	return status;
}
