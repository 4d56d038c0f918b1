/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/iso9660.c drivers/block.c tests/drivers/fake_block.c lib/log.c tests/host.c */
/* Discs that anyone may have made: what is found is walked through and read, and it ends. The first 16 sectors are not in the input. */
#include <string.h>

#include "fs/fs.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"

#define SECTOR 2048
#define BEFORE 16
#define ENTRIES_MAX 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct fs *fs, const uint16_t *path, int depth)
{
	uint8_t buffer[3000];
	struct fs_file *file;
	struct fs_info info;
	uint64_t got = sizeof(buffer);

	if (iso9660_ops.open(fs, path, FS_READ, &file))
		return;
	file->fs = fs;
	if (!file->directory)
		(void)!iso9660_ops.read(file, 100, &got, buffer);
	for (int i = 0; file->directory && i < ENTRIES_MAX && !iso9660_ops.next(file, &info); i++) {
		uint16_t below[FS_PATH_MAX + 1];
		uint32_t at = 0;

		for (; path[at]; at++)
			below[at] = path[at];
		below[at++] = '\\';
		for (uint32_t j = 0; info.name[j] && at < FS_PATH_MAX; j++)
			below[at++] = info.name[j];
		below[at] = 0;
		if (depth)
			walk(fs, below, depth - 1);
	}
	iso9660_ops.close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fs_volume_info volume;
	struct fake_block disk;
	struct fs *fs;

	log_set_level(LOG_ERROR);
	fake_block_start(&disk, SECTOR, BEFORE + size / SECTOR);
	memcpy(disk.data + BEFORE * SECTOR, data, size / SECTOR * SECTOR);
	if (!iso9660_ops.mount(&disk.block, &fs)) {
		(void)!iso9660_ops.volume_info(fs, &volume);
		walk(fs, u"", 2);
		iso9660_ops.unmount(fs);
	}
	fake_block_end(&disk);
	return 0;
}
