/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: lib/checksum.c */
/* The fast sum against adding bytes one by one. */
#include "lib/checksum.h"

#include <string.h>

#include "tests/tap.h"

#define SIZE 20000

static uint8_t bytes[SIZE];

static uint8_t slow(const uint8_t *data, size_t size)
{
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *data++);
	return sum;
}

/*
 * All alignments of the first and the last byte, around each size at which the code changes its
 * ways.
 */
static int edges(void)
{
	static const size_t sizes[] = {0, 1, 8, 16, 64, 128, 2048, 2056, 4096, 4160, 16384};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t from = 0; from < 16; from++)
			for (size_t more = 0; more < 16; more++)
				if (checksum8(bytes + from, sizes[i] + more) !=
				    slow(bytes + from, sizes[i] + more))
					return 0;
	return 1;
}

static int randomly(void)
{
	for (int i = 0; i < 5000; i++) {
		size_t from = tap_below(SIZE), size = tap_below(SIZE - from + 1);

		if (checksum8(bytes + from, size) != slow(bytes + from, size))
			return 0;
	}
	return 1;
}

int main(void)
{
	memset(bytes, 0xff, sizeof(bytes));
	ok(edges(), "the largest bytes: no lane overflows");
	for (int i = 0; i < SIZE; i++)
		bytes[i] = i & 1 ? 0xff : 0;
	ok(edges(), "only odd bytes");
	for (int i = 0; i < SIZE; i++)
		bytes[i] = i & 1 ? 0 : 0xff;
	ok(edges(), "only even bytes");
	tap_seed();
	for (int i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)tap_random();
	ok(edges(), "random bytes, all alignments");
	ok(randomly(), "random ranges of random bytes");
	return tap_done();
}
