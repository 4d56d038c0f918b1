/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's protocols (UEFI 2.10, chapter 12). What they do to the screen is over before results are printed. */
#include "tests/efi-apps/app.h"

#define RESULTS_MAX 64

static const struct efi_guid ex_guid = EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL_GUID;
static const struct efi_guid in_guid = EFI_SIMPLE_TEXT_INPUT_PROTOCOL_GUID;
static const struct efi_guid out_guid = EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL_GUID;

static struct {
	const char *name;
	uint64_t got, expected;
} results[RESULTS_MAX];
static uint32_t result_count;

static void expect(uint64_t got, uint64_t expected, const char *name)
{
	if (result_count < RESULTS_MAX) {
		results[result_count].name = name;
		results[result_count].got = got;
		results[result_count++].expected = expected;
	}
}

static void print_results(void)
{
	app_print("\n");
	for (uint32_t i = 0; i < result_count; i++)
		is(results[i].got, results[i].expected, results[i].name);
}

static void check_cursor(struct efi_simple_text_output_protocol *out)
{
	const struct efi_simple_text_output_mode *mode = out->Mode;

	expect(out->ClearScreen(out), EFI_SUCCESS, "screen: cleared");
	expect((uint64_t)(mode->CursorColumn || mode->CursorRow), 0,
	       "screen: cursor at the top left");
	expect(out->SetCursorPosition(out, 5, 3), EFI_SUCCESS, "cursor: set");
	expect((uint64_t)(mode->CursorColumn == 5 && mode->CursorRow == 3), 1,
	       "cursor: it is there");
	expect(out->SetCursorPosition(out, 80, 3), EFI_UNSUPPORTED,
	       "cursor: beyond the last column");
	expect(out->SetCursorPosition(out, 5, 25), EFI_UNSUPPORTED, "cursor: beyond the last row");
	expect(out->OutputString(out, u"abc"), EFI_SUCCESS, "output: three characters");
	expect((uint64_t)mode->CursorColumn, 8, "output: the cursor has moved");
	out->OutputString(out, u"\b");
	expect((uint64_t)mode->CursorColumn, 7, "output: backspace");
	out->OutputString(out, u"\r");
	expect((uint64_t)mode->CursorColumn, 0, "output: carriage return");
	out->OutputString(out, u"xy\n");
	expect((uint64_t)(mode->CursorColumn == 2 && mode->CursorRow == 4), 1, "output: line feed");
	out->SetCursorPosition(out, 79, 6);
	out->OutputString(out, u"z");
	expect((uint64_t)(mode->CursorColumn == 0 && mode->CursorRow == 7), 1,
	       "output: after the last column comes the next row");
	out->SetCursorPosition(out, 0, 24);
	out->OutputString(out, u"\r\n");
	expect((uint64_t)mode->CursorRow, 24, "output: the last row scrolls");
}

static void check_output(void)
{
	struct efi_simple_text_output_protocol *out = app_system->ConOut;
	const struct efi_simple_text_output_mode *mode = out->Mode;
	uint64_t columns = 0, rows = 0, modes;

	expect(out->Reset(out, 0), EFI_SUCCESS, "output: reset");
	modes = (uint64_t)mode->MaxMode;
	expect((uint64_t)(modes >= 1), 1, "mode: there is one");
	expect(out->QueryMode(out, 0, &columns, &rows), EFI_SUCCESS, "mode: 0");
	expect(columns * 1000 + rows, 80025, "mode: 0 is 80 by 25");
	expect(out->QueryMode(out, modes, &columns, &rows), EFI_UNSUPPORTED,
	       "mode: there is no such");
	expect(out->SetMode(out, modes), EFI_UNSUPPORTED, "mode: nor can it be set");
	expect(out->SetMode(out, 0), EFI_SUCCESS, "mode: 0 set");
	expect((uint64_t)mode->Mode, 0, "mode: it is");
	check_cursor(out);
	expect(out->SetAttribute(out, 0x1e), EFI_SUCCESS, "attribute: yellow on blue");
	expect((uint64_t)mode->Attribute, 0x1e, "attribute: it is");
	expect(out->SetAttribute(out, 0x80), EFI_UNSUPPORTED, "attribute: no such");
	expect((uint64_t)mode->Attribute, 0x1e, "attribute: it stays");
	out->SetAttribute(out, 0x07);
	expect(out->EnableCursor(out, 0), EFI_SUCCESS, "cursor: off");
	expect((uint64_t)mode->CursorVisible, 0, "cursor: it is");
	expect(out->EnableCursor(out, 1), EFI_SUCCESS, "cursor: on");
	expect((uint64_t)mode->CursorVisible, 1, "cursor: it is");
	expect(out->TestString(out, u"Grundstücksgrenze"), EFI_SUCCESS, "test: what can be shown");
	expect(out->TestString(out, u"\xd800"), EFI_UNSUPPORTED, "test: half of a pair");
	expect(out->OutputString(out, u"a\xd800"), EFI_WARN_UNKNOWN_GLYPH,
	       "output: half of a pair");
}

static efi_status EFIAPI on_key(struct efi_key_data *key)
{
	(void)key;
	return EFI_SUCCESS;
}

static void check_input(void)
{
	struct efi_simple_text_input_protocol *in = app_system->ConIn;
	struct efi_simple_text_input_ex_protocol *ex = NULL;
	struct efi_key_data key = {0};
	void *handle = NULL;
	uint8_t state = 0;

	expect(in->Reset(in, 0), EFI_SUCCESS, "input: reset");
	expect(in->ReadKeyStroke(in, &key.Key), EFI_NOT_READY, "input: no key");
	expect(bs->CheckEvent(in->WaitForKey), EFI_NOT_READY, "input: its event");
	bs->HandleProtocol(app_system->ConsoleInHandle, &ex_guid, (void **)&ex);
	expect((uint64_t) !!ex, 1, "input: the extended protocol is there");
	if (!ex)
		return;
	expect(ex->Reset(ex, 0), EFI_SUCCESS, "input ex: reset");
	expect(ex->ReadKeyStrokeEx(ex, &key), EFI_NOT_READY, "input ex: no key");
	expect(ex->ReadKeyStrokeEx(ex, NULL), EFI_INVALID_PARAMETER, "input ex: no place for it");
	expect(bs->CheckEvent(ex->WaitForKeyEx), EFI_NOT_READY, "input ex: its event");
	expect(ex->SetState(ex, NULL), EFI_INVALID_PARAMETER, "input ex: no state");
	expect(ex->SetState(ex, &state), EFI_UNSUPPORTED, "input ex: a state that is not valid");
	state = EFI_TOGGLE_STATE_VALID;
	expect(ex->SetState(ex, &state), EFI_SUCCESS, "input ex: no locks");
	expect(ex->RegisterKeyNotify(ex, NULL, on_key, &handle), EFI_INVALID_PARAMETER,
	       "input ex: notify of no key");
	expect(ex->RegisterKeyNotify(ex, &key, NULL, &handle), EFI_INVALID_PARAMETER,
	       "input ex: notify nobody");
	expect(ex->RegisterKeyNotify(ex, &key, on_key, NULL), EFI_INVALID_PARAMETER,
	       "input ex: notify, no place for the handle");
	key.Key.UnicodeChar = 'x';
	expect(ex->RegisterKeyNotify(ex, &key, on_key, &handle), EFI_SUCCESS, "input ex: notify");
	expect(ex->UnregisterKeyNotify(ex, NULL), EFI_INVALID_PARAMETER, "input ex: no handle");
	expect(ex->UnregisterKeyNotify(ex, handle), EFI_SUCCESS, "input ex: notify no more");
	expect(ex->UnregisterKeyNotify(ex, handle), EFI_INVALID_PARAMETER, "input ex: twice");
}

void app_main(void)
{
	void *found;

	check_output();
	check_input();
	print_results();
	is(bs->HandleProtocol(app_system->ConsoleInHandle, &in_guid, &found), EFI_SUCCESS,
	   "handles: the console's input");
	ok(found == app_system->ConIn, "handles: is that of the system table");
	is(bs->HandleProtocol(app_system->ConsoleOutHandle, &out_guid, &found), EFI_SUCCESS,
	   "handles: its output");
	ok(found == app_system->ConOut, "handles: too");
	is(bs->HandleProtocol(app_system->StandardErrorHandle, &out_guid, &found), EFI_SUCCESS,
	   "handles: the one for errors");
	ok(found == app_system->StdErr, "handles: too");
}
