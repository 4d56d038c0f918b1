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
		lmb->view(lmb);
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

_Static_assert(LMB_NOMAP >> 1 == MEM_FLAG_NOMAP && LMB_NOOVERWRITE >> 1 == MEM_FLAG_NOOVERWRITE &&
		       LMB_NONOTIFY >> 1 == MEM_FLAG_NONOTIFY,
	       "flags are translated by a shift");

/* Makes the tag in `named` the name of a claim with these flags. */
static inline void claim_props(struct mem_props *props, const struct memmap *map, uint32_t flags,
			       const struct mem_props *named)
{
	uint8_t kept = flags == LMB_NONE ? MEM_FLAG_REUSABLE : (uint8_t)(flags >> 1);
	uint32_t type = MEM_LOADER_DATA;
	uint8_t attrs = MEM_RW;
	const mem_word *word = (const mem_word *)named;

	if (flags & LMB_NOMAP) {
		type = MEM_RESERVED;
		attrs = 0;
	}
	mem_props_set(props,
		      mem_props_head(type, MEM_OWNER_LMB, memmap_claim_life(map), attrs, kept),
		      word[1], word[2]);
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

static int allocate(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		    uint32_t flags, const struct mem_props *named)
{
	struct memmap *map = lmb_map(&current);
	struct mem_request request;

	if (map == NULL || addr == NULL || size == 0 || (align & (align - 1)) != 0 ||
	    (flags & ~(LMB_NOMAP | LMB_NOOVERWRITE | LMB_NONOTIFY)) != 0)
		return -EINVAL;

	claim_props(&request.props, map, flags, named);
	request.size = size;
	request.align = align;
	request.min = 0;
	request.max = 0;
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

int lmb_alloc_tagged(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		     uint32_t flags, const char *tag)
{
	struct mem_props named;

	mem_props_tag(&named, tag);
	return allocate(type, align, addr, size, flags, &named);
}

int lmb_alloc_mem(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		  uint32_t flags)
{
	static const struct mem_props named = {.tag = "lmb"};

	return allocate(type, align, addr, size, flags, &named);
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
	current.view = lmb_view;
	lmb_view(&current);
	return &current;
}

int lmb_push(struct lmb *store)
{
	struct memmap *map = map_new();

	if (map == NULL)
		return -ENOMEM;
	*store = current;
	current = (struct lmb){.test = true, .map = map, .view = lmb_view};
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

	static const struct mem_props named = {.tag = "iova"};
	struct mem_request request = {.size = size, .align = align};

	claim_props(&request.props, io_lmb->map, LMB_NOOVERWRITE, &named);
	return done(io_lmb, memmap_claim(io_lmb->map, &request, &base)) == 0 ? base : 0;
}

long io_lmb_free(struct lmb *io_lmb, phys_addr_t base, phys_size_t size)
{
	return io_lmb->map != NULL ? release(io_lmb, base, size) : -EINVAL;
}
