/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* Rights of memory: the protocol that changes them, and the table that tells of runtime services'; see efi/memory_attributes.h. */
#include <errno.h>

#include "efi/memory.h"
#include "efi/memory_attributes.h"
#include "efi/protocol/tables.h"
#include "efi/table.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define TOP (RAM_BASE + RAM_SIZE - FIRMWARE_SIZE)

static efi_status any(uint32_t type, uint64_t pages, uint64_t *base)
{
	return efi_allocate_pages(AllocateAnyPages, type, pages, base);
}

static efi_status get(uint64_t base, uint64_t size, uint64_t *rights)
{
	return efi_memory_attribute_protocol.GetMemoryAttributes(&efi_memory_attribute_protocol,
								 base, size, rights);
}

static efi_status set(uint64_t base, uint64_t size, uint64_t rights)
{
	return efi_memory_attribute_protocol.SetMemoryAttributes(&efi_memory_attribute_protocol,
								 base, size, rights);
}

static efi_status clear(uint64_t base, uint64_t size, uint64_t rights)
{
	return efi_memory_attribute_protocol.ClearMemoryAttributes(&efi_memory_attribute_protocol,
								   base, size, rights);
}

static int no_table(void *context, uint64_t base, uint64_t size)
{
	(void)context;
	(void)base;
	(void)size;
	return -ENOMEM;
}

static const struct memmap_ops no_tables = {.prepare = no_table};

static void test_attribute_protocol(void)
{
	uint64_t rights = 99;
	struct snapshot before;
	struct snapshot after;
	uint64_t base;

	machine_start(4096);
	any(EfiLoaderCode, 8, &base);
	before = machine_snapshot();
	equal(get(base, 0, &rights), EFI_INVALID_PARAMETER, "get: length 0");
	equal(get(base, PAGE, NULL), EFI_INVALID_PARAMETER, "get: nowhere to");
	equal(get(base + 1, PAGE, &rights), EFI_UNSUPPORTED, "get: unaligned");
	equal(get(base, PAGE + 1, &rights), EFI_UNSUPPORTED, "get: unaligned length");
	equal(get(0, PAGE, &rights), EFI_UNSUPPORTED, "get: a hole");
	equal(get(UINT64_MAX - PAGE + 1, PAGE * 2, &rights), EFI_UNSUPPORTED, "get: wraps");
	equal(set(base, 0, EFI_MEMORY_RO), EFI_INVALID_PARAMETER, "set: length 0");
	equal(set(base, PAGE, 0), EFI_INVALID_PARAMETER, "set: nothing");
	equal(set(base, PAGE, EFI_MEMORY_WB), EFI_INVALID_PARAMETER, "set: cacheability");
	equal(set(base + 1, PAGE, EFI_MEMORY_RO), EFI_UNSUPPORTED, "set: unaligned");
	equal(set(RAM_BASE, PAGE, EFI_MEMORY_RO), EFI_UNSUPPORTED, "set: free memory");
	equal(set(base, PAGE * 9, EFI_MEMORY_RO), EFI_ACCESS_DENIED,
	      "set: into the firmware above");
	equal(set(TOP, PAGE, EFI_MEMORY_RO), EFI_ACCESS_DENIED, "set: the firmware");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "refusals have changed nothing");

	equal(get(base, PAGE * 8, &rights), EFI_SUCCESS, "get");
	equal(rights, 0, "loader code may everything");
	equal(set(base + PAGE, PAGE * 2, EFI_MEMORY_RO), EFI_SUCCESS,
	      "two pages not to be written");
	equal(get(base, PAGE * 8, &rights), EFI_NO_MAPPING, "the range differs");
	equal(get(base + PAGE, PAGE * 2, &rights), EFI_SUCCESS, "the two do not");
	equal(rights, EFI_MEMORY_RO, "and have it");
	equal(set(base, PAGE * 8, EFI_MEMORY_XP), EFI_SUCCESS, "all not to be executed");
	equal(get(base + PAGE, PAGE, &rights), EFI_SUCCESS, "get");
	equal(rights, EFI_MEMORY_RO | EFI_MEMORY_XP, "both");
	equal(set(base, PAGE, EFI_MEMORY_RP), EFI_SUCCESS, "one not to be read");
	equal(get(base, PAGE, &rights), EFI_SUCCESS, "get");
	equal(rights, EFI_MEMORY_RP | EFI_MEMORY_XP, "so it is");
	equal(clear(base, PAGE * 8, EFI_MEMORY_RO | EFI_MEMORY_XP | EFI_MEMORY_RP), EFI_SUCCESS,
	      "clear all");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "as at first");
}

/* A range of several regions: all of them change, or none. */
static void test_attributes_of_several(void)
{
	uint64_t rights = 99;
	struct snapshot before;
	struct snapshot after;
	uint64_t base;

	machine_start(4096);
	any(EfiLoaderCode, 8, &base);
	for (uint64_t i = 0; i < 8; i += 2)
		set(base + i * PAGE, PAGE, i & 2 ? EFI_MEMORY_XP : EFI_MEMORY_RP);
	before = machine_snapshot();
	machine_map.ops = &no_tables;
	equal(set(base, PAGE * 8, EFI_MEMORY_RO), EFI_OUT_OF_RESOURCES,
	      "set: eight regions, and no memory for page tables");
	machine_map.ops = NULL;
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "none has changed");
	equal(set(base, PAGE * 8, EFI_MEMORY_RO), EFI_SUCCESS, "set: eight regions");
	equal(get(base, PAGE, &rights), EFI_SUCCESS, "get");
	equal(rights, EFI_MEMORY_RO | EFI_MEMORY_RP, "each keeps its own rights besides");
	equal(get(base + 7 * PAGE, PAGE, &rights), EFI_SUCCESS, "get the last");
	equal(rights, EFI_MEMORY_RO, "it too");
}

static const struct efi_guid mat_guid = EFI_MEMORY_ATTRIBUTES_TABLE_GUID;

static void test_attributes_table(void)
{
	struct efi_memory_attributes_table *table;
	uint64_t base[20];
	uint32_t count;

	machine_start(4096);
	equal(efi_table_start(), EFI_SUCCESS, "tables");
	efi_memory_attributes_start();
	table = efi_configuration_table(&mat_guid);
	ok(table != NULL, "the table is installed");
	count = table->NumberOfEntries;
	equal(count, 1, "one runtime region: the system table's pool");
	equal(table->Entry[0].Attribute, EFI_MEMORY_RUNTIME | EFI_MEMORY_XP,
	      "data may not be executed");
	any(EfiRuntimeServicesCode, 4, &base[0]);
	table = efi_configuration_table(&mat_guid);
	equal(table->NumberOfEntries, 2, "code has come");
	equal(set(base[0], PAGE, EFI_MEMORY_RO), EFI_SUCCESS, "protected in part");
	table = efi_configuration_table(&mat_guid);
	equal(table->NumberOfEntries, 3, "shows");
	for (int i = 0; i < 20; i++)
		any(i % 2 ? EfiRuntimeServicesCode : EfiRuntimeServicesData, 1, &base[i]);
	table = efi_configuration_table(&mat_guid);
	equal(table->NumberOfEntries, 23, "it grows");
	for (uint32_t i = 0; i + 1 < table->NumberOfEntries; i++)
		if (table->Entry[i].PhysicalStart >= table->Entry[i + 1].PhysicalStart)
			ok(0, "sorted");
	for (int i = 0; i < 20; i++)
		efi_free_pages(base[i], 1);
	table = efi_configuration_table(&mat_guid);
	equal(table->NumberOfEntries, 3, "and shrinks");
	efi_memory_attributes_stop();
	ok(!efi_configuration_table(&mat_guid), "gone");
}

int main(void)
{
	test_attribute_protocol();
	test_attributes_of_several();
	test_attributes_table();
	return tap_done();
}
