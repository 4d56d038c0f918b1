/* SPDX-License-Identifier: BSD-2-Clause */
#include "lib/inflate.h"

#include <errno.h>
#include <string.h>

#define LITERALS 288
#define DISTANCES 32
#define LENGTH_CODES 19
#define BITS_MAX 15 /* of a code */
#define NOINLINE __attribute__((noinline)) /* small before fast */
#define QUICK_BITS 10 /* codes of up to so many are found in one look */

/* A canonical Huffman code (RFC 1951, 3.2.2). */
struct code {
	uint16_t quick
		[1
		 << QUICK_BITS]; /* by the next bits: symbol << 4 | length; 0: a longer code, or none */
	uint16_t count[BITS_MAX + 1]; /* codes by length */
	uint16_t symbol[LITERALS]; /* in the order of the codes */
};

struct state {
	struct inflate *stream;
	const uint8_t *begin; /* of the output */
	uint64_t bits; /* the next ones, lowest first */
	uint32_t count; /* how many of them there are */
	struct code literals, distances;
};

/* Makes at least 32 bits ready where there are as many. Beyond the end they are zeros; `take` notices. */
static void refill(struct state *s)
{
	while (s->count <= 56 && s->stream->from < s->stream->from_end) {
		s->bits |= (uint64_t)*s->stream->from++ << s->count;
		s->count += 8;
	}
}

/* Drops bits that were looked at: 0, or -1 when there were not as many. */
static int drop(struct state *s, uint32_t count)
{
	if (count > s->count)
		return -1;
	s->bits >>= count;
	s->count -= count;
	return 0;
}

/* The number that the next bits (at most 16) are, or -1. */
static NOINLINE int take(struct state *s, uint32_t count)
{
	int number;

	refill(s);
	number = (int)(s->bits & ((1u << count) - 1));
	return drop(s, count) ? -1 : number;
}

static uint32_t reversed(uint32_t code, uint32_t length)
{
	uint32_t result = 0;

	for (; length; length--, code >>= 1)
		result = result << 1 | (code & 1);
	return result;
}

/* Makes a code from its lengths. 0; -1 when they are more than codes, or fewer (but for a single one, or none). */
static NOINLINE int make_code(struct code *code, const uint8_t *lengths, uint32_t symbols)
{
	uint32_t offset[BITS_MAX + 1], next[BITS_MAX + 1];
	int left = 1;

	memset(code, 0, sizeof(*code));
	for (uint32_t i = 0; i < symbols; i++)
		code->count[lengths[i]]++;
	code->count[0] = 0;
	offset[1] = 0;
	next[1] = 0;
	for (uint32_t length = 1; length <= BITS_MAX; length++) {
		left = 2 * left - code->count[length];
		if (left < 0)
			return -1;
		if (length < BITS_MAX) {
			offset[length + 1] = offset[length] + code->count[length];
			next[length + 1] = (next[length] + code->count[length]) << 1;
		}
	}
	if (left && offset[BITS_MAX] + code->count[BITS_MAX] > code->count[1])
		return -1; /* incomplete, with codes of more than one bit */
	for (uint32_t i = 0; i < symbols; i++) {
		uint32_t length = lengths[i];

		if (!length)
			continue;
		code->symbol[offset[length]++] = (uint16_t)i;
		if (length <= QUICK_BITS)
			for (uint32_t at = reversed(next[length], length); at < 1 << QUICK_BITS;
			     at += 1u << length)
				code->quick[at] = (uint16_t)(i << 4 | length);
		next[length]++;
	}
	return 0;
}

/* The next symbol, or -1. */
static NOINLINE int symbol(struct state *s, const struct code *code)
{
	int value = 0, first = 0, index = 0;
	uint32_t entry;
	uint64_t bits;

	refill(s);
	entry = code->quick[s->bits & ((1 << QUICK_BITS) - 1)];
	if (entry)
		return drop(s, entry & 15) ? -1 : (int)(entry >> 4);
	bits = s->bits;
	for (uint32_t length = 1; length <= BITS_MAX; length++, bits >>= 1) {
		int count = code->count[length];

		value |= (int)(bits & 1);
		if (value - count < first)
			return drop(s, length) ? -1 : code->symbol[index + value - first];
		index += count;
		first = (first + count) << 1;
		value <<= 1;
	}
	return -1;
}

static int stored(struct state *s)
{
	struct inflate *stream = s->stream;
	uint64_t size, fits;

	drop(s, s->count & 7);
	stream->from -= s->count / 8; /* whole bytes that were read ahead */
	s->bits = 0;
	s->count = 0;
	if (stream->from_end - stream->from < 4)
		return -EINVAL;
	size = (uint64_t)stream->from[0] | (uint64_t)stream->from[1] << 8;
	if ((size ^ 0xffff) != ((uint64_t)stream->from[2] | (uint64_t)stream->from[3] << 8))
		return -EINVAL;
	stream->from += 4;
	if (size > (uint64_t)(stream->from_end - stream->from))
		return -EINVAL;
	fits = (uint64_t)(stream->to_end - stream->to);
	if (fits > size)
		fits = size;
	memcpy(stream->to, stream->from, fits);
	stream->to += fits;
	stream->from += size;
	return fits < size ? -ENOSPC : 0;
}

/* One copy of what is `distance` back; they may overlap. */
static int copy(struct state *s, uint64_t length, uint64_t distance)
{
	struct inflate *stream = s->stream;

	if (distance > (uint64_t)(stream->to - s->begin))
		return -EINVAL;
	for (; length; length--) {
		if (stream->to == stream->to_end)
			return -ENOSPC;
		*stream->to = stream->to[-(int64_t)distance];
		stream->to++;
	}
	return 0;
}

/* A length symbol (257 to 285) and the distance that follows it (RFC 1951, 3.2.5). */
static int repeat(struct state *s, int code)
{
	static const uint16_t length_base[] = {3,  4,  5,  6,	7,   8,	  9,   10,  11, 13,
					       15, 17, 19, 23,	27,  31,  35,  43,  51, 59,
					       67, 83, 99, 115, 131, 163, 195, 227, 258};
	uint32_t extra = code < 265 || code == 285 ? 0 : (uint32_t)(code - 261) >> 2;
	int more = take(s, extra), distance = symbol(s, &s->distances);
	uint64_t length, base;

	if (code > 285 || more < 0 || distance < 0 || distance > 29)
		return -EINVAL;
	length = (uint64_t)length_base[code - 257] + (uint64_t)more;
	extra = distance < 2 ? 0 : (uint32_t)(distance >> 1) - 1;
	base = distance < 2 ? 1 + (uint64_t)distance
			    : 1 + (UINT64_C(2) + (distance & 1)) * (UINT64_C(1) << extra);
	more = take(s, extra);
	return more < 0 ? -EINVAL : copy(s, length, base + (uint64_t)more);
}

static NOINLINE int compressed(struct state *s)
{
	struct inflate *stream = s->stream;

	for (;;) {
		int code = symbol(s, &s->literals), error;

		if (code < 0)
			return -EINVAL;
		if (code == 256)
			return 0;
		if (code < 256) {
			if (stream->to == stream->to_end)
				return -ENOSPC;
			*stream->to++ = (uint8_t)code;
			continue;
		}
		error = repeat(s, code);
		if (error)
			return error;
	}
}

static int fixed(struct state *s)
{
	uint8_t lengths[LITERALS];

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 256 - 144);
	memset(lengths + 256, 7, 280 - 256);
	memset(lengths + 280, 8, LITERALS - 280);
	make_code(&s->literals, lengths, LITERALS);
	memset(lengths, 5, DISTANCES);
	make_code(&s->distances, lengths, DISTANCES);
	return compressed(s);
}

/* The lengths of both codes, themselves compressed (RFC 1951, 3.2.7): 0 or -1. */
static int read_lengths(struct state *s, uint8_t *lengths, uint32_t count)
{
	uint32_t at = 0;

	while (at < count) {
		int code = symbol(s, &s->literals), times = 1;
		uint8_t value = 0;

		if (code < 0)
			return -1;
		if (code < 16) {
			value = (uint8_t)code;
		} else if (code == 16) {
			times = 3 + take(s, 2);
			if (!at)
				return -1;
			value = lengths[at - 1];
		} else {
			times = code == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
		}
		if (times < 1 || (uint32_t)times > count - at)
			return -1;
		memset(lengths + at, value, (size_t)times);
		at += (uint32_t)times;
	}
	return 0;
}

static int dynamic(struct state *s)
{
	static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
						    11, 4,  12, 3, 13, 2, 14, 1, 15};
	uint8_t lengths[LITERALS + DISTANCES] = {0};
	int literals = take(s, 5), distances = take(s, 5), codes = take(s, 4);

	if (literals < 0 || distances < 0 || codes < 0 || literals > 286 - 257 ||
	    distances > 30 - 1)
		return -EINVAL;
	for (int i = 0; i < codes + 4; i++) {
		int length = take(s, 3);

		if (length < 0)
			return -EINVAL;
		lengths[order[i]] = (uint8_t)length;
	}
	if (make_code(&s->literals, lengths, LENGTH_CODES))
		return -EINVAL;
	literals += 257;
	distances += 1;
	if (read_lengths(s, lengths, (uint32_t)(literals + distances)) || !lengths[256] ||
	    make_code(&s->literals, lengths, (uint32_t)literals) ||
	    make_code(&s->distances, lengths + literals, (uint32_t)distances))
		return -EINVAL;
	return compressed(s);
}

int inflate_stream(struct inflate *stream)
{
	struct state s = {.stream = stream, .begin = stream->to};
	int last, error;

	do {
		last = take(&s, 1);
		switch (last < 0 ? -1 : take(&s, 2)) {
		case 0:
			error = stored(&s);
			break;
		case 1:
			error = fixed(&s);
			break;
		case 2:
			error = dynamic(&s);
			break;
		default:
			error = -EINVAL;
		}
	} while (!error && !last);
	stream->from -= s.count / 8;
	return error;
}
