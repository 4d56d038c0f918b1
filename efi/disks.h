/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks for EFI: boot/ says which; each becomes a handle, and so does each of its partitions. */
#ifndef EFI_DISKS_H
#define EFI_DISKS_H

#include <stdbool.h>

#include "drivers/disk.h"
#include "efi/protocol/device_path.h"
#include "fs/fs.h"

/*
 * Makes handles for a started disk and its partitions, with the file systems that we know; does nothing for a disk that has
 * them. It must stay started. EFI_OUT_OF_RESOURCES: some of them may be there.
 */
efi_status efi_disk_add(struct disk *disk);

/* The device path of a device on a bus that disks may be on; the caller keeps it. NULL: no memory. */
struct efi_device_path_protocol *efi_path_of_device(const struct device *device);

/*
 * Lists, at log level info, which entries of the map belong to handles, and to which: the tag, and the handle's number and device
 * path, as the UEFI Shell's `dh -v` has them.
 */
void efi_devices_print(void);

/* A handle of a disk: itself, or a partition. */
struct efi_disk_volume {
	const struct disk *disk;
	const char *name; /* for messages: "virtio-blk0.1" */
	const struct efi_device_path_protocol *path;
	struct fs *fs; /* NULL: none that we know */
	bool is_system; /* an EFI system partition */
	bool is_extended_boot; /* an Extended Boot Loader Partition */
};
/* The index-th of them, the disk itself first; false: there are not so many. */
bool efi_disk_volume(const struct disk *disk, uint32_t index, struct efi_disk_volume *found);

/*
 * Reads [offset, offset + size) of an open file; no notification function uses the disk in the middle of it. 0; -EIO, also when the file
 * is shorter; -EILSEQ.
 */
int efi_disk_read(struct fs_file *file, uint64_t offset, void *to, uint64_t size);
/* Whether a device path begins with that of a controller, so that only its disks can be what it leads to. */
bool efi_disk_path_is_on(const struct disk_controller *controller,
			 const struct efi_device_path_protocol *path);
/* The handle of a disk that a device path leads to or through, the last on its way, and what follows it. False: none. */
bool efi_disk_find(const struct efi_device_path_protocol *path, struct efi_disk_volume *found,
		   const struct efi_device_path_protocol **rest);
/* The file that such a rest names, as fs/fs.h wants it. False: it names none. */
bool efi_disk_file_name(const struct efi_device_path_protocol *rest, CHAR16 file[FS_PATH_MAX + 1]);

/* The device path of a file on a volume, by its absolute path; NULL: no memory. And the end of it. */
struct efi_device_path_protocol *efi_disk_file_path(const struct efi_disk_volume *volume,
						    const CHAR16 *file);
void efi_disk_file_path_free(struct efi_device_path_protocol *path);

#endif
