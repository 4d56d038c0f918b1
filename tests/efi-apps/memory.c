/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory services (UEFI 2.10, 7.2): the status of each error that the specification lists, and that success is one. */
#include "tests/efi-apps/app.h"

#define PAGE 4096u
#define LOW_LIMIT 0x7fffffffu

static uint8_t map[65536] __attribute__((aligned(8)));

static uint64_t get_map(uint64_t *key, uint64_t *size, uint64_t *step)
{
	uint32_t version;

	*size = sizeof(map);
	return bs->GetMemoryMap(size, map, key, step, &version);
}

/* The type of the descriptor that has the address, or all ones. */
static uint32_t type_at(uint64_t addr)
{
	uint64_t key, size, step;

	if (get_map(&key, &size, &step))
		return UINT32_MAX;
	for (uint64_t at = 0; at < size; at += step) {
		const struct efi_memory_descriptor *d = (void *)(map + at);

		if (addr - d->PhysicalStart < d->NumberOfPages * PAGE)
			return d->Type;
	}
	return UINT32_MAX;
}

/*
 * Pages that keep the map long while others come and go: a firmware whose map grows takes memory for it, and that may be
 * what has just been freed.
 */
#define BALLAST 100
static uint64_t ballast[BALLAST];

static void take_ballast(void)
{
	for (uint32_t i = 0; i < BALLAST; i++)
		if (bs->AllocatePages(AllocateAnyPages, i & 1 ? EfiLoaderCode : EfiBootServicesData,
				      1, &ballast[i]))
			ballast[i] = 0;
}

static void give_ballast(void)
{
	for (uint32_t i = 0; i < BALLAST; i++)
		if (ballast[i])
			bs->FreePages(ballast[i], 1);
}

/* Requests that are refused. */
static void check_bad_pages(void)
{
	uint64_t memory = 0;

	is(bs->AllocatePages(MaxAllocateType, EfiLoaderData, 1, &memory), EFI_INVALID_PARAMETER,
	   "pages: unknown type of request");
	is(bs->AllocatePages(AllocateAnyPages, EfiConventionalMemory, 1, &memory),
	   EFI_INVALID_PARAMETER, "pages: conventional memory");
	is(bs->AllocatePages(AllocateAnyPages, EfiPersistentMemory, 1, &memory),
	   EFI_INVALID_PARAMETER, "pages: persistent memory");
	is(bs->AllocatePages(AllocateAnyPages, EfiUnacceptedMemoryType, 1, &memory),
	   EFI_INVALID_PARAMETER, "pages: unaccepted memory");
	is(bs->AllocatePages(AllocateAnyPages, EfiMaxMemoryType, 1, &memory), EFI_INVALID_PARAMETER,
	   "pages: EfiMaxMemoryType");
	is(bs->AllocatePages(AllocateAnyPages, 0x6fffffff, 1, &memory), EFI_INVALID_PARAMETER,
	   "pages: 0x6fffffff");
	is(bs->AllocatePages(AllocateAnyPages, EfiLoaderData, 1, NULL), EFI_INVALID_PARAMETER,
	   "pages: no place for the address");
	ok(EFI_ERROR(bs->AllocatePages(AllocateAnyPages, EfiLoaderData, 0, &memory)),
	   "pages: none");
	ok(EFI_ERROR(
		   bs->AllocatePages(AllocateAnyPages, EfiLoaderData, UINT64_C(1) << 52, &memory)),
	   "pages: more than there are addresses");
	is(bs->AllocatePages(AllocateAnyPages, EfiLoaderData, UINT64_C(1) << 40, &memory),
	   EFI_OUT_OF_RESOURCES, "pages: more than there is memory");
	memory = UINT64_C(0xfffffffffffff000);
	is(bs->AllocatePages(AllocateAddress, EfiLoaderData, 2, &memory), EFI_NOT_FOUND,
	   "pages: beyond the last address");
}

/* Parts of what was allocated, and pages at an address. */
static void check_pieces(void)
{
	uint64_t memory = 0, other = 0;

	is(bs->AllocatePages(AllocateAnyPages, EfiLoaderData, 4, &memory), EFI_SUCCESS,
	   "pages: four of loader data");
	is(memory % PAGE, 0, "pages: aligned");
	memset((void *)(uintptr_t)memory, 0xaa, 4 * PAGE);
	is(type_at(memory + 3 * PAGE), EfiLoaderData, "pages: the map says so");
	other = memory;
	is(bs->AllocatePages(AllocateAddress, EfiLoaderData, 4, &other), EFI_NOT_FOUND,
	   "pages: the same ones again");
	other = memory + 8;
	is(bs->AllocatePages(AllocateAddress, EfiLoaderData, 1, &other), EFI_NOT_FOUND,
	   "pages: not aligned");
	is(bs->FreePages(memory + 8, 1), EFI_INVALID_PARAMETER, "free: not aligned");
	is(bs->FreePages(memory, 0), EFI_INVALID_PARAMETER, "free: no pages");
	is(bs->FreePages(memory, UINT64_MAX / PAGE), EFI_INVALID_PARAMETER,
	   "free: beyond the last address");
	is(bs->FreePages(UINT64_C(0x1000000000000), 1), EFI_NOT_FOUND, "free: what is no memory");
	is(bs->FreePages(memory + PAGE, 2), EFI_SUCCESS, "free: the middle");
	is(type_at(memory + PAGE), EfiConventionalMemory, "free: the map says so");
	is(bs->FreePages(memory + PAGE, 2), EFI_NOT_FOUND, "free: a second time");
	is(bs->FreePages(memory, 4), EFI_NOT_FOUND, "free: across a hole");
	other = memory + PAGE;
	is(bs->AllocatePages(AllocateAddress, EfiLoaderData, 2, &other), EFI_SUCCESS,
	   "pages: at an address");
	is(bs->FreePages(memory, 4), EFI_SUCCESS, "free: across allocations");
}

static void check_maximum(void)
{
	uint64_t memory = 0, other = LOW_LIMIT;

	is(bs->AllocatePages(AllocateMaxAddress, EfiLoaderData, 2, &other), EFI_SUCCESS,
	   "pages: below 2 GiB");
	ok(other + 2 * PAGE - 1 <= LOW_LIMIT, "pages: they are");
	memory = other + PAGE - 1;
	is(bs->FreePages(other, 2), EFI_SUCCESS, "free: these");
	is(bs->AllocatePages(AllocateMaxAddress, EfiLoaderData, 1, &memory), EFI_SUCCESS,
	   "pages: the maximum is the last byte");
	is(memory, other, "pages: and is given");
	bs->FreePages(memory, 1);
	memory = 0;
	ok(EFI_ERROR(bs->AllocatePages(AllocateMaxAddress, EfiLoaderData, 1, &memory)),
	   "pages: below address 0");
}

static void check_types(void)
{
	uint64_t memory = 0, runtime = 0;

	is(bs->AllocatePages(AllocateAnyPages, EfiRuntimeServicesData, 1, &runtime), EFI_SUCCESS,
	   "pages: runtime data");
#if defined(__aarch64__)
	is(runtime % 65536, 0, "pages: runtime data is aligned to 64 KiB");
	is(bs->FreePages(runtime + PAGE, 1), EFI_INVALID_PARAMETER, "free: a part of the 64 KiB");
#endif
	is(bs->FreePages(runtime, 1), EFI_SUCCESS, "free: runtime data");
	is(bs->AllocatePages(AllocateAnyPages, 0x70000001, 1, &memory), EFI_SUCCESS,
	   "pages: of an OEM's type");
	is(bs->FreePages(memory, 1), EFI_SUCCESS, "free: these");
	is(bs->AllocatePages(AllocateAnyPages, 0x80000001, 1, &memory), EFI_SUCCESS,
	   "pages: of an OS loader's type");
	is(type_at(memory), 0x80000001, "pages: the map says so");
	is(bs->FreePages(memory, 1), EFI_SUCCESS, "free: these");
}

static void check_map(void)
{
	uint64_t key, key2, size, size2, step, memory;
	uint32_t version;
	uint64_t last = 0;
	int sorted = 1;

	is(bs->GetMemoryMap(NULL, map, &key, &step, &version), EFI_INVALID_PARAMETER,
	   "map: no size");
	size = 0;
	is(bs->GetMemoryMap(&size, NULL, &key, &step, &version), EFI_BUFFER_TOO_SMALL,
	   "map: too small");
	ok(size >= 40 && step >= 40, "map: says how much");
	size = sizeof(map);
	is(bs->GetMemoryMap(&size, NULL, &key, &step, &version), EFI_INVALID_PARAMETER,
	   "map: no buffer");
	is(get_map(&key, &size, &step), EFI_SUCCESS, "map: got");
	for (uint64_t at = 0; at < size; at += step) {
		const struct efi_memory_descriptor *d = (void *)(map + at);

		if (d->PhysicalStart < last || d->PhysicalStart % PAGE || !d->NumberOfPages)
			sorted = 0;
		last = d->PhysicalStart + d->NumberOfPages * PAGE;
	}
	ok(sorted, "map: sorted, disjoint, in pages");
	app_note("descriptors:", size / step);
	get_map(&key2, &size2, &step);
	is(key2, key, "map: the key stays");
	bs->AllocatePages(AllocateAnyPages, EfiLoaderData, 1, &memory);
	get_map(&key2, &size2, &step);
	ok(key2 != key, "map: the key changes with an allocation");
	key = key2;
	bs->FreePages(memory, 1);
	get_map(&key2, &size2, &step);
	ok(key2 != key, "map: and with its end");
	is(size2, size, "map: as long as before");
}

static void check_pools(void)
{
	static void *blocks[300];
	uint64_t key, none, before, after, step, bad = 0;
	void *block = NULL;

	get_map(&key, &none, &step);
	is(bs->AllocatePool(EfiLoaderData, 16, NULL), EFI_INVALID_PARAMETER,
	   "pool: no place for the address");
	is(bs->AllocatePool(EfiConventionalMemory, 16, &block), EFI_INVALID_PARAMETER,
	   "pool: conventional memory");
	is(bs->AllocatePool(EfiPersistentMemory, 16, &block), EFI_INVALID_PARAMETER,
	   "pool: persistent memory");
	is(bs->AllocatePool(EfiUnacceptedMemoryType, 16, &block), EFI_INVALID_PARAMETER,
	   "pool: unaccepted memory");
	is(bs->AllocatePool(0x6fffffff, 16, &block), EFI_INVALID_PARAMETER, "pool: 0x6fffffff");
	is(bs->AllocatePool(EfiMaxMemoryType, 16, &block), EFI_INVALID_PARAMETER,
	   "pool: EfiMaxMemoryType");
	is(bs->AllocatePool(EfiLoaderData, UINT64_C(1) << 60, &block), EFI_OUT_OF_RESOURCES,
	   "pool: too much");
	is(bs->FreePool(NULL), EFI_INVALID_PARAMETER, "pool: free NULL");
	is(bs->AllocatePool(EfiLoaderData, 0, &block), EFI_SUCCESS, "pool: of no bytes");
	is(bs->FreePool(block), EFI_SUCCESS, "pool: freed");
	is(bs->FreePool(block), EFI_INVALID_PARAMETER, "pool: freed twice");
	is(bs->FreePool(map + 64), EFI_INVALID_PARAMETER, "pool: what is none");

	bs->AllocatePool(EfiLoaderData, 16, &block);
	get_map(&key, &before, &step);
	for (uint32_t i = 0; i < 300; i++) {
		if (bs->AllocatePool(EfiLoaderData, 16 + i % 40, &blocks[i]) ||
		    (uint64_t)(uintptr_t)blocks[i] % 8)
			bad++;
		else
			memset(blocks[i], (int)i, 16 + i % 40);
	}
	is(bad, 0, "pool: 300 blocks, aligned to 8 bytes");
	get_map(&key, &after, &step);
	ok(after <= before + 4 * step, "pool: they are few descriptors");
	for (uint32_t i = 0; i < 300; i++)
		if (((uint8_t *)blocks[i])[15 + i % 40] != (uint8_t)i || bs->FreePool(blocks[i]))
			bad++;
	is(bad, 0, "pool: each had its own bytes, and is freed");
	is(bs->FreePool(block), EFI_SUCCESS, "pool: the last one too");
	get_map(&key, &after, &step);
	is(after, none, "pool: no descriptors are left of them");
}

static void check_copy(void)
{
	uint8_t text[32] = "0123456789abcdef";

	bs->CopyMem(text + 2, text, 10);
	ok(!memcmp(text, "010123456789cdef", 16), "CopyMem: overlapping upwards");
	bs->CopyMem(text, text + 2, 10);
	ok(!memcmp(text, "012345678989cdef", 16), "CopyMem: overlapping downwards");
	bs->SetMem(text + 1, 3, 'x');
	ok(!memcmp(text, "0xxx45", 6), "SetMem");
}

void app_main(void)
{
	take_ballast();
	check_bad_pages();
	check_pieces();
	check_maximum();
	check_types();
	give_ballast();
	check_map();
	check_pools();
	check_copy();
}
