/* SPDX-License-Identifier: BSD-2-Clause */
#include "lib/fdt_walk.h"

#include <errno.h>

/* The header, in 32-bit big-endian words (Devicetree Specification 0.4, 5.2). */
enum {
	HEADER_MAGIC,
	HEADER_TOTAL_SIZE,
	HEADER_STRUCTURE,
	HEADER_STRINGS,
	HEADER_RESERVATIONS,
	HEADER_VERSION,
	HEADER_LAST_COMPATIBLE,
	HEADER_BOOT_CPU,
	HEADER_STRINGS_SIZE,
	HEADER_STRUCTURE_SIZE,
	HEADER_WORDS,
};
#define HEADER_SIZE (HEADER_WORDS * 4u)
#define MAGIC 0xd00dfeedu
#define VERSION 17u

static int refuse(struct fdt_walk *walk, const char *error)
{
	walk->error = error;
	return -EINVAL;
}

/* Does [offset, offset + size) lie between the header and the end? */
static int inside(uint64_t offset, uint64_t size, uint64_t total)
{
	return offset >= HEADER_SIZE && offset + size <= total;
}

int fdt_walk_begin(struct fdt_walk *walk, const void *blob, uint64_t limit)
{
	const uint8_t *base = blob;
	uint32_t word[HEADER_WORDS];
	uint64_t structure_end, strings_end;

	if ((uintptr_t)base & 7)
		return refuse(walk, "it is not aligned to 8 bytes");
	if (limit < HEADER_SIZE)
		return refuse(walk, "it is shorter than its header");
	for (uint32_t i = 0; i < HEADER_WORDS; i++)
		word[i] = __builtin_bswap32(fdt_word(base + 4 * i));
	if (word[HEADER_MAGIC] != MAGIC)
		return refuse(walk, "there is none (its magic number is missing)");
	if (word[HEADER_VERSION] < VERSION || word[HEADER_LAST_COMPATIBLE] > VERSION)
		return refuse(walk, "it is not of version 17");
	if (word[HEADER_TOTAL_SIZE] > limit || word[HEADER_TOTAL_SIZE] < HEADER_SIZE)
		return refuse(walk, "its size is beyond what can be");
	walk->total = word[HEADER_TOTAL_SIZE];
	if (word[HEADER_STRUCTURE] & 3 || word[HEADER_STRUCTURE_SIZE] & 3 ||
	    word[HEADER_RESERVATIONS] & 7)
		return refuse(walk, "its blocks are not aligned");
	if (!inside(word[HEADER_STRUCTURE], word[HEADER_STRUCTURE_SIZE], walk->total) ||
	    !inside(word[HEADER_STRINGS], word[HEADER_STRINGS_SIZE], walk->total) ||
	    !inside(word[HEADER_RESERVATIONS], 16, walk->total))
		return refuse(walk, "its blocks reach beyond its end");

	walk->structure = base + word[HEADER_STRUCTURE];
	walk->at = walk->structure;
	walk->end = walk->structure + word[HEADER_STRUCTURE_SIZE];
	if (word[HEADER_STRUCTURE_SIZE] < 4 || fdt_word(walk->end - 4) != FDT_TAG(9))
		return refuse(walk, "its structure does not end with the end token");
	walk->strings = (const char *)base + word[HEADER_STRINGS];
	walk->strings_size = word[HEADER_STRINGS_SIZE];
	if (walk->strings_size && walk->strings[walk->strings_size - 1])
		return refuse(walk, "its strings have no end");
	structure_end = (uint64_t)(walk->end - base);
	strings_end = (uint64_t)word[HEADER_STRINGS] + walk->strings_size;
	walk->used = (uint32_t)(structure_end > strings_end ? structure_end : strings_end);
	walk->reservations = base + word[HEADER_RESERVATIONS];
	walk->reservations_max = (walk->total - word[HEADER_RESERVATIONS]) / 16;
	walk->error = NULL;
	return 0;
}

enum fdt_token fdt_walk_next(struct fdt_walk *walk)
{
	return fdt_walk_next_inline(walk);
}
