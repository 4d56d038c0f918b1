/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* The system table, configuration tables, and services that need nothing else; see efi/table.h, misc.h. */
#include "efi/event.h"
#include "efi/misc.h"
#include "lib/crc32.h"
#include "tests/efi/images.h"

static const struct efi_guid test_guid =
	EFI_GUID(aaaaaaaa, 1111, 2222, 01, 02, 03, 04, 05, 06, 07, 0a);
static int table_events;

static void EFIAPI count_event(efi_event event, void *context)
{
	(void)event;
	(void)context;
	table_events++;
}

static void test_services(void)
{
	struct efi_system_table *table;
	uint32_t crc;
	void **service;

	start_efi();
	table = efi_system_table();
	equal(table->Hdr.Signature, EFI_SYSTEM_TABLE_SIGNATURE, "the system table");
	equal(table->Hdr.Reserved, 0, "reserved is 0");
	crc = table->BootServices->Hdr.CRC32;
	table->BootServices->Hdr.CRC32 = 0;
	equal(crc32_more(0, table->BootServices, table->BootServices->Hdr.HeaderSize), crc,
	      "boot services' CRC");
	table->BootServices->Hdr.CRC32 = crc;
	service = (void **)(void *)&table->BootServices->RaiseTPL;
	for (int i = 0; i < 44; i++)
		if (!service[i] && &service[i] != &table->BootServices->Reserved)
			ok(0, "a service is missing");
	equal(crc32_more(0, "123456789", 9), 0xcbf43926, "the CRC's check value");
	equal(efi_calculate_crc32(NULL, 1, &crc), EFI_INVALID_PARAMETER, "CRC: no data");
	equal(efi_calculate_crc32(&crc, 0, &crc), EFI_INVALID_PARAMETER, "CRC: no size");
	equal(efi_calculate_crc32(&crc, 1, NULL), EFI_INVALID_PARAMETER, "CRC: nowhere to");
}

static void test_configuration(void)
{
	struct efi_system_table *table;
	struct efi_guid guid = test_guid;
	efi_event event;
	uint64_t count;
	uint32_t crc;

	start_efi();
	table = efi_system_table();
	count = table->NumberOfTableEntries;
	table_events = 0;
	efi_create_event_ex(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, count_event, NULL, &test_guid, &event);
	equal(efi_install_configuration_table(NULL, &ran), EFI_INVALID_PARAMETER, "no GUID");
	equal(efi_install_configuration_table(&test_guid, NULL), EFI_NOT_FOUND,
	      "nothing to remove");
	equal(table_events, 0, "nobody is told");
	equal(efi_install_configuration_table(&test_guid, &ran), EFI_SUCCESS, "added");
	equal(efi_configuration_table(&test_guid), &ran, "there it is");
	equal(efi_install_configuration_table(&test_guid, &setup == NULL ? NULL : &table_events),
	      EFI_SUCCESS, "replaced");
	equal(table->NumberOfTableEntries, count + 1, "one more");
	for (uint8_t i = 0; i < 40; i++) {
		guid.Data4[0] = i;
		if (i != test_guid.Data4[0] && efi_install_configuration_table(&guid, &ran))
			ok(0, "another");
	}
	equal(table->NumberOfTableEntries, count + 40, "forty");
	equal(efi_install_configuration_table(&test_guid, NULL), EFI_SUCCESS, "removed");
	ok(!efi_configuration_table(&test_guid), "gone");
	equal(table->NumberOfTableEntries, count + 39, "one less");
	equal(table_events, 3, "told three times");
	crc = table->Hdr.CRC32;
	table->Hdr.CRC32 = 0;
	equal(crc32_more(0, table, table->Hdr.HeaderSize), crc, "the system table's CRC");
}

static void test_count(void)
{
	uint64_t count, next;

	start_efi();
	equal(efi_get_next_monotonic_count(NULL), EFI_INVALID_PARAMETER, "count: nowhere to");
	equal(efi_get_next_monotonic_count(&count), EFI_SUCCESS, "count");
	equal(efi_get_next_monotonic_count(&next), EFI_SUCCESS, "count");
	equal(next, count + 1, "goes up");
	equal(efi_stall(100), EFI_SUCCESS, "stall");
}

int main(void)
{
	test_services();
	test_configuration();
	test_count();
	return tap_done();
}
