/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry and output of the test applications; see app.h. */
#include "tests/efi-apps/app.h"

efi_handle app_handle;
struct efi_system_table *app_system;
struct efi_boot_services *bs;
struct efi_runtime_services *rs;

void (*app_serial)(char c);

static uint64_t count, failed;

efi_status EFIAPI efi_main(efi_handle handle, struct efi_system_table *table);

void *memset(void *to, int value, size_t size)
{
	volatile uint8_t *byte = to;

	while (size--)
		*byte++ = (uint8_t)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	volatile uint8_t *byte = to;
	const uint8_t *source = from;

	while (size--)
		*byte++ = *source++;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;

	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void app_print(const char *text)
{
	CHAR16 line[128];
	uint32_t at = 0;

	for (; app_serial && *text; text++)
		app_serial(*text);
	for (; *text; text++) {
		if (*text == '\n')
			line[at++] = '\r';
		line[at++] = (CHAR16)*text;
		if (at > 120 || !text[1]) {
			line[at] = 0;
			app_system->ConOut->OutputString(app_system->ConOut, line);
			at = 0;
		}
	}
}

void app_print_hex(uint64_t number)
{
	char text[20] = "0x";
	int at = 2;

	for (int shift = 60; shift >= 0; shift -= 4)
		if (number >> shift || !shift)
			text[at++] = "0123456789abcdef"[number >> shift & 15];
	text[at] = 0;
	app_print(text);
}

void app_print_decimal(uint64_t number)
{
	char text[24];
	int at = 23;

	text[at] = 0;
	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	app_print(text + at);
}

void app_ok(int passed, const char *name, uint64_t got, uint64_t expected)
{
	count++;
	if (!passed)
		failed++;
	app_print(passed ? "ok " : "not ok ");
	app_print_decimal(count);
	app_print(" - ");
	app_print(name);
	app_print("\n");
	if (passed)
		return;
	app_print("# got ");
	app_print_hex(got);
	app_print(", expected ");
	app_print_hex(expected);
	app_print("\n");
}

void app_note(const char *text, uint64_t number)
{
	app_print("# ");
	app_print(text);
	app_print(" ");
	app_print_decimal(number);
	app_print("\n");
}

int app_is_cadastre(void)
{
	return !memcmp(app_system->FirmwareVendor, u"Cadastre", 16);
}

void app_plan(void)
{
	app_print("1..");
	app_print_decimal(count);
	app_print("\n");
}

efi_status EFIAPI efi_main(efi_handle handle, struct efi_system_table *table)
{
	app_handle = handle;
	app_system = table;
	bs = table->BootServices;
	rs = table->RuntimeServices;
	app_print("\n"); /* the firmware may have left the cursor anywhere */
	app_main();
	app_plan();
	return failed ? EFI_ABORTED : EFI_SUCCESS;
}
