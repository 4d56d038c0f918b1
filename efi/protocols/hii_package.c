/* SPDX-License-Identifier: BSD-2-Clause */
/* String packages (UEFI 2.10, 33.3.6) read into an index and written from one; see hii.h. */
#include <string.h>

#include "efi/pool.h"
#include "efi/protocols/hii.h"
#include "efi/protocols/string16.h"
#include "lib/bytes.h"

#define STRINGS_SPARE 32

/* ---- reading ---- */

struct reader {
	const uint8_t *at, *end;
	struct hii_strings *strings;
	efi_status status;
};

static bool grow(struct hii_strings *strings, uint32_t count)
{
	uint32_t room = count + count / 2 + STRINGS_SPARE;
	struct hii_text *text;

	if (count <= strings->room)
		return true;
	text = efi_new(room * sizeof(*text));
	if (!text)
		return false;
	if (strings->text) {
		memcpy(text, strings->text, strings->count * sizeof(*text));
		efi_free_pool(strings->text);
	}
	strings->text = text;
	strings->room = room;
	return true;
}

static void fail(struct reader *reader, efi_status status)
{
	if (!reader->status)
		reader->status = status;
	reader->at = reader->end;
}

static uint32_t take(struct reader *reader, uint32_t size)
{
	uint32_t value = 0;

	if (size > (uint64_t)(reader->end - reader->at)) {
		fail(reader, EFI_INVALID_PARAMETER);
		return 0;
	}
	for (uint32_t i = 0; i < size; i++)
		value |= (uint32_t)reader->at[i] << 8 * i;
	reader->at += size;
	return value;
}

static void add(struct reader *reader, struct hii_text text)
{
	struct hii_strings *strings = reader->strings;

	if (strings->count >= HII_STRINGS_MAX)
		fail(reader, EFI_INVALID_PARAMETER);
	else if (!grow(strings, strings->count + 1))
		fail(reader, EFI_OUT_OF_RESOURCES);
	else
		strings->text[strings->count++] = text;
}

/* One string in the package, up to its NUL. */
static void add_string(struct reader *reader, bool narrow)
{
	struct hii_text text = {.bytes = reader->at, .narrow = narrow};
	uint32_t size = narrow ? 1 : 2;

	while (take(reader, size))
		;
	if (!reader->status)
		add(reader, text);
}

static void add_strings(struct reader *reader, bool narrow)
{
	for (uint32_t count = take(reader, 2); count && !reader->status; count--)
		add_string(reader, narrow);
}

static void add_nothing(struct reader *reader, uint32_t count)
{
	while (count-- && !reader->status)
		add(reader, (struct hii_text){0});
}

/* 33.3.6.2.5: another identifier of a string that came before. */
static void add_duplicate(struct reader *reader)
{
	uint32_t id = take(reader, 2);
	struct hii_text text = {0};

	if (id < reader->strings->count)
		text = reader->strings->text[id];
	add(reader, text);
}

/* One block; false at the end. */
static bool read_block(struct reader *reader)
{
	const uint8_t *start = reader->at;
	uint8_t type = (uint8_t)take(reader, 1);
	bool narrow = type < EFI_HII_SIBT_STRING_UCS2;
	uint32_t size;

	switch (type) {
	case EFI_HII_SIBT_END:
		return false;
	case EFI_HII_SIBT_STRING_SCSU_FONT:
	case EFI_HII_SIBT_STRING_UCS2_FONT:
		take(reader, 1);
		/* fallthrough */
	case EFI_HII_SIBT_STRING_SCSU:
	case EFI_HII_SIBT_STRING_UCS2:
		add_string(reader, narrow);
		return true;
	case EFI_HII_SIBT_STRINGS_SCSU_FONT:
	case EFI_HII_SIBT_STRINGS_UCS2_FONT:
		take(reader, 1);
		/* fallthrough */
	case EFI_HII_SIBT_STRINGS_SCSU:
	case EFI_HII_SIBT_STRINGS_UCS2:
		add_strings(reader, narrow);
		return true;
	case EFI_HII_SIBT_DUPLICATE:
		add_duplicate(reader);
		return true;
	case EFI_HII_SIBT_SKIP1:
		add_nothing(reader, take(reader, 1));
		return true;
	case EFI_HII_SIBT_SKIP2:
		add_nothing(reader, take(reader, 2));
		return true;
	case EFI_HII_SIBT_EXT1:
	case EFI_HII_SIBT_EXT2:
	case EFI_HII_SIBT_EXT4:
		take(reader, 1);
		size = take(reader, 1u << (type - EFI_HII_SIBT_EXT1));
		if (size < (uint64_t)(reader->at - start) || size > (uint64_t)(reader->end - start))
			fail(reader, EFI_INVALID_PARAMETER);
		else
			reader->at = start + size;
		return true;
	}
	fail(reader, EFI_INVALID_PARAMETER);
	return false;
}

struct hii_strings *hii_strings_new(const char *language)
{
	struct hii_strings *strings = efi_new(sizeof(*strings));

	if (!strings)
		return NULL;
	strncpy(strings->language, language, HII_LANGUAGE_MAX - 1);
	if (!grow(strings, 1)) {
		efi_free_pool(strings);
		return NULL;
	}
	strings->count = 1;
	return strings;
}

struct hii_strings *hii_strings_parse(const uint8_t *package, uint32_t size, efi_status *status)
{
	const uint32_t fixed = offsetof(struct efi_hii_string_package_hdr, Language);
	const char *language = (const char *)package + fixed;
	struct reader reader = {0};
	uint32_t start;

	*status = EFI_INVALID_PARAMETER;
	if (size <= fixed)
		return NULL;
	start = le32_load(package + 8);
	if (start < fixed || start >= size || strnlen(language, size - fixed) >= HII_LANGUAGE_MAX ||
	    strnlen(language, size - fixed) == size - fixed)
		return NULL;
	reader.strings = hii_strings_new(language);
	if (!reader.strings) {
		*status = EFI_OUT_OF_RESOURCES;
		return NULL;
	}
	reader.strings->name =
		le16_load(package + offsetof(struct efi_hii_string_package_hdr, LanguageName));
	reader.at = package + start;
	reader.end = package + size;
	while (!reader.status && read_block(&reader))
		;
	*status = reader.status;
	if (!reader.status)
		return reader.strings;
	hii_strings_free(reader.strings);
	return NULL;
}

void hii_strings_free(struct hii_strings *strings)
{
	if (!strings)
		return;
	for (uint32_t i = 0; i < strings->count; i++)
		if (strings->text[i].owned)
			efi_free_pool((void *)(uintptr_t)strings->text[i].bytes);
	efi_free_pool(strings->text);
	efi_free_pool(strings);
}

efi_status hii_strings_set(struct hii_strings *strings, uint32_t id, const CHAR16 *text)
{
	uint64_t size = (string16_length(text) + 1) * sizeof(CHAR16);
	struct hii_text *entry;
	void *copy;

	if (!grow(strings, id + 1) || efi_allocate_pool(EfiBootServicesData, size, &copy))
		return EFI_OUT_OF_RESOURCES;
	memcpy(copy, text, size);
	if (id >= strings->count) {
		memset(strings->text + strings->count, 0,
		       (id + 1 - strings->count) * sizeof(*strings->text));
		strings->count = id + 1;
	}
	entry = &strings->text[id];
	if (entry->owned)
		efi_free_pool((void *)(uintptr_t)entry->bytes);
	*entry = (struct hii_text){.bytes = copy, .owned = true};
	return EFI_SUCCESS;
}

/* ---- writing: plain strings, and gaps ---- */

static uint32_t write_text(const struct hii_text *text, uint8_t *to)
{
	uint32_t size = 0;
	CHAR16 c;

	if (!text->bytes) {
		if (to) {
			to[0] = EFI_HII_SIBT_SKIP1;
			to[1] = 1;
		}
		return 2;
	}
	if (to)
		*to = EFI_HII_SIBT_STRING_UCS2;
	do {
		c = text->narrow ? text->bytes[size] : le16_load(text->bytes + 2 * (uint64_t)size);
		if (to)
			le16_store(to + 1 + 2 * (uint64_t)size, c);
		size++;
	} while (c);
	return 1 + 2 * size;
}

uint32_t hii_strings_write(const struct hii_strings *strings, uint8_t *to)
{
	uint32_t header = (uint32_t)(offsetof(struct efi_hii_string_package_hdr, Language) +
				     strlen(strings->language) + 1);
	uint32_t size = header;

	for (uint32_t i = 1; i < strings->count; i++)
		size += write_text(&strings->text[i], to ? to + size : NULL);
	size++;
	if (to) {
		to[size - 1] = EFI_HII_SIBT_END;
		memset(to, 0, header);
		le32_store(to, size | (uint32_t)EFI_HII_PACKAGE_STRINGS << 24);
		le32_store(to + 4, header);
		le32_store(to + 8, header);
		le16_store(to + offsetof(struct efi_hii_string_package_hdr, LanguageName),
			   strings->name);
		memcpy(to + offsetof(struct efi_hii_string_package_hdr, Language),
		       strings->language, strlen(strings->language));
	}
	return size;
}
