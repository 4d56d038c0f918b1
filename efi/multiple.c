/* SPDX-License-Identifier: BSD-2-Clause */
/* The handle database: protocols that are installed or uninstalled together, all or none (UEFI 2.10, 7.3.17, 7.3.18); see handle.h. */
#include <string.h>

#include "efi/database.h"
#include "efi/device_path.h"
#include "efi/protocol/device_path.h"

/* 7.3.17: no two handles may have the same device path. */
static bool device_path_is_taken(const struct efi_device_path_protocol *path)
{
	static const struct efi_guid guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
	struct protocol *protocol = database_protocol(&guid);
	uint64_t size = efi_device_path_size(path);

	if (!protocol || !size)
		return false;
	list_for_each (link, &protocol->interfaces) {
		const void *other = list_of(link, struct interface, on_protocol)->pointer;

		if (other && efi_device_path_size(other) == size && !memcmp(other, path, size))
			return true;
	}
	return false;
}

static efi_status install_pair(efi_handle *handle, const struct efi_guid *guid, void *pointer)
{
	static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

	if (pointer && efi_guid_same(guid, &path_guid) && device_path_is_taken(pointer))
		return EFI_ALREADY_STARTED;
	return efi_install_protocol_interface(handle, guid, EFI_NATIVE_INTERFACE, pointer);
}

efi_status EFIAPI efi_install_multiple_protocol_interfaces(efi_handle *Handle, ...)
{
	efi_status status = EFI_SUCCESS;
	const struct efi_guid *guid;
	efi_va_list list;
	efi_handle old;
	uint64_t done = 0;
	efi_tpl tpl;

	if (!Handle)
		return EFI_INVALID_PARAMETER;
	old = *Handle;
	tpl = efi_lock();
	efi_va_start(list, Handle);
	while (!EFI_ERROR(status) && (guid = efi_va_arg(list, const struct efi_guid *))) {
		status = install_pair(Handle, guid, efi_va_arg(list, void *));
		done += !EFI_ERROR(status);
	}
	efi_va_end(list);
	if (EFI_ERROR(status)) {
		efi_handle handle = *Handle;

		efi_va_start(list, Handle);
		while (done--) {
			guid = efi_va_arg(list, const struct efi_guid *);
			efi_uninstall_protocol_interface(handle, guid, efi_va_arg(list, void *));
		}
		efi_va_end(list);
		*Handle = old;
	}
	efi_unlock(tpl);
	return status;
}

efi_status EFIAPI efi_uninstall_multiple_protocol_interfaces(efi_handle Handle, ...)
{
	efi_status status = EFI_SUCCESS;
	const struct efi_guid *guid;
	efi_va_list list;
	uint64_t done = 0;

	if (!efi_handle_is(Handle))
		return EFI_INVALID_PARAMETER;
	/* Before the first goes, for the last one takes the handle along. */
	efi_va_start(list, Handle);
	while (!EFI_ERROR(status) && (guid = efi_va_arg(list, const struct efi_guid *))) {
		if (!database_find_exact(Handle, guid, efi_va_arg(list, void *)))
			status = EFI_NOT_FOUND;
	}
	efi_va_end(list);
	efi_va_start(list, Handle);
	while (!EFI_ERROR(status) && (guid = efi_va_arg(list, const struct efi_guid *))) {
		status = efi_uninstall_protocol_interface(Handle, guid, efi_va_arg(list, void *));
		done += !EFI_ERROR(status);
	}
	efi_va_end(list);
	if (!EFI_ERROR(status))
		return EFI_SUCCESS;
	efi_va_start(list, Handle);
	while (done--) {
		guid = efi_va_arg(list, const struct efi_guid *);
		efi_install_protocol_interface(&Handle, guid, EFI_NATIVE_INTERFACE,
					       efi_va_arg(list, void *));
	}
	efi_va_end(list);
	return EFI_INVALID_PARAMETER;
}
