/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the file that a device path names; see image_source.h. */
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/image_source.h"
#include "efi/pool.h"
#include "efi/protocol/image.h"
#include "efi/protocol/media.h"

#define NAME_MAX_CHARS 1024
#define INFO_SIZE (sizeof(struct efi_file_info) + 2 * NAME_MAX_CHARS)

static const struct efi_guid fs_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static const struct efi_guid load_file_guid = EFI_LOAD_FILE_PROTOCOL_GUID;
static const struct efi_guid load_file2_guid = EFI_LOAD_FILE2_PROTOCOL_GUID;

static efi_status read_all(struct efi_file_protocol *handle, struct efi_file_buffer *file)
{
	struct efi_guid id = EFI_FILE_INFO_ID;
	uint64_t size = INFO_SIZE;
	struct efi_file_info *info;
	efi_status status;
	void *block;

	status = efi_allocate_pool(EfiBootServicesData, size, &block);
	if (EFI_ERROR(status))
		return status;
	info = block;
	status = handle->GetInfo(handle, &id, &size, info);
	if (!EFI_ERROR(status) && info->Attribute & EFI_FILE_DIRECTORY)
		status = EFI_NOT_FOUND;
	file->size = EFI_ERROR(status) ? 0 : info->FileSize;
	efi_free_pool(info);
	if (!EFI_ERROR(status))
		status = efi_allocate_pool(EfiBootServicesData, file->size, &file->data);
	if (EFI_ERROR(status))
		return status;
	status = handle->Read(handle, &file->size, file->data);
	if (EFI_ERROR(status))
		efi_free_pool(file->data);
	return status;
}

static efi_status read_file_system(struct efi_device_path_protocol *path,
				   struct efi_file_buffer *file)
{
	struct efi_simple_file_system_protocol *fs;
	struct efi_file_protocol *root = NULL;
	struct efi_file_protocol *handle = NULL;
	efi_status status = efi_locate_device_path(&fs_guid, &path, &file->device);
	void *name;

	if (EFI_ERROR(status))
		return EFI_NOT_FOUND;
	fs = efi_handle_interface(file->device, &fs_guid);
	status = efi_allocate_pool(EfiBootServicesData, 2 * NAME_MAX_CHARS, &name);
	if (EFI_ERROR(status))
		return status;
	status = EFI_NOT_FOUND;
	if (fs && efi_device_path_file_name(path, name, NAME_MAX_CHARS))
		status = fs->OpenVolume(fs, &root);
	if (!EFI_ERROR(status)) {
		status = root->Open(root, &handle, name, EFI_FILE_MODE_READ, 0);
		root->Close(root);
	}
	efi_free_pool(name);
	if (EFI_ERROR(status))
		return status;
	status = read_all(handle, file);
	handle->Close(handle);
	return status;
}

static efi_status read_load_file(const struct efi_guid *guid, BOOLEAN boot_policy,
				 struct efi_device_path_protocol *path,
				 struct efi_file_buffer *file)
{
	struct efi_load_file_protocol *load;
	efi_status status = efi_locate_device_path(guid, &path, &file->device);

	if (EFI_ERROR(status))
		return EFI_NOT_FOUND;
	load = efi_handle_interface(file->device, guid);
	if (!load)
		return EFI_NOT_FOUND;
	file->size = 0;
	status = load->LoadFile(load, path, boot_policy, &file->size, NULL);
	if (status != EFI_BUFFER_TOO_SMALL)
		return EFI_ERROR(status) ? status : EFI_NOT_FOUND;
	status = efi_allocate_pool(EfiBootServicesData, file->size, &file->data);
	if (EFI_ERROR(status))
		return status;
	status = load->LoadFile(load, path, boot_policy, &file->size, file->data);
	if (EFI_ERROR(status))
		efi_free_pool(file->data);
	return status;
}

efi_status efi_image_source_read(struct efi_device_path_protocol *path, BOOLEAN boot_policy,
				 struct efi_file_buffer *file)
{
	efi_status status;

	if (!efi_device_path_size(path))
		return EFI_NOT_FOUND;
	status = read_file_system(path, file);
	if (status == EFI_NOT_FOUND && !boot_policy)
		status = read_load_file(&load_file2_guid, 0, path, file);
	if (status == EFI_NOT_FOUND)
		status = read_load_file(&load_file_guid, boot_policy, path, file);
	return status;
}
