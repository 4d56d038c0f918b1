/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/fat.c fs/fat_disk.c fs/fat_drive.c fs/fat_entry.c fs/fat_file.c fs/fat_label.c fs/fat_node.c fs/fat_path.c fs/fat_runs.c fs/iso9660.c fs/fs.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/log.c tests/host.c */
/*
 * FAT volumes that anyone may have made: whatever is in them, they are read, written and removed from, nothing outside of the volume is
 * touched, and it ends.
 */
#include <string.h>

#include "fs/fs.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"

#define DEPTH_MAX 3
#define ENTRIES_MAX 50

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct fs_file *file)
{
	static uint8_t buffer[3000];
	uint64_t offset = 0, size;

	do {
		size = sizeof(buffer);
		if (fs_read(file, offset, &size, buffer))
			return;
		offset += size;
	} while (size && offset < 100000);
}

static void walk(struct fs *fs, const uint16_t *path, int depth)
{
	struct fs_file *file;
	struct fs_info info;

	if (fs_open(fs, path, FS_READ, &file))
		return;
	(void)!fs_info(file, &info);
	if (!file->directory)
		read_all(file);
	for (int i = 0; file->directory && depth && i < ENTRIES_MAX && !fs_next(file, &info); i++) {
		uint16_t below[FS_PATH_MAX + 1];
		uint32_t at = 0;

		for (; path[at]; at++)
			below[at] = path[at];
		if (at > 1)
			below[at++] = '\\';
		for (uint32_t j = 0; j <= FS_NAME_MAX && at < FS_PATH_MAX && info.name[j]; j++)
			below[at++] = info.name[j];
		below[at] = 0;
		walk(fs, below, depth - 1);
	}
	fs_close(file);
}

static void change(struct fs *fs)
{
	static const char text[2000];
	struct fs_file *file;
	uint64_t size = sizeof(text);

	if (!fs_open(fs, u"\\a new file", FS_WRITE | FS_CREATE, &file)) {
		(void)!fs_write(file, 100, &size, text);
		(void)!fs_rename(file, u"\\DIR\\renamed");
		fs_close(file);
	}
	if (!fs_open(fs, u"\\HELLO.TXT", FS_READ, &file))
		(void)!fs_remove(file);
	(void)!fs_set_label(fs, u"LABEL");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fs_volume_info info;
	struct fake_block disk;
	struct fs *fs;

	log_set_level(LOG_ERROR);
	fake_block_start(&disk, 512, size / 512);
	memcpy(disk.data, data, size / 512 * 512);
	if (!fs_mount(&disk.block, &fs)) {
		walk(fs, u"\\", DEPTH_MAX);
		(void)!fs_volume_info(fs, &info);
		change(fs);
		walk(fs, u"\\", DEPTH_MAX);
		fs_unmount(fs);
	}
	fake_block_end(&disk);
	return 0;
}
