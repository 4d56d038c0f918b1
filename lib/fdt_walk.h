/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pass over a flattened devicetree (Devicetree Specification 0.4, chapter 5), token by token, without trusting a
 * byte of it: every offset and size is checked before it is used. libfdt answers rare questions; it would look
 * at each property dozens of times. No static data: runs from flash before relocation.
 */
#ifndef LIB_FDT_WALK_H
#define LIB_FDT_WALK_H

#include <stdint.h>

#include "lib/bytes.h"

enum fdt_token {
	FDT_TOKEN_NODE, /* a node begins: `name` */
	FDT_TOKEN_PROPERTY, /* `value`, `size`, `name_offset` */
	FDT_TOKEN_NODE_END,
	FDT_TOKEN_END, /* of the tree */
	FDT_TOKEN_BAD, /* `error` says why */
};

struct fdt_walk {
	const uint8_t *at; /* the next token, aligned to 4 */
	const uint8_t *end; /* of the structure block, whose last word is the end token */
	const uint8_t *structure;
	const char *strings; /* ends with a NUL if it has any byte */
	uint32_t strings_size;

	/* The last token. */
	uint32_t name_offset; /* of a property's name in strings: not checked, see fdt_walk_name */
	uint32_t size; /* bytes of a property's value */
	const uint8_t *value; /* aligned to 4 */
	const char *name; /* of a node, with its NUL inside the structure block */
	const char *error;

	/* From the header. */
	uint32_t used; /* bytes from the blob's start to the end of its last block */
	uint32_t total; /* bytes that the blob says it has */
	const uint8_t *reservations; /* of /memreserve/: pairs of 64 bits, aligned to 8, ... */
	uint32_t
		reservations_max; /* ... that end before so many of them, with a pair of zeros or not */
};

/*
 * Checks the header of a blob of which at most `limit` bytes may be looked at, and begins a walk. 0, or -EINVAL: walk->error
 * says why.
 */
int fdt_walk_begin(struct fdt_walk *walk, const void *blob, uint64_t limit);

static inline uint32_t fdt_word(const uint8_t *at)
{
	return *(const uint32_t *)(const void *)at;
}

/* A token as it stands in memory: big-endian. */
#define FDT_TAG(number) ((uint32_t)(number) << 24)

/*
 * Where the token after a node's name belongs, which is the first word with a zero byte behind the one that begins the node. There
 * is such a word: the last of the block is one.
 */
static inline const uint8_t *fdt_name_end(const uint8_t *node)
{
	uint32_t ones = 0x01010101, word;

	__asm__("" : "+r"(ones)); /* else the compiler makes it anew for each word */
	do {
		node += 4;
		word = fdt_word(node);
	} while (!((word - ones) & ~word & 0x80808080u));
	return node + 4;
}

/* Where the walk is it stays. */
static inline enum fdt_token fdt_walk_bad(struct fdt_walk *walk, const char *error)
{
	walk->error = error;
	return FDT_TOKEN_BAD;
}

/* The next token; after FDT_TOKEN_END and FDT_TOKEN_BAD the same again. */
enum fdt_token fdt_walk_next(struct fdt_walk *walk);

/*
 * The same inline, for a walk over all the hundreds of a machine's tree. The last word of the block is the end token, fdt_walk_begin
 * has seen to it: whatever token there is at `at`, if it is not the end a word comes after it.
 */
static inline __attribute__((always_inline)) enum fdt_token fdt_walk_next_inline(
	struct fdt_walk *walk)
{
	const uint8_t *at = walk->at;
	uint32_t tag;

again:
	tag = fdt_word(at);
	if (tag == FDT_TAG(3)) { /* FDT_PROP: size, name, value, padding; and another token */
		walk->size = __builtin_bswap32(fdt_word(at + 4));
		if (walk->end - at < 12 + (int64_t)walk->size + 4)
			return fdt_walk_bad(walk, "a property is longer than the tree");
		walk->name_offset = __builtin_bswap32(fdt_word(at + 8));
		walk->value = at + 12;
		walk->at = at + ((12 + 3 + (uint64_t)walk->size) & ~UINT64_C(3));
		return FDT_TOKEN_PROPERTY;
	}
	if (tag == FDT_TAG(1)) { /* FDT_BEGIN_NODE: name, padding; and another token */
		walk->name = (const char *)at + 4;
		at = fdt_name_end(at);
		if (at == walk->end)
			return fdt_walk_bad(walk, "a node's name has no end");
		walk->at = at;
		return FDT_TOKEN_NODE;
	}
	if (tag == FDT_TAG(2)) {
		walk->at = at + 4;
		return FDT_TOKEN_NODE_END;
	}
	if (tag == FDT_TAG(4)) { /* FDT_NOP */
		at += 4;
		goto again;
	}
	walk->at = at;
	if (tag == FDT_TAG(9))
		return FDT_TOKEN_END;
	return fdt_walk_bad(walk, "there is something that is no token");
}

/* The name of the property that was the last token; NULL when it is none in the strings block. */
static inline const char *fdt_walk_name(const struct fdt_walk *walk)
{
	return walk->name_offset < walk->strings_size ? walk->strings + walk->name_offset : NULL;
}

/* A number of `cells` (0, 1 or 2) 32-bit cells at `at`, which is aligned to 4. */
static inline uint64_t fdt_cells(const uint8_t *at, uint32_t cells)
{
	uint64_t number = 0;

	if (cells)
		number = __builtin_bswap32(fdt_word(at));
	if (cells == 2)
		number = number << 32 | __builtin_bswap32(fdt_word(at + 4));
	return number;
}

#endif
