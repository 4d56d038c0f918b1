/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that QEMU was given (kernel, initrd, cmdline) as a directory: EFI_SIMPLE_FILE_SYSTEM_PROTOCOL and
 * EFI_LOAD_FILE_PROTOCOL on the vendor media path that systemd-boot knows for them. Read-only.
 */
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocol/image.h"
#include "efi/protocol/media.h"
#include "efi/protocols/file_info.h"
#include "efi/protocols/install.h"
#include "efi/protocols/string16.h"

#define VOLUME_LABEL u"QEMU"
#define SECTOR 512

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static const struct efi_guid load_file_guid = EFI_LOAD_FILE_PROTOCOL_GUID;

static const struct efi_medium_path path = {EFI_DP_MEDIUM(QEMU_KERNEL_LOADER_FS_MEDIA_GUID),
					    EFI_DP_END};

/* An open file, or the directory (source is NULL, position counts entries). */
struct open_file {
	struct efi_file_protocol protocol;
	const struct efi_file_source *source;
	uint64_t position;
};

static const struct efi_file_protocol operations;

static struct open_file *file_of(struct efi_file_protocol *This)
{
	return (struct open_file *)(void *)This;
}

static efi_status make(const struct efi_file_source *source, struct efi_file_protocol **file)
{
	struct open_file *open = efi_new(sizeof(*open));

	if (!open)
		return EFI_OUT_OF_RESOURCES;
	open->protocol = operations;
	open->source = source;
	*file = &open->protocol;
	return EFI_SUCCESS;
}

/* ---- names ---- */

/* Looks one name up; true: *source is the file, or NULL for the directory itself. */
static bool look_up(const CHAR16 *name, uint64_t length, const struct efi_file_source **source)
{
	const struct efi_devices *devices = efi_devices();

	*source = NULL;
	if (!length || string16_is(name, length, "."))
		return true;
	for (uint32_t i = 0; i < devices->file_count; i++)
		if (string16_is(name, length, devices->files[i].name)) {
			*source = &devices->files[i];
			return true;
		}
	return false;
}

/* Follows a path from `from` (NULL: the directory). False: there is no such file. */
static bool follow(const struct efi_file_source *from, const CHAR16 *name,
		   const struct efi_file_source **source)
{
	*source = name[0] == '\\' ? NULL : from;
	while (*name) {
		uint64_t length = 0;

		while (name[length] && name[length] != '\\')
			length++;
		/* Nothing is below a file, but it is below its directory. */
		if (length && *source)
			return false;
		if (length && !look_up(name, length, source))
			return false;
		name += length;
		name += *name == '\\';
	}
	return true;
}

/* ---- EFI_FILE_PROTOCOL ---- */

static efi_status EFIAPI file_open(struct efi_file_protocol *This,
				   struct efi_file_protocol **NewHandle, CHAR16 *FileName,
				   uint64_t OpenMode, uint64_t Attributes)
{
	const struct efi_file_source *source;

	if (!This || !NewHandle || !FileName)
		return EFI_INVALID_PARAMETER;
	if (OpenMode != EFI_FILE_MODE_READ &&
	    OpenMode != (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE) &&
	    OpenMode != (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE))
		return EFI_INVALID_PARAMETER;
	if (OpenMode & EFI_FILE_MODE_CREATE && Attributes & ~EFI_FILE_VALID_ATTR)
		return EFI_INVALID_PARAMETER;
	if (!follow(file_of(This)->source, FileName, &source))
		return OpenMode & EFI_FILE_MODE_CREATE ? EFI_WRITE_PROTECTED : EFI_NOT_FOUND;
	if (OpenMode & EFI_FILE_MODE_WRITE)
		return EFI_WRITE_PROTECTED;
	return make(source, NewHandle);
}

static efi_status EFIAPI file_close(struct efi_file_protocol *This)
{
	return efi_free_pool(This);
}

static efi_status EFIAPI file_delete(struct efi_file_protocol *This)
{
	efi_free_pool(This);
	return EFI_WARN_DELETE_FAILURE;
}

static efi_status file_info(const struct efi_file_source *source, uint64_t *size, void *buffer)
{
	struct fs_info info = {.attributes = FS_READ_ONLY | FS_DIRECTORY};

	if (source) {
		info.attributes = FS_READ_ONLY;
		info.size = info.allocated = source->size;
		for (uint32_t i = 0; source->name[i]; i++)
			info.name[i] = (uint8_t)source->name[i];
	}
	return efi_file_info_tell(&info, size, buffer);
}

static efi_status read_directory(struct open_file *file, uint64_t *size, void *buffer)
{
	efi_status status;

	if (file->position >= efi_devices()->file_count) {
		*size = 0;
		return EFI_SUCCESS;
	}
	status = file_info(&efi_devices()->files[file->position], size, buffer);
	if (!EFI_ERROR(status))
		file->position++;
	return status;
}

static efi_status EFIAPI file_read(struct efi_file_protocol *This, uint64_t *BufferSize,
				   void *Buffer)
{
	struct open_file *file = file_of(This);
	uint64_t size;

	if (!This || !BufferSize || (*BufferSize && !Buffer))
		return EFI_INVALID_PARAMETER;
	if (!file->source)
		return read_directory(file, BufferSize, Buffer);
	if (file->position > file->source->size)
		return EFI_DEVICE_ERROR;
	size = file->source->size - file->position;
	if (size > *BufferSize)
		size = *BufferSize;
	*BufferSize = size;
	if (size && file->source->read(file->source, file->position, Buffer, size)) {
		*BufferSize = 0;
		return EFI_DEVICE_ERROR;
	}
	file->position += size;
	return EFI_SUCCESS;
}

static efi_status EFIAPI file_write(struct efi_file_protocol *This, uint64_t *BufferSize,
				    void *Buffer)
{
	if (!This || !BufferSize || !Buffer)
		return EFI_INVALID_PARAMETER;
	*BufferSize = 0;
	return file_of(This)->source ? EFI_WRITE_PROTECTED : EFI_UNSUPPORTED;
}

static efi_status EFIAPI file_get_position(struct efi_file_protocol *This, uint64_t *Position)
{
	if (!This || !Position)
		return EFI_INVALID_PARAMETER;
	if (!file_of(This)->source)
		return EFI_UNSUPPORTED;
	*Position = file_of(This)->position;
	return EFI_SUCCESS;
}

static efi_status EFIAPI file_set_position(struct efi_file_protocol *This, uint64_t Position)
{
	struct open_file *file = file_of(This);

	if (!This)
		return EFI_INVALID_PARAMETER;
	if (!file->source && Position)
		return EFI_UNSUPPORTED;
	file->position = Position == UINT64_MAX ? file->source->size : Position;
	return EFI_SUCCESS;
}

static efi_status volume_info(enum efi_file_info_kind kind, uint64_t *size, void *buffer)
{
	struct fs_volume_info info = {
		.label = VOLUME_LABEL, .block_size = SECTOR, .read_only = true};

	for (uint32_t i = 0; i < efi_devices()->file_count; i++)
		info.size += (efi_devices()->files[i].size + SECTOR - 1) / SECTOR * SECTOR;
	return efi_file_info_tell_volume(&info, kind, size, buffer);
}

static efi_status EFIAPI file_get_info(struct efi_file_protocol *This,
				       struct efi_guid *InformationType, uint64_t *BufferSize,
				       void *Buffer)
{
	enum efi_file_info_kind kind;

	if (!This || !InformationType || !BufferSize)
		return EFI_INVALID_PARAMETER;
	kind = efi_file_info_kind(InformationType);
	if (kind == EFI_FILE_INFO_OTHER)
		return EFI_UNSUPPORTED;
	return kind == EFI_FILE_INFO_FILE ? file_info(file_of(This)->source, BufferSize, Buffer)
					  : volume_info(kind, BufferSize, Buffer);
}

static efi_status EFIAPI file_set_info(struct efi_file_protocol *This,
				       struct efi_guid *InformationType, uint64_t BufferSize,
				       void *Buffer)
{
	if (!This || !InformationType || !Buffer)
		return EFI_INVALID_PARAMETER;
	(void)BufferSize;
	return efi_file_info_kind(InformationType) == EFI_FILE_INFO_OTHER ? EFI_UNSUPPORTED
									  : EFI_WRITE_PROTECTED;
}

/* 13.5.18: the file was opened read-only, as all are. */
static efi_status EFIAPI file_flush(struct efi_file_protocol *This)
{
	return This ? EFI_ACCESS_DENIED : EFI_INVALID_PARAMETER;
}

static const struct efi_file_protocol operations = {
	.Revision = EFI_FILE_PROTOCOL_REVISION,
	.Open = file_open,
	.Close = file_close,
	.Delete = file_delete,
	.Read = file_read,
	.Write = file_write,
	.GetPosition = file_get_position,
	.SetPosition = file_set_position,
	.GetInfo = file_get_info,
	.SetInfo = file_set_info,
	.Flush = file_flush,
};

/* ---- the handle ---- */

static efi_status EFIAPI open_volume(struct efi_simple_file_system_protocol *This,
				     struct efi_file_protocol **Root)
{
	if (!This || !Root)
		return EFI_INVALID_PARAMETER;
	return make(NULL, Root);
}

/* 13.1: FilePath is a file's node, such as \kernel; boot policy has nothing to choose from. */
static efi_status EFIAPI load_file(struct efi_load_file_protocol *This,
				   struct efi_device_path_protocol *FilePath, BOOLEAN BootPolicy,
				   uint64_t *BufferSize, void *Buffer)
{
	const struct efi_file_source *source = NULL;
	CHAR16 name[EFI_FILE_NAME_MAX + 2] = {0};
	uint64_t size;
	uint64_t room;

	if (!This || !FilePath || !BufferSize)
		return EFI_INVALID_PARAMETER;
	if (BootPolicy)
		return EFI_UNSUPPORTED;
	size = efi_device_path_size(FilePath);
	if (!size)
		return EFI_INVALID_PARAMETER;
	if (FilePath->Type != MEDIA_DEVICE_PATH || FilePath->SubType != MEDIA_FILEPATH_DP)
		return EFI_NOT_FOUND;
	size = efi_device_path_length(FilePath) - sizeof(*FilePath);
	if (size > sizeof(name) - sizeof(CHAR16))
		return EFI_NOT_FOUND;
	memcpy(name, FilePath + 1, size);
	if (!follow(NULL, name, &source) || !source)
		return EFI_NOT_FOUND;
	room = *BufferSize;
	*BufferSize = source->size;
	if (room < source->size || !Buffer)
		return EFI_BUFFER_TOO_SMALL;
	return source->read(source, 0, Buffer, source->size) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static struct efi_simple_file_system_protocol file_system = {
	.Revision = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_REVISION,
	.OpenVolume = open_volume,
};
static struct efi_load_file_protocol loader = {.LoadFile = load_file};

efi_status efi_file_system_install(void)
{
	efi_handle handle = NULL;

	if (!efi_devices()->file_count)
		return EFI_SUCCESS;
	return efi_install_multiple_protocol_interfaces(&handle, &path_guid, &path,
							&file_system_guid, &file_system,
							&load_file_guid, &loader, (void *)NULL);
}
