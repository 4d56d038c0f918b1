/* SPDX-License-Identifier: BSD-2-Clause */
/* What fs/fat*.c share: a FAT volume between FatFs, which keeps directories and writes, and the block device. */
#ifndef FS_FAT_VOLUME_H
#define FS_FAT_VOLUME_H

#include <ff.h> /* before diskio.h, which wants its types */
#include <diskio.h>

#include "fs/fs.h"

#define FAT_CACHE_SIZE 16384

/* A file that is open, however often. */
struct fat_node {
	struct fat_node *next;
	uint32_t count; /* of fs_files */
	FIL file;
	bool writable; /* opened so in FatFs */
	bool unsynced; /* FatFs holds something back */
	/* Where fat_runs_read was last: cluster `cluster` is the file's `index`-th; 0: nowhere. */
	uint32_t index, cluster;
	uint16_t path[FS_PATH_MAX + 1];
};

struct fat_volume {
	struct fs fs;
	FATFS fat;
	uint32_t sector_size; /* of the volume, which may differ from the device's */
	uint64_t sectors;
	struct fat_node *nodes;
	/* A piece of the device, read at once: directories and the table of clusters are read sector by sector. */
	uint64_t cached; /* byte offset, a multiple of FAT_CACHE_SIZE; UINT64_MAX: none */
	uint32_t cached_size;
	uint8_t cache[FAT_CACHE_SIZE];
};

/* Gives a volume a drive number of FatFs'. 0; -EMFILE: all are taken. */
int fat_drive_take(struct fat_volume *volume, uint8_t *drive);
void fat_drive_release(uint8_t drive);

/* Reads at most FAT_CACHE_SIZE bytes through the cache. 0 or -errno. */
int fat_cached_read(struct fat_volume *volume, uint64_t offset, uint32_t size, void *to);

/*
 * Reads [offset, offset + size) of a file, which lies inside of it, straight from the device: what follows one another on it in one
 * piece. FatFs may hold nothing back of the volume. 0; -EIO; -EILSEQ: its chain of clusters is damaged, and one line has said so.
 */
int fat_runs_read(struct fat_volume *volume, struct fat_node *node, uint64_t offset, uint64_t size,
		  void *to);

#endif
