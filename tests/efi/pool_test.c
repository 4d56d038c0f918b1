/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* AllocatePool and FreePool; see efi/pool.h. */
#include <string.h>

#include "efi/memory.h"
#include "efi/pool.h"
#include "tests/efi/machine.h"
#include "tests/tap.h"

#define COUNT 10000

static const uint32_t types[] = {EfiLoaderData,		 EfiBootServicesData,
				 EfiRuntimeServicesData, EfiACPIReclaimMemory,
				 EfiReservedMemoryType,	 0x80000005};

static void test_arguments(void)
{
	struct snapshot before;
	struct snapshot after;
	char far[64];
	void *block;

	machine_start(4096);
	before = machine_snapshot();
	equal(efi_allocate_pool(EfiLoaderData, 10, NULL), EFI_INVALID_PARAMETER, "no Buffer");
	equal(efi_allocate_pool(EfiConventionalMemory, 10, &block), EFI_INVALID_PARAMETER,
	      "conventional memory");
	equal(efi_allocate_pool(EfiPersistentMemory, 10, &block), EFI_INVALID_PARAMETER,
	      "persistent memory");
	equal(efi_allocate_pool(EfiMaxMemoryType, 10, &block), EFI_INVALID_PARAMETER,
	      "EfiMaxMemoryType");
	equal(efi_allocate_pool(0x6fffffff, 10, &block), EFI_INVALID_PARAMETER,
	      "the end of what is reserved");
	equal(efi_allocate_pool(EfiLoaderData, UINT64_MAX, &block), EFI_OUT_OF_RESOURCES,
	      "the largest size");
	equal(efi_allocate_pool(EfiLoaderData, UINT64_MAX - 20, &block), EFI_OUT_OF_RESOURCES,
	      "another that wraps");
	equal(efi_allocate_pool(EfiLoaderData, UINT64_C(1) << 36, &block), EFI_OUT_OF_RESOURCES,
	      "64 GiB");
	equal(efi_allocate_pool(EfiLoaderData, RAM_SIZE, &block), EFI_OUT_OF_RESOURCES,
	      "more than there is");
	equal(efi_free_pool(NULL), EFI_INVALID_PARAMETER, "NULL");
	equal(efi_free_pool(far), EFI_INVALID_PARAMETER, "the stack");
	equal(efi_free_pool((void *)(uintptr_t)(RAM_BASE + 64)), EFI_INVALID_PARAMETER,
	      "free memory");
	equal(efi_free_pool((void *)(uintptr_t)UINT64_MAX), EFI_INVALID_PARAMETER,
	      "the end of all");
	equal(efi_free_pool((void *)(uintptr_t)16), EFI_INVALID_PARAMETER, "the beginning");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "refusals have changed nothing");

	equal(efi_allocate_pool(EfiLoaderData, 0, &block), EFI_SUCCESS, "0 bytes are a block");
	equal((uintptr_t)block % 16, 0, "aligned");
	equal(efi_free_pool((char *)block + 16), EFI_INVALID_PARAMETER, "inside a block");
	equal(efi_free_pool((char *)block + 1), EFI_INVALID_PARAMETER, "unaligned");
	equal(efi_free_pool(block), EFI_SUCCESS, "freed");
	equal(efi_free_pool(block), EFI_INVALID_PARAMETER, "twice");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is given back");
}

/* The map key is the map's: what comes from a chunk that is there does not change it. */
static void test_key(void)
{
	uint64_t key;
	void *first, *second;

	machine_start(4096);
	key = memmap_key(&machine_map);
	equal(efi_allocate_pool(EfiLoaderData, 16, &first), EFI_SUCCESS, "a first block");
	ok(!efi_memory_key_is_current(key), "takes a chunk: the key changes");
	key = memmap_key(&machine_map);
	equal(efi_allocate_pool(EfiLoaderData, 16, &second), EFI_SUCCESS, "a second block");
	equal(efi_free_pool(second), EFI_SUCCESS, "freed");
	ok(efi_memory_key_is_current(key), "is of the same chunk: the key stays");
	equal(efi_free_pool(first), EFI_SUCCESS, "the last block");
	ok(!efi_memory_key_is_current(key), "gives the chunk back: the key changes");
}

static void test_double_free(void)
{
	void *block[4];

	machine_start(4096);
	for (int i = 0; i < 4; i++)
		efi_allocate_pool(EfiLoaderData, 100, &block[i]);
	efi_free_pool(block[1]);
	equal(efi_free_pool(block[1]), EFI_INVALID_PARAMETER, "a block alone");
	efi_free_pool(block[2]);
	equal(efi_free_pool(block[2]), EFI_INVALID_PARAMETER, "one that merged downward");
	efi_free_pool(block[0]);
	equal(efi_free_pool(block[0]), EFI_INVALID_PARAMETER, "one that merged upward");
	equal(efi_free_pool(block[1]), EFI_INVALID_PARAMETER, "the one in the middle");
	equal(efi_pool_check(), 0, "the pool holds");
}

static void test_many(void)
{
	static void *block[COUNT];
	struct snapshot before;
	struct snapshot after;
	uint64_t bad = 0;
	uint64_t regions;

	machine_start(4096);
	before = machine_snapshot();
	regions = machine_regions();
	for (uint64_t i = 0; i < COUNT; i++) {
		uint64_t size = tap_below(200);

		bad += efi_allocate_pool(types[tap_below(6)], size, &block[i]) != 0;
		memset(block[i], 0xa5, size);
	}
	equal(bad, 0, "10,000 pools of six types");
	equal(efi_pool_check(), 0, "the pools hold");
	printf("# %lu regions more\n", machine_regions() - regions);
	ok(machine_regions() - regions <= 36, "are a handful of regions");
	for (uint64_t i = 0; i < COUNT; i++) {
		uint64_t j = i + tap_below(COUNT - i);
		void *one = block[j];

		block[j] = block[i];
		bad += efi_free_pool(one) != 0;
	}
	equal(bad, 0, "freed crosswise");
	equal(efi_pool_check(), 0, "the pools hold");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is given back");
}

/* Blocks do not overlap, keep what is in them, and are of their type. */
static void test_random(void)
{
	static struct {
		uint8_t *data;
		uint64_t size;
		uint8_t mark;
	} block[300];
	struct snapshot before;
	struct snapshot after;
	uint64_t bad = 0;

	machine_start(65536);
	before = machine_snapshot();
	for (int round = 0; round < 20000; round++) {
		uint64_t i = tap_below(300);
		void *data;

		if (block[i].data) {
			for (uint64_t k = 0; k < block[i].size; k++)
				bad += block[i].data[k] != block[i].mark;
			bad += efi_free_pool(block[i].data) != 0;
			block[i].data = NULL;
			continue;
		}
		block[i].size = tap_below(8) ? tap_below(300) : tap_below(100000);
		block[i].mark = (uint8_t)round;
		if (efi_allocate_pool(types[tap_below(6)], block[i].size, &data))
			continue;
		block[i].data = memset(data, block[i].mark, block[i].size);
		if (round % 1000 == 0)
			bad += efi_pool_check() != 0;
	}
	equal(bad, 0, "20,000 operations against the marks in the blocks");
	for (int i = 0; i < 300; i++)
		if (block[i].data)
			efi_free_pool(block[i].data);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "all is given back");
}

static void test_out_of_memory(void)
{
	struct snapshot before;
	struct snapshot after;
	void *block;
	void *keep;
	uint64_t n;

	for (n = 1; n < 20; n++) {
		machine_start(4096);
		efi_allocate_pool(EfiLoaderCode, 10, &keep);
		block = NULL;
		before = machine_snapshot();
		machine_fail_at(n);
		if (!efi_allocate_pool(EfiLoaderData, 100000, &block))
			break;
		machine_fail_at(0);
		after = machine_snapshot();
		ok(!block, "no block");
		ok(snapshot_same(&before, &after), "and nothing left");
	}
	ok(n > 2, "each allocation has failed in its turn");
}

int main(void)
{
	tap_seed();
	test_arguments();
	test_key();
	test_double_free();
	test_many();
	test_random();
	test_out_of_memory();
	return tap_done();
}
