/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/gzip.h"

#include <errno.h>
#include <zlib.h>

#include "lib/bytes.h"
#include "lib/crc32.h"

#define HEADER_SIZE 10
#define WINDOW_BITS 15 /* a file may refer to what is 32 KiB back */
#define TRAILER_SIZE 8 /* CRC-32, and size modulo 2^32 */

/* Flags of the header (RFC 1952, 2.3.1). */
enum {
	FLAG_HEADER_CRC = 2,
	FLAG_EXTRA = 4,
	FLAG_NAME = 8,
	FLAG_COMMENT = 16,
	FLAGS_RESERVED = 0xe0
};

int gzip_recognise(const uint8_t *data, uint64_t size)
{
	return size > HEADER_SIZE && data[0] == 0x1f && data[1] == 0x8b && data[2] == 8;
}

/* Bytes of the header, 0 when it is damaged. */
static uint64_t header_size(const uint8_t *data, uint64_t size)
{
	uint64_t at = HEADER_SIZE;
	uint8_t flags;

	if (!gzip_recognise(data, size) || data[3] & FLAGS_RESERVED)
		return 0;
	flags = data[3];
	if (flags & FLAG_EXTRA) {
		if (size - at < 2)
			return 0;
		at += 2 + (uint64_t)le16_load(data + at);
	}
	for (int text = FLAG_NAME; text <= FLAG_COMMENT; text <<= 1) {
		if (!(flags & text))
			continue;
		while (at < size && data[at])
			at++;
		at++;
	}
	if (flags & FLAG_HEADER_CRC)
		at += 2;
	return at < size ? at : 0;
}

struct unpacked {
	const uint8_t *from, *from_end;
	uint8_t *to, *to_end;
	uint32_t crc;
	int full;
};

static unsigned int read_some(void *context, z_const unsigned char **from)
{
	struct unpacked *unpacked = context;
	uint64_t size = (uint64_t)(unpacked->from_end - unpacked->from);

	*from = (z_const unsigned char *)unpacked->from;
	if (size > GIB(1))
		size = GIB(1);
	unpacked->from += size;
	return (unsigned int)size;
}

static int write_some(void *context, unsigned char *data, unsigned int size)
{
	struct unpacked *unpacked = context;
	uint64_t room = (uint64_t)(unpacked->to_end - unpacked->to);

	unpacked->full = size > room;
	if (unpacked->full)
		size = (unsigned int)room;
	memcpy(unpacked->to, data, size);
	unpacked->to += size;
	unpacked->crc = crc32_more(unpacked->crc, data, size);
	return unpacked->full;
}

/* zlib's part: 0; -ENOSPC, -EINVAL, -ENOMEM. */
static int unpack(struct unpacked *unpacked)
{
	z_stream stream = {0};
	static uint8_t window[1 << WINDOW_BITS] __attribute__((section(".noinit")));
	int result;

	if (inflateBackInit(&stream, WINDOW_BITS, window))
		return -ENOMEM;
	result = inflateBack(&stream, read_some, unpacked, write_some, unpacked);
	unpacked->from -= stream.avail_in;
	inflateBackEnd(&stream);
	if (unpacked->full)
		return -ENOSPC;
	return result == Z_STREAM_END ? 0 : -EINVAL;
}

int gzip_unpack(const uint8_t *data, uint64_t size, uint8_t *to, uint64_t room, uint64_t *got)
{
	uint64_t header = header_size(data, size);
	struct unpacked unpacked = {data + header, data + size, to, to + room, 0, 0};
	int error;

	*got = 0;
	if (!header)
		return -EINVAL;
	error = unpack(&unpacked);
	*got = (uint64_t)(unpacked.to - to);
	if (error)
		return error;
	if (unpacked.from_end - unpacked.from < TRAILER_SIZE ||
	    le32_load(unpacked.from) != unpacked.crc ||
	    le32_load(unpacked.from + 4) != (uint32_t)*got)
		return -EINVAL;
	return 0;
}
