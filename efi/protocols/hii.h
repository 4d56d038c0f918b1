/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HII database (UEFI 2.10, 34.8): package lists, each a chain of packages. Packages are kept as the bytes they came as; of
 * a string package an index of its strings is made, which the string protocol changes. Code is in hii_database.c,
 * hii_string.c, hii_package.c (the string packages' format), hii_config.c.
 */
#ifndef EFI_PROTOCOLS_HII_H
#define EFI_PROTOCOLS_HII_H

#include <stdbool.h>

#include "efi/list.h"
#include "efi/protocol/hii.h"

#define HII_LANGUAGE_MAX \
	32 /* bytes of a language's code with its NUL, and of all the secondary ones */
#define HII_STRINGS_MAX 65535

struct hii_package {
	struct list link;
	uint8_t type;
	struct hii_strings *strings; /* of a string package */
	uint32_t size; /* of the bytes; a string package that was changed has none (size 0) */
	uint8_t *bytes;
};

/* The strings of one language. */
struct hii_strings {
	char language[HII_LANGUAGE_MAX];
	uint32_t count; /* identifiers 1 … count - 1; 0 does not exist */
	uint32_t room;
	struct hii_text {
		const uint8_t *
			bytes; /* UCS-2, or one byte a character; not aligned; NUL-terminated. NULL: no string */
		bool narrow;
		bool owned; /* a pool block of its own */
	} * text;
	efi_string_id name; /* of the language itself */
};

struct hii_list {
	struct list link;
	efi_hii_handle handle; /* this; a list is known by it */
	efi_handle driver;
	struct efi_guid guid;
	struct list packages;
};

/* The database's list of a handle, or NULL. */
struct hii_list *hii_find(efi_hii_handle handle);

/* Drops the notifications of the database whose function lies in [base, base + size). */
void efi_hii_forget_code(uint64_t base, uint64_t size);

/* hii_package.c: false when the bytes are no string package; *status says when memory ran out. */
struct hii_strings *hii_strings_parse(const uint8_t *package, uint32_t size, efi_status *status);
struct hii_strings *hii_strings_new(const char *language);
void hii_strings_free(struct hii_strings *strings);
/* Sets a string (a copy), making room: EFI_SUCCESS or EFI_OUT_OF_RESOURCES, unchanged then. */
efi_status hii_strings_set(struct hii_strings *strings, uint32_t id, const CHAR16 *text);
/* Writes a package of these strings; `to` NULL: only says how many bytes it takes. */
uint32_t hii_strings_write(const struct hii_strings *strings, uint8_t *to);

/* Adds an empty package at the end; NULL: no memory. */
struct hii_package *hii_package_add(struct hii_list *list, uint8_t type);

extern const struct efi_hii_string_protocol hii_string_protocol;
extern const struct efi_hii_config_routing_protocol hii_config_routing_protocol;

#endif
