/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools; see pool.h.
 *
 *   a chunk:  | chunk | block | used      | block | free  … | block | used | end |
 *
 * Each block begins with its size and that of the one before it, in units of 16 bytes, so that what is freed merges
 * with free neighbours at once; a chunk whose blocks are all free goes back to the map. Free blocks hang in bins by
 * size, and a bit for each bin that is not empty finds one without a search. A block's magic number contains its
 * address and its state; with the map, which tells whether an address lies in a chunk at all, it refuses
 * pointers that are not ours and blocks that have been freed.
 */
#include <string.h>

#include "efi/event.h"
#include "efi/list.h"
#include "efi/memory.h"
#include "efi/platform.h"
#include "efi/pool.h"
#include "lib/assert.h"
#include "lib/bytes.h"

#define UNIT 16u
#define UNITS_MAX \
	UINT32_C(0x7fff0000) /* nearly 32 GiB: sizes have 32 bits, and are rounded up in them */
#define BINS 80
#define CHUNK_MIN KIB(16)
#define CHUNK_MAX KIB(512)
#define POOL_TAG "EFI pool"

#define MAGIC_USED UINT32_C(0x55736564)
#define MAGIC_FREE UINT32_C(0x46726565)
#define MAGIC_END UINT32_C(0x456e6420)

struct block {
	uint32_t units; /* with this header; 0 at the end of the chunk */
	uint32_t prev; /* units of the block before, 0 for the first */
	uint32_t magic;
	uint32_t type;
	struct list bin; /* when free; else these bytes are the caller's */
};
#define BLOCK_HEADER offsetof(struct block, bin)
_Static_assert(BLOCK_HEADER == UNIT && sizeof(struct block) == 2 * UNIT, "blocks stay aligned");

struct chunk {
	struct list link;
	uint64_t pages;
	uint64_t unused;
};
_Static_assert(sizeof(struct chunk) % UNIT == 0, "the first block is aligned");

struct pool {
	struct pool *next;
	uint32_t type;
	struct list chunks;
	uint64_t used; /* bytes */
	uint64_t claimed;
	uint64_t filled[2]; /* a bit for each bin that has blocks */
	struct list bins[BINS];
};

/*
 * Boot services data is the pool of efi/ itself: the other pools' structures lie in it. Those of two types do not, so that their chunks can be
 * claimed before any of its own.
 */
static struct pool boot_data, runtime_data, acpi_data;
static struct pool *pools;

/* ---- bins ---- */

static unsigned int log2_of(uint32_t v)
{
	return 31u - (unsigned int)__builtin_clz(v);
}

/* Bins 2…15 hold blocks of so many units; above, each power of two has two bins. */
static unsigned int bin_of(uint32_t units)
{
	unsigned int power;

	if (units < 16)
		return units;
	power = log2_of(units);
	return 16 + (power - 4) * 2 + ((units >> (power - 1)) & 1);
}

/* The first bin of which every block has at least so many units. */
static unsigned int bin_above(uint32_t units)
{
	if (units < 16)
		return units;
	return bin_of(units + (UINT32_C(1) << (log2_of(units) - 1)) - 1);
}
_Static_assert(16 + (31 - 4) * 2 + 1 < BINS, "every size has a bin");

static uint32_t magic_of(const struct block *block, uint32_t state)
{
	return state ^ (uint32_t)((uintptr_t)block >> 4);
}

static struct block *block_at(struct block *block, int64_t units)
{
	return (struct block *)(void *)((char *)block + units * (int64_t)UNIT);
}

static void bin_put(struct pool *pool, struct block *block)
{
	unsigned int bin = bin_of(block->units);

	block->magic = magic_of(block, MAGIC_FREE);
	list_append(&pool->bins[bin], &block->bin);
	pool->filled[bin / 64] |= UINT64_C(1) << (bin % 64);
}

static void bin_take(struct pool *pool, struct block *block)
{
	unsigned int bin = bin_of(block->units);

	list_remove(&block->bin);
	block->magic = 0;
	if (list_is_empty(&pool->bins[bin]))
		pool->filled[bin / 64] &= ~(UINT64_C(1) << (bin % 64));
}

/* A free block of at least so many units, or NULL. */
static struct block *bin_find(struct pool *pool, uint32_t units)
{
	unsigned int bin = bin_above(units);
	uint64_t word = pool->filled[bin / 64] & (UINT64_MAX << (bin % 64));

	if (!word && bin < 64) {
		word = pool->filled[1];
		bin = 64;
	}
	if (!word)
		return NULL;
	bin = (bin & ~63u) + (unsigned int)__builtin_ctzll(word);
	return list_of(pool->bins[bin].next, struct block, bin);
}

/* ---- pools and chunks ---- */

static void pool_init(struct pool *pool, uint32_t type)
{
	memset(pool, 0, offsetof(struct pool, bins));
	pool->type = type;
	list_init(&pool->chunks);
	for (unsigned int i = 0; i < BINS; i++)
		list_init(&pool->bins[i]);
	pool->next = pools;
	pools = pool;
}

static struct pool *pool_find(uint32_t type)
{
	struct pool *pool;

	for (pool = pools; pool && pool->type != type; pool = pool->next)
		;
	return pool;
}

/* The more a type holds, the larger its next chunk: thousands of blocks are a handful of regions. */
static uint64_t chunk_size(const struct pool *pool, uint64_t need)
{
	uint64_t size = pool->claimed < CHUNK_MIN ? CHUNK_MIN : pool->claimed;

	if (size > CHUNK_MAX)
		size = CHUNK_MAX;
	return size < need ? need : size;
}

static uint64_t claim_chunk(struct pool *pool, uint64_t bytes)
{
	struct efi_pages_request request = {
		.pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE,
		.props = efi_memory_policy(pool->type, MEM_OWNER_FIRMWARE, POOL_TAG),
	};
	uint64_t base;

	/* The granule of a type may have rounded it up: what the map has claimed is what may be used. */
	request.pages =
		align_up(request.pages * PAGE_SIZE, efi_memory_granule(pool->type)) / PAGE_SIZE;
	if (EFI_ERROR(efi_pages_claim(&request, &base)))
		return 0;
	((struct chunk *)base)->pages = request.pages;
	return base;
}

/* Pages that were claimed for the pool become a chunk of one free block. */
static struct block *chunk_make(struct pool *pool, struct chunk *chunk)
{
	struct block *block;
	struct block *end;

	pool->claimed += chunk->pages * PAGE_SIZE;
	list_append(&pool->chunks, &chunk->link);
	block = (struct block *)(void *)(chunk + 1);
	block->units = (uint32_t)((chunk->pages * PAGE_SIZE - sizeof(*chunk)) / UNIT - 1);
	block->prev = 0;
	block->type = pool->type;
	end = block_at(block, block->units);
	end->units = 0;
	end->prev = block->units;
	end->magic = magic_of(end, MAGIC_END);
	end->type = pool->type;
	bin_put(pool, block);
	return block;
}

/*
 * What the granule of runtime memory leaves over above its pool, up to the next thing there, is the first chunk of boot services data: else it
 * would be a hole in the map, and what others put into it more of them. 0: there is none that is large enough.
 */
static uint64_t claim_leftover(uint64_t need)
{
	uint64_t granule = efi_memory_granule(runtime_data.type), base;
	struct mem_props props = efi_memory_policy(boot_data.type, MEM_OWNER_FIRMWARE, POOL_TAG);
	struct mem_region above;
	struct chunk *chunk;

	if (granule == PAGE_SIZE || !runtime_data.claimed)
		return 0;
	chunk = list_of(runtime_data.chunks.next, struct chunk, link);
	base = (uint64_t)(uintptr_t)chunk + chunk->pages * PAGE_SIZE;
	memmap_find(memmap_system(), base, &above);
	if (above.props.owner != MEM_OWNER_FREE || above.end % PAGE_SIZE ||
	    above.end - base < need || above.end - base >= granule ||
	    memmap_claim_at(memmap_system(), base, above.end - base, &props))
		return 0;
	((struct chunk *)base)->pages = (above.end - base) / PAGE_SIZE;
	return base;
}

/* A chunk with room for a block of so many units, as one free block. */
static struct block *chunk_add(struct pool *pool, uint32_t units)
{
	uint64_t need = sizeof(struct chunk) + (uint64_t)units * UNIT + UNIT;
	uint64_t base = pool == &boot_data && !pool->claimed ? claim_leftover(need) : 0;

	if (!base)
		base = claim_chunk(pool, chunk_size(pool, need));
	if (!base && chunk_size(pool, need) > need)
		base = claim_chunk(pool, need);
	return base ? chunk_make(pool, (struct chunk *)base) : NULL;
}

/* Gives back the chunk that this free block fills, if it fills one. The block is in no bin. */
static bool chunk_remove(struct pool *pool, struct block *block)
{
	struct chunk *chunk = (struct chunk *)(void *)block - 1;
	uint64_t pages;

	if (block->prev || block_at(block, block->units)->units)
		return false;
	pages = chunk->pages;
	list_remove(&chunk->link);
	if (EFI_ERROR(efi_pages_release((uint64_t)(uintptr_t)chunk, pages, MEM_OWNER_FIRMWARE))) {
		list_append(&pool->chunks, &chunk->link);
		return false;
	}
	pool->claimed -= pages * PAGE_SIZE;
	return true;
}

/* ---- blocks ---- */

/* Cuts a free block, taken from its bin, to so many units; the rest is free again. */
static void block_trim(struct pool *pool, struct block *block, uint32_t units)
{
	struct block *rest;

	if (block->units - units < sizeof(struct block) / UNIT)
		return;
	rest = block_at(block, units);
	rest->units = block->units - units;
	rest->prev = units;
	rest->type = pool->type;
	block_at(rest, rest->units)->prev = rest->units;
	block->units = units;
	bin_put(pool, rest);
}

static void *block_allocate(struct pool *pool, uint32_t units)
{
	struct block *block = bin_find(pool, units);

	if (!block)
		block = chunk_add(pool, units);
	if (!block)
		return NULL;
	bin_take(pool, block);
	block_trim(pool, block, units);
	block->magic = magic_of(block, MAGIC_USED);
	pool->used += (uint64_t)block->units * UNIT;
	return &block->bin;
}

static void block_free(struct pool *pool, struct block *block)
{
	struct block *other = block_at(block, block->units);

	pool->used -= (uint64_t)block->units * UNIT;
	block->magic = 0;
	if (other->magic == magic_of(other, MAGIC_FREE)) {
		bin_take(pool, other);
		block->units += other->units;
	}
	other = block_at(block, -(int64_t)block->prev);
	if (block->prev && other->magic == magic_of(other, MAGIC_FREE)) {
		bin_take(pool, other);
		other->units += block->units;
		block = other;
	}
	block_at(block, block->units)->prev = block->units;
	if (!chunk_remove(pool, block))
		bin_put(pool, block);
}

/* The block of a caller's pointer, or NULL. Nothing is read that the map does not know for a pool. */
static struct block *block_of(void *buffer)
{
	uint64_t address = (uint64_t)(uintptr_t)buffer;
	struct mem_region region;
	struct block *block;

	if (!address || address % UNIT)
		return NULL;
	memmap_find(memmap_system(), address - BLOCK_HEADER, &region);
	if (region.props.owner != MEM_OWNER_FIRMWARE ||
	    strncmp(region.props.tag, POOL_TAG, sizeof(region.props.tag)))
		return NULL;
	block = (struct block *)(address - BLOCK_HEADER);
	return block->magic == magic_of(block, MAGIC_USED) ? block : NULL;
}

/* ---- services ---- */

static struct pool *pool_create(uint32_t type)
{
	struct pool *pool;

	if (!pools) {
		pool_init(&boot_data, EfiBootServicesData);
		pool_init(&runtime_data, EfiRuntimeServicesData);
		pool_init(&acpi_data, EfiACPIReclaimMemory);
		if (pool_find(type))
			return pool_find(type);
	}
	pool = block_allocate(&boot_data,
			      (uint32_t)((sizeof(*pool) + BLOCK_HEADER + UNIT - 1) / UNIT));
	if (pool)
		pool_init(pool, type);
	return pool;
}

static void pool_destroy(struct pool *pool)
{
	struct pool **at = &pools;

	if (pool == &boot_data || pool == &runtime_data || pool == &acpi_data || pool->claimed)
		return;
	while (*at != pool)
		at = &(*at)->next;
	*at = pool->next;
	block_free(&boot_data, (struct block *)(void *)((char *)pool - BLOCK_HEADER));
}

efi_status EFIAPI efi_allocate_pool(uint32_t PoolType, uint64_t Size, void **Buffer)
{
	struct pool *pool;
	uint64_t units;
	efi_tpl tpl;

	if (!Buffer || !efi_memory_type_is_valid(PoolType))
		return EFI_INVALID_PARAMETER;
	if (efi_memory_is_frozen())
		return EFI_UNSUPPORTED;
	if (Size > (uint64_t)UNITS_MAX * UNIT || !efi_platform_may_allocate())
		return EFI_OUT_OF_RESOURCES;
	units = (Size + BLOCK_HEADER + UNIT - 1) / UNIT;
	if (units < sizeof(struct block) / UNIT)
		units = sizeof(struct block) / UNIT;
	tpl = efi_lock();
	pool = pool_find(PoolType);
	if (!pool)
		pool = pool_create(PoolType);
	*Buffer = pool ? block_allocate(pool, (uint32_t)units) : NULL;
	if (pool && !*Buffer)
		pool_destroy(pool);
	efi_unlock(tpl);
	return *Buffer ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

efi_status EFIAPI efi_free_pool(void *Buffer)
{
	struct pool *pool = NULL;
	struct block *block;
	efi_tpl tpl = efi_lock();

	block = efi_memory_is_frozen() ? NULL : block_of(Buffer);
	if (block)
		pool = pool_find(block->type);
	if (pool) {
		block_free(pool, block);
		pool_destroy(pool);
	}
	efi_unlock(tpl);
	return pool ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

void *efi_new(uint64_t size)
{
	void *block;

	if (EFI_ERROR(efi_allocate_pool(EfiBootServicesData, size, &block)))
		return NULL;
	return memset(block, 0, size);
}

/* ---- for tests ---- */

uint64_t efi_pool_used(uint32_t type)
{
	struct pool *pool = pool_find(type);

	return pool ? pool->used : 0;
}

uint64_t efi_pool_claimed(uint32_t type)
{
	struct pool *pool = pool_find(type);

	return pool ? pool->claimed : 0;
}

static int chunk_check(struct pool *pool, struct chunk *chunk, uint64_t *used)
{
	struct block *block = (struct block *)(void *)(chunk + 1);
	uint32_t prev = 0;
	bool was_free = false;

	for (; block->units; prev = block->units, block = block_at(block, block->units)) {
		bool is_free = block->magic == magic_of(block, MAGIC_FREE);

		if (block->prev != prev || block->type != pool->type)
			return 1;
		if (!is_free && block->magic != magic_of(block, MAGIC_USED))
			return 2;
		if (is_free && was_free)
			return 3;
		if (!is_free)
			*used += (uint64_t)block->units * UNIT;
		was_free = is_free;
	}
	if (block->prev != prev || block->magic != magic_of(block, MAGIC_END))
		return 4;
	return (char *)block + UNIT == (char *)chunk + chunk->pages * PAGE_SIZE ? 0 : 5;
}

int efi_pool_check(void)
{
	for (struct pool *pool = pools; pool; pool = pool->next) {
		uint64_t used = 0;

		list_for_each (link, &pool->chunks) {
			int broken = chunk_check(pool, list_of(link, struct chunk, link), &used);

			if (broken)
				return broken;
		}
		if (used != pool->used)
			return 6;
	}
	return 0;
}

void efi_pool_reset(void)
{
	pools = NULL;
}
