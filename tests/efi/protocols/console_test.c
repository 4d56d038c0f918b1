/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/console.c efi/protocols/text_input.c efi/protocols/text_output.c efi/protocols/keys.c */
/* test-sources: efi/protocols/devices.c */
/* The console's protocols on a terminal that a test plays. */
#include "efi/device_path.h"
#include "efi/event.h"
#include "efi/protocols/console.h"
#include "tests/efi/protocols/common.h"

#define MS UINT64_C(10000)

static char sent[4096];
static size_t sent_size;
static const char *typed = "";
static const char *answer; /* to the question for the size */

static void terminal_write(const char *bytes, uint64_t size)
{
	if (sent_size + size < sizeof(sent)) {
		memcpy(sent + sent_size, bytes, size);
		sent_size += size;
	}
	sent[sent_size] = 0;
	if (answer && strstr(sent, "\033[6n")) {
		typed = answer;
		answer = NULL;
	}
}

static int terminal_read(void)
{
	return *typed ? (uint8_t)*typed++ : -1;
}

static const char *said(void)
{
	static char copy[sizeof(sent)];

	memcpy(copy, sent, sizeof(copy));
	sent_size = 0;
	sent[0] = 0;
	return copy;
}

static const struct efi_devices devices = {
	.console_write = terminal_write,
	.console_read = terminal_read,
};

static struct efi_simple_text_output_protocol *out;
static struct efi_simple_text_input_protocol *in;
static struct efi_simple_text_input_ex_protocol *ex;

static void start(void)
{
	machine_start(4096);
	typed = "";
	answer = NULL;
	said();
	efi_devices_set(&devices);
	ok(!efi_table_start() && !efi_console_install(), "a console");
	out = efi_system_table()->ConOut;
	in = efi_system_table()->ConIn;
	ex = locate((struct efi_guid)EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL_GUID);
}

static void test_output(void)
{
	CHAR16 odd[] = {0x41, 0xd800, 0x42, 0};
	CHAR16 accents[] = {0xe9, 0x2554, 0};
	uint64_t columns;
	uint64_t rows;

	start();
	ok(!out->OutputString(out, u"hello\r\n"), "a line");
	text_equal(said(), "hello\r\n", "is sent without more");
	ok(out->Mode->CursorColumn == 0 && out->Mode->CursorRow == 1, "the cursor is below it");
	ok(!out->OutputString(out, accents), "other characters");
	text_equal(said(), "\303\251\342\225\224", "as UTF-8");
	equal(out->OutputString(out, odd), EFI_WARN_UNKNOWN_GLYPH, "no character");
	text_equal(said(), "A?B", "a question mark");
	equal(out->TestString(out, odd), EFI_UNSUPPORTED, "test: no character");
	equal(out->TestString(out, u"a\r\n"), EFI_SUCCESS, "test: fine");
	equal(out->TestString(out, NULL), EFI_INVALID_PARAMETER, "test: no string");
	equal(out->OutputString(out, NULL), EFI_INVALID_PARAMETER, "no string");
	equal(out->OutputString(NULL, u"x"), EFI_INVALID_PARAMETER, "no protocol");
	equal(out->Mode->CursorColumn, 5, "five characters");
	ok(!out->OutputString(out, u"\b\b"), "back");
	equal(out->Mode->CursorColumn, 3, "by two");
	said();
	ok(!out->OutputString(out, u"\n"), "down");
	text_equal(said(), "\n\033[4G", "stays in the column");
	ok(!out->OutputString(out, u"\r\b\t|"), "a tabulator");
	text_equal(said(), "\r        |", "is blanks");
	equal(out->Mode->CursorColumn, 9, "and it");
	out->OutputString(out, u"\r\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
	equal(out->Mode->CursorRow, 24, "it scrolls at the bottom");
	said();
	equal(out->SetAttribute(out, 0x80), EFI_UNSUPPORTED, "blinking");
	equal(out->SetAttribute(NULL, 0x1), EFI_INVALID_PARAMETER, "attribute of nothing");
	equal(out->SetAttribute(out, 0x07), EFI_SUCCESS, "as it is");
	text_equal(said(), "", "says nothing");
	equal(out->SetAttribute(out, 0x1e), EFI_SUCCESS, "yellow on blue");
	text_equal(said(), "\033[0m\033[93;44m", "is that");
	equal(out->Mode->Attribute, 0x1e, "and remembered");
	equal(out->EnableCursor(out, 0), EFI_SUCCESS, "no cursor");
	equal(out->EnableCursor(out, 0), EFI_SUCCESS, "again");
	text_equal(said(), "\033[?25l", "is said once");
	equal(out->EnableCursor(NULL, 0), EFI_INVALID_PARAMETER, "of nothing");
	equal(out->SetCursorPosition(out, 80, 0), EFI_UNSUPPORTED, "right of it");
	equal(out->SetCursorPosition(out, 0, 25), EFI_UNSUPPORTED, "below it");
	equal(out->SetCursorPosition(NULL, 0, 0), EFI_INVALID_PARAMETER, "nowhere");
	equal(out->SetCursorPosition(out, 78, 24), EFI_SUCCESS, "the corner");
	text_equal(said(), "\033[25;79H", "is there");
	ok(!out->OutputString(out, u"xyz"), "over the edge");
	text_equal(said(), "xy\r\nz", "wraps");
	ok(out->Mode->CursorColumn == 1 && out->Mode->CursorRow == 24, "and scrolls");
	equal(out->QueryMode(out, 0, NULL, &rows), EFI_INVALID_PARAMETER, "columns nowhere");
	equal(out->QueryMode(out, 7, &columns, &rows), EFI_UNSUPPORTED, "no such mode");
	equal(out->QueryMode(out, 3, &columns, &rows), EFI_UNSUPPORTED, "the terminal is silent");
	ok(strstr(said(), "\033[6n") != NULL, "though it was asked");
	equal(out->QueryMode(out, 0, &columns, &rows), EFI_SUCCESS, "mode 0");
	ok(columns == 80 && rows == 25, "is 80 by 25");
	ok(!strstr(said(), "\033[6n"), "it is asked once");
	equal(out->QueryMode(out, 1, &columns, &rows), EFI_SUCCESS, "mode 1");
	ok(columns == 80 && rows == 50, "is 80 by 50");
	equal(out->Mode->MaxMode, 3, "three modes");
	equal(out->SetMode(out, 3), EFI_UNSUPPORTED, "set the terminal's own");
	equal(out->SetMode(NULL, 0), EFI_INVALID_PARAMETER, "set nothing's");
	equal(out->SetMode(out, 1), EFI_SUCCESS, "set 1");
	text_equal(said(), "\033[0m\033[93;44m\033[2J\033[H", "clears");
	equal(out->Mode->Mode, 1, "and is it");
	equal(out->ClearScreen(out), EFI_SUCCESS, "clear");
	equal(out->ClearScreen(NULL), EFI_INVALID_PARAMETER, "clear nothing");
	equal(out->Reset(NULL, 0), EFI_INVALID_PARAMETER, "reset nothing");
	equal(out->Reset(out, 0), EFI_SUCCESS, "reset");
	ok(out->Mode->Mode == 0 && out->Mode->Attribute == 7 && out->Mode->CursorVisible, "all");
}

static void test_size(void)
{
	uint64_t columns;
	uint64_t rows;
	struct efi_input_key key;

	start();
	answer = "q\033[50;132R";
	equal(out->QueryMode(out, 3, &columns, &rows), EFI_SUCCESS, "the terminal answers");
	ok(columns == 132 && rows == 50, "132 by 50");
	ok(out->Mode->MaxMode == 4 && out->Mode->Mode == 3, "and that is the mode now");
	equal(in->ReadKeyStroke(in, &key), EFI_SUCCESS, "what was typed before it");
	equal(key.UnicodeChar, 'q', "is not lost");
	said();
	equal(out->SetMode(out, 0), EFI_SUCCESS, "a smaller mode");
	ok(strstr(said(), "\033[1;25r") != NULL, "scrolls in its part");
	start();
	answer = "\033[30;90R";
	equal(out->QueryMode(out, 1, &columns, &rows), EFI_UNSUPPORTED, "80 by 50 has no room");
	equal(out->QueryMode(out, 2, &columns, &rows), EFI_UNSUPPORTED, "100 by 31 neither");
	equal(out->QueryMode(out, 0, &columns, &rows), EFI_SUCCESS, "80 by 25 always");
	start();
	answer = "\033[10;40R";
	equal(out->ClearScreen(out), EFI_SUCCESS, "a small terminal");
	equal(out->Mode->Mode, 0, "is taken for 80 by 25");
}

/* Types bytes, and expects keys "scan:char:shift" in hex. */
/* What an application leaves is put right, and no more is sent than that takes. */
static void test_leave(void)
{
	start();
	answer = "\033[40;120R";
	out->OutputString(out, u"a line\r\n");
	said();
	efi_text_output_leave();
	text_equal(said(), "", "nothing to put right");
	out->OutputString(out, u"half");
	said();
	efi_text_output_leave();
	text_equal(said(), "\r\n", "a line that was not ended");
	equal((uint64_t)out->Mode->CursorColumn, 0, "the cursor is at its beginning");
	out->SetAttribute(out, EFI_YELLOW);
	out->EnableCursor(out, 0);
	said();
	efi_text_output_leave();
	text_equal(said(), "\033[0m\033[?25h", "colours and cursor");
	out->SetMode(out, 0);
	said();
	efi_text_output_leave();
	text_equal(said(), "\0337\033[r\0338", "a part of the screen");
	equal((uint64_t)out->Mode->Mode, 3, "the mode is the terminal's own again");
}

static void keys_are(const char *bytes, const char *wanted)
{
	char got[256] = "";
	struct efi_key_data key;

	typed = bytes;
	for (int i = 0; i < 200; i++) {
		if (!ex->ReadKeyStrokeEx(ex, &key))
			sprintf(got + strlen(got), "%x:%x:%x ", key.Key.ScanCode,
				key.Key.UnicodeChar, key.KeyState.KeyShiftState & 0x7fffffff);
		else
			machine_run(MS);
	}
	if (*got)
		got[strlen(got) - 1] = 0;
	text_equal(got, wanted, wanted);
}

static void test_keys(void)
{
	start();
	keys_are("aZ\r\n\t\177\b", "0:61:0 0:5a:0 0:d:0 0:a:0 0:9:0 0:8:0 0:8:0");
	keys_are("\001\032\003\034\037", "0:61:8 0:7a:8 0:63:8 0:5c:8 0:5f:8");
	keys_are("\033[A\033[B\033[C\033[D\033[H\033[F", "1:0:0 2:0:0 3:0:0 4:0:0 5:0:0 6:0:0");
	keys_are("\033OA\033OH\033OP\033OS", "1:0:0 5:0:0 b:0:0 e:0:0");
	keys_are("\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~",
		 "5:0:0 7:0:0 8:0:0 6:0:0 9:0:0 a:0:0 5:0:0 6:0:0");
	keys_are("\033[11~\033[15~\033[17~\033[21~\033[23~\033[24~",
		 "b:0:0 f:0:0 10:0:0 14:0:0 15:0:0 16:0:0");
	keys_are("\033[[A\033[[E\033[[Z", "b:0:0 f:0:0");
	keys_are("\033[1;5C\033[3;2~\033[1;3P\033[1;5R", "3:0:8 8:0:2 b:0:20 d:0:8");
	keys_are("\033[Z", "0:9:2");
	keys_are("\033x\033\r", "0:78:20 0:d:20");
	keys_are("\033", "17:0:0");
	keys_are("\033\033[A", "17:0:0 1:0:0");
	keys_are("\033[", "0:5b:20");
	keys_are("\033O", "0:4f:20");
	keys_are("\303\251\342\202\254", "0:e9:0 0:20ac:0");
	keys_are("\360\237\230\200x\377\200\303x", "0:78:0 0:78:0");
	keys_are("\033[99;99;99;99;99999999~\033[?x\033[\001a", "0:61:0");
}

static void test_input(void)
{
	struct efi_input_key key;
	struct efi_key_data data;
	efi_event both[2];
	uint64_t index;
	uint8_t state;

	start();
	equal(in->ReadKeyStroke(in, &key), EFI_NOT_READY, "nothing typed");
	equal(in->ReadKeyStroke(in, NULL), EFI_INVALID_PARAMETER, "nowhere to");
	equal(in->ReadKeyStroke(NULL, &key), EFI_INVALID_PARAMETER, "of nothing");
	equal(ex->ReadKeyStrokeEx(ex, &data), EFI_NOT_READY, "nothing typed");
	equal(ex->ReadKeyStrokeEx(ex, NULL), EFI_INVALID_PARAMETER, "nowhere to");
	typed = "\003\033[1;5C";
	equal(in->ReadKeyStroke(in, &key), EFI_SUCCESS, "a control character");
	equal(key.UnicodeChar, 3, "is one here");
	equal(in->ReadKeyStroke(in, &key), EFI_SUCCESS, "control and a cursor key");
	ok(key.ScanCode == SCAN_RIGHT && key.UnicodeChar == 0, "is the cursor key");
	equal(efi_check_event(in->WaitForKey), EFI_NOT_READY, "no key to wait for");
	typed = "k";
	equal(efi_check_event(in->WaitForKey), EFI_SUCCESS, "a key");
	equal(efi_check_event(ex->WaitForKeyEx), EFI_SUCCESS, "for both");
	both[0] = in->WaitForKey;
	both[1] = ex->WaitForKeyEx;
	equal(efi_wait_for_event(2, both, &index), EFI_SUCCESS, "waiting");
	equal(in->ReadKeyStroke(in, &key), EFI_SUCCESS, "read");
	equal(efi_check_event(ex->WaitForKeyEx), EFI_NOT_READY, "and gone");
	typed = "abc";
	equal(efi_check_event(in->WaitForKey), EFI_SUCCESS, "keys");
	equal(in->Reset(in, 1), EFI_SUCCESS, "reset");
	equal(in->ReadKeyStroke(in, &key), EFI_NOT_READY, "drops them");
	typed = "abc";
	equal(ex->Reset(ex, 1), EFI_SUCCESS, "reset");
	equal(ex->ReadKeyStrokeEx(ex, &data), EFI_NOT_READY, "drops them");
	equal(in->Reset(NULL, 0), EFI_INVALID_PARAMETER, "reset nothing");
	equal(ex->Reset(NULL, 0), EFI_INVALID_PARAMETER, "reset nothing");
	state = EFI_TOGGLE_STATE_VALID | EFI_KEY_STATE_EXPOSED;
	equal(ex->SetState(ex, &state), EFI_SUCCESS, "partial keys");
	state = EFI_TOGGLE_STATE_VALID | EFI_CAPS_LOCK_ACTIVE;
	equal(ex->SetState(ex, &state), EFI_UNSUPPORTED, "caps lock");
	state = 0;
	equal(ex->SetState(ex, &state), EFI_UNSUPPORTED, "not valid");
	equal(ex->SetState(ex, NULL), EFI_INVALID_PARAMETER, "no state");
}

static int calls;
static efi_tpl call_tpl;
static void *call_handle; /* unregister this one while called */

static efi_status EFIAPI called(struct efi_key_data *key)
{
	(void)key;
	calls++;
	call_tpl = efi_current_tpl();
	if (call_handle)
		ex->UnregisterKeyNotify(ex, call_handle);
	call_handle = NULL;
	return EFI_SUCCESS;
}

static void test_notify(void)
{
	struct efi_key_data any = {.Key = {0, 'c'}};
	struct efi_key_data control = {
		.Key = {0, 'c'}, .KeyState = {EFI_SHIFT_STATE_VALID | EFI_LEFT_CONTROL_PRESSED, 0}};
	struct efi_input_key key;
	struct snapshot before;
	struct snapshot after;
	void *handles[2];
	int garbage;

	start();
	before = machine_snapshot();
	equal(ex->RegisterKeyNotify(ex, NULL, called, &handles[0]), EFI_INVALID_PARAMETER,
	      "no key");
	equal(ex->RegisterKeyNotify(ex, &any, NULL, &handles[0]), EFI_INVALID_PARAMETER,
	      "no function");
	equal(ex->RegisterKeyNotify(ex, &any, called, NULL), EFI_INVALID_PARAMETER, "no handle");
	machine_fail_at(1);
	equal(ex->RegisterKeyNotify(ex, &any, called, &handles[0]), EFI_OUT_OF_RESOURCES,
	      "no memory");
	machine_fail_at(0);
	equal(machine_alarm(), UINT64_MAX, "no timer runs");
	equal(ex->RegisterKeyNotify(ex, &control, called, &handles[0]), EFI_SUCCESS, "control-c");
	typed = "xc\003";
	machine_run(100 * MS);
	equal(calls, 1, "is told while nobody reads");
	equal(call_tpl, TPL_CALLBACK, "at TPL_CALLBACK");
	equal(ex->RegisterKeyNotify(ex, &any, called, &handles[1]), EFI_SUCCESS, "any c");
	typed = "\003c";
	machine_run(100 * MS);
	equal(calls, 4, "two and one more");
	in->ReadKeyStroke(in, &key);
	equal(key.UnicodeChar, 'x', "keys are to be read as well");
	call_handle = handles[1];
	typed = "\003";
	machine_run(100 * MS);
	ok(calls >= 5, "a function that unregisters");
	calls = 0;
	typed = "c";
	machine_run(100 * MS);
	equal(calls, 0, "it is gone");
	equal(ex->UnregisterKeyNotify(ex, NULL), EFI_INVALID_PARAMETER, "unregister nothing");
	equal(ex->UnregisterKeyNotify(ex, &garbage), EFI_INVALID_PARAMETER, "garbage");
	equal(ex->UnregisterKeyNotify(ex, handles[0]), EFI_SUCCESS, "the other");
	equal(ex->UnregisterKeyNotify(ex, handles[0]), EFI_INVALID_PARAMETER, "twice");
	equal(ex->RegisterKeyNotify(ex, &any, called, &handles[0]), EFI_SUCCESS, "once more");
	efi_text_input_forget_code((uintptr_t)called + 1, 16);
	typed = "c";
	calls = 0;
	machine_run(100 * MS);
	equal(calls, 1, "the code behind it goes: it is called");
	efi_text_input_forget_code((uintptr_t)called, 1);
	typed = "c";
	machine_run(100 * MS);
	equal(calls, 1, "its own code goes: it is not");
	equal(machine_alarm(), UINT64_MAX, "and no timer runs");
	machine_run(MS * 100);
	equal(machine_alarm(), UINT64_MAX, "the timer stands");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "nothing left");
}

static void test_full(void)
{
	struct efi_input_key key;
	static char many[301];
	int count = 0;

	start();
	memset(many, 'm', 300);
	typed = many;
	efi_text_input_poll();
	ok(*typed, "more than the queue holds waits in the device");
	while (!in->ReadKeyStroke(in, &key))
		count++;
	equal(count, 300, "and nothing is lost");
}

static void test_none(void)
{
	static const struct efi_devices none;

	machine_start(4096);
	efi_devices_set(&none);
	ok(!efi_table_start() && !efi_console_install(), "no console");
	ok(!efi_system_table()->ConOut, "is none");
	efi_devices_set(&devices);
	for (uint64_t n = 1; n < 30; n++) {
		efi_status status;

		machine_start(4096);
		efi_table_start();
		machine_fail_at(n);
		status = efi_console_install();
		machine_fail_at(0);
		if (!status)
			break;
		equal(status, EFI_OUT_OF_RESOURCES, "out of memory");
	}
}

int main(void)
{
	test_output();
	test_size();
	test_leave();
	test_keys();
	test_input();
	test_notify();
	test_full();
	test_none();
	return tap_done();
}
