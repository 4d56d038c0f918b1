/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL (UEFI 2.10, 12.4) on a terminal that understands ECMA-48 and UTF-8. Modes 0 to 2 are the
 * usual ones; mode 3 is the terminal's own size. The terminal is asked for that when somebody first cares
 * for the screen (clears it, asks for modes); who only prints lines never waits for an answer.
 */
#include "efi/event.h"
#include "efi/platform.h"
#include "efi/protocols/console.h"
#include "efi/protocols/devices.h"

#define ATTRIBUTE_DEFAULT 0x07
#define ATTRIBUTE_MAX 0x7f
#define MODES 3 /* without the terminal's own */
#define ANSWER_TIME 150 /* ms that the terminal has to say how large it is */
#define SIZE_MAX_CELLS 9999

static struct size {
	uint16_t columns, rows;
} sizes[MODES + 1] = {{80, 25}, {80, 50}, {100, 31}, {0, 0}};

static struct efi_simple_text_output_mode mode;
static bool asked;
static bool chosen; /* the mode was set by somebody */

/* ---- bytes out, a handful at a time ---- */

static char out[128];
static uint32_t out_count;

static void flush(void)
{
	if (out_count)
		efi_devices()->console_write(out, out_count);
	out_count = 0;
}

static void put(char c)
{
	if (out_count == sizeof(out))
		flush();
	out[out_count++] = c;
}

static void put_string(const char *string)
{
	while (*string)
		put(*string++);
}

static void put_decimal(uint32_t value)
{
	if (value >= 10)
		put_decimal(value / 10);
	put((char)('0' + value % 10));
}

/* ESC [ a letter, ESC [ a ; b letter */
static void put_control(uint32_t a, uint32_t b, char letter)
{
	put_string("\033[");
	put_decimal(a);
	if (b) {
		put(';');
		put_decimal(b);
	}
	put(letter);
}

static void put_character(CHAR16 c)
{
	if (c < 0x80) {
		put((char)c);
		return;
	}
	if (c < 0x800) {
		put((char)(0xc0 | c >> 6));
	} else {
		put((char)(0xe0 | c >> 12));
		put((char)(0x80 | (c >> 6 & 0x3f)));
	}
	put((char)(0x80 | (c & 0x3f)));
}

/* ---- the screen ---- */

static void clear(void)
{
	put_string("\033[2J\033[H");
	mode.CursorColumn = 0;
	mode.CursorRow = 0;
}

/* EFI counts blue, green, red from the lowest bit; ECMA-48 the other way. */
static uint32_t colour(uint32_t efi)
{
	return (efi & 1) << 2 | (efi & 2) | (efi & 4) >> 2;
}

/* Light grey on black is what the terminal's user has chosen to read. */
static void set_attribute(int32_t attribute)
{
	uint32_t a = (uint32_t)attribute;

	mode.Attribute = attribute;
	put_string("\033[0m");
	if (a != ATTRIBUTE_DEFAULT)
		put_control(colour(a) + (a & EFI_BRIGHT ? 90 : 30), colour(a >> 4) + 40, 'm');
}

static const struct size *size_now(void)
{
	return &sizes[mode.Mode];
}

static void line_feed(void)
{
	put('\n');
	/* A console may have added a carriage return. */
	if (mode.CursorColumn)
		put_control((uint32_t)mode.CursorColumn + 1, 0, 'G');
	if (mode.CursorRow + 1 < size_now()->rows)
		mode.CursorRow++;
}

static bool printable(CHAR16 c)
{
	return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && (c & 0xf800) != 0xd800 &&
	       c < 0xfff0;
}

static void print(CHAR16 c)
{
	put_character(c);
	if (++mode.CursorColumn < size_now()->columns)
		return;
	mode.CursorColumn = 0;
	put('\r');
	line_feed();
}

/* One character of a string: false when it cannot be shown. */
static bool output(CHAR16 c)
{
	switch (c) {
	case CHAR_BACKSPACE:
		if (mode.CursorColumn) {
			put('\b');
			mode.CursorColumn--;
		}
		return true;
	case CHAR_LINEFEED:
		line_feed();
		return true;
	case CHAR_CARRIAGE_RETURN:
		put('\r');
		mode.CursorColumn = 0;
		return true;
	case CHAR_TAB:
		do
			print(' ');
		while (mode.CursorColumn % 8);
		return true;
	}
	print(printable(c) ? c : '?');
	return printable(c);
}

/* ---- the terminal's size ---- */

static bool mode_exists(uint64_t number)
{
	const struct size *own = &sizes[MODES];

	if (number > MODES || !sizes[number].columns)
		return false;
	return !number || !own->columns ||
	       (sizes[number].columns <= own->columns && sizes[number].rows <= own->rows);
}

void efi_text_output_size(uint16_t columns, uint16_t rows)
{
	if (!asked || columns > SIZE_MAX_CELLS || rows > SIZE_MAX_CELLS ||
	    columns < sizes[0].columns || rows < sizes[0].rows)
		return;
	sizes[MODES] = (struct size){columns, rows};
	mode.MaxMode = MODES + 1;
	if (!chosen)
		mode.Mode = MODES;
}

/* Goes to the far corner and asks where that is. */
static void ask(void)
{
	if (asked)
		return;
	asked = true;
	put_string("\0337\033[999;999H\033[6n\0338");
	flush();
	for (int ms = 0; ms < ANSWER_TIME && !sizes[MODES].columns; ms++) {
		efi_platform_stall(1000);
		efi_text_input_poll();
	}
}

/* A mode smaller than the terminal scrolls in its own part of the screen. */
static void set_mode(uint64_t number)
{
	mode.Mode = (int32_t)number;
	if (sizes[MODES].columns)
		put_control(1, size_now()->rows, 'r');
	set_attribute(mode.Attribute);
	clear();
}

/* ---- the protocol ---- */

typedef struct efi_simple_text_output_protocol protocol;

static efi_status EFIAPI reset(protocol *This, BOOLEAN ExtendedVerification)
{
	efi_tpl tpl;

	(void)ExtendedVerification;
	if (!This)
		return EFI_INVALID_PARAMETER;
	ask();
	tpl = efi_lock();
	mode.Attribute = ATTRIBUTE_DEFAULT;
	mode.CursorVisible = 1;
	put_string("\033[?25h");
	set_mode(mode_exists(MODES) ? MODES : 0);
	flush();
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

static efi_status EFIAPI output_string(protocol *This, CHAR16 *String)
{
	efi_status status = EFI_SUCCESS;
	efi_tpl tpl;

	if (!This || !String)
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	for (; *String; String++)
		if (!output(*String))
			status = EFI_WARN_UNKNOWN_GLYPH;
	flush();
	efi_unlock(tpl);
	return status;
}

static efi_status EFIAPI test_string(protocol *This, CHAR16 *String)
{
	if (!This || !String)
		return EFI_INVALID_PARAMETER;
	for (; *String; String++)
		if (!printable(*String) && (*String < CHAR_BACKSPACE || *String > CHAR_LINEFEED) &&
		    *String != CHAR_CARRIAGE_RETURN)
			return EFI_UNSUPPORTED;
	return EFI_SUCCESS;
}

static efi_status EFIAPI query_mode(protocol *This, uint64_t ModeNumber, uint64_t *Columns,
				    uint64_t *Rows)
{
	if (!This || !Columns || !Rows)
		return EFI_INVALID_PARAMETER;
	ask();
	if (!mode_exists(ModeNumber))
		return EFI_UNSUPPORTED;
	*Columns = sizes[ModeNumber].columns;
	*Rows = sizes[ModeNumber].rows;
	return EFI_SUCCESS;
}

static efi_status EFIAPI set_mode_service(protocol *This, uint64_t ModeNumber)
{
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	ask();
	if (!mode_exists(ModeNumber))
		return EFI_UNSUPPORTED;
	tpl = efi_lock();
	chosen = true;
	set_mode(ModeNumber);
	flush();
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

static efi_status EFIAPI set_attribute_service(protocol *This, uint64_t Attribute)
{
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	if (Attribute > ATTRIBUTE_MAX)
		return EFI_UNSUPPORTED;
	tpl = efi_lock();
	if ((uint64_t)mode.Attribute != Attribute) {
		set_attribute((int32_t)Attribute);
		flush();
	}
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

static efi_status EFIAPI clear_screen(protocol *This)
{
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	ask();
	tpl = efi_lock();
	clear();
	flush();
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

static efi_status EFIAPI set_cursor(protocol *This, uint64_t Column, uint64_t Row)
{
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	if (Column >= size_now()->columns || Row >= size_now()->rows)
		return EFI_UNSUPPORTED;
	tpl = efi_lock();
	mode.CursorColumn = (int32_t)Column;
	mode.CursorRow = (int32_t)Row;
	put_control((uint32_t)Row + 1, (uint32_t)Column + 1, 'H');
	flush();
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

static efi_status EFIAPI enable_cursor(protocol *This, BOOLEAN Visible)
{
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	if (mode.CursorVisible != !!Visible) {
		mode.CursorVisible = !!Visible;
		put_string(Visible ? "\033[?25h" : "\033[?25l");
		flush();
	}
	efi_unlock(tpl);
	return EFI_SUCCESS;
}

struct efi_simple_text_output_protocol efi_text_output = {
	.Reset = reset,
	.OutputString = output_string,
	.TestString = test_string,
	.QueryMode = query_mode,
	.SetMode = set_mode_service,
	.SetAttribute = set_attribute_service,
	.ClearScreen = clear_screen,
	.SetCursorPosition = set_cursor,
	.EnableCursor = enable_cursor,
	.Mode = &mode,
};

void efi_text_output_leave(void)
{
	efi_tpl tpl;

	if (!mode.MaxMode)
		return;
	tpl = efi_lock();
	if (sizes[MODES].columns && mode.Mode != MODES) {
		put_string("\0337\033[r\0338"); /* it sends the cursor home */
		mode.Mode = MODES;
	}
	if (mode.Attribute != ATTRIBUTE_DEFAULT)
		set_attribute(ATTRIBUTE_DEFAULT);
	if (!mode.CursorVisible)
		put_string("\033[?25h");
	mode.CursorVisible = 1;
	if (mode.CursorColumn)
		put_string("\r\n");
	mode.CursorColumn = 0;
	flush();
	efi_unlock(tpl);
}

void efi_text_output_start(void)
{
	mode = (struct efi_simple_text_output_mode){
		.MaxMode = MODES,
		.Attribute = ATTRIBUTE_DEFAULT,
		.CursorVisible = 1,
	};
	sizes[MODES] = (struct size){0, 0};
	asked = false;
	chosen = false;
	out_count = 0;
}
