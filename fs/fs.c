/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of file systems, and what holds for them all; see fs.h. */
#include "fs/fs.h"

#include <errno.h>
#include <stddef.h>

static const struct fs_ops *const kinds[] = {
	&fat_ops,
	&iso9660_ops,
};

static void (*clock)(struct fs_time *time);

void fs_set_clock(void (*now)(struct fs_time *time))
{
	clock = now;
}

void fs_now(struct fs_time *time)
{
	*time = (struct fs_time){.year = 1980, .month = 1, .day = 1};
	if (clock)
		clock(time);
}

int fs_mount(struct block *block, struct fs **fs)
{
	int error = -ENODEV;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && error == -ENODEV; i++) {
		error = kinds[i]->mount(block, fs);
		if (!error)
			(*fs)->ops = kinds[i];
	}
	return error;
}

void fs_unmount(struct fs *fs)
{
	fs->ops->unmount(fs);
}

/* Whether something may be written at all. */
static int writable(const struct fs *fs)
{
	return fs->ops->write && !fs->block->read_only ? 0 : -EROFS;
}

int fs_open(struct fs *fs, const uint16_t *path, uint32_t how, struct fs_file **file)
{
	int denied = how == FS_READ ? 0 : writable(fs);
	int error = fs->ops->open(fs, path, denied ? (uint32_t)FS_READ : how, file);

	/* What is not there is not there, unless it was to be made. */
	if (error)
		return denied && how & (FS_CREATE | FS_CREATE_DIRECTORY) ? denied : error;
	(*file)->fs = fs;
	(*file)->writable = how & FS_WRITE;
	fs->open++;
	if (denied)
		fs_close(*file);
	return denied;
}

void fs_close(struct fs_file *file)
{
	file->fs->open--;
	file->fs->ops->close(file);
}

int fs_read(struct fs_file *file, uint64_t offset, uint64_t *size, void *to)
{
	return file->fs->ops->read(file, offset, size, to);
}

int fs_next(struct fs_file *file, struct fs_info *info)
{
	return file->fs->ops->next(file, info);
}

int fs_rewind(struct fs_file *file)
{
	return file->fs->ops->rewind(file);
}

int fs_info(struct fs_file *file, struct fs_info *info)
{
	return file->fs->ops->info(file, info);
}

int fs_volume_info(struct fs *fs, struct fs_volume_info *info)
{
	int error = fs->ops->volume_info(fs, info);

	info->read_only = writable(fs) != 0;
	return error;
}

int fs_write(struct fs_file *file, uint64_t offset, uint64_t *size, const void *from)
{
	return file->writable ? file->fs->ops->write(file, offset, size, from) : -EROFS;
}

int fs_resize(struct fs_file *file, uint64_t size)
{
	return file->writable ? file->fs->ops->resize(file, size) : -EROFS;
}

int fs_sync(struct fs_file *file)
{
	return file->writable ? file->fs->ops->sync(file) : 0;
}

int fs_set_attributes(struct fs_file *file, uint8_t attributes)
{
	int error = writable(file->fs);

	return error ? error : file->fs->ops->set_attributes(file, attributes);
}

int fs_set_modified(struct fs_file *file, const struct fs_time *time)
{
	int error = writable(file->fs);

	return error ? error : file->fs->ops->set_modified(file, time);
}

int fs_rename(struct fs_file *file, const uint16_t *path)
{
	int error = writable(file->fs);

	return error ? error : file->fs->ops->rename(file, path);
}

int fs_remove(struct fs_file *file)
{
	struct fs *fs = file->fs;
	int error = writable(fs);

	if (error) {
		fs_close(file);
		return error;
	}
	fs->open--;
	return fs->ops->remove(file);
}

int fs_set_label(struct fs *fs, const uint16_t *label)
{
	int error = writable(fs);

	return error ? error : fs->ops->set_label(fs, label);
}
