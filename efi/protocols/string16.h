/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings of CHAR16, NUL-terminated. */
#ifndef EFI_PROTOCOLS_STRING16_H
#define EFI_PROTOCOLS_STRING16_H

#include <stdbool.h>

#include "efi/efi.h"

static inline uint64_t string16_length(const CHAR16 *text)
{
	uint64_t length = 0;

	while (text[length])
		length++;
	return length;
}

static inline CHAR16 string16_lower(CHAR16 c)
{
	return c >= 'A' && c <= 'Z' ? (CHAR16)(c + ('a' - 'A')) : c;
}

/* Whether `length` characters of text are those of an ASCII word, in either case. */
static inline bool string16_is(const CHAR16 *text, uint64_t length, const char *word)
{
	uint64_t i = 0;

	while (i < length && word[i] &&
	       string16_lower(text[i]) == string16_lower((CHAR16)(uint8_t)word[i]))
		i++;
	return i == length && !word[i];
}

#endif
