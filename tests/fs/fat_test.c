/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/fat.c fs/fat_disk.c fs/fat_drive.c fs/fat_entry.c fs/fat_file.c fs/fat_label.c fs/fat_node.c fs/fat_path.c fs/fat_runs.c fs/iso9660.c fs/fs.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/log.c tests/host.c */
/* FAT volumes that mkfs.fat makes, used at random beside a model, and looked at by fsck.fat. */
#include <errno.h>
#include <string.h>

#include "tests/fs/image.h"

/* ---- one thing after another ---- */

static void test_files(void)
{
	struct fs_file *file, *again;
	struct fs_info info;
	uint64_t size;

	ok(image_put("\\A long name.text", "hello", 5), "a long name");
	ok(image_holds("\\a LONG name.TEXT", "hello", 5), "in any case");
	ok(image_holds("\\ALONGN~1.TEX", "hello", 5), "by its short name");
	ok(!image_open("\\none", FS_READ) && !image_open("\\none\\x", FS_READ),
	   "what is not there");
	equal(fs_open(image_fs, image_path("\\none\\x"), FS_WRITE | FS_CREATE, &file), -ENOENT,
	      "nor its folder");
	equal(fs_open(image_fs, image_path("\\a*b"), FS_WRITE | FS_CREATE, &file), -EINVAL,
	      "no name");
	file = image_open("\\A long name.text", FS_READ);
	equal(fs_write(file, 0, &size, "x"), -EROFS, "opened for reading");
	again = image_open("\\A LONG NAME.text", FS_WRITE);
	size = 6;
	equal(fs_write(again, 3, &size, "p, you"), 0, "the same file, for writing");
	equal(fs_info(file, &info), 0, "information");
	ok(info.size == 9 && info.name[0] == 'A' && info.name[12] == 't',
	   "of what is not yet on the disk");
	equal(fs_remove(again), -EBUSY, "cannot be removed while it is open");
	fs_close(file);
	ok(image_holds("\\A long name.text", "help, you", 9), "what was written");
	file = image_open("\\A long name.text", FS_WRITE);
	equal(fs_set_attributes(file, FS_READ_ONLY | FS_HIDDEN), 0, "attributes");
	equal(fs_set_modified(file, &(struct fs_time){2024, 2, 29, 12, 34, 56}), 0, "a time");
	fs_close(file);
	equal(fs_open(image_fs, image_path("\\A long name.text"), FS_WRITE, &file), -EACCES,
	      "read-only");
	file = image_open("\\A long name.text", FS_READ);
	equal(fs_info(file, &info), 0, "information");
	equal(info.attributes, FS_READ_ONLY | FS_HIDDEN, "attributes");
	ok(info.modified.year == 2024 && info.modified.month == 2 && info.modified.day == 29 &&
		   info.modified.hour == 12 && info.modified.minute == 34 &&
		   info.modified.second == 56,
	   "its time");
	equal(fs_set_attributes(file, 0), 0, "no attributes");
	equal(fs_rename(file, image_path("\\New name")), 0, "renamed");
	size = 4;
	equal(fs_info(file, &info), 0, "information");
	equal(info.name[0], 'N', "its name");
	equal(fs_remove(file), 0, "removed");
	ok(!image_open("\\New name", FS_READ), "is gone");
}

static void test_folders(void)
{
	struct fs_file *file, *root = image_open("\\", FS_READ);
	struct fs_info info;
	uint32_t count = 0;

	ok(root && root->directory, "the root");
	equal(fs_info(root, &info), 0, "information");
	ok(!info.name[0] && info.attributes == FS_DIRECTORY, "it has no name");
	file = image_open("\\dir", FS_WRITE | FS_CREATE_DIRECTORY);
	ok(file && file->directory, "a folder");
	equal(fs_open(image_fs, image_path("\\dir"), FS_WRITE | FS_CREATE, &root), -EEXIST,
	      "is no file");
	ok(image_put("\\dir\\one", "1", 1) && image_put("\\dir\\two", "2", 1), "two files in it");
	while (!fs_next(file, &info))
		count++;
	equal(count, 2, "are there");
	equal(fs_rewind(file), 0, "and again");
	equal(fs_next(file, &info), 0, "the first");
	ok(info.name[0] == 'o' && info.size == 1, "one");
	equal(fs_rename(file, image_path("\\dir\\sub")), -EACCES, "not into itself");
	equal(fs_rename(file, image_path("\\other")), 0, "renamed");
	ok(image_holds("\\other\\two", "2", 1), "with all");
	equal(fs_remove(file), -EACCES, "not empty");
	equal(fs_remove(image_open("\\other\\one", FS_READ)), 0, "one");
	equal(fs_remove(image_open("\\other\\two", FS_READ)), 0, "two");
	equal(fs_remove(image_open("\\other", FS_READ)), 0, "removed");
	equal(fs_remove(root), -EACCES, "not the root");
}

static void test_volume(void)
{
	struct fs_volume_info info;
	struct fs_volume_info full;
	struct fs_file *file;
	uint64_t size;
	uint8_t *data;

	equal(fs_set_label(image_fs, image_path("Label 1")), 0, "a label");
	equal(fs_volume_info(image_fs, &info), 0, "information");
	ok(info.label[0] == 'L' && info.label[6] == '1' && !info.label[7] && !info.read_only,
	   "the label");
	equal(fs_set_label(image_fs, image_path("a*b")), -EINVAL, "no label");
	equal(fs_set_label(image_fs, image_path("twelve chars")), -EINVAL, "too long");
	file = image_open("\\full", FS_WRITE | FS_CREATE);
	size = info.free + 1;
	data = calloc(1, size);
	equal(fs_write(file, 0, &size, data), -ENOSPC, "more than there is room for");
	equal(size, info.free, "as much as there is");
	equal(fs_volume_info(image_fs, &full), 0, "information");
	equal(full.free, 0, "full");
	equal(fs_resize(file, 0), 0, "shrunk");
	equal(fs_resize(file, info.free + 1), -ENOSPC, "grown by too much");
	equal(fs_volume_info(image_fs, &full), 0, "information");
	equal(full.free, info.free, "as before");
	equal(fs_remove(file), 0, "removed");
	free(data);
	image_disk.block.read_only = true;
	equal(fs_open(image_fs, image_path("\\x"), FS_WRITE | FS_CREATE, &file), -EROFS,
	      "read-only");
	equal(fs_open(image_fs, image_path("\\x"), FS_WRITE, &file), -ENOENT, "not there");
	image_disk.block.read_only = false;
}

/* Its own image: a label in the boot sector alone, and what mlabel and fsck.fat think of ours. */
static void test_label(const char *options, uint32_t kib, uint32_t at)
{
	struct fs_volume_info info;

	image_start(options, 512, kib);
	equal(fs_volume_info(image_fs, &info), 0, "information");
	ok(!info.label[0], "no label");
	memcpy(image_disk.data + at, "BOOTLABEL  ", 11);
	fs_unmount(image_fs);
	equal(fs_mount(&image_disk.block, &image_fs), 0, "mounted again");
	equal(fs_volume_info(image_fs, &info), 0, "information");
	ok(info.label[0] == 'B' && info.label[8] == 'L' && !info.label[9],
	   "the boot sector's label");
	equal(fs_set_label(image_fs, image_path("Disk")), 0, "a new one");
	ok(!memcmp(image_disk.data + at, "DISK       ", 11), "is in the boot sector");
	equal(fs_volume_info(image_fs, &info), 0, "information");
	ok(info.label[0] == 'D' && info.label[3] == 'K' && !info.label[4], "and the root");
	equal(fs_set_label(image_fs, image_path("")), 0, "none");
	ok(!memcmp(image_disk.data + at, "NO NAME    ", 11), "is not in the boot sector");
	equal(fs_set_label(image_fs, image_path("Last")), 0, "a last one");
	image_end(options);
	equal(image_run("mlabel -s -i %s :: | grep -q 'LAST'%s", ""), 0, "mlabel finds it");
}

/* ---- at random ---- */

#define FILES 6
#define SIZE_MAX_ 300000

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
		file[i] = image_open(name, FS_WRITE | FS_CREATE);
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
		ok(image_holds(name, model[i], length[i]), name);
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
	ok(image_put("\\large", data, size), "a file of 1 MiB");
	file = image_open("\\large", FS_READ);
	image_disk.reads = 0;
	equal(fs_read(file, 0, &size, data), 0, "read at once");
	ok(image_disk.reads <= sizeof(data) / image_disk.block.transfer_max + 16,
	   "in large requests");
	printf("# %lu requests\n", image_disk.reads);
	fs_close(file);
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

	image_start("-F 12 -n MANY", 512, 1440);
	fs_unmount(image_fs);
	fake_block_save(&image_disk, image_name);
	fake_block_end(&image_disk);
	for (i = 0; i < MANY; i++) {
		fake_block_load(&disks[i], 512, image_name);
		good &= !fs_mount(&disks[i].block, &many[i]);
	}
	ok(good, "25 volumes are mounted");
	for (i = 0; i < MANY; i++) {
		image_fs = many[i];
		good &= image_put("\\number", &i, sizeof(i));
	}
	for (i = 0; i < MANY; i++) {
		image_fs = many[i];
		good &= image_holds("\\number", &i, sizeof(i));
	}
	ok(good, "each has its own file");
	for (i = 0; i < 10; i++) {
		image_fs = many[i];
		files[i] = image_open("\\number", FS_READ);
		good &= files[i] && !fs_info(files[i], &info) && info.size == 4;
	}
	ok(good, "10 have open files");
	image_fs = many[10];
	image_lines = 0;
	equal(fs_open(image_fs, image_path("\\number"), FS_READ, &files[10]), -EMFILE,
	      "one more has not");
	equal(image_lines, 1, "one line");
	fs_close(files[3]);
	files[3] = image_open("\\number", FS_READ);
	ok(files[3] != NULL, "until another's are closed");
	for (i = 0; i < 10; i++)
		fs_close(files[i]);
	for (i = 0; i < MANY; i++) {
		fs_unmount(many[i]);
		fake_block_end(&disks[i]);
	}
}

int main(void)
{
	image_begin();
	for (int i = 0; i < 4; i++) {
		static const char *const options[] = {"-F 12", "-F 16", "-F 32 -s 1",
						      "-F 16 -S 4096 -s 1"};
		static const uint32_t sizes[] = {4000, 20000, 40000, 40000};

		image_start(options[i], i == 3 ? 4096 : 512, sizes[i]);
		test_files();
		test_folders();
		test_random(400);
		test_requests();
		test_volume();
		image_end("fsck.fat finds nothing");
	}
	image_start("-F 12", 2048, 4000); /* sectors of the volume are smaller than the disc's */
	test_files();
	image_end("fsck.fat finds nothing");
	test_label("-F 12", 1440, 43);
	test_label("-F 16", 20000, 43);
	test_label("-F 32 -s 1", 40000, 71);
	test_many();
	return image_finish();
}
