/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logical Memory Blocks as a way to ask the memory map; see lmb.h. The lists that the published interface shows are
 * in lmb_view.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "mem/lmb.h"
#include "mem/memmap.h"

/* The LMB in use. Without a map of its own (lmb_push) it works on the machine's. */
static struct lmb current;

static uint64_t node_grow(void *context)
{
	(void)context;
	return (uint64_t)(uintptr_t)malloc(MEMMAP_NODE_SIZE);
}

static void node_shrink(void *context, uint64_t node)
{
	(void)context;
	free((void *)(uintptr_t)node);
}

/* For maps behind whose addresses there need not be memory. */
static const struct memmap_ops heap_ops = {.grow = node_grow, .shrink = node_shrink};

static struct memmap *map_new(void)
{
	struct memmap *map = malloc(sizeof(*map));

	if (map != NULL)
		memmap_init(map, &heap_ops, NULL);
	return map;
}

static void map_delete(struct memmap *map)
{
	if (map == NULL)
		return;
	memmap_destroy(map);
	free(map);
}

static void lists_free(struct lmb *lmb)
{
	free(lmb->available_mem.data);
	free(lmb->used_mem.data);
}

struct memmap *lmb_map(const struct lmb *lmb)
{
	return lmb->map != NULL ? lmb->map : memmap_system();
}

/* Ends every change: the lists of an LMB under test are always up to date. */
static int done(struct lmb *lmb, int error)
{
	if (lmb->test && error == 0)
		lmb_view(lmb);
	return error;
}

static int add(struct lmb *lmb, phys_addr_t base, phys_size_t size)
{
	const struct mem_props props = mem_props_free();

	if (lmb_map(lmb) == NULL)
		return -EINVAL;
	return done(lmb, memmap_add(lmb_map(lmb), base, size, &props));
}

static int release(struct lmb *lmb, phys_addr_t base, phys_size_t size)
{
	if (lmb_map(lmb) == NULL)
		return -EINVAL;
	return done(lmb, memmap_release(lmb_map(lmb), base, size, MEM_OWNER_LMB));
}

static struct mem_props claim_props(const struct memmap *map, uint32_t flags, const char *tag)
{
	uint8_t kept = 0;

	if (flags == LMB_NONE)
		kept |= MEM_FLAG_REUSABLE;
	if (flags & LMB_NOMAP)
		kept |= MEM_FLAG_NOMAP;
	if (flags & LMB_NOOVERWRITE)
		kept |= MEM_FLAG_NOOVERWRITE;
	if (flags & LMB_NONOTIFY)
		kept |= MEM_FLAG_NONOTIFY;
	return mem_props_make(flags & LMB_NOMAP ? MEM_RESERVED : MEM_LOADER_DATA, MEM_OWNER_LMB,
			      memmap_claim_life(map), flags & LMB_NOMAP ? 0 : MEM_RW, kept, tag);
}

int lmb_init(void)
{
	struct memmap *map;

	if (memmap_system() != NULL)
		return 0;
	map = map_new();
	if (map == NULL)
		return -ENOMEM;
	memmap_system_set(map);
	return 0;
}

long lmb_add(phys_addr_t base, phys_size_t size)
{
	return add(&current, base, size);
}

int lmb_alloc_tagged(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		     uint32_t flags, const char *tag)
{
	struct memmap *map = lmb_map(&current);

	if (map == NULL || addr == NULL || size == 0 || (align & (align - 1)) != 0 ||
	    (flags & ~(LMB_NOMAP | LMB_NOOVERWRITE | LMB_NONOTIFY)) != 0)
		return -EINVAL;

	struct mem_request request = {.size = size, .align = align};

	request.props = claim_props(map, flags, tag);
	switch (type) {
	case LMB_MEM_ALLOC_ADDR:
		if (align != 0 && (*addr & (align - 1)) != 0)
			return -EINVAL;
		return done(&current, memmap_claim_at(map, *addr, size, &request.props));
	case LMB_MEM_ALLOC_MAX:
		if (*addr <= 1)
			return -ENOMEM; /* no block but at address 0, which is never given */
		request.max = *addr - 1;
		break;
	case LMB_MEM_ALLOC_ANY:
		break;
	default:
		return -EINVAL;
	}
	return done(&current, memmap_claim(map, &request, addr));
}

int lmb_alloc_mem(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		  uint32_t flags)
{
	return lmb_alloc_tagged(type, align, addr, size, flags, "lmb");
}

long lmb_free(phys_addr_t base, phys_size_t size, uint32_t flags)
{
	(void)flags;
	return release(&current, base, size);
}

int lmb_is_reserved_flags(phys_addr_t addr, int flags)
{
	struct mem_region region;

	if (lmb_map(&current) == NULL)
		return 0;
	memmap_find(lmb_map(&current), addr, &region);
	if (region.props.owner == MEM_OWNER_HOLE || region.props.owner == MEM_OWNER_FREE)
		return 0;
	return (lmb_flags(&region.props) & (uint32_t)flags) == (uint32_t)flags;
}

int lmb_load_begin(phys_addr_t base, phys_size_t size, const char *tag)
{
	if (lmb_map(&current) == NULL)
		return -EINVAL;
	return done(&current, memmap_load_begin(lmb_map(&current), base, size, MEM_OWNER_LMB, tag));
}

int lmb_load_end(phys_addr_t base, phys_size_t size)
{
	if (lmb_map(&current) == NULL)
		return -EINVAL;
	return done(&current, memmap_load_end(lmb_map(&current), base, size, MEM_OWNER_LMB));
}

struct lmb *lmb_get(void)
{
	lmb_view(&current);
	return &current;
}

int lmb_push(struct lmb *store)
{
	struct memmap *map = map_new();

	if (map == NULL)
		return -ENOMEM;
	*store = current;
	current = (struct lmb){.test = true, .map = map};
	lmb_view(&current);
	return 0;
}

void lmb_pop(struct lmb *store)
{
	lists_free(&current);
	map_delete(current.map);
	current = *store;
}

int io_lmb_setup(struct lmb *io_lmb)
{
	struct memmap *map = map_new();

	if (map == NULL)
		return -ENOMEM;
	*io_lmb = (struct lmb){.map = map};
	return 0;
}

void io_lmb_teardown(struct lmb *io_lmb)
{
	lists_free(io_lmb);
	map_delete(io_lmb->map);
	*io_lmb = (struct lmb){.map = NULL};
}

long io_lmb_add(struct lmb *io_lmb, phys_addr_t base, phys_size_t size)
{
	return io_lmb->map != NULL ? add(io_lmb, base, size) : -EINVAL;
}

phys_addr_t io_lmb_alloc(struct lmb *io_lmb, phys_size_t size, unsigned long align)
{
	uint64_t base = 0;

	if (io_lmb->map == NULL)
		return 0;

	const struct mem_request request = {
		.size = size,
		.align = align,
		.props = claim_props(io_lmb->map, LMB_NOOVERWRITE, "iova"),
	};

	return done(io_lmb, memmap_claim(io_lmb->map, &request, &base)) == 0 ? base : 0;
}

long io_lmb_free(struct lmb *io_lmb, phys_addr_t base, phys_size_t size)
{
	return io_lmb->map != NULL ? release(io_lmb, base, size) : -EINVAL;
}
