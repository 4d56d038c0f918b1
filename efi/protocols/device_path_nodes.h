/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of device path nodes (UEFI 2.10, 10.6.1.6) as one table, which both directions read. */
#ifndef EFI_PROTOCOLS_DEVICE_PATH_NODES_H
#define EFI_PROTOCOLS_DEVICE_PATH_NODES_H

#include "efi/protocol/device_path.h"

enum node_field {
	NODE_END,
	NODE_HEX, /* a number, written 0x1f */
	NODE_DECIMAL,
	NODE_WORD, /* a number with names: see node_words */
	NODE_GUID,
	NODE_EISA, /* PNP0A03 */
	NODE_BYTES, /* so many bytes in hex */
	NODE_EUI, /* so many bytes in hex, with - between them */
	NODE_MAC, /* 6 bytes in hex, or 32, as the interface type behind them says */
	NODE_IP4,
	NODE_IP6,
	NODE_DISK, /* the signature of a disk, as the type at DISK_TYPE_AT says */
	/* These take the rest of the node, and are not written when there is none. */
	NODE_DUMP, /* in hex */
	NODE_ASCII,
	NODE_UTF16,
	NODE_NUMBERS, /* any number of 32-bit ones */
};

#define NODE_FIELDS_MAX 6
#define DISK_TYPE_AT 41

struct node_text {
	uint8_t type, subtype, size; /* the bytes of a node without what may follow */
	uint8_t guid; /* node_guids entry that must be at 4; 0: any */
	uint16_t pnp; /* PNP number that must be at 4; 0: any */
	char name[24];
	struct {
		uint8_t kind, at, size, words;
	} field[NODE_FIELDS_MAX]; /* in the order of the text */
};

/* Entries with a guid or pnp come before those without. Ends with an entry of type 0. */
extern const struct node_text node_texts[];
extern const struct efi_guid node_guids[];
/* "value:name value:name" */
extern const char node_words[][40];
/* A path as text (10.6), which the caller frees by efi_free_pool; NULL: it is none, or no memory. The last two arguments change nothing. */
CHAR16 *EFIAPI efi_device_path_text(const struct efi_device_path_protocol *DevicePath,
				    BOOLEAN DisplayOnly, BOOLEAN AllowShortcuts);

/* Nodes by number only: name(subtype,data), of types 1 to 5. */
extern const char node_type_names[5][16];

#endif
