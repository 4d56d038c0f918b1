/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_SIMPLE_FILE_SYSTEM_PROTOCOL and EFI_FILE_PROTOCOL (UEFI 2.10, 13.4, 13.5) over fs/. The paths of fs/ are absolute: each
 * open file knows its own.
 */
#include <errno.h>
#include <string.h>

#include "efi/pool.h"
#include "efi/protocols/file_info.h"
#include "efi/protocols/string16.h"
#include "efi/protocols/volume.h"
#include "efi/protocols/volume_info.h"
#include "efi/protocols/volume_path.h"

/* An open file or directory. */
struct open_file {
	struct efi_file_protocol protocol;
	struct efi_volume *volume;
	struct fs_file *file;
	uint64_t position; /* in a file */
	struct fs_info *next; /* of a directory: an entry for which there was no room */
	CHAR16 path[FS_PATH_MAX + 1];
};

static const struct efi_file_protocol operations;

static struct open_file *open_of(struct efi_file_protocol *This)
{
	return (struct open_file *)(void *)This;
}

/* Where `name` leads from an open file or directory: to `path`. False: nowhere. */
static bool resolve(const struct open_file *from, const CHAR16 *name, CHAR16 *path)
{
	uint64_t length = string16_length(from->path);

	if (!from->file->directory || length == 1)
		length = volume_path_parent(from->path, length);
	return volume_path_follow(from->path, length, name, path);
}

/* ---- opening and closing ---- */

/* Opens what is there, or else makes it, if that is wanted. 0 or -errno. */
static int open_or_make(struct fs *fs, struct open_file *open, uint64_t mode, uint64_t attributes)
{
	uint32_t how = mode & EFI_FILE_MODE_WRITE ? FS_WRITE : FS_READ;
	bool directory = attributes & EFI_FILE_DIRECTORY;
	uint8_t wanted = (uint8_t)(attributes & (FS_READ_ONLY | FS_HIDDEN | FS_SYSTEM));
	int error = fs_open(fs, open->path, how, &open->file);

	if (!(mode & EFI_FILE_MODE_CREATE))
		return error;
	if (!error && open->file->directory != directory) {
		fs_close(open->file);
		return -EEXIST;
	}
	if (error != -ENOENT)
		return error;
	error = fs_open(fs, open->path, how | (directory ? FS_CREATE_DIRECTORY : FS_CREATE),
			&open->file);
	if (!error && wanted) {
		error = fs_set_attributes(open->file, wanted);
		if (error)
			fs_close(open->file);
	}
	return error;
}

static bool is_mode(uint64_t mode)
{
	return mode == EFI_FILE_MODE_READ || mode == (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE) ||
	       mode == (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE);
}

static efi_status EFIAPI file_open(struct efi_file_protocol *This,
				   struct efi_file_protocol **NewHandle, CHAR16 *FileName,
				   uint64_t OpenMode, uint64_t Attributes)
{
	struct open_file *from = open_of(This), *open;
	efi_status status;
	efi_tpl tpl;

	if (!This || !NewHandle || !FileName || !is_mode(OpenMode) ||
	    (OpenMode & EFI_FILE_MODE_CREATE && Attributes & ~EFI_FILE_VALID_ATTR))
		return EFI_INVALID_PARAMETER;
	open = efi_new(sizeof(*open));
	if (!open)
		return EFI_OUT_OF_RESOURCES;
	open->protocol = operations;
	open->volume = from->volume;
	tpl = efi_volume_lock();
	status = EFI_NOT_FOUND;
	if (resolve(from, FileName, open->path))
		status = efi_volume_status(
			open_or_make(from->volume->fs, open, OpenMode, Attributes));
	efi_volume_unlock(tpl);
	if (EFI_ERROR(status))
		efi_free_pool(open);
	else
		*NewHandle = &open->protocol;
	return status;
}

static efi_status forget(struct open_file *open)
{
	if (open->next)
		efi_free_pool(open->next);
	return efi_free_pool(open);
}

static efi_status EFIAPI file_close(struct efi_file_protocol *This)
{
	efi_tpl tpl = efi_volume_lock();

	fs_close(open_of(This)->file);
	efi_volume_unlock(tpl);
	return forget(open_of(This));
}

static efi_status EFIAPI file_delete(struct efi_file_protocol *This)
{
	struct open_file *open = open_of(This);
	efi_tpl tpl = efi_volume_lock();
	int error = -EACCES;

	if (open->file->writable)
		error = fs_remove(open->file);
	else
		fs_close(open->file);
	efi_volume_unlock(tpl);
	forget(open);
	return error ? EFI_WARN_DELETE_FAILURE : EFI_SUCCESS;
}

/* ---- contents ---- */

/* 13.5.6: an entry for which there is no room is the next one again. */
static efi_status read_directory(struct open_file *open, uint64_t *size, void *buffer)
{
	efi_status status;
	int error = 0;

	if (!open->next) {
		open->next = efi_new(sizeof(*open->next));
		if (!open->next)
			return EFI_OUT_OF_RESOURCES;
		error = fs_next(open->file, open->next);
	}
	if (error)
		*size = 0;
	status = error == -ENOENT ? EFI_SUCCESS : efi_volume_status(error);
	if (!error) {
		status = efi_file_info_tell(open->next, size, buffer);
		if (status == EFI_BUFFER_TOO_SMALL)
			return status;
	}
	efi_free_pool(open->next);
	open->next = NULL;
	return status;
}

static efi_status read_file(struct open_file *open, uint64_t *size, void *buffer)
{
	struct fs_info info;
	int error = fs_info(open->file, &info);

	if (error)
		return efi_volume_status(error);
	if (open->position > info.size)
		return EFI_DEVICE_ERROR;
	error = fs_read(open->file, open->position, size, buffer);
	if (error)
		*size = 0;
	open->position += *size;
	return efi_volume_status(error);
}

static efi_status EFIAPI file_read(struct efi_file_protocol *This, uint64_t *BufferSize,
				   void *Buffer)
{
	struct open_file *open = open_of(This);
	efi_status status;
	efi_tpl tpl;

	if (!This || !BufferSize || (*BufferSize && !Buffer))
		return EFI_INVALID_PARAMETER;
	tpl = efi_volume_lock();
	if (open->file->directory)
		status = read_directory(open, BufferSize, Buffer);
	else
		status = read_file(open, BufferSize, Buffer);
	efi_volume_unlock(tpl);
	return status;
}

static efi_status EFIAPI file_write(struct efi_file_protocol *This, uint64_t *BufferSize,
				    void *Buffer)
{
	struct open_file *open = open_of(This);
	efi_status status;
	efi_tpl tpl;

	if (!This || !BufferSize || !Buffer)
		return EFI_INVALID_PARAMETER;
	if (open->file->directory)
		return EFI_UNSUPPORTED;
	if (!open->file->writable) {
		*BufferSize = 0;
		return EFI_ACCESS_DENIED;
	}
	tpl = efi_volume_lock();
	status = efi_volume_status(fs_write(open->file, open->position, BufferSize, Buffer));
	open->position += *BufferSize;
	efi_volume_unlock(tpl);
	return status;
}

static efi_status EFIAPI file_get_position(struct efi_file_protocol *This, uint64_t *Position)
{
	if (!This || !Position)
		return EFI_INVALID_PARAMETER;
	if (open_of(This)->file->directory)
		return EFI_UNSUPPORTED;
	*Position = open_of(This)->position;
	return EFI_SUCCESS;
}

static efi_status rewind(struct open_file *open)
{
	efi_tpl tpl = efi_volume_lock();
	int error = fs_rewind(open->file);

	if (open->next)
		efi_free_pool(open->next);
	open->next = NULL;
	efi_volume_unlock(tpl);
	return efi_volume_status(error);
}

static efi_status EFIAPI file_set_position(struct efi_file_protocol *This, uint64_t Position)
{
	struct open_file *open = open_of(This);
	struct fs_info info;
	int error = 0;

	if (!This)
		return EFI_INVALID_PARAMETER;
	if (open->file->directory)
		return Position ? EFI_UNSUPPORTED : rewind(open);
	if (Position == UINT64_MAX) {
		error = fs_info(open->file, &info);
		Position = error ? open->position : info.size;
	}
	open->position = Position;
	return efi_volume_status(error);
}

/* ---- information ---- */

static efi_status EFIAPI file_get_info(struct efi_file_protocol *This,
				       struct efi_guid *InformationType, uint64_t *BufferSize,
				       void *Buffer)
{
	efi_status status;
	efi_tpl tpl;

	if (!This || !InformationType || !BufferSize)
		return EFI_INVALID_PARAMETER;
	tpl = efi_volume_lock();
	status = efi_volume_get_info(open_of(This)->file, InformationType, BufferSize, Buffer);
	efi_volume_unlock(tpl);
	return status;
}

/* 13.5.9: a name without a path stays in its directory. */
static efi_status rename_file(struct open_file *open, const CHAR16 *name)
{
	uint64_t length = volume_path_parent(open->path, string16_length(open->path));
	CHAR16 path[FS_PATH_MAX + 1];
	int error;

	if (!volume_path_follow(open->path, length, name, path))
		return EFI_INVALID_PARAMETER;
	error = fs_rename(open->file, path);
	if (!error)
		memcpy(open->path, path, sizeof(path));
	return error == -ENOENT ? EFI_INVALID_PARAMETER : efi_volume_status(error);
}

static efi_status set_file_info(struct open_file *open, const struct efi_file_info *wanted)
{
	struct efi_volume_change change;
	efi_status status = efi_volume_compare(open->file, wanted, &change);

	if (!EFI_ERROR(status) && change.name)
		status = rename_file(open, wanted->FileName);
	if (!EFI_ERROR(status) && change.size)
		status = efi_volume_status(fs_resize(open->file, wanted->FileSize));
	if (!EFI_ERROR(status) && change.attributes)
		status = efi_volume_status(
			fs_set_attributes(open->file, (uint8_t)wanted->Attribute));
	if (!EFI_ERROR(status) && change.modified)
		status = efi_volume_status(fs_set_modified(open->file, &change.time));
	return status;
}

static efi_status EFIAPI file_set_info(struct efi_file_protocol *This,
				       struct efi_guid *InformationType, uint64_t BufferSize,
				       void *Buffer)
{
	struct open_file *open = open_of(This);
	const CHAR16 *label;
	efi_status status;
	efi_tpl tpl;

	if (!This || !InformationType || !Buffer)
		return EFI_INVALID_PARAMETER;
	status = efi_volume_check_info(InformationType, BufferSize, Buffer, &label);
	if (EFI_ERROR(status))
		return status;
	if (open->volume->block->read_only || !open->volume->fs->ops->write)
		return EFI_WRITE_PROTECTED;
	tpl = efi_volume_lock();
	if (label)
		status = efi_volume_status(fs_set_label(open->volume->fs, label));
	else
		status = set_file_info(open, Buffer);
	efi_volume_unlock(tpl);
	return status;
}

static efi_status EFIAPI file_flush(struct efi_file_protocol *This)
{
	efi_status status;
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	if (!open_of(This)->file->writable)
		return EFI_ACCESS_DENIED;
	tpl = efi_volume_lock();
	status = efi_volume_status(fs_sync(open_of(This)->file));
	efi_volume_unlock(tpl);
	return status;
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

/* ---- the volume ---- */

static efi_status EFIAPI open_volume(struct efi_simple_file_system_protocol *This,
				     struct efi_file_protocol **Root)
{
	struct open_file *open;
	efi_status status;
	efi_tpl tpl;

	if (!This || !Root)
		return EFI_INVALID_PARAMETER;
	open = efi_new(sizeof(*open));
	if (!open)
		return EFI_OUT_OF_RESOURCES;
	open->protocol = operations;
	open->volume = efi_volume_of(file_system, This);
	open->path[0] = '\\';
	tpl = efi_volume_lock();
	status = efi_volume_status(fs_open(open->volume->fs, open->path,
					   open->volume->block->read_only ? FS_READ : FS_WRITE,
					   &open->file));
	if (status == EFI_WRITE_PROTECTED) /* the file system itself can only be read */
		status = efi_volume_status(
			fs_open(open->volume->fs, open->path, FS_READ, &open->file));
	efi_volume_unlock(tpl);
	if (EFI_ERROR(status))
		efi_free_pool(open);
	else
		*Root = &open->protocol;
	return status;
}

void efi_volume_file_system_make(struct efi_volume *volume)
{
	volume->file_system = (struct efi_simple_file_system_protocol){
		.Revision = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_REVISION,
		.OpenVolume = open_volume,
	};
}
