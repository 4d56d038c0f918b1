/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/iso9660.c fs/fs.c fs/fat.c fs/fat_disk.c fs/fat_drive.c fs/fat_entry.c fs/fat_file.c fs/fat_label.c fs/fat_node.c fs/fat_path.c fs/fat_runs.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/log.c tests/host.c */
/* Discs made here: one with plain names, and one with Joliet's besides. */
#include <errno.h>
#include <string.h>

#include "fs/fs.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"
#include "tests/tap.h"

#define SECTOR 2048
#define SECTORS 64

static struct fake_block disk;
static struct fs *fs;
static uint32_t lines;

static void count_lines(const char *text, uint64_t size)
{
	(void)text;
	(void)size;
	lines++;
}

static uint8_t *sector(uint32_t n)
{
	return disk.data + n * SECTOR;
}

/* Puts a directory record; the name as bytes. Returns where the next goes. */
static uint8_t *record(uint8_t *at, uint32_t extent, uint32_t size, uint8_t flags, const char *name,
		       uint8_t length)
{
	static const uint8_t time[] = {124, 2, 29, 12, 34, 56, 0};

	at[0] = (uint8_t)((33 + length + 1) & ~1);
	le32_store(at + 2, extent);
	le32_store(at + 10, size);
	memcpy(at + 18, time, sizeof(time));
	at[25] = flags;
	at[32] = length;
	memcpy(at + 33, name, length);
	return at + at[0];
}

static void descriptor(uint32_t n, uint8_t type, uint32_t root, const char *label, uint8_t size)
{
	uint8_t *at = sector(n);

	at[0] = type;
	memcpy(at + 1, "CD001\1", 6);
	memset(at + 40, type == 1 ? ' ' : 0, 32);
	memcpy(at + 40, label, size);
	le16_store(at + 128, SECTOR);
	record(at + 156, root, 2 * SECTOR, 2, "", 1);
}

static uint8_t *start_directory(uint32_t n, uint32_t size)
{
	return record(record(sector(n), n, size, 2, "\0", 1), n, size, 2, "\1", 1);
}

#define WIDE(text) text, sizeof(text) - 1

static void make(bool joliet)
{
	uint8_t *at;

	fake_block_start(&disk, SECTOR, SECTORS);
	descriptor(16, 1, 20, "CDROM", 5);
	if (joliet) {
		descriptor(17, 2, 30, WIDE("\0D\0i\0s\0c"));
		memcpy(sector(17) + 88, "%/E", 3);
	}
	descriptor(18, 255, 0, "", 0);
	memcpy(sector(17) + 1, "CD001", 5);
	at = start_directory(20, 2 * SECTOR);
	at = record(at, 40, 5000, 0, WIDE("HELLO.TXT;1"));
	record(at, 43, 100, 0, WIDE("NODOT.;1"));
	record(sector(21), 22, SECTOR, 2, WIDE("DIR")); /* in the directory's second sector */
	at = start_directory(22, SECTOR);
	at = record(at, 44, 2048, 0x80, WIDE("LONG.BIN;1")); /* in two pieces */
	record(at, 45, 1000, 0, WIDE("LONG.BIN;1"));
	at = start_directory(30, 2 * SECTOR);
	record(at, 40, 5000, 0, WIDE("\0h\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d\0.\0t\0x\0t"));
	for (uint32_t i = 40 * SECTOR; i < 47 * SECTOR; i++)
		disk.data[i] = (uint8_t)(i ^ i >> 8);
	lines = 0;
}

static void end(void)
{
	if (fs)
		fs_unmount(fs);
	fs = NULL;
	fake_block_end(&disk);
}

static bool holds(const uint16_t *path, uint32_t extent, uint64_t size)
{
	uint8_t buffer[8192];
	uint64_t got = sizeof(buffer);
	struct fs_file *file;
	bool good;

	if (fs_open(fs, path, FS_READ, &file))
		return false;
	good = !fs_read(file, 0, &got, buffer) && got == size &&
	       !memcmp(buffer, sector(extent), size);
	got = 10;
	good = good && !fs_read(file, size - 3, &got, buffer) && got == 3;
	got = 10;
	good = good && !fs_read(file, size + 3, &got, buffer) && got == 0;
	fs_close(file);
	return good;
}

static void test_plain(void)
{
	struct fs_volume_info volume;
	struct fs_file *file;
	struct fs_info info;
	uint32_t count = 0;

	make(false);
	equal(fs_mount(&disk.block, &fs), 0, "mounted");
	ok(holds(u"\\HELLO.TXT", 40, 5000), "a file");
	ok(holds(u"\\hello.txt", 40, 5000), "in any case");
	ok(holds(u"\\NODOT", 43, 100), "a name without an extension");
	ok(holds(u"\\DIR\\LONG.BIN", 44, 3048), "in two pieces");
	equal(fs_open(fs, u"\\NONE", FS_READ, &file), -ENOENT, "what is not there");
	equal(fs_open(fs, u"\\HELLO.TXT\\X", FS_READ, &file), -ENOENT, "below a file");
	equal(fs_open(fs, u"\\HELLO", FS_READ, &file), -ENOENT, "a part of a name");
	equal(fs_open(fs, u"\\NEW", FS_WRITE | FS_CREATE, &file), -EROFS, "nothing can be made");
	equal(fs_open(fs, u"\\HELLO.TXT", FS_WRITE, &file), -EROFS, "nor written");
	equal(fs->open, 0, "nothing is left open");
	equal(fs_open(fs, u"\\", FS_READ, &file), 0, "the root");
	while (!fs_next(file, &info))
		count++;
	equal(count, 3, "has three entries");
	equal(info.attributes, FS_DIRECTORY | FS_READ_ONLY, "the last is a directory");
	ok(info.modified.year == 2024 && info.modified.month == 2 && info.modified.second == 56,
	   "its time");
	equal(fs_rewind(file), 0, "and again");
	equal(fs_next(file, &info), 0, "the first");
	equal(info.size, 5000, "its size");
	fs_close(file);
	equal(fs_volume_info(fs, &volume), 0, "the volume");
	ok(volume.read_only && volume.label[0] == 'C' && !volume.label[5], "its label");
	equal(lines, 0, "no word");
	end();
}

static void test_joliet(void)
{
	struct fs_volume_info volume;

	make(true);
	equal(fs_mount(&disk.block, &fs), 0, "mounted");
	ok(holds(u"\\Hello World.txt", 40, 5000), "a long name");
	equal(fs_volume_info(fs, &volume), 0, "the volume");
	ok(volume.label[0] == 'D' && volume.label[1] == 'i' && !volume.label[4], "its label");
	end();
}

static void expect(int error, const char *name)
{
	struct fs_file *file;

	equal(fs_mount(&disk.block, &fs), 0, name);
	equal(fs_open(fs, u"\\DIR\\LONG.BIN", FS_READ, &file), error, "is found");
	equal(fs_open(fs, u"\\DIR\\LONG.BIN", FS_READ, &file), error, "and again");
	equal(lines, 1, "one line");
	end();
}

static void test_damage(void)
{
	make(false);
	sector(20)[0] = 20;
	expect(-EILSEQ, "a record that is too short");
	make(false);
	sector(20)[32] = 100;
	expect(-EILSEQ, "a name beyond its record");
	make(false);
	le32_store(sector(21) + 2, SECTORS);
	expect(-EILSEQ, "a directory beyond the end");
	make(false);
	le32_store(sector(22) + 68 + 2, 0x7fffffff);
	expect(-EILSEQ, "a file beyond the end");
	make(false);
	le32_store(sector(22) + 68 + 44 + 2, 50);
	expect(-EILSEQ, "pieces apart");
	make(false);
	memset(sector(22) + 68 + 44, 0, 44);
	expect(-EILSEQ, "no second piece");
	make(false);
	le16_store(sector(16) + 128, 512);
	equal(fs_mount(&disk.block, &fs), -ENODEV, "blocks of another size");
	end();
	fake_block_start(&disk, 512, 10);
	equal(fs_mount(&disk.block, &fs), -ENODEV, "a small disk");
	end();
}

int main(void)
{
	log_set_sink(count_lines);
	log_set_level(LOG_WARN);
	test_plain();
	test_joliet();
	test_damage();
	return tap_done();
}
