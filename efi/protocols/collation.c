/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_UNICODE_COLLATION_PROTOCOL (UEFI 2.10, 21.1) for English, by RFC 4646 ("en") and under the older GUID by ISO 639-2
 * ("eng"). Case is that of Latin-1.
 */
#include <string.h>

#include "efi/handle.h"
#include "efi/protocol/misc.h"
#include "efi/protocols/install.h"
#include "efi/table.h"

/* UEFI 1.10; EDK2 still looks for it. */
#define EFI_UNICODE_COLLATION_PROTOCOL_GUID \
	EFI_GUID(1d85cd7f, f43d, 11d2, 9a, 0c, 00, 90, 27, 3f, c1, 4d)

typedef struct efi_unicode_collation_protocol protocol;

static const struct efi_guid collation2_guid = EFI_UNICODE_COLLATION_PROTOCOL2_GUID;
static const struct efi_guid collation_guid = EFI_UNICODE_COLLATION_PROTOCOL_GUID;

/* U+00D7 and U+00F7 are signs between the letters; U+00DF and U+00FF have no capital here. */
static CHAR16 lower(CHAR16 c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
		return (CHAR16)(c + 0x20);
	return c;
}

static CHAR16 upper(CHAR16 c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
		return (CHAR16)(c - 0x20);
	return c;
}

static int64_t EFIAPI stri_coll(protocol *This, CHAR16 *Str1, CHAR16 *Str2)
{
	(void)This;
	while (*Str1 && upper(*Str1) == upper(*Str2)) {
		Str1++;
		Str2++;
	}
	return (int64_t)upper(*Str1) - upper(*Str2);
}

/* Whether c is in the set that begins behind a bracket; *end is behind its other bracket. */
static bool in_set(const CHAR16 *set, CHAR16 c, const CHAR16 **end)
{
	bool found = false;

	while (*set && *set != ']') {
		CHAR16 first = upper(*set++);
		CHAR16 last = first;

		if (set[0] == '-' && set[1] && set[1] != ']') {
			last = upper(set[1]);
			set += 2;
		}
		found |= c >= first && c <= last;
	}
	*end = *set ? set + 1 : set;
	return found;
}

/* One star at a time: where the last one stood is all there is to go back to. */
static BOOLEAN EFIAPI metai_match(protocol *This, CHAR16 *String, CHAR16 *Pattern)
{
	const CHAR16 *string = String;
	const CHAR16 *pattern = Pattern;
	const CHAR16 *star = NULL;
	const CHAR16 *retry = NULL;

	(void)This;
	for (;;) {
		const CHAR16 *next = pattern + 1;
		bool match;

		if (*pattern == '*') {
			star = ++pattern;
			retry = string;
			continue;
		}
		if (!*string && !*pattern)
			return 1;
		if (*pattern == '?')
			match = *string;
		else if (*pattern == '[')
			match = in_set(pattern + 1, upper(*string), &next) && *string;
		else
			match = *string && upper(*string) == upper(*pattern);
		if (match) {
			string++;
			pattern = next;
		} else {
			if (!star || !*retry)
				return 0;
			pattern = star;
			string = ++retry;
		}
	}
}

static void EFIAPI str_lwr(protocol *This, CHAR16 *Str)
{
	(void)This;
	for (; *Str; Str++)
		*Str = lower(*Str);
}

static void EFIAPI str_upr(protocol *This, CHAR16 *Str)
{
	(void)This;
	for (; *Str; Str++)
		*Str = upper(*Str);
}

static void EFIAPI fat_to_str(protocol *This, uint64_t FatSize, char *Fat, CHAR16 *String)
{
	(void)This;
	while (FatSize-- && *Fat)
		*String++ = (CHAR16)(uint8_t)*Fat++;
	*String = 0;
}

/* 21.1.6: true when a character had to be replaced. Dots and blanks are left out. */
static BOOLEAN EFIAPI str_to_fat(protocol *This, CHAR16 *String, uint64_t FatSize, char *Fat)
{
	static const char legal[] = "$%'-_@~`!(){}^#&";
	BOOLEAN replaced = 0;
	uint64_t i = 0;

	(void)This;
	for (; *String && i < FatSize; String++) {
		CHAR16 c = upper(*String);

		if (c == '.' || c == ' ')
			continue;
		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c < 0x80 && strchr(legal, c))) {
			Fat[i++] = (char)c;
		} else {
			Fat[i++] = '_';
			replaced = 1;
		}
	}
	if (i < FatSize)
		Fat[i] = 0;
	return replaced;
}

#define COLLATION(languages)                                                                \
	{                                                                                   \
		stri_coll, metai_match, str_lwr, str_upr, fat_to_str, str_to_fat, languages \
	}

static char english[] = "en";
static char english_old[] = "eng";
static protocol collation2 = COLLATION(english);
static protocol collation = COLLATION(english_old);

efi_status efi_collation_install(void)
{
	efi_handle handle = efi_firmware_handle();

	return efi_install_multiple_protocol_interfaces(&handle, &collation2_guid, &collation2,
							&collation_guid, &collation, (void *)NULL);
}
