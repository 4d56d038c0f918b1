/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk or a partition of one as an EFI handle: device path, BlockIo, DiskIo, for a partition PartitionInfo, and
 * SimpleFileSystem where a file system is known. volume.c makes them; each protocol has its own file.
 */
#ifndef EFI_PROTOCOLS_VOLUME_H
#define EFI_PROTOCOLS_VOLUME_H

#include <stdbool.h>

#include "drivers/disk.h"
#include "efi/protocol/device_path.h"
#include "efi/protocol/media.h"
#include "fs/fs.h"
#include "fs/partition.h"

struct efi_volume {
	struct efi_volume *next; /* of the same disk: itself first, then its partitions */
	struct efi_volume *next_disk;
	struct disk *disk;
	struct block *block;
	const struct partition *partition; /* NULL: the disk itself */
	struct partition_table table; /* of the disk itself */
	struct fs *fs; /* NULL: none that we know */
	efi_handle handle;
	struct efi_device_path_protocol *path;
	struct efi_block_io_protocol block_io;
	struct efi_block_io_media media;
	struct efi_disk_io_protocol disk_io;
	struct efi_partition_info_protocol partition_info;
	struct efi_simple_file_system_protocol file_system;
};

#define efi_volume_of(member, pointer) \
	((struct efi_volume *)(void *)((uint8_t *)(pointer)-offsetof(struct efi_volume, member)))

/* Fill in the interfaces of a volume whose block device, table and file system are known. */
void efi_block_io_make(struct efi_volume *volume);
void efi_disk_io_make(struct efi_volume *volume);
void efi_partition_info_make(struct efi_volume *volume, enum partition_scheme scheme);
void efi_volume_file_system_make(struct efi_volume *volume);

/*
 * The device path of a disk, or of a partition of the disk that has the path `of`; the caller frees it by efi_free_pool.
 * NULL: no memory.
 */
struct efi_device_path_protocol *efi_disk_path(const struct disk *disk);
struct efi_device_path_protocol *efi_partition_path(const struct efi_device_path_protocol *of,
						    const struct partition_table *table,
						    const struct partition *partition);

/* What a call of drivers/ or fs/ has returned, as a status. */
efi_status efi_volume_status(int error);
/* Around such a call, so that notification functions do not make another one in its middle. */
efi_tpl efi_volume_lock(void);
void efi_volume_unlock(efi_tpl tpl);

#endif
