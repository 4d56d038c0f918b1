/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* AllocatePages, FreePages, GetMemoryMap; see efi/memory.h. Rights of memory are in memory_attributes_test.c. */
#include <string.h>

#include "efi/memory.h"
#include "efi/memory_attributes.h"
#include "efi/pool.h"
#include "efi/table.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define TOP (RAM_BASE + RAM_SIZE - FIRMWARE_SIZE)
#define DESCRIPTORS 256

static struct efi_memory_descriptor map[DESCRIPTORS];
static uint64_t map_count;
static uint64_t map_key;

static void read_map(void)
{
	uint64_t size = sizeof(map);
	uint64_t descriptor;

	if (efi_get_memory_map(&size, map, &map_key, &descriptor, NULL))
		exit(1);
	map_count = size / descriptor;
}

/* Sorted, disjoint, merged, and RAM in exactly one entry each. */
static int map_is_sound(void)
{
	uint64_t bytes = 0;

	read_map();
	for (uint64_t i = 0; i < map_count; i++) {
		uint64_t end = map[i].PhysicalStart + map[i].NumberOfPages * PAGE;

		if (!map[i].NumberOfPages || map[i].PhysicalStart % PAGE)
			return 0;
		if (i + 1 < map_count && end > map[i + 1].PhysicalStart)
			return 0;
		if (i + 1 < map_count && end == map[i + 1].PhysicalStart &&
		    map[i].Type == map[i + 1].Type && map[i].Attribute == map[i + 1].Attribute)
			return 0;
		if (map[i].Type != EfiMemoryMappedIO)
			bytes += end - map[i].PhysicalStart;
	}
	return bytes == RAM_SIZE;
}

static const struct efi_memory_descriptor *entry_of(uint64_t address)
{
	static const struct efi_memory_descriptor none;

	read_map();
	for (uint64_t i = 0; i < map_count; i++)
		if (address - map[i].PhysicalStart < map[i].NumberOfPages * PAGE)
			return &map[i];
	return &none;
}

static efi_status any(uint32_t type, uint64_t pages, uint64_t *base)
{
	return efi_allocate_pages(AllocateAnyPages, type, pages, base);
}

static void test_arguments(void)
{
	struct snapshot before;
	uint64_t base = 0;

	machine_start(4096);
	before = machine_snapshot();
	equal(efi_allocate_pages(AllocateAnyPages, EfiLoaderData, 1, NULL), EFI_INVALID_PARAMETER,
	      "no Memory");
	equal(efi_allocate_pages(3, EfiLoaderData, 1, &base), EFI_INVALID_PARAMETER,
	      "a Type beyond");
	equal(efi_allocate_pages(UINT32_MAX, EfiLoaderData, 1, &base), EFI_INVALID_PARAMETER,
	      "a Type far beyond");
	equal(any(EfiConventionalMemory, 1, &base), EFI_INVALID_PARAMETER, "conventional memory");
	equal(any(EfiPersistentMemory, 1, &base), EFI_INVALID_PARAMETER, "persistent memory");
	equal(any(EfiUnacceptedMemoryType, 1, &base), EFI_INVALID_PARAMETER, "unaccepted memory");
	equal(any(EfiMaxMemoryType, 1, &base), EFI_INVALID_PARAMETER, "EfiMaxMemoryType");
	equal(any(0x6fffffff, 1, &base), EFI_INVALID_PARAMETER, "the end of what is reserved");
	equal(any(EfiLoaderData, 0, &base), EFI_OUT_OF_RESOURCES, "0 pages");
	equal(any(EfiLoaderData, UINT64_MAX, &base), EFI_OUT_OF_RESOURCES, "a size that wraps");
	equal(any(EfiLoaderData, UINT64_MAX / PAGE + 2, &base), EFI_OUT_OF_RESOURCES,
	      "a size that wraps to a page");
	equal(any(EfiLoaderData, RAM_SIZE / PAGE, &base), EFI_OUT_OF_RESOURCES,
	      "more than there is");
	base = 0;
	equal(efi_allocate_pages(AllocateMaxAddress, EfiLoaderData, 1, &base), EFI_OUT_OF_RESOURCES,
	      "below 0");
	base = RAM_BASE + PAGE - 2;
	equal(efi_allocate_pages(AllocateMaxAddress, EfiLoaderData, 1, &base), EFI_OUT_OF_RESOURCES,
	      "a maximum one byte short");
	for (uint32_t type = AllocateAddress; type <= AllocateAddress; type++) {
		base = RAM_BASE + 1;
		equal(efi_allocate_pages(type, EfiLoaderData, 1, &base), EFI_NOT_FOUND,
		      "unaligned");
		base = RAM_BASE;
		equal(efi_allocate_pages(type, EfiLoaderData, 0, &base), EFI_NOT_FOUND,
		      "0 pages at an address");
		base = RAM_BASE;
		equal(efi_allocate_pages(type, EfiLoaderData, UINT64_MAX / PAGE, &base),
		      EFI_NOT_FOUND, "wraps");
		base = RAM_BASE - PAGE;
		equal(efi_allocate_pages(type, EfiLoaderData, 2, &base), EFI_NOT_FOUND,
		      "begins below RAM");
		base = RAM_BASE + RAM_SIZE - PAGE;
		equal(efi_allocate_pages(type, EfiLoaderData, 2, &base), EFI_NOT_FOUND,
		      "ends above RAM");
		base = TOP;
		equal(efi_allocate_pages(type, EfiLoaderData, 1, &base), EFI_NOT_FOUND,
		      "the firmware's (d0d1c4a4f5d: not out of resources)");
		base = 0;
		equal(efi_allocate_pages(type, EfiLoaderData, 1, &base), EFI_NOT_FOUND,
		      "address 0");
		base = UART_BASE;
		equal(efi_allocate_pages(type, EfiLoaderData, 1, &base), EFI_NOT_FOUND, "a device");
	}
	ok(map_is_sound(), "the map is sound");
	struct snapshot after = machine_snapshot();
	ok(snapshot_same(&before, &after), "refusals have changed nothing");
}

static void test_places(void)
{
	uint64_t base = RAM_BASE + PAGE - 1;
	uint64_t other;
	uint64_t key;

	machine_start(4096);
	read_map();
	key = map_key;
	equal(efi_allocate_pages(AllocateMaxAddress, EfiLoaderData, 1, &base), EFI_SUCCESS,
	      "an inclusive maximum");
	equal(base, RAM_BASE, "gives the page that ends there");
	read_map();
	ok(map_key != key, "the key has changed");
	key = map_key;
	read_map();
	equal(map_key, key, "a look does not change it");
	other = base;
	equal(efi_allocate_pages(AllocateAddress, EfiLoaderData, 1, &other), EFI_NOT_FOUND,
	      "the same page twice (1d9aa4a283d)");
	read_map();
	equal(map_key, key, "a refusal does not change it");
	equal(any(0x70000001, 3, &base), EFI_SUCCESS, "an OEM type");
	equal(entry_of(base)->Type, 0x70000001, "is in the map");
	equal(any(0x80000001, 3, &base), EFI_SUCCESS, "an OS loader's type");
	equal(entry_of(base)->Type, 0x80000001, "is in the map");
	equal(any(EfiRuntimeServicesCode, 2, &base), EFI_SUCCESS, "runtime code");
	ok(entry_of(base)->Attribute & EFI_MEMORY_RUNTIME, "has EFI_MEMORY_RUNTIME");
	ok(map_is_sound(), "the map is sound");
	equal(entry_of(TOP)->Type, EfiBootServicesData, "the firmware is in it");
	equal(entry_of(UART_BASE)->NumberOfPages, 0, "registers are not");
	equal(efi_memory_add_runtime_io(UART_BASE, 0x1000), EFI_SUCCESS, "but for runtime devices");
	equal(entry_of(UART_BASE)->Attribute, EFI_MEMORY_UC | EFI_MEMORY_RUNTIME, "they are");
	ok(map_is_sound(), "the map is sound");
}

static void test_free(void)
{
	struct snapshot before;
	struct snapshot after;
	uint64_t base = RAM_BASE + 64 * PAGE;
	uint64_t pool;
	void *block;

	machine_start(4096);
	before = machine_snapshot();
	equal(efi_allocate_pages(AllocateAddress, EfiLoaderData, 16, &base), EFI_SUCCESS,
	      "16 pages");
	equal(efi_free_pages(base + 1, 1), EFI_INVALID_PARAMETER, "unaligned");
	equal(efi_free_pages(base, 0), EFI_INVALID_PARAMETER, "0 pages");
	equal(efi_free_pages(base, UINT64_MAX / PAGE), EFI_INVALID_PARAMETER, "wraps");
	equal(efi_free_pages(base, 17), EFI_NOT_FOUND, "one page too many");
	equal(efi_free_pages(base - PAGE, 2), EFI_NOT_FOUND, "one page before");
	equal(efi_free_pages(TOP, 1), EFI_NOT_FOUND, "the firmware's");
	equal(efi_free_pages(UART_BASE, 1), EFI_NOT_FOUND, "a device");
	equal(efi_free_pages(0, 1), EFI_NOT_FOUND, "a hole");
	equal(efi_free_pages(base + 4 * PAGE, 4), EFI_SUCCESS, "from the middle");
	equal(efi_free_pages(base + 4 * PAGE, 1), EFI_NOT_FOUND, "twice");
	equal(efi_free_pages(base, 16), EFI_NOT_FOUND, "across what is free");
	uint64_t next = base + 4 * PAGE;
	equal(efi_allocate_pages(AllocateAddress, EfiLoaderCode, 4, &next), EFI_SUCCESS,
	      "another type in the gap");
	equal(efi_free_pages(base, 16), EFI_SUCCESS, "across three allocations");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
	equal(efi_allocate_pool(EfiLoaderData, 10, &block), EFI_SUCCESS, "a pool");
	pool = (uint64_t)(uintptr_t)block & ~(PAGE - 1);
	equal(efi_free_pages(pool, 1), EFI_NOT_FOUND, "pools are not for FreePages");
	efi_free_pool(block);
}

static void test_granule(void)
{
	uint64_t base = RAM_BASE + PAGE;

	machine_start(65536);
	equal(efi_allocate_pages(AllocateAddress, EfiRuntimeServicesData, 1, &base), EFI_NOT_FOUND,
	      "runtime types begin on 64 KiB");
	base = RAM_BASE + 65536;
	equal(efi_allocate_pages(AllocateAddress, EfiRuntimeServicesData, 1, &base), EFI_SUCCESS,
	      "there it is");
	equal(entry_of(base)->NumberOfPages, 16, "and 64 KiB long");
	equal(efi_free_pages(base, 1), EFI_SUCCESS, "one page of it");
	equal(entry_of(base)->Type, EfiConventionalMemory, "takes the whole");
	equal(any(EfiACPIMemoryNVS, 17, &base), EFI_SUCCESS, "ACPI NVS");
	equal(base % 65536, 0, "aligned");
	equal(entry_of(base)->NumberOfPages, 32, "rounded");
	equal(any(EfiReservedMemoryType, 1, &base), EFI_SUCCESS, "reserved memory");
	equal(base % 65536, 0, "aligned");
	equal(any(EfiACPIReclaimMemory, 1, &base), EFI_SUCCESS, "ACPI reclaim memory");
	ok(map_is_sound(), "the map is sound");
	machine_start(65536);
	equal(any(EfiRuntimeServicesData, 17, &base), EFI_SUCCESS, "two granules");
	equal(efi_free_pages(base + PAGE, 1), EFI_INVALID_PARAMETER,
	      "a page that begins within a granule");
	equal(entry_of(base)->NumberOfPages, 32, "takes nothing of it, nor of the next");
	equal(efi_free_pages(base + 65536, 1), EFI_SUCCESS, "the second granule");
	equal(entry_of(base)->NumberOfPages, 16, "the first stays");
	base += 65536;
	equal(efi_allocate_pages(AllocateAddress, EfiLoaderData, 4, &base), EFI_SUCCESS,
	      "four pages of another type behind it");
	equal(efi_free_pages(base - 65536, 17), EFI_SUCCESS, "the granule and one of these");
	equal(entry_of(base + PAGE)->Type, EfiLoaderData, "three of which stay");
	equal(entry_of(base)->Type, EfiConventionalMemory, "the rest is free");
}

static void test_get_map(void)
{
	uint64_t size = 0;
	uint64_t key = 77;
	uint64_t descriptor = 0;
	uint32_t version = 0;

	machine_start(4096);
	equal(efi_get_memory_map(NULL, map, &key, &descriptor, &version), EFI_INVALID_PARAMETER,
	      "no size");
	equal(efi_get_memory_map(&size, NULL, NULL, NULL, NULL), EFI_BUFFER_TOO_SMALL, "size 0");
	equal(size, 2 * sizeof(map[0]), "says the size: RAM and the firmware");
	equal(efi_get_memory_map(&size, NULL, &key, NULL, NULL), EFI_INVALID_PARAMETER,
	      "no buffer");
	size--;
	equal(efi_get_memory_map(&size, map, &key, &descriptor, &version), EFI_BUFFER_TOO_SMALL,
	      "one byte short");
	equal(descriptor, 40, "the descriptor's size all the same");
	equal(version, 1, "and version");
	equal(key, 77, "but no key");
	equal(efi_get_memory_map(&size, map, &key, &descriptor, &version), EFI_SUCCESS,
	      "what it said does");
	equal(map[0].Type, EfiConventionalMemory, "RAM");
	equal(map[0].Attribute, 15, "with all cacheabilities");
	equal(map[0].VirtualStart, 0, "and no virtual address");
}

static void test_others(void)
{
	struct mem_props props = mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB, MEM_LIFE_ATTEMPT,
						MEM_RW, 0, "kernel");
	uint64_t base = RAM_BASE + 16 * PAGE;

	machine_start(4096);
	equal(memmap_claim_at(&machine_map, base + 100, 5000, &props), 0, "LMB has two pages");
	equal(efi_allocate_pages(AllocateAddress, EfiLoaderData, 1, &base), EFI_NOT_FOUND,
	      "EFI cannot have them");
	equal(efi_free_pages(base, 2), EFI_NOT_FOUND, "nor free them");
	equal(entry_of(base)->NumberOfPages, 2, "they are in its map, in pages");
	props = mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB, MEM_LIFE_FOREVER, 0, MEM_FLAG_NOMAP,
			       "secure");
	equal(memmap_claim_at(&machine_map, base + 8 * PAGE, PAGE, &props), 0,
	      "memory not to be mapped");
	equal(entry_of(base + 8 * PAGE)->Type, EfiReservedMemoryType, "is reserved for the OS");
	ok(map_is_sound(), "the map is sound");
}

static void test_policy(void)
{
	struct mem_region region;
	uint64_t base;

	machine_start(4096);
	for (uint32_t type = EfiLoaderCode; type <= EfiRuntimeServicesData; type++) {
		int is_code = type == EfiLoaderCode || type == EfiBootServicesCode ||
			      type == EfiRuntimeServicesCode;

		any(type, 1, &base);
		memmap_find(&machine_map, base, &region);
		equal(region.props.attrs, is_code ? MEM_RW | MEM_X : MEM_RW,
		      "code may be executed, data not");
		equal(region.props.life,
		      type >= EfiRuntimeServicesCode ? MEM_LIFE_FOREVER : MEM_LIFE_SESSION,
		      "runtime types live for ever");
	}
	ok(efi_memory_set_strict(false), "an image without NX_COMPAT");
	any(EfiLoaderData, 1, &base);
	memmap_find(&machine_map, base, &region);
	equal(region.props.attrs, MEM_RW | MEM_X, "may execute loader data");
	any(EfiBootServicesData, 1, &base);
	memmap_find(&machine_map, base, &region);
	equal(region.props.attrs, MEM_RW, "and nothing else");
	ok(!efi_memory_set_strict(true), "as before");
}

/* Thousands of single pages by address, freed crosswise; and all three allocators against each other. */
static void test_random(void)
{
	static uint64_t pages[4000];
	struct snapshot before;
	struct snapshot after;
	int bad = 0;

	machine_start(4096);
	tap_seed();
	before = machine_snapshot();
	for (uint64_t i = 0; i < 4000; i++) {
		pages[i] = RAM_BASE + i * 2 * PAGE;
		bad += efi_allocate_pages(AllocateAddress,
					  i & 1 ? EfiBootServicesData : EfiLoaderData, 1,
					  &pages[i]) != 0;
	}
	equal(bad, 0, "4,000 pages by address");
	ok(map_key != 0 && memmap_check(&machine_map) == 0, "the map holds");
	for (uint64_t i = 0; i < 4000; i++) {
		uint64_t j = i + tap_below(4000 - i);
		uint64_t page = pages[j];

		pages[j] = pages[i];
		bad += efi_free_pages(page, 1) != 0;
	}
	equal(bad, 0, "freed crosswise");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is as before");
}

static void test_out_of_memory(void)
{
	uint64_t base = 5;
	uint64_t n;
	struct snapshot before;
	struct snapshot after;

	for (n = 1; n < 100; n++) {
		machine_start(4096);
		efi_table_start();
		efi_memory_attributes_start();
		before = machine_snapshot();
		machine_fail_at(n);
		if (!any(EfiLoaderCode, 1, &base))
			break;
		machine_fail_at(0);
		after = machine_snapshot();
		if (!snapshot_same(&before, &after))
			ok(0, "an allocation that failed left something");
	}
	equal(n, 2, "AllocatePages makes one claim");
}

int main(void)
{
	test_arguments();
	test_places();
	test_free();
	test_granule();
	test_get_map();
	test_others();
	test_policy();
	test_random();
	test_out_of_memory();
	return tap_done();
}
