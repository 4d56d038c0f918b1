/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initrd for Linux's EFI stub: EFI_LOAD_FILE2_PROTOCOL (UEFI 2.10, 13.2) on the device path that the stub looks for
 * (Linux, Documentation/admin-guide/efi-stub.rst).
 */
#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/protocol/image.h"
#include "efi/protocol/tables.h"
#include "efi/protocols/install.h"

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid load_file2_guid = EFI_LOAD_FILE2_PROTOCOL_GUID;

static const struct efi_medium_path path = {EFI_DP_MEDIUM(LINUX_EFI_INITRD_MEDIA_GUID), EFI_DP_END};

static const struct efi_file_source *offered;
static efi_handle handle; /* NULL: it is not installed */

static efi_status EFIAPI load_file(struct efi_load_file_protocol *This,
				   struct efi_device_path_protocol *FilePath, BOOLEAN BootPolicy,
				   uint64_t *BufferSize, void *Buffer)
{
	uint64_t room;

	if (!This || !FilePath || !BufferSize)
		return EFI_INVALID_PARAMETER;
	if (BootPolicy)
		return EFI_UNSUPPORTED;
	if (!offered || !efi_device_path_is_end(FilePath))
		return EFI_NOT_FOUND;
	room = *BufferSize;
	*BufferSize = offered->size;
	if (room < offered->size || !Buffer)
		return EFI_BUFFER_TOO_SMALL;
	return offered->read(offered, 0, Buffer, offered->size) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static struct efi_load_file_protocol protocol = {.LoadFile = load_file};

static efi_status install(const struct efi_file_source *initrd)
{
	offered = initrd && initrd->size ? initrd : NULL;
	if (!offered)
		return EFI_SUCCESS;
	return efi_install_multiple_protocol_interfaces(&handle, &path_guid, &path,
							&load_file2_guid, &protocol, (void *)NULL);
}

efi_status efi_initrd_install(void)
{
	handle = NULL;
	return install(efi_devices()->initrd);
}

efi_status efi_initrd_offer(const struct efi_file_source *initrd)
{
	efi_status status = EFI_SUCCESS;

	offered = NULL;
	if (handle)
		status = efi_uninstall_multiple_protocol_interfaces(
			handle, &path_guid, &path, &load_file2_guid, &protocol, (void *)NULL);
	if (EFI_ERROR(status))
		return status;
	handle = NULL;
	return install(initrd);
}
