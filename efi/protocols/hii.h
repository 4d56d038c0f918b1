/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HII database (UEFI 2.10, 34.8): package lists, each a chain of packages. Packages are kept as the bytes they came as; of
 * a string package an index of its strings is made, which the string protocol changes. Code is in hii_database.c,
 * hii_string.c, hii_package.c (the string packages' format), hii_config.c, hii_block.c.
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

/* The value of a digit in hex, or -1. */
int hii_digit(CHAR16 c);

/*
 * 35.4.5. EFI_INVALID_PARAMETER: an argument is NULL, or *Progress is not OFFSET=…&WIDTH=…; EFI_DEVICE_ERROR: that does not lie in the
 * block; EFI_OUT_OF_RESOURCES. The caller frees *Config, which is NULL after a failure.
 */
efi_status EFIAPI hii_block_to_config(const struct efi_hii_config_routing_protocol *This,
				      const efi_string ConfigRequest, const uint8_t *Block,
				      const uint64_t BlockSize, efi_string *Config,
				      efi_string *Progress);
/*
 * 35.4.6. EFI_INVALID_PARAMETER: an argument is NULL, or *Progress is not OFFSET=…&WIDTH=…&VALUE=… (what is before it has been stored);
 * EFI_BUFFER_TOO_SMALL: *BlockSize bytes are needed, nothing has been stored.
 */
efi_status EFIAPI hii_config_to_block(const struct efi_hii_config_routing_protocol *This,
				      const efi_string ConfigResp, uint8_t *Block,
				      uint64_t *BlockSize, efi_string *Progress);
/*
 * 35.4.7. EFI_INVALID_PARAMETER: This, ConfigResp or AltCfgResp is NULL, or DevicePath is none; EFI_NOT_FOUND; EFI_OUT_OF_RESOURCES. The
 * caller frees *AltCfgResp.
 */
efi_status EFIAPI hii_get_alt_config(const struct efi_hii_config_routing_protocol *This,
				     const efi_string ConfigResp, const struct efi_guid *Guid,
				     const efi_string Name,
				     const struct efi_device_path_protocol *DevicePath,
				     const efi_string AltCfgId, efi_string *AltCfgResp);

#endif
