/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/partition.c fs/gpt.c fs/mbr.c fs/el_torito.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/crc32.c lib/log.c tests/host.c */
/* Partition tables made here, whole and damaged. */
#include <errno.h>
#include <string.h>

#include "fs/partition.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"
#include "tests/drivers/fake_gpt.h"
#include "tests/tap.h"

#define SECTORS 4096

static struct fake_block disk;
static struct partition_table table;
static char log_text[8192];

static void keep_log(const char *text, uint64_t size)
{
	size_t have = strlen(log_text);

	if (have + size < sizeof(log_text))
		memcpy(log_text + have, text, size), log_text[have + size] = '\0';
	printf("# %.*s", (int)size, text);
}

static uint32_t lines(void)
{
	uint32_t count = 0;

	for (const char *at = log_text; *at; at++)
		count += *at == '\n';
	return count;
}

static void start(uint32_t sector_size)
{
	fake_block_start(&disk, sector_size, SECTORS);
	log_text[0] = '\0';
}

static void end(void)
{
	partition_free(&table);
	fake_block_end(&disk);
}

static uint8_t *sector(uint64_t n)
{
	return disk.data + n * disk.block.sector_size;
}

/* The n-th partition found, from 0 on. */
static const struct partition *found(uint32_t n)
{
	const struct partition *partition = table.first;

	while (n-- && partition)
		partition = partition->next;
	return partition;
}

static bool is(uint32_t n, uint32_t number, uint64_t first, uint64_t sectors)
{
	const struct partition *partition = found(n);

	return partition && partition->number == number && partition->block.first == first &&
	       partition->block.sectors == sectors && partition->block.whole == &disk.block;
}

/* ---- GPT ---- */

static void put_header(uint64_t at, uint64_t other, uint64_t entries_at)
{
	memset(sector(at), 0, disk.block.sector_size);
	fake_gpt_header(sector(at), at, other, sector(entries_at), entries_at, SECTORS);
}

static void put_entry(uint32_t n, const char *type, uint64_t first, uint64_t last)
{
	uint8_t *entry = sector(2) + n * 128;

	memcpy(entry, type, 16);
	memset(entry + 16, (int)n + 1, 16);
	le64_store(entry + 32, first);
	le64_store(entry + 40, last);
}

#define XBOOTLDR "\xff\xc2\x13\xbc\xe6\x59\x62\x42\xa3\x52\xb2\x75\xfd\x6f\x71\x72"
#define ESP "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b"
#define OTHER "\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4"

static void put_gpt(uint32_t sector_size)
{
	uint64_t size;

	start(sector_size);
	size = (128 * 128 + sector_size - 1) / sector_size;
	put_entry(0, ESP, 64, 1023);
	put_entry(4, OTHER, 1024, 2047);
	memcpy(sector(SECTORS - 1 - size), sector(2), 128 * 128);
	put_header(1, SECTORS - 1, 2);
	put_header(SECTORS - 1, 1, SECTORS - 1 - size);
	sector(0)[446 + 4] = 0xee;
	le32_store(sector(0) + 446 + 8, 1);
	le32_store(sector(0) + 446 + 12, SECTORS - 1);
	le16_store(sector(0) + 510, 0xaa55);
}

static void expect_gpt(const char *name, uint32_t wanted_lines)
{
	equal(partition_read(&disk.block, &table), 0, name);
	equal(table.scheme, PARTITION_GPT, "GPT");
	ok(is(0, 1, 64, 960) && found(0)->is_system, "the system partition");
	ok(is(1, 5, 1024, 1024) && !found(1)->is_system && !found(2), "the other one");
	ok(!memcmp(found(1)->entry.gpt + 16, "\5\5\5\5", 4), "its entry");
	equal(lines(), wanted_lines, "lines");
	end();
}

static void test_gpt(void)
{
	put_gpt(512);
	expect_gpt("512", 0);
	put_gpt(4096);
	expect_gpt("4096", 0);
	put_gpt(512);
	sector(1)[60] ^= 1;
	expect_gpt("a damaged header", 1);
	put_gpt(512);
	sector(2)[60] ^= 1;
	expect_gpt("a damaged table", 1);
	put_gpt(512);
	sector(SECTORS - 1)[60] ^= 1;
	expect_gpt("a damaged backup", 1);
	put_gpt(512);
	memset(sector(0), 0, 512);
	expect_gpt("no MBR", 0);
	put_gpt(512);
	disk.fail_read = 2;
	expect_gpt("a header that cannot be read", 1);
	put_gpt(512);
	memset(sector(1), 0, 512);
	memset(sector(SECTORS - 1), 0, 512);
	equal(partition_read(&disk.block, &table), 0, "neither header");
	ok(table.scheme == PARTITION_NONE && !table.count, "nothing");
	equal(lines(), 1, "but a line: the MBR has promised a table");
	end();
	put_gpt(512);
	put_entry(1, OTHER, 2048, SECTORS);
	put_entry(2, OTHER, 30, 20);
	put_header(1, SECTORS - 1, 2);
	equal(partition_read(&disk.block, &table), 0, "entries that do not lie on the disk");
	equal(table.count, 2, "are left out");
	equal(lines(), 2, "with a line each");
	end();
}

/* Fields that lie, with right check sums. */
static void test_gpt_shapes(void)
{
	static const struct {
		uint32_t at, size;
		uint64_t value;
	} fields[] = {{12, 4, 91},	    {12, 4, 513},	 {24, 8, 2},
		      {72, 8, SECTORS + 1}, {72, 8, UINT64_MAX}, {72, 8, SECTORS - 1},
		      {80, 4, 1u << 31},    {84, 4, 64},	 {84, 4, 192},
		      {84, 4, 1u << 31}};

	for (uint32_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint8_t *header;
		uint32_t size;

		put_gpt(512);
		header = sector(1);
		memcpy(header + fields[i].at, &fields[i].value, fields[i].size);
		le32_store(header + 16, 0);
		size = le32_load(header + 12);
		le32_store(header + 16, crc32_more(0, header, size < 512 ? size : 512));
		expect_gpt("a header that lies: the backup", 1);
	}
}

/* ---- MBR ---- */

static void put_record(uint64_t at, int n, uint8_t type, uint32_t first, uint32_t sectors)
{
	uint8_t *record = sector(at) + 446 + 16 * n;

	record[4] = type;
	le32_store(record + 8, first);
	le32_store(record + 12, sectors);
	le16_store(sector(at) + 510, 0xaa55);
}

static void put_mbr(void)
{
	start(512);
	le32_store(sector(0) + 440, 0x12345678);
	put_record(0, 0, 0xef, 64, 100);
	put_record(0, 1, 0x05, 1000, 2000);
	put_record(0, 3, 0x83, 3000, 1000);
	put_record(1000, 0, 0x83, 10, 90);
	put_record(1000, 1, 0x05, 500, 100);
	put_record(1500, 0, 0x83, 20, 80);
	put_record(1500, 1, 0x05, 200, 100); /* backwards is fine */
	put_record(1200, 0, 0x83, 30, 70);
}

/* What UAPI.1 has boot entries in besides. */
static void test_extended_boot(void)
{
	put_gpt(512);
	put_entry(4, XBOOTLDR, 1024, 2047);
	put_header(1, SECTORS - 1, 2);
	equal(partition_read(&disk.block, &table), 0, "a GPT");
	ok(!found(0)->is_extended_boot, "the system partition is none");
	ok(found(1)->is_extended_boot && !found(1)->is_system, "an extended boot loader partition");
	lines();
	end();

	put_mbr();
	put_record(0, 3, 0xea, 3000, 1000);
	equal(partition_read(&disk.block, &table), 0, "an MBR");
	ok(!found(0)->is_extended_boot && found(1)->is_extended_boot && !found(1)->is_system,
	   "by its number");
	equal(lines(), 0, "no word");
	end();
}

static void test_mbr(void)
{
	put_mbr();
	equal(partition_read(&disk.block, &table), 0, "an MBR");
	ok(table.scheme == PARTITION_MBR && table.mbr_signature == 0x12345678, "its signature");
	ok(is(0, 1, 64, 100) && found(0)->is_system, "the first");
	ok(is(1, 4, 3000, 1000), "the fourth");
	ok(is(2, 5, 1010, 90) && is(3, 6, 1520, 80) && is(4, 7, 1230, 70) && !found(5), "logical");
	equal(lines(), 0, "no word");
	end();

	put_mbr();
	put_record(1200, 1, 0x05, 500, 100);
	equal(partition_read(&disk.block, &table), 0, "a loop");
	equal(table.count, 5, "ends");
	equal(lines(), 1, "with a line");
	end();

	put_mbr();
	put_record(1200, 1, 0x05, 500000, 100);
	equal(partition_read(&disk.block, &table), 0, "a link out of the disk");
	equal(table.count, 5, "ends");
	equal(lines(), 1, "with a line");
	end();

	put_mbr();
	le16_store(sector(1500) + 510, 0);
	equal(partition_read(&disk.block, &table), 0, "a link to nothing");
	equal(table.count, 3, "ends");
	equal(lines(), 1, "with a line");
	end();

	put_mbr();
	put_record(0, 2, 0x83, 4000, 1000);
	equal(partition_read(&disk.block, &table), 0, "a partition beyond the end");
	equal(table.count, 5, "is left out");
	end();

	put_mbr();
	sector(0)[446] = 0x12;
	equal(partition_read(&disk.block, &table), 0, "a boot sector");
	ok(table.scheme == PARTITION_NONE && !table.count, "is no MBR");
	end();

	put_mbr();
	disk.fail_read = 1;
	equal(partition_read(&disk.block, &table), -EIO, "cannot be read");
	end();

	start(512);
	for (uint32_t i = 0; i < 200; i++) { /* more links than may be */
		put_record(10 + 10 * i, 0, 0x83, 1, 5);
		put_record(10 + 10 * i, 1, 0x05, 10 * (i + 1), 10);
	}
	put_record(0, 0, 0x0f, 10, 2100);
	equal(partition_read(&disk.block, &table), 0, "200 logical partitions");
	equal(table.count, PARTITIONS_MAX, "as many as may be");
	end();
}

/* ---- El Torito ---- */

static void put_disc(uint32_t sector_size, uint16_t sectors)
{
	uint8_t *at;
	uint16_t sum = 0;

	start(sector_size);
	at = disk.data + 16 * 2048;
	memcpy(at, "\1CD001\1", 7);
	at += 2048;
	memcpy(at, "\0CD001\1EL TORITO SPECIFICATION", 31);
	le32_store(at + 0x47, 20);
	at += 2048;
	memcpy(at, "\377CD001\1", 7);
	at = disk.data + 20 * 2048;
	at[0] = 1;
	at[30] = 0x55;
	at[31] = 0xaa;
	for (int i = 0; i < 32; i += 2)
		sum = (uint16_t)(sum + le16_load(at + i));
	le16_store(at + 28, (uint16_t)-sum);
	at[32] = 0x88;
	le16_store(at + 38, 4);
	le32_store(at + 40, 30);
	at[64] = 0x91;
	at[65] = 0xef;
	at[66] = 1;
	at[96] = 0x88;
	le16_store(at + 102, sectors);
	le32_store(at + 104, 40);
}

static void test_el_torito(void)
{
	put_disc(2048, 100);
	equal(partition_read(&disk.block, &table), 0, "a disc");
	equal(table.scheme, PARTITION_EL_TORITO, "El Torito");
	ok(is(0, 0, 30, 1) && !found(0)->is_system, "the PC's image");
	ok(is(1, 1, 40, 25) && found(1)->is_system && !found(2), "EFI's image");
	end();
	put_disc(512, 1);
	equal(partition_read(&disk.block, &table), 0, "on a disk, without a size");
	ok(is(1, 1, 160, SECTORS - 160), "it goes to the end");
	end();
	put_disc(2048, 100);
	disk.data[20 * 2048 + 5] ^= 1;
	equal(partition_read(&disk.block, &table), 0, "a damaged catalogue");
	ok(!table.count && lines() == 1, "one line");
	end();
	put_disc(2048, 100);
	le32_store(disk.data + 20 * 2048 + 104, UINT32_MAX);
	equal(partition_read(&disk.block, &table), 0, "an image beyond the end");
	ok(table.count == 1 && lines() == 1, "is left out");
	end();
	put_disc(2048, 100);
	le32_store(disk.data + 17 * 2048 + 0x47, UINT32_MAX);
	equal(partition_read(&disk.block, &table), 0, "a catalogue beyond the end");
	ok(!table.count, "nothing");
	end();
}

static void test_small(void)
{
	for (uint64_t sectors = 0; sectors < 4; sectors++) {
		fake_block_start(&disk, 512, sectors);
		equal(partition_read(&disk.block, &table), 0, "a very small disk");
		equal(table.count, 0, "has none");
		end();
	}
}

int main(void)
{
	log_set_sink(keep_log);
	log_set_level(LOG_WARN);
	test_gpt();
	test_gpt_shapes();
	test_mbr();
	test_extended_boot();
	test_el_torito();
	test_small();
	return tap_done();
}
