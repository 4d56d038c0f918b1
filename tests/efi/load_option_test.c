/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/load_option.c efi/device_path.c tests/host.c */
/* Load options, right ones and wrong ones. */
#include "efi/load_option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "efi/pool.h"
#include "tests/tap.h"

/* Active; a path of 12 bytes, with a node of 8: file "a"; "hi"; three bytes of optional data. */
static const uint8_t good[] = {1, 0, 0,	  0, 12, 0, 'h',  0,	'i', 0, 0,    0,    4,	 4,
			       8, 0, 'a', 0, 0,	 0, 0x7f, 0xff, 4,   0, 0xaa, 0xbb, 0xcc};
#define LIST 4 /* where FilePathListLength is */
#define PATH 12 /* where the path begins */

static struct efi_load_option option;

/* What efi/device_path.c wants of a pool is not used here. */
efi_status EFIAPI efi_allocate_pool(uint32_t type, uint64_t size, void **buffer)
{
	(void)type;
	*buffer = malloc(size);
	return EFI_SUCCESS;
}

/* Bytes at the end of a block of their size: who reads beyond it is found out. */
static int parse(const uint8_t *bytes, uint64_t size)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(size ? size : 1);
	memcpy(copy, bytes, size);
	return efi_load_option_parse(&option, copy, size);
}

static int parse_with(uint64_t at, uint8_t byte)
{
	uint8_t bytes[sizeof(good)];

	memcpy(bytes, good, sizeof(good));
	bytes[at] = byte;
	return parse(bytes, sizeof(bytes));
}

static void test_good(void)
{
	equal(parse(good, sizeof(good)), 0, "an option");
	equal(option.attributes, LOAD_OPTION_ACTIVE, "attributes");
	ok(!memcmp(option.description, u"hi", 6), "description");
	ok(!memcmp(option.path, good + PATH, 12), "path");
	equal(option.optional_size, 3, "optional data");
	ok(!memcmp(option.optional, "\xaa\xbb\xcc", 3), "as they are");
	equal(parse(good, sizeof(good) - 3), 0, "without optional data");
	equal(option.optional_size, 0, "none");
	equal(parse_with(LIST, 14), 0, "something behind the path in its list");
	equal(option.optional_size, 1, "what is behind the list");
}

static void test_bad(void)
{
	static const uint8_t before[sizeof(option)] = {1, 2, 3};

	memcpy(&option, before, sizeof(option));
	for (uint64_t size = 0; size < sizeof(good) - 3; size++)
		if (parse(good, size) != -EINVAL)
			equal(size, UINT64_MAX, "cut off here it is an option");
	equal(parse_with(LIST, 16), -EINVAL, "a list beyond the end");
	equal(parse_with(LIST, 8), -EINVAL, "a list without the path's end");
	equal(parse_with(LIST, 0), -EINVAL, "no path");
	equal(parse_with(PATH + 2, 3), -EINVAL, "a node shorter than its header");
	equal(parse_with(PATH + 3, 1), -EINVAL, "a node beyond the list");
	equal(parse_with(PATH + 8, 1), -EINVAL, "no end");
	ok(!memcmp(&option, before, sizeof(option)), "nothing was written");
}

/* More nodes than a path may have. */
static void test_long(void)
{
	uint8_t bytes[8 + 4 * 300] = {1};

	for (uint64_t at = 8; at < sizeof(bytes); at += 4) {
		bytes[at] = 1;
		bytes[at + 2] = 4;
	}
	bytes[sizeof(bytes) - 4] = 0x7f;
	bytes[sizeof(bytes) - 3] = 0xff;
	bytes[LIST] = (uint8_t)(sizeof(bytes) - 8);
	bytes[LIST + 1] = (uint8_t)((sizeof(bytes) - 8) >> 8);
	equal(parse(bytes, sizeof(bytes)), -EINVAL, "too many nodes");
}

int main(void)
{
	test_good();
	test_bad();
	test_long();
	return tap_done();
}
