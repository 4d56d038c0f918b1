/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/fat.c fs/fat_disk.c fs/fat_drive.c fs/fat_entry.c fs/fat_file.c fs/fat_label.c fs/fat_node.c fs/fat_path.c fs/fat_runs.c fs/iso9660.c fs/fs.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/log.c tests/host.c */
/* FAT volumes that are cut off at every write, or damaged: what was there before is, and the rest is told. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/fs/image.h"

/* ---- cut off ---- */

static void some_writes(void)
{
	static uint8_t data[5000];
	struct fs_file *file = image_open("\\folder", FS_WRITE | FS_CREATE_DIRECTORY);

	if (file)
		fs_close(file);
	image_put("\\folder\\a file with a long name", data, sizeof(data));
	image_put("\\KEEP2", data, 100);
	file = image_open("\\old", FS_WRITE);
	if (file) {
		(void)!fs_rename(file, image_path("\\folder\\new"));
		fs_close(file);
	}
	file = image_open("\\gone", FS_WRITE);
	if (file)
		(void)!fs_remove(file);
}

/* The n-th write and all later ones are lost: what was there and is not touched must be, and fsck.fat can mend the rest. */
static bool test_cut(uint64_t n, const uint8_t *keep, uint64_t size, bool *more)
{
	bool good;

	fake_block_load(&image_disk, 512, image_name);
	if (fs_mount(&image_disk.block, &image_fs))
		return false;
	image_disk.cut_write = n;
	some_writes();
	*more = image_disk.writes >= n;
	fs_unmount(image_fs);
	fake_block_save(&image_disk, image_name);
	fake_block_end(&image_disk);
	if (image_run("PATH=$PATH:/sbin fsck.fat -a %s >%s/fsck 2>&1", image_folder) > 1 ||
	    image_run("PATH=$PATH:/sbin fsck.fat -n %s >%s/fsck 2>&1", image_folder))
		return false;
	fake_block_load(&image_disk, 512, image_name);
	good = !fs_mount(&image_disk.block, &image_fs) && image_holds("\\KEEP", keep, size);
	fs_unmount(image_fs);
	fake_block_end(&image_disk);
	return good;
}

static void test_cuts(const char *options, uint32_t kib)
{
	static uint8_t keep[20000];
	char copy[80];
	bool good = true, more = true;
	uint64_t n = 0;

	for (uint32_t i = 0; i < sizeof(keep); i++)
		keep[i] = (uint8_t)tap_random();
	image_start(options, 512, kib);
	ok(image_put("\\KEEP", keep, sizeof(keep)) && image_put("\\old", keep, 3000) &&
		   image_put("\\gone", keep, 4000),
	   "files");
	image_end("well before");
	snprintf(copy, sizeof(copy), "%s.copy", image_name);
	rename(image_name, copy);
	while (more && good) {
		image_run("cp %s.copy %s", image_name);
		good = test_cut(++n, keep, sizeof(keep), &more);
	}
	if (!ok(good, "cut at every write"))
		printf("#   at write %lu\n", n);
	printf("# %lu writes\n", n - 1);
	unlink(copy);
}

/* ---- damage ---- */

/* Where a volume of FAT16 with sectors of 512 bytes has the entry of a cluster: right behind the reserved sectors. */
static uint8_t *entry_of(uint32_t cluster)
{
	return image_disk.data + 512 * image_disk.data[14] + 2 * cluster;
}

/* A file whose chain comes back to its cluster `back` from its last one, read at once and in pieces of 7 sectors. */
static void test_loop(uint32_t clusters, uint32_t back)
{
	static uint8_t data[512 * 300], buffer[512 * 300];
	uint64_t size = clusters * UINT64_C(512);
	struct fs_file *file;
	uint16_t link;
	int error = 0;

	image_start("-F 16 -s 1 -r 512", 512, 8192);
	ok(image_put("\\file", data, size), "a file");
	link = (uint16_t)(2 + back);
	/* Its first cluster is number 2. The directory says that it is as long as before. */
	memcpy(entry_of(2 + clusters / 2), &link, 2);
	fs_unmount(image_fs);
	equal(fs_mount(&image_disk.block, &image_fs), 0, "mounted again");
	file = image_open("\\file", FS_READ);
	image_lines = 0;
	equal(fs_read(file, 0, &size, buffer), -EILSEQ, "a loop");
	equal(image_lines, 1, "one line");
	fs_close(file);
	file = image_open("\\file", FS_READ);
	for (uint64_t at = 0; at < clusters * UINT64_C(512) && !error; at += 7 * 512) {
		size = 7 * 512;
		error = fs_read(file, at, &size, buffer);
	}
	equal(error, -EILSEQ, "in pieces");
	size = 512;
	equal(fs_read(file, 0, &size, buffer), 0, "its beginning is well");
	fs_close(file);
	fs_unmount(image_fs);
	fake_block_end(&image_disk);
}

/*
 * Two files, of 10 and of 20 clusters, from cluster 2 on; the entry of the first one's cluster `at` (from 0) is changed. What
 * reading it comes to, at once and the last byte alone, and how many image_lines that costs.
 */
static void test_crossed(uint32_t at, uint16_t link, int wanted, const char *name)
{
	static uint8_t data[512 * 20], buffer[512 * 20];
	uint64_t size = 512 * 10, last = 1;
	struct fs_file *file;

	image_start("-F 16 -s 1 -r 512", 512, 8192);
	ok(image_put("\\one", data, 512 * 10) && image_put("\\two", data, 512 * 20), name);
	memcpy(entry_of(2 + at), &link, 2);
	fs_unmount(image_fs);
	equal(fs_mount(&image_disk.block, &image_fs), 0, "mounted again");
	file = image_open("\\one", FS_READ);
	image_lines = 0;
	equal(fs_read(file, 0, &size, buffer), wanted, "read at once");
	equal(image_lines, wanted != 0, "lines");
	fs_close(file);
	file = image_open("\\one", FS_READ);
	equal(fs_read(file, 512 * 10 - 1, &last, buffer), wanted, "its last byte");
	equal(image_lines, 2 * (wanted != 0), "lines");
	size = 512;
	equal(fs_read(file, 0, &size, buffer), at ? 0 : wanted, "its first cluster");
	fs_close(file);
	ok(image_holds("\\two", data, 512 * 20), "the other file is as it was");
	fs_unmount(image_fs);
	fake_block_end(&image_disk);
}

static void test_cross_links(void)
{
	test_crossed(9, 0xffff, 0, "all is well");
	test_crossed(9, 12, -EILSEQ, "into the other's beginning, behind the end");
	test_crossed(5, 20, -EILSEQ, "into its middle");
	test_crossed(5, 30, -EILSEQ, "near its end: too short");
	test_crossed(5, 28, 0, "just so that it fits, which only fsck.fat can know");
	test_crossed(9, 0, -EILSEQ, "the last cluster is free");
	test_crossed(9, 0xfff7, 0, "a mark of a bad cluster ends a chain");
}

static void test_damage(void)
{
	static uint8_t data[60000], buffer[60000];
	uint64_t size = sizeof(data);
	struct fs_file *file;

	image_start("-F 16 -s 1 -r 512", 512, 8192);
	ok(image_put("\\file", data, size), "a file");
	/* Its third cluster. */
	memset(entry_of(4), 0, 2);
	fs_unmount(image_fs);
	equal(fs_mount(&image_disk.block, &image_fs), 0, "mounted again");
	file = image_open("\\file", FS_READ);
	image_lines = 0;
	equal(fs_read(file, 0, &size, buffer), -EILSEQ, "a chain that ends too early");
	equal(image_lines, 1, "one line");
	fs_close(file);
	fs_unmount(image_fs);
	image_disk.data[0] = 0;
	equal(fs_mount(&image_disk.block, &image_fs), -ENODEV, "no boot sector");
	fake_block_end(&image_disk);
}

/* A disk that takes no more writes can still be read, once nothing of it is open. */
static void test_no_writes(void)
{
	uint64_t size = 3;
	struct fs_file *file;

	image_start("-F 12", 512, 1440);
	ok(image_put("\\file", "one", 3), "a file");
	file = image_open("\\file", FS_WRITE);
	image_disk.cut_write = image_disk.writes + 1;
	equal(fs_write(file, 0, &size, "two"), 0, "written, it seems");
	equal(fs_sync(file), -EIO, "but not to the disk");
	fs_close(file);
	ok(image_holds("\\file", "one", 3), "what was there is there");
	image_disk.cut_write = 0;
	image_end("fsck.fat finds nothing");
}

int main(void)
{
	image_begin();
	test_cuts("-F 12", 1440);
	test_cuts("-F 32 -s 1", 40000);
	test_no_writes();
	test_damage();
	test_cross_links();
	test_loop(300, 0);
	test_loop(300, 149);
	test_loop(300, 150); /* to itself */
	test_loop(41, 3);
	return image_finish();
}
