/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes non-volatile variables until somebody turns the machine off: n = 1, 2, …, each into one of three variables in turn, and
 * says so when SetVariable has returned. First it tells what it has found; then it goes on from there. For
 * tests/qemu/test_variables.py, which knows the values.
 */
#include "tests/efi-apps/app.h"

#define VARIABLES 3
#define VALUE_MAX 1000
#define ATTRIBUTES (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)

static struct efi_guid mine = EFI_GUID(4f1d9c02, 77b3, 4a60, 9d, 18, 20, 5b, c6, e1, 33, 7c);

/* Its number, and as many bytes of it as the number says. */
struct value {
	uint32_t n;
	uint8_t bytes[VALUE_MAX];
};

static uint64_t fill(struct value *value, uint32_t n)
{
	uint64_t size = n * 37 % (VALUE_MAX - 100);

	value->n = n;
	for (uint64_t i = 0; i < size; i++)
		value->bytes[i] = (uint8_t)n;
	return sizeof(value->n) + size;
}

/* The number of a variable's value, 0 when there is none, all ones when it is none of ours. */
static uint32_t find(uint32_t variable)
{
	static struct value found, wanted;
	CHAR16 name[] = {(CHAR16)('A' + variable), 0};
	uint64_t size = sizeof(found);
	efi_status status = rs->GetVariable(name, &mine, NULL, &size, &found);

	if (status == EFI_NOT_FOUND)
		return 0;
	if (status || size < sizeof(found.n) || fill(&wanted, found.n) != size ||
	    memcmp(&found, &wanted, size) || found.n % VARIABLES != variable)
		return UINT32_MAX;
	return found.n;
}

void app_main(void)
{
	static struct value value;
	uint32_t n = 0;

	app_serial = NULL;
	bs->SetWatchdogTimer(0, 0, 0, NULL);
	app_print("found");
	for (uint32_t i = 0; i < VARIABLES; i++) {
		uint32_t found = find(i);

		n = found > n ? found : n;
		app_print(" ");
		app_print_hex(found);
	}
	app_print("\n");
	for (;;) {
		CHAR16 name[] = {(CHAR16)('A' + ++n % VARIABLES), 0};
		uint64_t size = fill(&value, n);
		efi_status status = rs->SetVariable(name, &mine, ATTRIBUTES, size, &value);

		app_print(status ? "failed " : "done ");
		app_print_hex(n);
		app_print("\n");
		if (status)
			return;
	}
}
