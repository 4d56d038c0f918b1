/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/gzip.h"

#include <errno.h>

#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/inflate.h"

#define HEADER_SIZE 10
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

int gzip_unpack(const uint8_t *data, uint64_t size, uint8_t *to, uint64_t room, uint64_t *got)
{
	uint64_t header = header_size(data, size);
	struct inflate stream = {data + header, data + size, to, to + room};
	int error;

	*got = 0;
	if (!header)
		return -EINVAL;
	error = inflate_stream(&stream);
	*got = (uint64_t)(stream.to - to);
	if (error)
		return error;
	if (stream.from_end - stream.from < TRAILER_SIZE ||
	    le32_load(stream.from) != crc32_more(0, to, *got) ||
	    le32_load(stream.from + 4) != (uint32_t)*got)
		return -EINVAL;
	return 0;
}
