/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FAT12, FAT16 and FAT32 by FatFs (R0.15). FatFs knows drives by number and files by path; a file that is open more than once is
 * one object of FatFs' here, so that all see the same contents. Where nothing unwritten is in the way, reads go around it
 * (fs/fat_runs.c).
 */
#define LOG_PREFIX "fat"

#include <errno.h>
#include <stdlib.h>

#include "fs/fat_volume.h"
#include "lib/bytes.h"
#include "lib/log.h"

_Static_assert(FS_READ_ONLY == AM_RDO && FS_HIDDEN == AM_HID && FS_SYSTEM == AM_SYS &&
		       FS_DIRECTORY == AM_DIR && FS_ARCHIVE == AM_ARC,
	       "the same numbers");

int fat_error(const struct fs *fs, FRESULT result)
{
	switch (result) {
	case FR_OK:
		return 0;
	case FR_NO_FILE:
	case FR_NO_PATH:
		return -ENOENT;
	case FR_INVALID_NAME:
		return -EINVAL;
	case FR_DENIED:
		return -EACCES;
	case FR_EXIST:
		return -EEXIST;
	case FR_WRITE_PROTECTED:
		return -EROFS;
	case FR_LOCKED:
		return -EBUSY;
	case FR_NOT_ENOUGH_CORE:
		return -ENOMEM;
	case FR_TOO_MANY_OPEN_FILES:
		return -EMFILE;
	case FR_NO_FILESYSTEM:
		return -ENODEV;
	case FR_INT_ERR:
		log_error(
			"%s: its tables contradict one another: the volume is damaged (fsck.fat mends it)",
			fs->block->name);
		return -EILSEQ;
	default:
		return -EIO;
	}
}

/* ---- mounting ---- */

static bool is_power_of_2(uint32_t number)
{
	return number && !(number & (number - 1));
}

/* Whether a first sector is that of a FAT volume (Microsoft's FAT specification 1.03): what FatFs would not look at. */
static bool recognise(const uint8_t *sector)
{
	uint16_t size = le16_load(sector + 11);
	uint8_t jump = sector[0];

	return (jump == 0xeb || jump == 0xe9 || jump == 0xe8) &&
	       le16_load(sector + 510) == 0xaa55 && is_power_of_2(size) &&
	       size >= BLOCK_SECTOR_MIN && size <= BLOCK_SECTOR_MAX && is_power_of_2(sector[13]) &&
	       le16_load(sector + 14) && sector[16] && sector[16] <= 2;
}

static int fat_mount(struct block *block, struct fs **fs)
{
	uint8_t sector[BLOCK_SECTOR_MIN];
	struct fat_volume *volume;
	int error = -ENODEV;

	if (block->sectors * block->sector_size >= sizeof(sector))
		error = block_read_bytes(block, 0, sizeof(sector), sector);
	if (error || !recognise(sector))
		return error ? error : -ENODEV;
	volume = calloc(1, sizeof(*volume));
	if (!volume)
		return -ENOMEM;
	volume->fs.block = block;
	volume->sector_size = le16_load(sector + 11);
	volume->sectors = block->sectors * block->sector_size / volume->sector_size;
	error = fat_drive_use(volume);
	if (error)
		free(volume);
	else
		*fs = &volume->fs;
	return error;
}

static void fat_unmount(struct fs *fs)
{
	fat_drive_release(fat_volume_of(fs));
	free(fs);
}

/* ---- the volume as a whole ---- */

static int fat_volume_info(struct fs *fs, struct fs_volume_info *info)
{
	struct fat_volume *volume = fat_volume_of(fs);
	int error = fat_drive_use(volume);
	DWORD clusters;
	uint64_t unit;
	FATFS *fat;

	*info = (struct fs_volume_info){0};
	if (!error)
		error = fat_error(fs, f_getfree(fat_path_drive(fs), &clusters, &fat));
	if (!error)
		error = fat_label_read(volume, info->label);
	if (error)
		return error;
	unit = (uint64_t)fat->csize * volume->sector_size;
	info->block_size = (uint32_t)unit;
	info->size = unit * (fat->n_fatent - 2);
	info->free = unit * clusters;
	return 0;
}

static int fat_set_label(struct fs *fs, const uint16_t *label)
{
	struct fat_volume *volume = fat_volume_of(fs);
	int error = fat_drive_use(volume);

	return error ? error : fat_label_write(volume, label);
}

const struct fs_ops fat_ops = {
	.name = "FAT",
	.mount = fat_mount,
	.unmount = fat_unmount,
	.open = fat_file_open,
	.close = fat_file_close,
	.read = fat_file_read,
	.next = fat_entry_next,
	.rewind = fat_entry_rewind,
	.info = fat_entry_info,
	.volume_info = fat_volume_info,
	.write = fat_file_write,
	.resize = fat_file_resize,
	.sync = fat_file_sync,
	.set_attributes = fat_entry_set_attributes,
	.set_modified = fat_entry_set_modified,
	.rename = fat_entry_rename,
	.remove = fat_entry_remove,
	.set_label = fat_set_label,
};
