/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/text.c tests/host.c */
/* EFI's text for messages: UTF-8, cut where there is no more room, and nothing that controls a terminal. */
#include "efi/text.h"

#include <string.h>

#include "tests/tap.h"

static int becomes(const CHAR16 *text, const char *expected)
{
	char to[32];

	memset(to, 'x', sizeof(to));
	efi_text_print(text, to, sizeof(to));
	return !strcmp(to, expected);
}

static void test_cut(void)
{
	char to[8];

	for (uint64_t size = 1; size <= sizeof(to); size++) {
		memset(to, 'x', sizeof(to));
		efi_text_print(u"a\u20acb\u20ac", to, size);
		ok(strlen(to) < size, "it fits");
		ok(size == sizeof(to) || to[size] == 'x', "nothing is written behind");
		ok(strlen(to) < 2 || strlen(to) >= 4, "no character is cut in two");
	}
}

int main(void)
{
	ok(becomes(u"", ""), "nothing");
	ok(becomes(u"Boot 1", "Boot 1"), "ASCII");
	ok(becomes(u"\u00e4\u20ac\u4e2d", "\xc3\xa4\xe2\x82\xac\xe4\xb8\xad"), "others as UTF-8");
	ok(becomes(u"a\033[2Jb\nc\177d", "a?[2Jb?c?d"), "control characters");
	ok(becomes((const CHAR16[]){0x9b, 0x202e, 0xd83d, 0xde00, 0xffff, 0}, "?????"),
	   "the other control characters, changes of direction, halves, what is no character");
	test_cut();
	return tap_done();
}
