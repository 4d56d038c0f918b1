/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: lib/inflate.c lib/crc32.c boot/gzip.c */
/* Any bytes as a DEFLATE stream: what zlib unpacks comes out the same, and what it refuses is refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "boot/gzip.h"
#include "lib/inflate.h"

#define ROOM 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *ours = malloc(ROOM), *theirs = malloc(ROOM), *from = malloc(size ? size : 1);
	struct inflate stream = {from, from + size, ours, ours + ROOM};
	z_stream zlib = {0};
	uint64_t got;
	int error, result;

	memcpy(from, data, size); /* so that sanitizers see each byte beyond the end */
	error = inflate_stream(&stream);
	inflateInit2(&zlib, -15);
	zlib.next_in = from;
	zlib.avail_in = (unsigned int)size;
	zlib.next_out = theirs;
	zlib.avail_out = ROOM;
	result = inflate(&zlib, Z_FINISH);
	if (result == Z_STREAM_END) {
		if (error || zlib.total_out != (size_t)(stream.to - ours) ||
		    zlib.next_in != stream.from || memcmp(ours, theirs, zlib.total_out) != 0)
			abort();
	} else if (!error) {
		abort();
	}
	inflateEnd(&zlib);
	gzip_unpack(from, size, ours, ROOM, &got);
	free(from);
	free(theirs);
	free(ours);
	return 0;
}
