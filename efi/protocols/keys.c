/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys out of a terminal's bytes; see keys.h. */
#include "efi/protocols/keys.h"

#define ESC 0x1b
#define PARAMETER_MAX 9999

enum {
	PLAIN,
	ESCAPE, /* after ESC */
	CONTROL, /* after ESC [ */
	SINGLE, /* after ESC O */
	LINUX_F, /* after ESC [ [: the Linux console's F1 to F5 */
};

static bool give(struct efi_key_data *key, uint16_t scan, CHAR16 character, uint32_t shift)
{
	*key = (struct efi_key_data){
		.Key = {scan, character},
		.KeyState = {.KeyShiftState = EFI_SHIFT_STATE_VALID | shift},
	};
	return true;
}

/* The modifier of xterm's sequences: one more than the sum of 1 shift, 2 alt, 4 control, 8 logo. */
static uint32_t modifiers(uint16_t parameter)
{
	uint32_t bits = parameter ? parameter - 1u : 0;

	return (bits & 1 ? EFI_LEFT_SHIFT_PRESSED : 0) | (bits & 2 ? EFI_LEFT_ALT_PRESSED : 0) |
	       (bits & 4 ? EFI_LEFT_CONTROL_PRESSED : 0) | (bits & 8 ? EFI_LEFT_LOGO_PRESSED : 0);
}

static bool plain(struct efi_key_data *key, uint32_t c, uint32_t shift)
{
	switch (c) {
	case 0x00:
		return false;
	case 0x7f:
		return give(key, SCAN_NULL, CHAR_BACKSPACE, shift);
	case CHAR_BACKSPACE:
	case CHAR_TAB:
	case CHAR_LINEFEED:
	case CHAR_CARRIAGE_RETURN:
		return give(key, SCAN_NULL, (CHAR16)c, shift);
	}
	if (c <= 0x1a)
		return give(key, SCAN_NULL, (CHAR16)(c + 'a' - 1),
			    shift | EFI_LEFT_CONTROL_PRESSED);
	if (c < 0x20)
		return give(key, SCAN_NULL, (CHAR16)(c + 0x40), shift | EFI_LEFT_CONTROL_PRESSED);
	return give(key, SCAN_NULL, (CHAR16)c, shift);
}

/* A byte of UTF-8. What is malformed, or beyond the characters that EFI has, is dropped. */
static bool utf8(struct keys *keys, uint8_t byte, struct efi_key_data *key, uint32_t shift)
{
	if ((byte & 0xc0) == 0x80 && keys->continuation) {
		keys->character = keys->character << 6 | (byte & 0x3f);
		if (--keys->continuation || keys->character > 0xffff || keys->character < 0x80 ||
		    (keys->character & 0xf800) == 0xd800)
			return false;
		return give(key, SCAN_NULL, (CHAR16)keys->character, shift);
	}
	keys->continuation = 0;
	if (byte < 0x80)
		return plain(key, byte, shift);
	if (byte >= 0xc2 && byte < 0xf5) {
		keys->continuation = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		keys->character = byte & (0x3fu >> keys->continuation);
	}
	return false;
}

/* The scan code of ESC [ number ~ ; 0: none. */
static uint16_t scan_of_number(uint16_t number)
{
	static const uint8_t low[] = {0,	SCAN_HOME,    SCAN_INSERT,    SCAN_DELETE,
				      SCAN_END, SCAN_PAGE_UP, SCAN_PAGE_DOWN, SCAN_HOME,
				      SCAN_END};

	if (number < sizeof(low))
		return low[number];
	if (number >= 11 && number <= 15)
		return (uint16_t)(SCAN_F1 + number - 11);
	if (number >= 17 && number <= 21)
		return (uint16_t)(SCAN_F1 + 5 + number - 17);
	if (number == 23 || number == 24)
		return (uint16_t)(SCAN_F11 + number - 23);
	return 0;
}

/* The scan code of a final letter. */
static uint16_t scan_of_letter(uint8_t letter)
{
	switch (letter) {
	case 'A':
		return SCAN_UP;
	case 'B':
		return SCAN_DOWN;
	case 'C':
		return SCAN_RIGHT;
	case 'D':
		return SCAN_LEFT;
	case 'F':
		return SCAN_END;
	case 'H':
		return SCAN_HOME;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return (uint16_t)(SCAN_F1 + letter - 'P');
	}
	return 0;
}

static bool control_end(struct keys *keys, uint8_t byte, struct efi_key_data *key)
{
	uint32_t shift = keys->parameters >= 2 ? modifiers(keys->parameter[1]) : 0;
	uint16_t scan = byte == '~' ? scan_of_number(keys->parameter[0]) : scan_of_letter(byte);

	keys->state = PLAIN;
	/* The answer to ESC [6n: F3 has no such two parameters but "1;modifier". */
	if (byte == 'R' && keys->parameters == 2 && keys->parameter[0] && keys->parameter[1] &&
	    (keys->parameter[0] > 1 || keys->parameter[1] > 16)) {
		keys->rows = keys->parameter[0];
		keys->columns = keys->parameter[1];
		return false;
	}
	if (byte == 'Z')
		return give(key, SCAN_NULL, CHAR_TAB, EFI_LEFT_SHIFT_PRESSED);
	return scan && give(key, scan, CHAR_NULL, shift);
}

static bool control(struct keys *keys, uint8_t byte, struct efi_key_data *key)
{
	uint16_t *parameter;

	if (byte == '[' && !keys->parameters) {
		keys->state = LINUX_F;
		return false;
	}
	if ((byte < '0' || byte > '9') && byte != ';') {
		if (byte >= 0x40 && byte < 0x7f)
			return control_end(keys, byte, key);
		if (byte < 0x20 || byte >= 0x7f)
			keys->state = PLAIN;
		return false;
	}
	if (!keys->parameters)
		keys->parameters = 1;
	if (byte == ';') {
		if (keys->parameters < 0xff)
			keys->parameters++;
		return false;
	}
	if (keys->parameters > sizeof(keys->parameter) / sizeof(keys->parameter[0]))
		return false;
	parameter = &keys->parameter[keys->parameters - 1];
	if (*parameter <= PARAMETER_MAX / 10)
		*parameter = (uint16_t)(*parameter * 10 + byte - '0');
	return false;
}

static bool escape(struct keys *keys, uint8_t byte, struct efi_key_data *key)
{
	switch (byte) {
	case '[':
		keys->state = CONTROL;
		keys->parameters = 0;
		keys->parameter[0] = keys->parameter[1] = keys->parameter[2] = 0;
		return false;
	case 'O':
		keys->state = SINGLE;
		return false;
	case ESC: /* the first was a key, this one begins anew */
		return give(key, SCAN_ESC, CHAR_NULL, 0);
	}
	keys->state = PLAIN;
	return utf8(keys, byte, key, EFI_LEFT_ALT_PRESSED);
}

bool keys_byte(struct keys *keys, uint8_t byte, uint64_t now, struct efi_key_data *key)
{
	uint16_t scan;

	keys->since = now;
	switch (keys->state) {
	case ESCAPE:
		return escape(keys, byte, key);
	case CONTROL:
		return control(keys, byte, key);
	case SINGLE:
		keys->state = PLAIN;
		scan = scan_of_letter(byte);
		return scan && give(key, scan, CHAR_NULL, 0);
	case LINUX_F:
		keys->state = PLAIN;
		return byte >= 'A' && byte <= 'E' &&
		       give(key, (uint16_t)(SCAN_F1 + byte - 'A'), CHAR_NULL, 0);
	}
	if (byte == ESC) {
		keys->state = ESCAPE;
		keys->continuation = 0;
		return false;
	}
	return utf8(keys, byte, key, 0);
}

bool keys_idle(struct keys *keys, uint64_t now, struct efi_key_data *key)
{
	uint8_t state = keys->state;

	if (state == PLAIN || now - keys->since < KEYS_ESCAPE_TIME)
		return false;
	keys->state = PLAIN;
	if (state == ESCAPE)
		return give(key, SCAN_ESC, CHAR_NULL, 0);
	if (state == SINGLE)
		return give(key, SCAN_NULL, 'O', EFI_LEFT_ALT_PRESSED);
	if (state == CONTROL && !keys->parameters)
		return give(key, SCAN_NULL, '[', EFI_LEFT_ALT_PRESSED);
	return false;
}
