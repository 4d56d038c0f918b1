/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FAT12, FAT16 and FAT32 by FatFs (R0.15). FatFs knows drives by number and files by path; a file that is open more than once is
 * one object of FatFs' here, so that all see the same contents. Where nothing unwritten is in the way, reads go around it
 * (fs/fat_runs.c).
 */
#define LOG_PREFIX "fat"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/fat_volume.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define FILE_SIZE_MAX UINT32_MAX
#define DRIVE_CHARS 2 /* "0:" before a path */
#define SETTABLE (FS_READ_ONLY | FS_HIDDEN | FS_SYSTEM | FS_ARCHIVE)

_Static_assert(FS_READ_ONLY == AM_RDO && FS_HIDDEN == AM_HID && FS_SYSTEM == AM_SYS &&
		       FS_DIRECTORY == AM_DIR && FS_ARCHIVE == AM_ARC,
	       "the same numbers");

/* One opening of a file or directory. */
struct fat_file {
	struct fs_file file;
	struct fat_node *node;
	DIR directory; /* where fat_next is */
};

/* A path as FatFs wants it; two at a time. Callers keep each other out (one thing runs at a time below EFI's TPL_CALLBACK). */
struct fat_path {
	TCHAR text[DRIVE_CHARS + FS_PATH_MAX + 1];
};
static struct fat_path paths[2];

static struct fat_volume *volume_of(struct fs *fs)
{
	return (struct fat_volume *)(void *)fs;
}

static struct fat_file *file_of(struct fs_file *file)
{
	return (struct fat_file *)(void *)file;
}

static const TCHAR *full_path(const struct fs *fs, struct fat_path *to, const uint16_t *path)
{
	uint32_t i = 0;

	to->text[0] = (TCHAR)('0' + ((const struct fat_volume *)(const void *)fs)->fat.pdrv);
	to->text[1] = ':';
	while (i < FS_PATH_MAX && path[i]) {
		to->text[DRIVE_CHARS + i] = path[i];
		i++;
	}
	to->text[DRIVE_CHARS + i] = 0;
	return to->text;
}

/* The drive alone: "0:". */
static const TCHAR *drive_path(const struct fs *fs)
{
	const uint16_t root = 0;

	return full_path(fs, &paths[0], &root);
}

static int error_of(const struct fs *fs, FRESULT result)
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

static int mount_drive(struct fat_volume *volume)
{
	uint8_t drive;
	int error = fat_drive_take(volume, &drive);

	if (error) {
		log_error("%s: %d FAT volumes are mounted already: not used",
			  volume->fs.block->name, FF_VOLUMES);
		return error;
	}
	volume->fat.pdrv = drive;
	error = error_of(&volume->fs, f_mount(&volume->fat, drive_path(&volume->fs), 1));
	if (!error && volume->fat.volbase) /* FatFs has found a partition table in there */
		error = -ENODEV;
	if (!error)
		return 0;
	f_mount(NULL, drive_path(&volume->fs), 0);
	fat_drive_release(drive);
	return error;
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
	volume->cached = UINT64_MAX;
	error = mount_drive(volume);
	if (error)
		free(volume);
	else
		*fs = &volume->fs;
	return error;
}

static void fat_unmount(struct fs *fs)
{
	uint8_t drive = volume_of(fs)->fat.pdrv;

	f_mount(NULL, drive_path(fs), 0);
	fat_drive_release(drive);
	free(fs);
}

/* ---- nodes: what is open ---- */

static bool is_root(const uint16_t *path)
{
	return path[0] == '\\' && !path[1];
}

/* Whether the path begins with all of `with`; *rest is what follows. */
static bool begins(const uint16_t *path, const uint16_t *with, const uint16_t **rest)
{
	for (; *with; with++, path++)
		if (ff_wtoupper(*with) != ff_wtoupper(*path))
			return false;
	*rest = path;
	return true;
}

static struct fat_node *find_node(const struct fat_volume *volume, const uint16_t *path)
{
	const uint16_t *rest;

	for (struct fat_node *node = volume->nodes; node; node = node->next)
		if (begins(path, node->path, &rest) && !*rest)
			return node;
	return NULL;
}

static void set_path(struct fat_node *node, const uint16_t *path)
{
	uint32_t i = 0;

	for (; i < FS_PATH_MAX && path[i]; i++)
		node->path[i] = path[i];
	node->path[i] = 0;
}

/* (Re)opens a node's file in FatFs. */
static int open_node(struct fs *fs, struct fat_node *node, uint8_t mode)
{
	FRESULT result;

	node->index = node->cluster = 0;
	result = f_open(&node->file, full_path(fs, &paths[0], node->path), mode);
	node->writable = result == FR_OK && mode & FA_WRITE;
	return error_of(fs, result);
}

static int sync_node(struct fs *fs, struct fat_node *node)
{
	int error = node->unsynced ? error_of(fs, f_sync(&node->file)) : 0;

	if (!error)
		node->unsynced = false;
	return error;
}

/* FatFs holds nothing back of any file. */
static int sync_all(struct fat_volume *volume)
{
	int error = 0;

	for (struct fat_node *node = volume->nodes; node && !error; node = node->next)
		error = sync_node(&volume->fs, node);
	return error;
}

static int release_node(struct fat_volume *volume, struct fat_node *node, bool directory)
{
	struct fat_node **link = &volume->nodes;
	int error = 0;

	if (--node->count)
		return 0;
	if (!directory)
		error = error_of(&volume->fs, f_close(&node->file));
	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	free(node);
	return error;
}

/* ---- opening ---- */

/* Makes what is not there. 0; or why it cannot be. */
static int create(struct fs *fs, const uint16_t *path, uint32_t how)
{
	const TCHAR *full = full_path(fs, &paths[0], path);
	FRESULT result;
	FIL file;

	if (how & FS_CREATE_DIRECTORY)
		return error_of(fs, f_mkdir(full));
	result = f_open(&file, full, FA_CREATE_NEW | FA_WRITE);
	if (result == FR_OK)
		result = f_close(&file);
	return error_of(fs, result);
}

/* What is at a path: its attributes; made, if that is wanted, and if it is not there. */
static int look_up(struct fs *fs, const uint16_t *path, uint32_t how, uint8_t *attributes)
{
	FILINFO info;
	int error;

	*attributes = FS_DIRECTORY;
	if (is_root(path))
		return how & FS_CREATE ? -EEXIST : 0;
	error = error_of(fs, f_stat(full_path(fs, &paths[0], path), &info));
	if (error == -ENOENT && how & (FS_CREATE | FS_CREATE_DIRECTORY)) {
		*attributes = how & FS_CREATE ? 0 : FS_DIRECTORY;
		return create(fs, path, how);
	}
	if (error)
		return error;
	*attributes = info.fattrib;
	if (how & (info.fattrib & FS_DIRECTORY ? FS_CREATE : FS_CREATE_DIRECTORY))
		return -EEXIST;
	if (how & FS_WRITE && info.fattrib & FS_READ_ONLY && !(info.fattrib & FS_DIRECTORY))
		return -EACCES;
	return 0;
}

/* The node of a file: the one that is open already, perhaps for reading only, or a new one. */
static int node_for(struct fat_volume *volume, struct fat_file *open, const uint16_t *path,
		    uint32_t how)
{
	struct fat_node *node = find_node(volume, path);
	uint8_t mode = how & FS_WRITE ? FA_READ | FA_WRITE : FA_READ;
	int error = 0;

	if (!node) {
		node = calloc(1, sizeof(*node));
		if (!node)
			return -ENOMEM;
		set_path(node, path);
		if (!open->file.directory)
			error = open_node(&volume->fs, node, mode);
		if (error) {
			free(node);
			return error;
		}
		node->next = volume->nodes;
		volume->nodes = node;
	} else if (!open->file.directory && how & FS_WRITE && !node->writable) {
		f_close(&node->file); /* it was open for reading: there is nothing to lose */
		error = open_node(&volume->fs, node, mode);
	}
	if (!error)
		node->count++;
	open->node = node;
	return error;
}

static int fat_open(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file)
{
	struct fat_volume *volume = volume_of(fs);
	struct fat_file *open;
	uint8_t attributes;
	int error = look_up(fs, path, how, &attributes);

	if (error)
		return error;
	open = calloc(1, sizeof(*open));
	if (!open)
		return -ENOMEM;
	open->file.directory = attributes & FS_DIRECTORY;
	if (open->file.directory)
		error = error_of(fs, f_opendir(&open->directory, full_path(fs, &paths[0], path)));
	if (!error) {
		error = node_for(volume, open, path, how);
		if (error && open->file.directory)
			f_closedir(&open->directory);
	}
	if (error)
		free(open);
	else
		*file = &open->file;
	return error;
}

static int close_file(struct fs *fs, struct fat_file *open)
{
	bool directory = open->file.directory;
	struct fat_node *node = open->node;

	if (directory)
		f_closedir(&open->directory);
	free(open);
	return release_node(volume_of(fs), node, directory);
}

static void fat_close(struct fs_file *file)
{
	struct fs *fs = file->fs;

	if (close_file(fs, file_of(file)))
		log_error("%s: what was written to a file is lost", fs->block->name);
}

/* ---- reading ---- */

static int fat_read(struct fs_file *file, uint64_t offset, uint64_t *size, void *to)
{
	struct fat_volume *volume = volume_of(file->fs);
	struct fat_node *node = file_of(file)->node;
	uint64_t end = f_size(&node->file);
	uint64_t left = offset < end ? end - offset : 0;
	int error = sync_all(volume);

	*size = *size < left ? *size : left;
	if (error || !*size)
		return error;
	return fat_runs_read(volume, node, offset, *size, to);
}

static struct fs_time time_of(WORD date, WORD time)
{
	return (struct fs_time){
		.year = (uint16_t)(1980 + (date >> 9)),
		.month = date >> 5 & 15,
		.day = date & 31,
		.hour = (uint8_t)(time >> 11),
		.minute = time >> 5 & 63,
		.second = (time & 31) * 2,
	};
}

static void describe(const struct fat_volume *volume, const FILINFO *from, struct fs_info *info)
{
	uint64_t unit = (uint64_t)volume->fat.csize * volume->sector_size;
	uint32_t i = 0;

	*info = (struct fs_info){.size = from->fsize, .attributes = from->fattrib};
	for (; i < FS_NAME_MAX && from->fname[i]; i++)
		info->name[i] = from->fname[i];
	info->allocated = (info->size + unit - 1) / unit * unit;
	info->modified = time_of(from->fdate, from->ftime);
	info->created = info->accessed = info->modified; /* FatFs does not tell */
}

static int fat_next(struct fs_file *file, struct fs_info *info)
{
	FILINFO found;
	int error = error_of(file->fs, f_readdir(&file_of(file)->directory, &found));

	if (error)
		return error;
	if (!found.fname[0])
		return -ENOENT;
	describe(volume_of(file->fs), &found, info);
	return 0;
}

static int fat_rewind(struct fs_file *file)
{
	return error_of(file->fs, f_readdir(&file_of(file)->directory, NULL));
}

static int fat_info(struct fs_file *file, struct fs_info *info)
{
	struct fat_node *node = file_of(file)->node;
	FILINFO found = {.fattrib = FS_DIRECTORY};
	int error = 0;

	if (!is_root(node->path))
		error = error_of(file->fs,
				 f_stat(full_path(file->fs, &paths[0], node->path), &found));
	if (error)
		return error;
	if (!file->directory)
		found.fsize =
			f_size(&node->file); /* what was written may not be in its directory */
	describe(volume_of(file->fs), &found, info);
	return 0;
}

static int fat_volume_info(struct fs *fs, struct fs_volume_info *info)
{
	const struct fat_volume *volume = volume_of(fs);
	uint64_t unit = (uint64_t)volume->fat.csize * volume->sector_size;
	TCHAR label[FS_LABEL_MAX] = {0};
	DWORD clusters, serial;
	FATFS *fat;
	int error;

	*info = (struct fs_volume_info){.block_size = (uint32_t)unit,
					.size = unit * (volume->fat.n_fatent - 2)};
	error = error_of(fs, f_getfree(drive_path(fs), &clusters, &fat));
	if (!error)
		error = error_of(fs, f_getlabel(drive_path(fs), label, &serial));
	if (error)
		return error;
	info->free = unit * clusters;
	memcpy(info->label, label, sizeof(label));
	return 0;
}

/* ---- writing ---- */

/* Brings FatFs to a place in a file, which grows if that lies behind its end. */
static int seek(struct fs *fs, struct fat_node *node, uint64_t offset)
{
	int error;

	if (offset > FILE_SIZE_MAX)
		return -ENOSPC;
	node->unsynced = true;
	error = error_of(fs, f_lseek(&node->file, (FSIZE_t)offset));
	if (!error && f_tell(&node->file) != offset)
		error = -ENOSPC;
	return error;
}

static int fat_write(struct fs_file *file, uint64_t offset, uint64_t *size, const void *from)
{
	struct fat_node *node = file_of(file)->node;
	uint64_t wanted = *size;
	int error = seek(file->fs, node, offset);

	*size = 0;
	while (!error && *size < wanted) {
		uint64_t piece = wanted - *size < GIB(1) ? wanted - *size : GIB(1);
		UINT done = 0;

		error = error_of(file->fs, f_write(&node->file, (const uint8_t *)from + *size,
						   (UINT)piece, &done));
		*size += done;
		if (!error && done < piece)
			error = -ENOSPC;
	}
	return error;
}

static int fat_resize(struct fs_file *file, uint64_t size)
{
	struct fat_node *node = file_of(file)->node;
	uint64_t before = f_size(&node->file);
	int error = seek(file->fs, node, size);

	node->index = node->cluster = 0;
	if (error == -ENOSPC && size > before && !seek(file->fs, node, before))
		f_truncate(&node->file); /* as it was */
	else if (!error && size < before)
		error = error_of(file->fs, f_truncate(&node->file));
	return error;
}

static int fat_sync(struct fs_file *file)
{
	return file->directory ? 0 : sync_node(file->fs, file_of(file)->node);
}

static int fat_set_attributes(struct fs_file *file, uint8_t attributes)
{
	const struct fat_node *node = file_of(file)->node;
	int error = sync_all(volume_of(file->fs));

	if (is_root(node->path))
		return -EACCES;
	if (error)
		return error;
	return error_of(file->fs,
			f_chmod(full_path(file->fs, &paths[0], node->path), attributes, SETTABLE));
}

static int fat_set_modified(struct fs_file *file, const struct fs_time *time)
{
	const struct fat_node *node = file_of(file)->node;
	FILINFO info;
	int error = sync_all(volume_of(file->fs));

	if (is_root(node->path) || time->year < 1980 || time->year > 2107)
		return -EINVAL;
	if (error)
		return error;
	info.fdate = (WORD)((time->year - 1980) << 9 | time->month << 5 | time->day);
	info.ftime = (WORD)(time->hour << 11 | time->minute << 5 | time->second >> 1);
	return error_of(file->fs, f_utime(full_path(file->fs, &paths[0], node->path), &info));
}

/* Whether anything is open below a directory: its path would change. */
static bool is_used_below(const struct fat_volume *volume, const struct fat_node *above)
{
	const uint16_t *rest;

	for (const struct fat_node *node = volume->nodes; node; node = node->next)
		if (node != above && begins(node->path, above->path, &rest) && *rest == '\\')
			return true;
	return false;
}

/* FatFs renames nothing that is open: it is closed for the moment. */
static int fat_rename(struct fs_file *file, const uint16_t *path)
{
	struct fat_file *open = file_of(file);
	struct fat_node *node = open->node;
	const uint8_t mode = node->writable ? FA_READ | FA_WRITE : FA_READ;
	const uint16_t *rest;
	int error, again;

	if (is_root(node->path) ||
	    (file->directory && begins(path, node->path, &rest) && *rest == '\\'))
		return -EACCES;
	if (file->directory && (node->count > 1 || is_used_below(volume_of(file->fs), node)))
		return -EBUSY;
	error = error_of(file->fs,
			 file->directory ? f_closedir(&open->directory) : f_close(&node->file));
	node->unsynced = false;
	if (!error)
		error = error_of(file->fs, f_rename(full_path(file->fs, &paths[0], node->path),
						    full_path(file->fs, &paths[1], path)));
	if (!error)
		set_path(node, path);
	if (file->directory)
		again = error_of(file->fs, f_opendir(&open->directory,
						     full_path(file->fs, &paths[0], node->path)));
	else
		again = open_node(file->fs, node, mode);
	return error ? error : again;
}

static int fat_remove(struct fs_file *file)
{
	struct fs *fs = file->fs;
	struct fat_node *node = file_of(file)->node;
	bool busy = node->count > 1, root = is_root(node->path);
	const TCHAR *full = full_path(fs, &paths[1], node->path);
	int error = close_file(fs, file_of(file));

	if (busy || root)
		return busy ? -EBUSY : -EACCES;
	return error ? error : error_of(fs, f_unlink(full));
}

static int fat_set_label(struct fs *fs, const uint16_t *label)
{
	return error_of(fs, f_setlabel(full_path(fs, &paths[0], label)));
}

const struct fs_ops fat_ops = {
	.name = "FAT",
	.mount = fat_mount,
	.unmount = fat_unmount,
	.open = fat_open,
	.close = fat_close,
	.read = fat_read,
	.next = fat_next,
	.rewind = fat_rewind,
	.info = fat_info,
	.volume_info = fat_volume_info,
	.write = fat_write,
	.resize = fat_resize,
	.sync = fat_sync,
	.set_attributes = fat_set_attributes,
	.set_modified = fat_set_modified,
	.rename = fat_rename,
	.remove = fat_remove,
	.set_label = fat_set_label,
};
