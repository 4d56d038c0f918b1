/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_HII_STRING_PROTOCOL (UEFI 2.10, 34.3); see hii.h. Strings have no fonts: font information is not kept. */
#include <string.h>

#include "efi/event.h"
#include "efi/pool.h"
#include "efi/protocols/hii.h"
#include "lib/bytes.h"

typedef struct efi_hii_string_protocol protocol;

/* 33.3.6.1: a package's languages are separated by semicolons; the first is the one it is in. RFC 4646 does not mind case. */
static bool is_primary(const char *languages, const char *language)
{
	while (*language && (*languages | 0x20) == (*language | 0x20)) {
		languages++;
		language++;
	}
	return !*language && (!*languages || *languages == ';');
}

static uint64_t primary_length(const char *languages)
{
	return strcspn(languages, ";");
}

static struct hii_package *find_language(struct hii_list *list, const char *language)
{
	list_for_each (link, &list->packages) {
		struct hii_package *package = list_of(link, struct hii_package, link);

		if (package->strings && is_primary(package->strings->language, language))
			return package;
	}
	return NULL;
}

/* Whether any language has the string. */
static bool exists(struct hii_list *list, efi_string_id id)
{
	list_for_each (link, &list->packages) {
		struct hii_strings *strings = list_of(link, struct hii_package, link)->strings;

		if (strings && id < strings->count && strings->text[id].bytes)
			return true;
	}
	return false;
}

static void changed(struct hii_package *package)
{
	package->size = 0; /* the bytes stay: strings point into them */
}

/* The first identifier that no language uses. */
static uint32_t next_id(struct hii_list *list)
{
	uint32_t id = 1;

	list_for_each (link, &list->packages) {
		struct hii_strings *strings = list_of(link, struct hii_package, link)->strings;

		if (strings && strings->count > id)
			id = strings->count;
	}
	return id;
}

static efi_status new_string_in(struct hii_list *list, const char *language, const CHAR16 *name,
				const CHAR16 *text, efi_string_id *id)
{
	struct hii_package *package = find_language(list, language);
	uint32_t next = next_id(list);
	efi_status status;

	if (next + 1 >= HII_STRINGS_MAX)
		return EFI_OUT_OF_RESOURCES;
	if (!package) {
		package = hii_package_add(list, EFI_HII_PACKAGE_STRINGS);
		if (!package)
			return EFI_OUT_OF_RESOURCES;
		package->strings = hii_strings_new(language);
		status = package->strings ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
		/* 33.3.6.1: the first string of a language is its name. */
		if (!EFI_ERROR(status) && name) {
			status = hii_strings_set(package->strings, next, name);
			package->strings->name = (efi_string_id)next++;
		}
		if (!EFI_ERROR(status))
			status = hii_strings_set(package->strings, next, text);
		if (EFI_ERROR(status)) {
			hii_strings_free(package->strings);
			list_remove(&package->link);
			efi_free_pool(package);
			return status;
		}
	} else {
		status = hii_strings_set(package->strings, next, text);
		if (EFI_ERROR(status))
			return status;
		changed(package);
	}
	*id = (efi_string_id)next;
	return EFI_SUCCESS;
}

static efi_status EFIAPI new_string(const protocol *This, efi_hii_handle PackageList,
				    efi_string_id *StringId, const char *Language,
				    const CHAR16 *LanguageName, const efi_string String,
				    const struct efi_font_info *StringFontInfo)
{
	struct hii_list *list;
	efi_status status;
	efi_tpl tpl;

	(void)StringFontInfo;
	if (!This || !PackageList || !StringId || !Language || !String || !*Language ||
	    strlen(Language) >= HII_LANGUAGE_MAX)
		return EFI_INVALID_PARAMETER;
	list = hii_find(PackageList);
	if (!list)
		return EFI_NOT_FOUND;
	tpl = efi_lock();
	status = new_string_in(list, Language, LanguageName, String, StringId);
	efi_unlock(tpl);
	return status;
}

/* Where a string is: EFI_NOT_FOUND, or EFI_INVALID_LANGUAGE when only others have it. */
static efi_status find_string(efi_hii_handle handle, const char *language, efi_string_id id,
			      struct hii_package **package)
{
	struct hii_list *list = hii_find(handle);

	if (!list || !exists(list, id))
		return EFI_NOT_FOUND;
	*package = find_language(list, language);
	if (!*package || id >= (*package)->strings->count || !(*package)->strings->text[id].bytes)
		return EFI_INVALID_LANGUAGE;
	return EFI_SUCCESS;
}

static CHAR16 character(const struct hii_text *text, uint64_t i)
{
	return text->narrow ? text->bytes[i] : le16_load(text->bytes + 2 * i);
}

static efi_status EFIAPI get_string(const protocol *This, const char *Language,
				    efi_hii_handle PackageList, efi_string_id StringId,
				    efi_string String, uint64_t *StringSize,
				    struct efi_font_info **StringFontInfo)
{
	struct hii_package *package;
	const struct hii_text *text;
	efi_status status;
	uint64_t length = 0;
	uint64_t room;

	if (!This || !Language || !PackageList || !StringId || !StringSize ||
	    (*StringSize && !String))
		return EFI_INVALID_PARAMETER;
	status = find_string(PackageList, Language, StringId, &package);
	if (EFI_ERROR(status))
		return status;
	text = &package->strings->text[StringId];
	while (character(text, length++))
		;
	room = *StringSize;
	*StringSize = length * sizeof(CHAR16);
	if (StringFontInfo)
		*StringFontInfo = NULL;
	if (room < *StringSize)
		return EFI_BUFFER_TOO_SMALL;
	for (uint64_t i = 0; i < length; i++)
		String[i] = character(text, i);
	return EFI_SUCCESS;
}

static efi_status EFIAPI set_string(const protocol *This, efi_hii_handle PackageList,
				    efi_string_id StringId, const char *Language, efi_string String,
				    const struct efi_font_info *StringFontInfo)
{
	struct hii_package *package;
	efi_status status;
	efi_tpl tpl;

	(void)StringFontInfo;
	if (!This || !PackageList || !StringId || !Language || !String)
		return EFI_INVALID_PARAMETER;
	/* 34.3.5: EFI_NOT_FOUND also for a string that is there in other languages only. */
	status = find_string(PackageList, Language, StringId, &package);
	if (EFI_ERROR(status))
		return EFI_NOT_FOUND;
	tpl = efi_lock();
	status = hii_strings_set(package->strings, StringId, String);
	if (!EFI_ERROR(status))
		changed(package);
	efi_unlock(tpl);
	return status;
}

static efi_status EFIAPI get_languages(const protocol *This, efi_hii_handle PackageList,
				       char *Languages, uint64_t *LanguagesSize)
{
	struct hii_list *list;
	uint64_t size = 0;
	uint64_t room;

	if (!This || !PackageList || !LanguagesSize || (*LanguagesSize && !Languages))
		return EFI_INVALID_PARAMETER;
	list = hii_find(PackageList);
	if (!list)
		return EFI_NOT_FOUND;
	room = *LanguagesSize;
	list_for_each (link, &list->packages) {
		struct hii_strings *strings = list_of(link, struct hii_package, link)->strings;
		uint64_t length = strings ? primary_length(strings->language) : 0;

		if (!length)
			continue;
		if (size + length + 1 <= room) {
			memcpy(Languages + size, strings->language, length);
			Languages[size + length] = ';';
		}
		size += length + 1;
	}
	if (!size)
		size = 1; /* no languages: an empty list */
	*LanguagesSize = size;
	if (room < size)
		return EFI_BUFFER_TOO_SMALL;
	Languages[size - 1] = 0;
	return EFI_SUCCESS;
}

static efi_status EFIAPI get_secondary(const protocol *This, efi_hii_handle PackageList,
				       const char *PrimaryLanguage, char *SecondaryLanguages,
				       uint64_t *SecondaryLanguagesSize)
{
	struct hii_package *package;
	struct hii_list *list;
	const char *rest;
	uint64_t room;

	if (!This || !PackageList || !PrimaryLanguage || !SecondaryLanguagesSize ||
	    (*SecondaryLanguagesSize && !SecondaryLanguages))
		return EFI_INVALID_PARAMETER;
	list = hii_find(PackageList);
	if (!list)
		return EFI_NOT_FOUND;
	package = find_language(list, PrimaryLanguage);
	if (!package)
		return EFI_INVALID_LANGUAGE;
	rest = package->strings->language + primary_length(package->strings->language);
	rest += *rest == ';';
	room = *SecondaryLanguagesSize;
	*SecondaryLanguagesSize = strlen(rest) + 1;
	if (room < *SecondaryLanguagesSize)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(SecondaryLanguages, rest, *SecondaryLanguagesSize);
	return EFI_SUCCESS;
}

const struct efi_hii_string_protocol hii_string_protocol = {
	.NewString = new_string,
	.GetString = get_string,
	.SetString = set_string,
	.GetLanguages = get_languages,
	.GetSecondaryLanguages = get_secondary,
};
