/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks and their partitions as handles; see volume.h, and efi/disks.h for who asks for them. */
#define LOG_PREFIX "efi"

#include <errno.h>
#include <string.h>

#include "efi/device_path.h"
#include "efi/disks.h"
#include "efi/event.h"
#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/volume.h"
#include "efi/table.h"
#include "lib/log.h"

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
static const struct efi_guid disk_io_guid = EFI_DISK_IO_PROTOCOL_GUID;
static const struct efi_guid partition_info_guid = EFI_PARTITION_INFO_PROTOCOL_GUID;
static const struct efi_guid system_partition_guid = EFI_PART_TYPE_EFI_SYSTEM_PART_GUID;
static const struct efi_guid file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

static struct efi_volume *disks;

efi_status efi_volume_status(int error)
{
	switch (error) {
	case 0:
		return EFI_SUCCESS;
	case -EINVAL:
		return EFI_INVALID_PARAMETER;
	case -EROFS:
		return EFI_WRITE_PROTECTED;
	case -ENOENT:
		return EFI_NOT_FOUND;
	case -EEXIST:
	case -EACCES:
	case -EBUSY:
		return EFI_ACCESS_DENIED;
	case -ENOSPC:
		return EFI_VOLUME_FULL;
	case -EILSEQ:
		return EFI_VOLUME_CORRUPTED;
	case -ENOMEM:
	case -EMFILE:
		return EFI_OUT_OF_RESOURCES;
	case -ENODEV:
		return EFI_UNSUPPORTED;
	default:
		return EFI_DEVICE_ERROR;
	}
}

efi_tpl efi_volume_lock(void)
{
	return efi_raise_tpl(efi_current_tpl() > TPL_CALLBACK ? efi_current_tpl() : TPL_CALLBACK);
}

void efi_volume_unlock(efi_tpl tpl)
{
	efi_restore_tpl(tpl);
}

/* Time for what is written to file systems. */
static void now(struct fs_time *time)
{
	struct efi_time found;

	if (EFI_ERROR(efi_system_table()->RuntimeServices->GetTime(&found, NULL)))
		return;
	*time = (struct fs_time){found.Year, found.Month,  found.Day,
				 found.Hour, found.Minute, found.Second};
}

/* ---- handles ---- */

/* Puts the protocols on a handle of its own. */
static efi_status install(struct efi_volume *volume)
{
	efi_status status;

	efi_block_io_make(volume);
	efi_disk_io_make(volume);
	status = efi_install_multiple_protocol_interfaces(
		&volume->handle, &path_guid, volume->path, &block_io_guid, &volume->block_io,
		&disk_io_guid, &volume->disk_io, (void *)NULL);
	if (!EFI_ERROR(status))
		efi_handle_set_device(volume->handle, &volume->disk->controller->device);
	if (!EFI_ERROR(status) && volume->partition)
		status = efi_install_multiple_protocol_interfaces(
			&volume->handle, &partition_info_guid, &volume->partition_info,
			(void *)NULL);
	if (!EFI_ERROR(status) && volume->partition && volume->partition->is_system)
		status = efi_install_multiple_protocol_interfaces(
			&volume->handle, &system_partition_guid, NULL, (void *)NULL);
	if (!EFI_ERROR(status) && volume->fs) {
		efi_volume_file_system_make(volume);
		status = efi_install_multiple_protocol_interfaces(
			&volume->handle, &file_system_guid, &volume->file_system, (void *)NULL);
	}
	return status;
}

static struct efi_volume *make(struct disk *disk, struct block *block)
{
	struct efi_volume *volume = efi_new(sizeof(*volume));

	if (!volume)
		return NULL;
	volume->disk = disk;
	volume->block = block;
	return volume;
}

/* A failure to mount is none of the disk's: the handle is there without a file system. */
static void mount(struct efi_volume *volume)
{
	int error = fs_mount(volume->block, &volume->fs);

	if (!error)
		return;
	volume->fs = NULL;
	if (error != -ENODEV)
		log_warn("%s: its file system cannot be used (error %d)", volume->block->name,
			 -error);
}

static efi_status add_partition(struct efi_volume *whole, struct partition *partition,
				struct efi_volume ***end)
{
	struct efi_volume *volume = make(whole->disk, &partition->block);

	if (!volume)
		return EFI_OUT_OF_RESOURCES;
	volume->partition = partition;
	volume->path = efi_partition_path(whole->path, &whole->table, partition);
	if (!volume->path)
		return EFI_OUT_OF_RESOURCES;
	efi_partition_info_make(volume, whole->table.scheme);
	mount(volume);
	**end = volume;
	*end = &volume->next;
	return install(volume);
}

static bool is_known(const struct disk *disk)
{
	for (const struct efi_volume *volume = disks; volume; volume = volume->next_disk)
		if (volume->disk == disk)
			return true;
	return false;
}

efi_status efi_disk_add(struct disk *disk)
{
	struct efi_volume *volume, **end;
	efi_status status;
	int error;

	if (is_known(disk))
		return EFI_SUCCESS;
	fs_set_clock(now);
	volume = make(disk, &disk->block);
	if (!volume)
		return EFI_OUT_OF_RESOURCES;
	volume->path = efi_disk_path(disk);
	if (!volume->path)
		return EFI_OUT_OF_RESOURCES;
	error = partition_read(&disk->block, &volume->table);
	if (error)
		log_error("%s: its partitions cannot be read (error %d)", disk->block.name, -error);
	/* A disc is one file system with boot images in it; any other disk has partitions or is one file system. */
	if (!error &&
	    (volume->table.scheme == PARTITION_NONE || volume->table.scheme == PARTITION_EL_TORITO))
		mount(volume);
	volume->next_disk = disks;
	disks = volume;
	status = install(volume);
	end = &volume->next;
	for (struct partition *partition = volume->table.first; partition && !EFI_ERROR(status);
	     partition = partition->next)
		status = add_partition(volume, partition, &end);
	return status;
}

static struct efi_disk_volume tell(const struct efi_volume *volume)
{
	return (struct efi_disk_volume){
		.disk = volume->disk,
		.name = volume->block->name,
		.path = volume->path,
		.fs = volume->fs,
		.is_system = volume->partition && volume->partition->is_system,
		.is_extended_boot = volume->partition && volume->partition->is_extended_boot,
	};
}

bool efi_disk_volume(const struct disk *disk, uint32_t index, struct efi_disk_volume *found)
{
	const struct efi_volume *volume = disks;

	while (volume && volume->disk != disk)
		volume = volume->next_disk;
	for (; volume && index; index--)
		volume = volume->next;
	if (volume)
		*found = tell(volume);
	return volume != NULL;
}

bool efi_disk_find(const struct efi_device_path_protocol *path, struct efi_disk_volume *found,
		   const struct efi_device_path_protocol **rest)
{
	uint64_t size = efi_device_path_instance_size(path), longest = 0;

	for (const struct efi_volume *disk = disks; disk; disk = disk->next_disk)
		for (const struct efi_volume *volume = disk; volume; volume = volume->next) {
			uint64_t part = efi_device_path_instance_size(volume->path);

			if (part > size || part <= longest || memcmp(path, volume->path, part))
				continue;
			longest = part;
			*found = tell(volume);
			*rest = (const void *)((const uint8_t *)path + part);
		}
	return longest;
}

int efi_disk_read(struct fs_file *file, uint64_t offset, void *to, uint64_t size)
{
	uint64_t done = size;
	efi_tpl tpl = efi_volume_lock();
	int error = fs_read(file, offset, &done, to);

	efi_volume_unlock(tpl);
	return !error && done != size ? -EIO : error;
}
