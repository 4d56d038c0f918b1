/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File systems: files and directories on a block device. Paths are absolute, UTF-16, with backslashes and without "." and ".."
 * (`\EFI\BOOT\BOOTX64.EFI`; the root is `\`), compared as the file system does. Errors of all calls, besides what each says:
 * -EIO: the device fails; -EILSEQ: the volume is damaged (one line has said how); -ENOMEM; -EROFS where something would
 * be written.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/block.h"

#define FS_NAME_MAX 255 /* characters of a file's name */
#define FS_PATH_MAX 1023 /* characters of a path */
#define FS_LABEL_MAX 32

/* The numbers of FAT's directory entries, which are also EFI's. */
enum {
	FS_READ_ONLY = 0x01,
	FS_HIDDEN = 0x02,
	FS_SYSTEM = 0x04,
	FS_DIRECTORY = 0x10,
	FS_ARCHIVE = 0x20,
};

struct fs_time {
	uint16_t year; /* 0: not known */
	uint8_t month, day, hour, minute, second;
};

struct fs_info {
	uint16_t name[FS_NAME_MAX + 1]; /* empty: the root */
	uint64_t size, allocated; /* bytes; of directories 0 */
	uint8_t attributes; /* FS_READ_ONLY … */
	struct fs_time created, accessed, modified;
};

struct fs_volume_info {
	uint16_t label[FS_LABEL_MAX + 1];
	uint64_t size, free; /* bytes */
	uint32_t block_size; /* what files are allocated in */
	bool read_only;
};

/* How fs_open opens. */
enum { FS_READ = 0, FS_WRITE = 1, FS_CREATE = 2, FS_CREATE_DIRECTORY = 4 };

struct fs;

/* An open file or directory. All that have a file open share its contents and its name. */
struct fs_file {
	struct fs *fs;
	bool directory;
	bool writable;
};

struct fs_ops {
	const char *name; /* "FAT" */
	/* Recognises a volume and makes *fs: 0; -ENODEV: it is none of this kind. */
	int (*mount)(struct block *block, struct fs **fs);
	void (*unmount)(struct fs *fs);
	int (*open)(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file);
	void (*close)(struct fs_file *file);
	int (*read)(struct fs_file *file, uint64_t offset, uint64_t *size, void *to);
	int (*next)(struct fs_file *file, struct fs_info *info);
	int (*rewind)(struct fs_file *file);
	int (*info)(struct fs_file *file, struct fs_info *info);
	int (*volume_info)(struct fs *fs, struct fs_volume_info *info);
	/* The rest is NULL where nothing is written. */
	int (*write)(struct fs_file *file, uint64_t offset, uint64_t *size, const void *from);
	int (*resize)(struct fs_file *file, uint64_t size);
	int (*sync)(struct fs_file *file);
	int (*set_attributes)(struct fs_file *file, uint8_t attributes);
	int (*set_modified)(struct fs_file *file, const struct fs_time *time);
	int (*rename)(struct fs_file *file, const uint16_t *path);
	int (*remove)(struct fs_file *file);
	int (*set_label)(struct fs *fs, const uint16_t *label);
};

struct fs {
	const struct fs_ops *ops;
	struct block *block;
	uint32_t open; /* files */
};

/* What time it is, for what is written; without it, 1 January 1980. */
void fs_set_clock(void (*now)(struct fs_time *time));
void fs_now(struct fs_time *time);

/* Mounts what is on a device. 0; -ENODEV: no file system that we know; -EMFILE: files are open on too many of this kind. */
int fs_mount(struct block *block, struct fs **fs);
/* Nothing of it is open. */
void fs_unmount(struct fs *fs);

/*
 * Opens a file or directory; with FS_CREATE (or FS_CREATE_DIRECTORY) and FS_WRITE makes it if it is not there.
 * -ENOENT; -EEXIST: FS_CREATE for what is a directory, or the other way round; -EACCES: FS_WRITE for a file with the attribute
 * FS_READ_ONLY; -EINVAL: no name that the file system could have; -ENOSPC; -EMFILE: too many are open, or on too many volumes of the kind.
 */
int fs_open(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file);
void fs_close(struct fs_file *file);

/* Reads up to *size bytes, which becomes how many there were: fewer only at the end of the file, 0 behind it. */
int fs_read(struct fs_file *file, uint64_t offset, uint64_t *size, void *to);
/* The next entry of a directory but "." and "..", or -ENOENT; and back to the first. */
int fs_next(struct fs_file *file, struct fs_info *info);
int fs_rewind(struct fs_file *file);
int fs_info(struct fs_file *file, struct fs_info *info);
int fs_volume_info(struct fs *fs, struct fs_volume_info *info);

/* Writes *size bytes; the file becomes as long as it takes (what is between holds anything). -ENOSPC: *size says how many it were. */
int fs_write(struct fs_file *file, uint64_t offset, uint64_t *size, const void *from);
/* -ENOSPC: as before. */
int fs_resize(struct fs_file *file, uint64_t size);
int fs_sync(struct fs_file *file);
int fs_set_attributes(struct fs_file *file, uint8_t attributes);
int fs_set_modified(struct fs_file *file, const struct fs_time *time);
/* Moves it to another path of the volume: -EEXIST, -ENOENT (its directory), -EACCES: a directory into itself, -EINVAL. */
int fs_rename(struct fs_file *file, const uint16_t *path);
/* Removes and closes it: closed also after an error. -EBUSY: others have it open; -EACCES: read-only, or not empty, or the root. */
int fs_remove(struct fs_file *file);
/* -EINVAL: no name for a volume. */
int fs_set_label(struct fs *fs, const uint16_t *label);

/* The kinds there are. */
extern const struct fs_ops fat_ops, iso9660_ops;

#endif
