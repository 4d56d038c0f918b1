/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of directories: what they tell of a file, and changing it. */
#include <errno.h>
#include <stddef.h>

#include "fs/fat_volume.h"

#define SETTABLE (FS_READ_ONLY | FS_HIDDEN | FS_SYSTEM | FS_ARCHIVE)

/* ---- telling ---- */

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
	uint64_t unit = (uint64_t)volume->drive->fat.csize * volume->sector_size;
	uint32_t i = 0;

	*info = (struct fs_info){.size = from->fsize, .attributes = from->fattrib};
	for (; i < FS_NAME_MAX && from->fname[i]; i++)
		info->name[i] = from->fname[i];
	info->allocated = (info->size + unit - 1) / unit * unit;
	info->modified = time_of(from->fdate, from->ftime);
	info->created = info->accessed = info->modified; /* FatFs does not tell */
}

int fat_entry_next(struct fs_file *file, struct fs_info *info)
{
	FILINFO found;
	int error = fat_error(file->fs, f_readdir(&fat_file_of(file)->directory, &found));

	if (error)
		return error;
	if (!found.fname[0])
		return -ENOENT;
	describe(fat_volume_of(file->fs), &found, info);
	return 0;
}

int fat_entry_rewind(struct fs_file *file)
{
	return fat_error(file->fs, f_readdir(&fat_file_of(file)->directory, NULL));
}

int fat_entry_info(struct fs_file *file, struct fs_info *info)
{
	struct fat_node *node = fat_file_of(file)->node;
	FILINFO found = {.fattrib = FS_DIRECTORY};
	int error = 0;

	if (!fat_path_is_root(node->path))
		error = fat_error(file->fs, f_stat(fat_path(file->fs, 0, node->path), &found));
	if (error)
		return error;
	if (!file->directory)
		found.fsize =
			f_size(&node->file); /* what was written may not be in its directory */
	describe(fat_volume_of(file->fs), &found, info);
	return 0;
}

/* ---- changing ---- */

int fat_entry_set_attributes(struct fs_file *file, uint8_t attributes)
{
	const struct fat_node *node = fat_file_of(file)->node;
	int error = fat_node_sync_all(fat_volume_of(file->fs));

	if (fat_path_is_root(node->path))
		return -EACCES;
	if (error)
		return error;
	return fat_error(file->fs,
			 f_chmod(fat_path(file->fs, 0, node->path), attributes, SETTABLE));
}

int fat_entry_set_modified(struct fs_file *file, const struct fs_time *time)
{
	const struct fat_node *node = fat_file_of(file)->node;
	FILINFO info;
	int error = fat_node_sync_all(fat_volume_of(file->fs));

	if (fat_path_is_root(node->path) || time->year < 1980 || time->year > 2107)
		return -EINVAL;
	if (error)
		return error;
	info.fdate = (WORD)((time->year - 1980) << 9 | time->month << 5 | time->day);
	info.ftime = (WORD)(time->hour << 11 | time->minute << 5 | time->second >> 1);
	return fat_error(file->fs, f_utime(fat_path(file->fs, 0, node->path), &info));
}

/* Whether anything is open below a directory: its path would change. */
static bool is_used_below(const struct fat_volume *volume, const struct fat_node *above)
{
	const uint16_t *rest;

	for (const struct fat_node *node = volume->nodes; node; node = node->next)
		if (node != above && fat_path_begins(node->path, above->path, &rest) &&
		    *rest == '\\')
			return true;
	return false;
}

/* FatFs renames nothing that is open: it is closed for the moment. */
int fat_entry_rename(struct fs_file *file, const uint16_t *path)
{
	struct fat_file *open = fat_file_of(file);
	struct fat_node *node = open->node;
	const uint8_t mode = node->writable ? FA_READ | FA_WRITE : FA_READ;
	const uint16_t *rest;
	int error, again;

	if (fat_path_is_root(node->path) ||
	    (file->directory && fat_path_begins(path, node->path, &rest) && *rest == '\\'))
		return -EACCES;
	if (file->directory && (node->count > 1 || is_used_below(fat_volume_of(file->fs), node)))
		return -EBUSY;
	error = fat_error(file->fs,
			  file->directory ? f_closedir(&open->directory) : f_close(&node->file));
	node->unsynced = false;
	if (!error)
		error = fat_error(file->fs, f_rename(fat_path(file->fs, 0, node->path),
						     fat_path(file->fs, 1, path)));
	if (!error)
		fat_node_set_path(node, path);
	if (file->directory)
		again = fat_error(file->fs,
				  f_opendir(&open->directory, fat_path(file->fs, 0, node->path)));
	else
		again = fat_node_reopen(file->fs, node, mode);
	return error ? error : again;
}

int fat_entry_remove(struct fs_file *file)
{
	struct fs *fs = file->fs;
	struct fat_node *node = fat_file_of(file)->node;
	bool busy = node->count > 1, root = fat_path_is_root(node->path);
	const TCHAR *full = fat_path(fs, 1, node->path);
	int error = fat_file_finish(fs, fat_file_of(file));

	if (busy || root)
		return busy ? -EBUSY : -EACCES;
	return error ? error : fat_error(fs, f_unlink(full));
}
