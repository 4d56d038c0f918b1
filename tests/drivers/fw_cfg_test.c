/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/fw_cfg.c */
/*
 * The fw_cfg driver against a small model of QEMU's device (docs/specs/fw_cfg.rst,
 * hw/nvram/fw_cfg.c): an item is selected, and read or written or skipped from where the last
 * transfer ended.
 */
#include "drivers/fw_cfg.h"

#include <errno.h>
#include <string.h>

#include "arch/arch.h"
#include "lib/bytes.h"
#include "tests/tap.h"

#define BIG_KEY 0x30
#define BIG_SIZE (UINT64_C(5) << 30) /* not in memory: byte n is n */
#define FILES 3

static uint8_t directory[4 + FILES * 64];
static uint8_t text[20] = "twenty bytes of text", writable[16];
static uint64_t offset;
static uint32_t selected;
static int transfers, fail, stall, barriers;
static uint64_t longest;

void arch_dma_barrier(void)
{
	barriers++;
}

uint64_t fw_cfg_dma_id(const struct fw_cfg *fw)
{
	return fw->base == 0x510 ? UINT64_C(0x51454d5520434647) : 0;
}

static uint64_t item_size(uint32_t key)
{
	switch (key) {
	case FW_CFG_FILE_DIR:
		return sizeof(directory);
	case 0x20:
		return sizeof(text);
	case 0x21:
		return sizeof(writable);
	case FW_CFG_NB_CPUS:
		return 2;
	case BIG_KEY:
		return BIG_SIZE;
	}
	return 0;
}

static uint8_t *item_bytes(uint32_t key)
{
	static uint8_t cpus[2] = {8, 1};

	switch (key) {
	case FW_CFG_FILE_DIR:
		return directory;
	case 0x20:
		return text;
	case 0x21:
		return writable;
	default:
		return cpus;
	}
}

/* One transfer, as the device does it. */
void fw_cfg_dma_start(const struct fw_cfg *fw, uint64_t descriptor)
{
	uint8_t *at = (uint8_t *)(uintptr_t)descriptor;
	uint32_t control = be32_load(at), length = be32_load(at + 4);
	uint8_t *memory = (uint8_t *)(uintptr_t)be64_load(at + 8);

	(void)fw;
	transfers++;
	longest = length > longest ? length : longest;
	if (control & 8) {
		selected = control >> 16;
		offset = 0;
	}
	for (uint32_t i = 0; i < length && selected != BIG_KEY && !(control & 4); i++) {
		int inside = offset + i < item_size(selected);

		if (control & 2)
			memory[i] = inside ? item_bytes(selected)[offset + i] : 0;
		else if (inside && selected == 0x21)
			writable[offset + i] = memory[i];
		else
			fail = 1;
	}
	if (selected == BIG_KEY && (control & 2) && length <= 16)
		for (uint32_t i = 0; i < length; i++)
			memory[i] = (uint8_t)(offset + i);
	offset += length;
	if (stall)
		return;
	be32_store(at, fail ? 1 : 0);
	fail = 0;
}

static void add_file(unsigned int index, const char *name, uint16_t key)
{
	uint8_t *entry = directory + 4 + index * 64;

	be32_store(entry, (uint32_t)item_size(key));
	entry[4] = (uint8_t)(key >> 8);
	entry[5] = (uint8_t)key;
	memcpy(entry + 8, name, strlen(name) + 1);
}

static void test_items(struct fw_cfg *fw)
{
	const struct fw_cfg_item item = {.key = 0x20, .size = sizeof(text)};
	uint8_t to[32] = {0};

	equal(fw_cfg_read(fw, &item, 0, to, 20), 0, "a whole item");
	ok(memcmp(to, text, 20) == 0 && !to[20], "... and no byte more");
	transfers = 0;
	equal(fw_cfg_read(fw, &item, 3, to, 4), 0, "from the middle");
	ok(memcmp(to, text + 3, 4) == 0, "... what is there");
	equal(transfers, 2, "... by skipping to it");
	transfers = 0;
	equal(fw_cfg_read(fw, &item, 7, to, 4), 0, "reading on");
	ok(memcmp(to, text + 7, 4) == 0 && transfers == 1, "... is one transfer");
	transfers = 0;
	equal(fw_cfg_read(fw, &item, 20, to, 0), 0, "nothing, at the end");
	equal(fw_cfg_read(fw, &item, 0, to, 21), -EINVAL, "more than there is");
	equal(fw_cfg_read(fw, &item, 21, to, 0), -EINVAL, "from behind the end");
	equal(fw_cfg_read(fw, &item, 1, to, UINT64_MAX), -EINVAL, "a size that wraps");
	ok(transfers <= 1, "... are refused without a transfer");
	equal(fw_cfg_read(fw, &item, 2, to, 4), 0, "reading back");
	ok(memcmp(to, text + 2, 4) == 0, "... begins anew");
	equal(fw_cfg_number(fw, FW_CFG_NB_CPUS, 2), 0x108, "a number");
	equal(fw_cfg_read(fw, &item, 6, to, 4), 0, "an item between others");
	ok(memcmp(to, text + 6, 4) == 0, "... is selected again");
	ok(barriers >= 2, "memory is in order before and after a transfer");
}

static void test_files(struct fw_cfg *fw)
{
	static uint8_t buffer[FILES * 64];
	struct fw_cfg_item item;
	uint32_t files = 0;
	char longest_name[60];

	equal(fw_cfg_find(fw, "etc/text", &item), -ENOENT, "no file before there is a directory");
	equal(fw_cfg_count_files(fw, &files), 0, "the directory can be counted");
	equal(files, FILES, "... its files are");
	equal(fw_cfg_read_directory(fw, buffer, files), 0, "... and read");
	equal(fw_cfg_find(fw, "etc/text", &item), 0, "a file is found");
	equal(item.key, 0x20, "... by its key");
	equal(item.size, 20, "... and its size");
	equal(fw_cfg_find(fw, "etc/tex", &item), -ENOENT, "not by a beginning of its name");
	equal(fw_cfg_find(fw, "etc/text2", &item), -ENOENT, "nor by a name that begins so");
	equal(fw_cfg_find(fw, "", &item), -ENOENT, "nor by none");
	memset(longest_name, 'n', sizeof(longest_name));
	longest_name[55] = '\0';
	equal(fw_cfg_find(fw, longest_name, &item), 0, "a name of 55 bytes");
	longest_name[55] = 'n';
	longest_name[56] = '\0';
	equal(fw_cfg_find(fw, longest_name, &item), -ENOENT, "one of 56 cannot be");
	be32_store(directory, FW_CFG_FILES_MAX + 1);
	equal(fw_cfg_count_files(fw, &files), -EINVAL, "too many files are no directory");
	be32_store(directory, FILES);
}

static void test_writes(struct fw_cfg *fw)
{
	const struct fw_cfg_item item = {.key = 0x21, .size = sizeof(writable)};
	const struct fw_cfg_item locked = {.key = 0x20, .size = sizeof(text)};
	uint8_t to[16];

	equal(fw_cfg_write(fw, &item, 4, "written", 7), 0, "writing");
	ok(memcmp(writable, "\0\0\0\0written\0\0\0\0\0", 16) == 0, "... where it was meant");
	equal(fw_cfg_write(fw, &item, 10, "written", 7), -EINVAL, "writing beyond the end");
	equal(fw_cfg_write(fw, &locked, 0, "written", 7), -EIO, "writing to what is read-only");
	equal(fw_cfg_read(fw, &item, 4, to, 7), 0, "reading after an error");
	ok(memcmp(to, "written", 7) == 0, "... selects anew");
}

static void test_errors(struct fw_cfg *fw)
{
	const struct fw_cfg_item item = {.key = 0x20, .size = sizeof(text)};
	const struct fw_cfg_item big = {.key = BIG_KEY, .size = BIG_SIZE};
	struct fw_cfg none = {.base = 0x600};
	uint8_t to[20];

	equal(fw_cfg_probe(&none), -ENODEV, "no device");
	equal(none.base, 0, "... is not asked again");
	equal(fw_cfg_number(&none, FW_CFG_NB_CPUS, 2), 0, "... and has no numbers");
	fail = 1;
	equal(fw_cfg_read(fw, &item, 0, to, 20), -EIO, "a transfer that fails");
	equal(fw_cfg_read(fw, &item, 0, to, 20), 0, "... and the next that does not");
	stall = 1;
	equal(fw_cfg_read(fw, &item, 0, to, 20), -EIO, "a device that does not finish");
	stall = 0;
	longest = 0;
	equal(fw_cfg_read(fw, &big, BIG_SIZE - 16, to, 16), 0, "the end of 5 GiB");
	ok(to[0] == 0xf0 && to[15] == 0xff, "... is there");
	ok(longest <= UINT32_MAX && longest > 0, "... by transfers whose length has 32 bits");
}

int main(void)
{
	struct fw_cfg fw = {.base = 0x510};

	be32_store(directory, FILES);
	add_file(0, "etc/text", 0x20);
	add_file(1, "etc/writable", 0x21);
	add_file(2, "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 0x20);
	equal(fw_cfg_probe(&fw), 0, "the device is there");
	test_items(&fw);
	test_files(&fw);
	test_writes(&fw);
	test_errors(&fw);
	return tap_done();
}
