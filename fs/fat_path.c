/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths as FatFs wants them, and what they say. */
#include "fs/fat_volume.h"

#define DRIVE_CHARS 2 /* "0:" before a path */

static TCHAR paths[FAT_PATHS][DRIVE_CHARS + FS_PATH_MAX + 1];

const TCHAR *fat_path(const struct fs *fs, unsigned int which, const uint16_t *path)
{
	TCHAR *to = paths[which];
	uint32_t i = 0;

	to[0] = (TCHAR)('0' + fat_volume_of((struct fs *)(uintptr_t)fs)->drive->fat.pdrv);
	to[1] = ':';
	while (i < FS_PATH_MAX && path[i]) {
		to[DRIVE_CHARS + i] = path[i];
		i++;
	}
	to[DRIVE_CHARS + i] = 0;
	return to;
}

const TCHAR *fat_path_drive(const struct fs *fs)
{
	static const uint16_t root[] = {0};

	return fat_path(fs, 0, root);
}

bool fat_path_is_root(const uint16_t *path)
{
	return path[0] == '\\' && !path[1];
}

bool fat_path_begins(const uint16_t *path, const uint16_t *with, const uint16_t **rest)
{
	for (; *with; with++, path++)
		if (ff_wtoupper(*with) != ff_wtoupper(*path))
			return false;
	*rest = path;
	return true;
}
