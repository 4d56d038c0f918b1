/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of FAT volumes: opening, reading, writing. */
#define LOG_PREFIX "fat"

#include <errno.h>
#include <stdlib.h>

#include "fs/fat_volume.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define FILE_SIZE_MAX UINT32_MAX

/* ---- opening ---- */

/* Makes what is not there. 0; or why it cannot be. */
static int create(struct fs *fs, const uint16_t *path, uint32_t how)
{
	const TCHAR *full = fat_path(fs, 0, path);
	FRESULT result;
	FIL file;

	if (how & FS_CREATE_DIRECTORY)
		return fat_error(fs, f_mkdir(full));
	result = f_open(&file, full, FA_CREATE_NEW | FA_WRITE);
	if (result == FR_OK)
		result = f_close(&file);
	return fat_error(fs, result);
}

/* What is at a path: its attributes; made, if that is wanted, and if it is not there. */
static int look_up(struct fs *fs, const uint16_t *path, uint32_t how, uint8_t *attributes)
{
	FILINFO info;
	int error;

	*attributes = FS_DIRECTORY;
	if (fat_path_is_root(path))
		return how & FS_CREATE ? -EEXIST : 0;
	error = fat_error(fs, f_stat(fat_path(fs, 0, path), &info));
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

int fat_file_open(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file)
{
	struct fat_volume *volume = fat_volume_of(fs);
	struct fat_file *open;
	uint8_t attributes;
	int error = fat_drive_use(volume);

	if (!error)
		error = look_up(fs, path, how, &attributes);
	if (error)
		return error;
	open = calloc(1, sizeof(*open));
	if (!open)
		return -ENOMEM;
	open->file.directory = attributes & FS_DIRECTORY;
	if (open->file.directory)
		error = fat_error(fs, f_opendir(&open->directory, fat_path(fs, 0, path)));
	if (!error) {
		error = fat_node_take(volume, open, path, how);
		if (error && open->file.directory)
			f_closedir(&open->directory);
	}
	if (error)
		free(open);
	else
		*file = &open->file;
	return error;
}

int fat_file_finish(struct fs *fs, struct fat_file *open)
{
	bool directory = open->file.directory;
	struct fat_node *node = open->node;

	if (directory)
		f_closedir(&open->directory);
	free(open);
	return fat_node_release(fat_volume_of(fs), node, directory);
}

void fat_file_close(struct fs_file *file)
{
	struct fs *fs = file->fs;

	if (fat_file_finish(fs, fat_file_of(file)))
		log_error("%s: what was written to a file is lost", fs->block->name);
}

/* ---- reading and writing ---- */

int fat_file_read(struct fs_file *file, uint64_t offset, uint64_t *size, void *to)
{
	struct fat_volume *volume = fat_volume_of(file->fs);
	struct fat_node *node = fat_file_of(file)->node;
	uint64_t end = f_size(&node->file);
	uint64_t left = offset < end ? end - offset : 0;
	int error = fat_node_sync_all(volume);

	*size = *size < left ? *size : left;
	if (error || !*size)
		return error;
	return fat_runs_read(volume, node, offset, *size, to);
}

/* Brings FatFs to a place in a file, which grows if that lies behind its end. */
static int seek(struct fs *fs, struct fat_node *node, uint64_t offset)
{
	int error;

	if (offset > FILE_SIZE_MAX)
		return -ENOSPC;
	node->unsynced = true;
	error = fat_error(fs, f_lseek(&node->file, (FSIZE_t)offset));
	if (!error && f_tell(&node->file) != offset)
		error = -ENOSPC;
	return error;
}

int fat_file_write(struct fs_file *file, uint64_t offset, uint64_t *size, const void *from)
{
	struct fat_node *node = fat_file_of(file)->node;
	uint64_t wanted = *size;
	int error = seek(file->fs, node, offset);

	*size = 0;
	while (!error && *size < wanted) {
		uint64_t piece = wanted - *size < GIB(1) ? wanted - *size : GIB(1);
		UINT done = 0;

		error = fat_error(file->fs, f_write(&node->file, (const uint8_t *)from + *size,
						    (UINT)piece, &done));
		*size += done;
		if (!error && done < piece)
			error = -ENOSPC;
	}
	return error;
}

int fat_file_resize(struct fs_file *file, uint64_t size)
{
	struct fat_node *node = fat_file_of(file)->node;
	uint64_t before = f_size(&node->file);
	int error = seek(file->fs, node, size);

	node->index = node->cluster = 0;
	if (error == -ENOSPC && size > before && !seek(file->fs, node, before))
		f_truncate(&node->file); /* as it was */
	else if (!error && size < before)
		error = fat_error(file->fs, f_truncate(&node->file));
	return error;
}

int fat_file_sync(struct fs_file *file)
{
	return file->directory ? 0 : fat_node_sync(file->fs, fat_file_of(file)->node);
}
