/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys out of the bytes that a terminal sends: UTF-8, control characters, and the escape sequences of VT100, xterm and
 * the Linux console. Pure: time is passed in.
 */
#ifndef EFI_PROTOCOLS_KEYS_H
#define EFI_PROTOCOLS_KEYS_H

#include <stdbool.h>

#include "efi/protocol/text.h"

/* An ESC that is not followed by more within this time (100 ns) is the key of that name. */
#define KEYS_ESCAPE_TIME 500000

struct keys {
	uint8_t state;
	uint8_t parameters; /* of a sequence: how many have begun */
	uint16_t parameter[3];
	uint8_t continuation; /* bytes that a UTF-8 character still wants */
	uint32_t character;
	uint64_t since; /* when the last byte came */
	uint16_t rows,
		columns; /* the terminal's last answer to "where is the cursor" (ESC [6n); 0: none yet */
};

/* Takes a byte: true when it completes *key. */
bool keys_byte(struct keys *keys, uint8_t byte, uint64_t now, struct efi_key_data *key);
/* To be asked when there are no bytes: true when a pending ESC has become *key. */
bool keys_idle(struct keys *keys, uint64_t now, struct efi_key_data *key);

#endif
