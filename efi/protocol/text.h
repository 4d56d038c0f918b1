/* SPDX-License-Identifier: BSD-2-Clause */
/* Console support (UEFI 2.10, chapter 12). */
#ifndef EFI_PROTOCOL_TEXT_H
#define EFI_PROTOCOL_TEXT_H

#include "efi/efi.h"

/* 12.3: EFI_SIMPLE_TEXT_INPUT_PROTOCOL */
#define EFI_SIMPLE_TEXT_INPUT_PROTOCOL_GUID \
	EFI_GUID(387477c1, 69c7, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
struct efi_input_key {
	uint16_t ScanCode;
	CHAR16 UnicodeChar;
};
_Static_assert(sizeof(struct efi_input_key) == 4, "12.3.3");

struct efi_simple_text_input_protocol {
	efi_status(EFIAPI *Reset)(struct efi_simple_text_input_protocol *This,
				  BOOLEAN ExtendedVerification);
	efi_status(EFIAPI *ReadKeyStroke)(struct efi_simple_text_input_protocol *This,
					  struct efi_input_key *Key);
	efi_event WaitForKey;
};

/* 12.1.2: scan codes */
#define SCAN_NULL 0x00
#define SCAN_UP 0x01
#define SCAN_DOWN 0x02
#define SCAN_RIGHT 0x03
#define SCAN_LEFT 0x04
#define SCAN_HOME 0x05
#define SCAN_END 0x06
#define SCAN_INSERT 0x07
#define SCAN_DELETE 0x08
#define SCAN_PAGE_UP 0x09
#define SCAN_PAGE_DOWN 0x0a
#define SCAN_F1 0x0b
#define SCAN_F10 0x14
#define SCAN_F11 0x15
#define SCAN_F12 0x16
#define SCAN_ESC 0x17
#define CHAR_NULL 0x0000
#define CHAR_BACKSPACE 0x0008
#define CHAR_TAB 0x0009
#define CHAR_LINEFEED 0x000a
#define CHAR_CARRIAGE_RETURN 0x000d

/* 12.2: EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL */
#define EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL_GUID \
	EFI_GUID(dd9e7534, 7762, 4698, 8c, 14, f5, 85, 17, a6, 25, aa)
struct efi_key_state {
	uint32_t KeyShiftState;
	uint8_t KeyToggleState;
};
_Static_assert(sizeof(struct efi_key_state) == 8, "12.2.3");
#define EFI_SHIFT_STATE_VALID 0x80000000u
#define EFI_RIGHT_SHIFT_PRESSED 0x00000001u
#define EFI_LEFT_SHIFT_PRESSED 0x00000002u
#define EFI_RIGHT_CONTROL_PRESSED 0x00000004u
#define EFI_LEFT_CONTROL_PRESSED 0x00000008u
#define EFI_RIGHT_ALT_PRESSED 0x00000010u
#define EFI_LEFT_ALT_PRESSED 0x00000020u
#define EFI_RIGHT_LOGO_PRESSED 0x00000040u
#define EFI_LEFT_LOGO_PRESSED 0x00000080u
#define EFI_MENU_KEY_PRESSED 0x00000100u
#define EFI_SYS_REQ_PRESSED 0x00000200u
#define EFI_TOGGLE_STATE_VALID 0x80
#define EFI_KEY_STATE_EXPOSED 0x40
#define EFI_SCROLL_LOCK_ACTIVE 0x01
#define EFI_NUM_LOCK_ACTIVE 0x02
#define EFI_CAPS_LOCK_ACTIVE 0x04

struct efi_key_data {
	struct efi_input_key Key;
	struct efi_key_state KeyState;
};
_Static_assert(sizeof(struct efi_key_data) == 12, "12.2.3");

typedef efi_status(EFIAPI *efi_key_notify_function)(struct efi_key_data *KeyData);

struct efi_simple_text_input_ex_protocol {
	efi_status(EFIAPI *Reset)(struct efi_simple_text_input_ex_protocol *This,
				  BOOLEAN ExtendedVerification);
	efi_status(EFIAPI *ReadKeyStrokeEx)(struct efi_simple_text_input_ex_protocol *This,
					    struct efi_key_data *KeyData);
	efi_event WaitForKeyEx;
	efi_status(EFIAPI *SetState)(struct efi_simple_text_input_ex_protocol *This,
				     uint8_t *KeyToggleState);
	efi_status(EFIAPI *RegisterKeyNotify)(struct efi_simple_text_input_ex_protocol *This,
					      struct efi_key_data *KeyData,
					      efi_key_notify_function KeyNotificationFunction,
					      void **NotifyHandle);
	efi_status(EFIAPI *UnregisterKeyNotify)(struct efi_simple_text_input_ex_protocol *This,
						void *NotificationHandle);
};

/* 12.4: EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL */
#define EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL_GUID \
	EFI_GUID(387477c2, 69c7, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
struct efi_simple_text_output_mode {
	int32_t MaxMode;
	int32_t Mode;
	int32_t Attribute;
	int32_t CursorColumn;
	int32_t CursorRow;
	BOOLEAN CursorVisible;
};
_Static_assert(sizeof(struct efi_simple_text_output_mode) == 24, "12.4.1");

struct efi_simple_text_output_protocol {
	efi_status(EFIAPI *Reset)(struct efi_simple_text_output_protocol *This,
				  BOOLEAN ExtendedVerification);
	efi_status(EFIAPI *OutputString)(struct efi_simple_text_output_protocol *This,
					 CHAR16 *String);
	efi_status(EFIAPI *TestString)(struct efi_simple_text_output_protocol *This,
				       CHAR16 *String);
	efi_status(EFIAPI *QueryMode)(struct efi_simple_text_output_protocol *This,
				      uint64_t ModeNumber, uint64_t *Columns, uint64_t *Rows);
	efi_status(EFIAPI *SetMode)(struct efi_simple_text_output_protocol *This,
				    uint64_t ModeNumber);
	efi_status(EFIAPI *SetAttribute)(struct efi_simple_text_output_protocol *This,
					 uint64_t Attribute);
	efi_status(EFIAPI *ClearScreen)(struct efi_simple_text_output_protocol *This);
	efi_status(EFIAPI *SetCursorPosition)(struct efi_simple_text_output_protocol *This,
					      uint64_t Column, uint64_t Row);
	efi_status(EFIAPI *EnableCursor)(struct efi_simple_text_output_protocol *This,
					 BOOLEAN Visible);
	struct efi_simple_text_output_mode *Mode;
};

/* 12.4.3: colours */
#define EFI_BLACK 0x00
#define EFI_BLUE 0x01
#define EFI_GREEN 0x02
#define EFI_CYAN 0x03
#define EFI_RED 0x04
#define EFI_MAGENTA 0x05
#define EFI_BROWN 0x06
#define EFI_LIGHTGRAY 0x07
#define EFI_BRIGHT 0x08
#define EFI_YELLOW 0x0e
#define EFI_WHITE 0x0f

#endif
