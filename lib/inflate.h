/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DEFLATE format (RFC 1951), unpacked from memory to memory in one pass. zlib's own takes 8 KiB of flash for what 1 KiB
 * does here: no window, no streams of pieces. tests/fuzz/inflate_fuzz.c compares the two.
 */
#ifndef LIB_INFLATE_H
#define LIB_INFLATE_H

#include <stdint.h>

/* What is unpacked; `from` and `to` move on. */
struct inflate {
	const uint8_t *from, *from_end;
	uint8_t *to, *to_end;
};

/*
 * Unpacks one stream: 0, and `from` is behind its last byte. -EINVAL: it is damaged or cut off; -ENOSPC: there is more
 * than fits before to_end. In each case `to` is behind the last byte that was written. Takes 8 KiB of stack.
 */
int inflate_stream(struct inflate *stream);

#endif
