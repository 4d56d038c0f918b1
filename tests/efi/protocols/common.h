/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of protocols share: finding one, and comparing texts. */
#ifndef TESTS_EFI_PROTOCOLS_COMMON_H
#define TESTS_EFI_PROTOCOLS_COMMON_H

#include <string.h>

#include "efi/handle.h"
#include "efi/pool.h"
#include "efi/protocols/install.h"
#include "efi/table.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

static inline void *locate(struct efi_guid guid)
{
	void *interface = NULL;

	if (efi_locate_protocol(&guid, NULL, &interface))
		return NULL;
	return interface;
}

/* An ASCII copy of a text, of which there are a few at a time. */
static inline const char *narrow(const CHAR16 *text)
{
	static char buffers[4][512];
	static int turn;
	char *to = buffers[turn++ & 3];
	int i = 0;

	for (; text && text[i] && i < 511; i++)
		to[i] = text[i] < 127 ? (char)text[i] : '?';
	to[i] = 0;
	return to;
}

static inline CHAR16 *wide(const char *text)
{
	static CHAR16 buffers[4][512];
	static int turn;
	CHAR16 *to = buffers[turn++ & 3];
	int i = 0;

	for (; text[i] && i < 511; i++)
		to[i] = (CHAR16)(uint8_t)text[i];
	to[i] = 0;
	return to;
}

static inline void text_equal(const char *is, const char *wanted, const char *name)
{
	if (!ok(!strcmp(is, wanted), name))
		printf("#   is     %s\n#   wanted %s\n", is, wanted);
}

#endif
