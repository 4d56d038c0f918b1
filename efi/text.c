/* SPDX-License-Identifier: BSD-2-Clause */
/* See text.h. */
#include "efi/text.h"

#define UTF8_MAX 3 /* bytes of a CHAR16 */

/* Not control characters, the block with those that change the direction of others, halves of characters, what is no character. */
static CHAR16 printable(CHAR16 c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2000 && c < 0x2070) ||
	    (c >= 0xd800 && c < 0xe000) || c >= 0xfff0)
		return '?';
	return c;
}

void efi_text_print(const CHAR16 *text, char *to, uint64_t size)
{
	char *end = to + size - 1;

	for (; *text && end - to >= UTF8_MAX; text++) {
		CHAR16 c = printable(*text);

		if (c < 0x80) {
			*to++ = (char)c;
			continue;
		}
		if (c < 0x800) {
			*to++ = (char)(0xc0 | c >> 6);
		} else {
			*to++ = (char)(0xe0 | c >> 12);
			*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		}
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	*to = '\0';
}
