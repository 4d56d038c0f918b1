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

/* One opening of a file or directory. */
struct fat_file {
	struct fs_file file;
	struct fat_node *node;
	DIR directory; /* where fat_entry_next is */
};

/* What a volume has while it is one of FatFs' drives. */
struct fat_drive {
	FATFS fat;
	/* A piece of the device, read at once: directories and the table of clusters are read sector by sector. */
	uint64_t cached; /* byte offset, a multiple of FAT_CACHE_SIZE; UINT64_MAX: none */
	uint32_t cached_size;
	bool failed; /* to write something: FatFs would try that again before it reads anything */
	_Alignas(uint32_t) uint8_t cache[FAT_CACHE_SIZE];
};

struct fat_volume {
	struct fs fs;
	struct fat_drive *drive; /* NULL: none at the moment; fat_drive_use gets one */
	uint64_t used; /* the number of its last use */
	uint32_t sector_size; /* of the volume, which may differ from the device's */
	uint64_t sectors;
	struct fat_node *nodes;
};

static inline struct fat_volume *fat_volume_of(struct fs *fs)
{
	return (struct fat_volume *)(void *)fs;
}

static inline struct fat_file *fat_file_of(struct fs_file *file)
{
	return (struct fat_file *)(void *)file;
}

/* ---- fat.c ---- */

/* What FatFs has returned, as 0 or -errno; one line says so if the volume is damaged. */
int fat_error(const struct fs *fs, FRESULT result);

/* ---- fat_drive.c ---- */

/*
 * Sees to it that a volume is one of FatFs' drives, as it stays while a file of it is open, and until another volume is used. 0; -EMFILE:
 * all are in use, and one line has said so; -ENODEV: it is no volume (any more); -EIO, -ENOMEM.
 */
int fat_drive_use(struct fat_volume *volume);
/* It is none any more; no file of it is open. */
void fat_drive_release(struct fat_volume *volume);
/* Who has a drive, or NULL. */
struct fat_volume *fat_drive_volume(uint8_t number);

/* ---- fat_disk.c: of a volume that is a drive ---- */

/* Reads through the cache. 0 or -errno. */
int fat_cached_read(struct fat_volume *volume, uint64_t offset, uint32_t size, void *to);
/* Writes, also to the cache. 0 or -errno. */
int fat_cached_write(struct fat_volume *volume, uint64_t offset, uint64_t size, const void *from);

/* ---- fat_label.c: of a volume that is a drive ---- */

/* The label, of at most 11 characters; empty: there is none. 0 or -errno. */
int fat_label_read(struct fat_volume *volume, uint16_t *label);
/* 0; -EINVAL: no name for a volume; or another -errno. */
int fat_label_write(struct fat_volume *volume, const uint16_t *label);

/* ---- fat_path.c ---- */

#define FAT_PATHS 2

/*
 * A path with the volume's drive before it, as FatFs wants it. There is room for FAT_PATHS at a time (`which`); callers keep each
 * other out (one thing runs at a time below EFI's TPL_CALLBACK).
 */
const TCHAR *fat_path(const struct fs *fs, unsigned int which, const uint16_t *path);
/* The drive alone: "0:". The same room as fat_path's 0. */
const TCHAR *fat_path_drive(const struct fs *fs);
bool fat_path_is_root(const uint16_t *path);
/* Whether a path begins with all of `with`; *rest is what follows. */
bool fat_path_begins(const uint16_t *path, const uint16_t *with, const uint16_t **rest);

/* ---- fat_node.c: 0 or -errno ---- */

void fat_node_set_path(struct fat_node *node, const uint16_t *path);
/*
 * Gives an opening its node: the one that is open already, perhaps for reading only, or a new one. fat_node_release gives it back.
 * After an error open->node is not to be used.
 */
int fat_node_take(struct fat_volume *volume, struct fat_file *open, const uint16_t *path,
		  uint32_t how);
int fat_node_release(struct fat_volume *volume, struct fat_node *node, bool directory);
/* Opens a node's file in FatFs, again, with FatFs' mode FA_…. */
int fat_node_reopen(struct fs *fs, struct fat_node *node, uint8_t mode);
/* FatFs holds nothing back of a file; of any file. */
int fat_node_sync(struct fs *fs, struct fat_node *node);
int fat_node_sync_all(struct fat_volume *volume);

/* ---- fat_runs.c ---- */

/*
 * Reads [offset, offset + size) of a file, which lies inside of it, straight from the device: what follows one another on it in one
 * piece. FatFs may hold nothing back of the volume. 0; -EIO; -EILSEQ: its chain of clusters is damaged, and one line has said so.
 */
int fat_runs_read(struct fat_volume *volume, struct fat_node *node, uint64_t offset, uint64_t size,
		  void *to);

/* ---- fat_file.c: see struct fs_ops ---- */

int fat_file_open(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file);
void fat_file_close(struct fs_file *file);
/* As fat_file_close, but tells: 0, or -errno: what was written is lost. */
int fat_file_finish(struct fs *fs, struct fat_file *open);
int fat_file_read(struct fs_file *file, uint64_t offset, uint64_t *size, void *to);
int fat_file_write(struct fs_file *file, uint64_t offset, uint64_t *size, const void *from);
int fat_file_resize(struct fs_file *file, uint64_t size);
int fat_file_sync(struct fs_file *file);

/* ---- fat_entry.c: see struct fs_ops ---- */

int fat_entry_next(struct fs_file *file, struct fs_info *info);
int fat_entry_rewind(struct fs_file *file);
int fat_entry_info(struct fs_file *file, struct fs_info *info);
int fat_entry_set_attributes(struct fs_file *file, uint8_t attributes);
int fat_entry_set_modified(struct fs_file *file, const struct fs_time *time);
int fat_entry_rename(struct fs_file *file, const uint16_t *path);
int fat_entry_remove(struct fs_file *file);

#endif
