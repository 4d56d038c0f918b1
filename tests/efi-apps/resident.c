/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A runtime driver that runtime.c loads: it stays, and answers through a pointer that is right only when its image was
 * relocated, the second time by SetVirtualAddressMap. No test of its own.
 */
#include "tests/efi-apps/resident.h"

efi_status EFIAPI efi_main(efi_handle handle, struct efi_system_table *table);

static uint64_t EFIAPI add(uint64_t number)
{
	return number + 1;
}

static uint64_t EFIAPI twice(uint64_t number)
{
	return number * 2;
}

static uint64_t(EFIAPI *volatile steps[])(uint64_t) = {add, twice};

static uint64_t EFIAPI answer(uint64_t number)
{
	for (int i = 0; i < 2; i++)
		number = steps[i](number);
	return number;
}

static struct resident resident = {.answer = answer};

efi_status EFIAPI efi_main(efi_handle handle, struct efi_system_table *table)
{
	static const struct efi_guid guid = RESIDENT_GUID;

	return table->BootServices->InstallProtocolInterface(&handle, &guid, EFI_NATIVE_INTERFACE,
							     &resident);
}
