/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/fat.c fs/fat_disk.c fs/fat_drive.c fs/fat_entry.c fs/fat_file.c fs/fat_label.c fs/fat_node.c fs/fat_path.c fs/fat_runs.c fs/iso9660.c fs/fs.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/log.c tests/host.c */
/* FAT volumes that mkfs.fat makes, used at random beside a model, cut off at every write, and looked at by fsck.fat. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fs/fs.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"
#include "tests/tap.h"

static char folder[] = "/tmp/cadastre-fat-XXXXXX";
static char image[64];
static struct fake_block disk;
static struct fs *fs;
static uint32_t lines;

static void count_lines(const char *text, uint64_t size)
{
	(void)text;
	(void)size;
	lines++;
}

static int run(const char *format, const char *argument)
{
	char command[256];
	int status;

	snprintf(command, sizeof(command), format, image, argument);
	status = system(command);
	return status < 0 ? status : status >> 8;
}

/* Makes an image of so many KiB, and mounts it. */
static void start(const char *options, uint32_t sector_size, uint32_t kib)
{
	char command[256];

	unlink(image);
	snprintf(command, sizeof(command), "PATH=$PATH:/sbin mkfs.fat -C %s %s %u >/dev/null",
		 options, image, kib);
	if (system(command)) {
		printf("Bail out! mkfs.fat does not work\n");
		exit(1);
	}
	fake_block_load(&disk, sector_size, image);
	equal(fs_mount(&disk.block, &fs), 0, options);
}

static void end(const char *name)
{
	equal(fs->open, 0, "nothing is open");
	fs_unmount(fs);
	fake_block_save(&disk, image);
	fake_block_end(&disk);
	if (!equal(run("PATH=$PATH:/sbin fsck.fat -n %s >%s/fsck 2>&1", folder), 0, name))
		run(": %s; sed 's/^/# /' <%s/fsck", folder);
}

static const uint16_t *path_of(const char *text)
{
	static uint16_t buffers[4][300];
	static int turn;
	uint16_t *to = buffers[turn++ & 3];
	int i = 0;

	for (; text[i]; i++)
		to[i] = (uint16_t)(uint8_t)text[i];
	to[i] = 0;
	return to;
}

static struct fs_file *opened(const char *path, uint32_t how)
{
	struct fs_file *file = NULL;

	if (fs_open(fs, path_of(path), how, &file))
		return NULL;
	return file;
}

static bool put(const char *path, const void *data, uint64_t size)
{
	struct fs_file *file = opened(path, FS_WRITE | FS_CREATE);
	bool good = file && !fs_resize(file, 0) && !fs_write(file, 0, &size, data);

	if (file)
		fs_close(file);
	return good;
}

static bool holds(const char *path, const void *data, uint64_t size)
{
	struct fs_file *file = opened(path, FS_READ);
	uint64_t got = size + 1;
	uint8_t *buffer = malloc(got);
	bool good = file && !fs_read(file, 0, &got, buffer) && got == size &&
		    !memcmp(buffer, data, size);

	if (file)
		fs_close(file);
	free(buffer);
	return good;
}

/* ---- one thing after another ---- */

static void test_files(void)
{
	struct fs_file *file, *again;
	struct fs_info info;
	uint64_t size;

	ok(put("\\A long name.text", "hello", 5), "a long name");
	ok(holds("\\a LONG name.TEXT", "hello", 5), "in any case");
	ok(holds("\\ALONGN~1.TEX", "hello", 5), "by its short name");
	ok(!opened("\\none", FS_READ) && !opened("\\none\\x", FS_READ), "what is not there");
	equal(fs_open(fs, path_of("\\none\\x"), FS_WRITE | FS_CREATE, &file), -ENOENT,
	      "nor its folder");
	equal(fs_open(fs, path_of("\\a*b"), FS_WRITE | FS_CREATE, &file), -EINVAL, "no name");
	file = opened("\\A long name.text", FS_READ);
	equal(fs_write(file, 0, &size, "x"), -EROFS, "opened for reading");
	again = opened("\\A LONG NAME.text", FS_WRITE);
	size = 6;
	equal(fs_write(again, 3, &size, "p, you"), 0, "the same file, for writing");
	equal(fs_info(file, &info), 0, "information");
	ok(info.size == 9 && info.name[0] == 'A' && info.name[12] == 't',
	   "of what is not yet on the disk");
	equal(fs_remove(again), -EBUSY, "cannot be removed while it is open");
	fs_close(file);
	ok(holds("\\A long name.text", "help, you", 9), "what was written");
	file = opened("\\A long name.text", FS_WRITE);
	equal(fs_set_attributes(file, FS_READ_ONLY | FS_HIDDEN), 0, "attributes");
	equal(fs_set_modified(file, &(struct fs_time){2024, 2, 29, 12, 34, 56}), 0, "a time");
	fs_close(file);
	equal(fs_open(fs, path_of("\\A long name.text"), FS_WRITE, &file), -EACCES, "read-only");
	file = opened("\\A long name.text", FS_READ);
	equal(fs_info(file, &info), 0, "information");
	equal(info.attributes, FS_READ_ONLY | FS_HIDDEN, "attributes");
	ok(info.modified.year == 2024 && info.modified.month == 2 && info.modified.day == 29 &&
		   info.modified.hour == 12 && info.modified.minute == 34 &&
		   info.modified.second == 56,
	   "its time");
	equal(fs_set_attributes(file, 0), 0, "no attributes");
	equal(fs_rename(file, path_of("\\New name")), 0, "renamed");
	size = 4;
	equal(fs_info(file, &info), 0, "information");
	equal(info.name[0], 'N', "its name");
	equal(fs_remove(file), 0, "removed");
	ok(!opened("\\New name", FS_READ), "is gone");
}

static void test_folders(void)
{
	struct fs_file *file, *root = opened("\\", FS_READ);
	struct fs_info info;
	uint32_t count = 0;

	ok(root && root->directory, "the root");
	equal(fs_info(root, &info), 0, "information");
	ok(!info.name[0] && info.attributes == FS_DIRECTORY, "it has no name");
	file = opened("\\dir", FS_WRITE | FS_CREATE_DIRECTORY);
	ok(file && file->directory, "a folder");
	equal(fs_open(fs, path_of("\\dir"), FS_WRITE | FS_CREATE, &root), -EEXIST, "is no file");
	ok(put("\\dir\\one", "1", 1) && put("\\dir\\two", "2", 1), "two files in it");
	while (!fs_next(file, &info))
		count++;
	equal(count, 2, "are there");
	equal(fs_rewind(file), 0, "and again");
	equal(fs_next(file, &info), 0, "the first");
	ok(info.name[0] == 'o' && info.size == 1, "one");
	equal(fs_rename(file, path_of("\\dir\\sub")), -EACCES, "not into itself");
	equal(fs_rename(file, path_of("\\other")), 0, "renamed");
	ok(holds("\\other\\two", "2", 1), "with all");
	equal(fs_remove(file), -EACCES, "not empty");
	equal(fs_remove(opened("\\other\\one", FS_READ)), 0, "one");
	equal(fs_remove(opened("\\other\\two", FS_READ)), 0, "two");
	equal(fs_remove(opened("\\other", FS_READ)), 0, "removed");
	equal(fs_remove(root), -EACCES, "not the root");
}

static void test_volume(void)
{
	struct fs_volume_info info;
	struct fs_volume_info full;
	struct fs_file *file;
	uint64_t size;
	uint8_t *data;

	equal(fs_set_label(fs, path_of("Label 1")), 0, "a label");
	equal(fs_volume_info(fs, &info), 0, "information");
	ok(info.label[0] == 'L' && info.label[6] == '1' && !info.label[7] && !info.read_only,
	   "the label");
	equal(fs_set_label(fs, path_of("a*b")), -EINVAL, "no label");
	equal(fs_set_label(fs, path_of("twelve chars")), -EINVAL, "too long");
	file = opened("\\full", FS_WRITE | FS_CREATE);
	size = info.free + 1;
	data = calloc(1, size);
	equal(fs_write(file, 0, &size, data), -ENOSPC, "more than there is room for");
	equal(size, info.free, "as much as there is");
	equal(fs_volume_info(fs, &full), 0, "information");
	equal(full.free, 0, "full");
	equal(fs_resize(file, 0), 0, "shrunk");
	equal(fs_resize(file, info.free + 1), -ENOSPC, "grown by too much");
	equal(fs_volume_info(fs, &full), 0, "information");
	equal(full.free, info.free, "as before");
	equal(fs_remove(file), 0, "removed");
	free(data);
	disk.block.read_only = true;
	equal(fs_open(fs, path_of("\\x"), FS_WRITE | FS_CREATE, &file), -EROFS, "read-only");
	equal(fs_open(fs, path_of("\\x"), FS_WRITE, &file), -ENOENT, "not there");
	disk.block.read_only = false;
}

/* ---- at random ---- */

#define FILES 6
#define SIZE_MAX_ 300000

/* Its own image: a label in the boot sector alone, and what mlabel and fsck.fat think of ours. */
static void test_label(const char *options, uint32_t kib, uint32_t at)
{
	struct fs_volume_info info;

	start(options, 512, kib);
	equal(fs_volume_info(fs, &info), 0, "information");
	ok(!info.label[0], "no label");
	memcpy(disk.data + at, "BOOTLABEL  ", 11);
	fs_unmount(fs);
	equal(fs_mount(&disk.block, &fs), 0, "mounted again");
	equal(fs_volume_info(fs, &info), 0, "information");
	ok(info.label[0] == 'B' && info.label[8] == 'L' && !info.label[9],
	   "the boot sector's label");
	equal(fs_set_label(fs, path_of("Disk")), 0, "a new one");
	ok(!memcmp(disk.data + at, "DISK       ", 11), "is in the boot sector");
	equal(fs_volume_info(fs, &info), 0, "information");
	ok(info.label[0] == 'D' && info.label[3] == 'K' && !info.label[4], "and the root");
	equal(fs_set_label(fs, path_of("")), 0, "none");
	ok(!memcmp(disk.data + at, "NO NAME    ", 11), "is not in the boot sector");
	equal(fs_set_label(fs, path_of("Last")), 0, "a last one");
	end(options);
	equal(run("mlabel -s -i %s :: | grep -q 'LAST'%s", ""), 0, "mlabel finds it");
}

/* ---- more volumes than FatFs has drives ---- */

#define MANY 25

static void test_many(void)
{
	static struct fs *many[MANY];
	static struct fake_block disks[MANY];
	struct fs_file *files[MANY];
	struct fs_info info;
	bool good = true;
	uint32_t i;

	start("-F 12 -n MANY", 512, 1440);
	fs_unmount(fs);
	fake_block_save(&disk, image);
	fake_block_end(&disk);
	for (i = 0; i < MANY; i++) {
		fake_block_load(&disks[i], 512, image);
		good &= !fs_mount(&disks[i].block, &many[i]);
	}
	ok(good, "25 volumes are mounted");
	for (i = 0; i < MANY; i++) {
		fs = many[i];
		good &= put("\\number", &i, sizeof(i));
	}
	for (i = 0; i < MANY; i++) {
		fs = many[i];
		good &= holds("\\number", &i, sizeof(i));
	}
	ok(good, "each has its own file");
	for (i = 0; i < 10; i++) {
		fs = many[i];
		files[i] = opened("\\number", FS_READ);
		good &= files[i] && !fs_info(files[i], &info) && info.size == 4;
	}
	ok(good, "10 have open files");
	fs = many[10];
	lines = 0;
	equal(fs_open(fs, path_of("\\number"), FS_READ, &files[10]), -EMFILE, "one more has not");
	equal(lines, 1, "one line");
	fs_close(files[3]);
	files[3] = opened("\\number", FS_READ);
	ok(files[3] != NULL, "until another's are closed");
	for (i = 0; i < 10; i++)
		fs_close(files[i]);
	for (i = 0; i < MANY; i++) {
		fs_unmount(many[i]);
		fake_block_end(&disks[i]);
	}
}

static void test_random(uint32_t steps)
{
	static uint8_t model[FILES][SIZE_MAX_], buffer[SIZE_MAX_];
	uint64_t length[FILES] = {0};
	struct fs_file *file[FILES];
	char name[32];
	bool good = true;

	memset(model, 0, sizeof(model));
	for (uint32_t i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "\\random file %u", i);
		file[i] = opened(name, FS_WRITE | FS_CREATE);
	}
	for (uint32_t step = 0; step < steps && good; step++) {
		uint32_t i = (uint32_t)tap_below(FILES);
		uint64_t offset = tap_below(length[i] + 1);
		uint64_t size = tap_below(tap_below(2) ? 600 : 60000), got;

		size = offset + size > SIZE_MAX_ ? SIZE_MAX_ - offset : size;
		got = size;
		switch (tap_below(4)) {
		case 0:
			for (uint64_t j = 0; j < size; j++)
				model[i][offset + j] = (uint8_t)tap_random();
			good = !fs_write(file[i], offset, &got, model[i] + offset) && got == size;
			length[i] = offset + size > length[i] ? offset + size : length[i];
			break;
		case 1:
			good = tap_below(8) || !fs_resize(file[i], offset);
			if (good && file[i]->writable) {
				struct fs_info info;

				good = !fs_info(file[i], &info);
				length[i] = info.size;
			}
			break;
		default:
			size = size < length[i] - offset ? size : length[i] - offset;
			good = !fs_read(file[i], offset, &got, buffer) && got == size &&
			       !memcmp(buffer, model[i] + offset, size);
		}
	}
	ok(good, "files at random");
	for (uint32_t i = 0; i < FILES; i++) {
		fs_close(file[i]);
		snprintf(name, sizeof(name), "\\random file %u", i);
		ok(holds(name, model[i], length[i]), name);
	}
}

/* Large reads are few requests, where a file is in one piece. */
static void test_requests(void)
{
	static uint8_t data[1 << 20];
	uint64_t size = sizeof(data);
	struct fs_file *file;

	for (uint32_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i ^ i >> 9);
	ok(put("\\large", data, size), "a file of 1 MiB");
	file = opened("\\large", FS_READ);
	disk.reads = 0;
	equal(fs_read(file, 0, &size, data), 0, "read at once");
	ok(disk.reads <= sizeof(data) / disk.block.transfer_max + 16, "in large requests");
	printf("# %lu requests\n", disk.reads);
	fs_close(file);
}

/* ---- cut off ---- */

static void some_writes(void)
{
	static uint8_t data[5000];
	struct fs_file *file = opened("\\folder", FS_WRITE | FS_CREATE_DIRECTORY);

	if (file)
		fs_close(file);
	put("\\folder\\a file with a long name", data, sizeof(data));
	put("\\KEEP2", data, 100);
	file = opened("\\old", FS_WRITE);
	if (file) {
		(void)!fs_rename(file, path_of("\\folder\\new"));
		fs_close(file);
	}
	file = opened("\\gone", FS_WRITE);
	if (file)
		(void)!fs_remove(file);
}

/* The n-th write and all later ones are lost: what was there and is not touched must be, and fsck.fat can mend the rest. */
static bool test_cut(uint64_t n, const uint8_t *keep, uint64_t size, bool *more)
{
	bool good;

	fake_block_load(&disk, 512, image);
	if (fs_mount(&disk.block, &fs))
		return false;
	disk.cut_write = n;
	some_writes();
	*more = disk.writes >= n;
	fs_unmount(fs);
	fake_block_save(&disk, image);
	fake_block_end(&disk);
	if (run("PATH=$PATH:/sbin fsck.fat -a %s >%s/fsck 2>&1", folder) > 1 ||
	    run("PATH=$PATH:/sbin fsck.fat -n %s >%s/fsck 2>&1", folder))
		return false;
	fake_block_load(&disk, 512, image);
	good = !fs_mount(&disk.block, &fs) && holds("\\KEEP", keep, size);
	fs_unmount(fs);
	fake_block_end(&disk);
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
	start(options, 512, kib);
	ok(put("\\KEEP", keep, sizeof(keep)) && put("\\old", keep, 3000) &&
		   put("\\gone", keep, 4000),
	   "files");
	end("well before");
	snprintf(copy, sizeof(copy), "%s.copy", image);
	rename(image, copy);
	while (more && good) {
		run("cp %s.copy %s", image);
		good = test_cut(++n, keep, sizeof(keep), &more);
	}
	if (!ok(good, "cut at every write"))
		printf("#   at write %lu\n", n);
	printf("# %lu writes\n", n - 1);
	unlink(copy);
}

/* ---- damage ---- */

/* A file whose chain comes back to its cluster `back` from its last one, read at once and in pieces of 7 sectors. */
static void test_loop(uint32_t clusters, uint32_t back)
{
	static uint8_t data[512 * 300], buffer[512 * 300];
	uint64_t size = clusters * UINT64_C(512);
	struct fs_file *file;
	uint16_t link;
	int error = 0;

	start("-F 16 -s 1 -r 512", 512, 8192);
	ok(put("\\file", data, size), "a file");
	link = (uint16_t)(2 + back);
	/* Its first cluster is number 2. The directory says that it is as long as before. */
	memcpy(disk.data + 512 * disk.data[14] + 2 * (2 + clusters / 2), &link, 2);
	fs_unmount(fs);
	equal(fs_mount(&disk.block, &fs), 0, "mounted again");
	file = opened("\\file", FS_READ);
	lines = 0;
	equal(fs_read(file, 0, &size, buffer), -EILSEQ, "a loop");
	equal(lines, 1, "one line");
	fs_close(file);
	file = opened("\\file", FS_READ);
	for (uint64_t at = 0; at < clusters * UINT64_C(512) && !error; at += 7 * 512) {
		size = 7 * 512;
		error = fs_read(file, at, &size, buffer);
	}
	equal(error, -EILSEQ, "in pieces");
	size = 512;
	equal(fs_read(file, 0, &size, buffer), 0, "its beginning is well");
	fs_close(file);
	fs_unmount(fs);
	fake_block_end(&disk);
}

/* Where a volume of FAT16 with sectors of 512 bytes has the entry of a cluster: right behind the reserved sectors. */
static uint8_t *entry_of(uint32_t cluster)
{
	return disk.data + 512 * disk.data[14] + 2 * cluster;
}

/*
 * Two files, of 10 and of 20 clusters, from cluster 2 on; the entry of the first one's cluster `at` (from 0) is changed. What
 * reading it comes to, at once and the last byte alone, and how many lines that costs.
 */
static void test_crossed(uint32_t at, uint16_t link, int wanted, const char *name)
{
	static uint8_t data[512 * 20], buffer[512 * 20];
	uint64_t size = 512 * 10, last = 1;
	struct fs_file *file;

	start("-F 16 -s 1 -r 512", 512, 8192);
	ok(put("\\one", data, 512 * 10) && put("\\two", data, 512 * 20), name);
	memcpy(entry_of(2 + at), &link, 2);
	fs_unmount(fs);
	equal(fs_mount(&disk.block, &fs), 0, "mounted again");
	file = opened("\\one", FS_READ);
	lines = 0;
	equal(fs_read(file, 0, &size, buffer), wanted, "read at once");
	equal(lines, wanted != 0, "lines");
	fs_close(file);
	file = opened("\\one", FS_READ);
	equal(fs_read(file, 512 * 10 - 1, &last, buffer), wanted, "its last byte");
	equal(lines, 2 * (wanted != 0), "lines");
	size = 512;
	equal(fs_read(file, 0, &size, buffer), at ? 0 : wanted, "its first cluster");
	fs_close(file);
	ok(holds("\\two", data, 512 * 20), "the other file is as it was");
	fs_unmount(fs);
	fake_block_end(&disk);
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

	start("-F 16 -s 1 -r 512", 512, 8192);
	ok(put("\\file", data, size), "a file");
	/* Its third cluster's entry in the table, which comes right behind the reserved sectors. */
	memset(disk.data + 512 * disk.data[14] + 2 * 4, 0, 2);
	fs_unmount(fs);
	equal(fs_mount(&disk.block, &fs), 0, "mounted again");
	file = opened("\\file", FS_READ);
	lines = 0;
	equal(fs_read(file, 0, &size, buffer), -EILSEQ, "a chain that ends too early");
	equal(lines, 1, "one line");
	fs_close(file);
	fs_unmount(fs);
	disk.data[0] = 0;
	equal(fs_mount(&disk.block, &fs), -ENODEV, "no boot sector");
	fake_block_end(&disk);
}

/* A disk that takes no more writes can still be read, once nothing of it is open. */
static void test_no_writes(void)
{
	uint64_t size = 3;
	struct fs_file *file;

	start("-F 12", 512, 1440);
	ok(put("\\file", "one", 3), "a file");
	file = opened("\\file", FS_WRITE);
	disk.cut_write = disk.writes + 1;
	equal(fs_write(file, 0, &size, "two"), 0, "written, it seems");
	equal(fs_sync(file), -EIO, "but not to the disk");
	fs_close(file);
	ok(holds("\\file", "one", 3), "what was there is there");
	disk.cut_write = 0;
	end("fsck.fat finds nothing");
}

int main(void)
{
	log_set_sink(count_lines);
	log_set_level(LOG_WARN);
	tap_seed();
	if (!mkdtemp(folder))
		return 1;
	snprintf(image, sizeof(image), "%s/image", folder);
	for (int i = 0; i < 4; i++) {
		static const char *const options[] = {"-F 12", "-F 16", "-F 32 -s 1",
						      "-F 16 -S 4096 -s 1"};
		static const uint32_t sizes[] = {4000, 20000, 40000, 40000};

		start(options[i], i == 3 ? 4096 : 512, sizes[i]);
		test_files();
		test_folders();
		test_random(400);
		test_requests();
		test_volume();
		end("fsck.fat finds nothing");
	}
	start("-F 12", 2048, 4000); /* sectors of the volume are smaller than the disc's */
	test_files();
	end("fsck.fat finds nothing");
	test_label("-F 12", 1440, 43);
	test_label("-F 16", 20000, 43);
	test_label("-F 32 -s 1", 40000, 71);
	test_many();
	test_cuts("-F 12", 1440);
	test_cuts("-F 32 -s 1", 40000);
	test_no_writes();
	test_damage();
	test_cross_links();
	test_loop(300, 0);
	test_loop(300, 149);
	test_loop(300, 150); /* to itself */
	test_loop(41, 3);
	unlink(image);
	snprintf(image, sizeof(image), "%s/fsck", folder);
	unlink(image);
	rmdir(folder);
	return tap_done();
}
