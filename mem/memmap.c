/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: what may be done to it. See memmap.h for what it is, memmap_edit.h for how every change is made, and
 * memmap_tree.h for how it is stored. Runs from flash before relocation: no static data but the system map's
 * address, which is set later.
 */
#include <errno.h>

#include "mem/memmap_edit.h"

/* ---- the map itself ---- */

void memmap_init(struct memmap *map, const struct memmap_ops *ops, void *context)
{
	memmap_attach(map, ops, context);
	map->key = 1;
	map->stage = 0;
	map->attempt = 0;
	map->limit = UINT64_MAX;
	map->resizing = 0;
	tree_init(map);
}

void memmap_copy(struct memmap *to, const struct memmap *from)
{
	memcpy(to, from, offsetof(struct memmap, pool));
	for (uint32_t i = 0; i < MEMMAP_POOL_NODES; i++) {
		const struct tree_node *node = tree_node(from, i);

		if (from->pool_used & 1u << i)
			memmove(tree_node(to, i), node, tree_node_size(node));
	}
}

void memmap_attach(struct memmap *map, const struct memmap_ops *ops, void *context)
{
	map->ops = ops;
	map->context = context;
}

void memmap_stage(struct memmap *map, uint8_t stage)
{
	map->stage = stage;
}

void memmap_limit(struct memmap *map, uint64_t max)
{
	map->limit = max != 0 ? max : UINT64_MAX;
}

static struct memmap *system_map;

struct memmap *memmap_system(void)
{
	return system_map;
}

void memmap_system_set(struct memmap *map)
{
	system_map = map;
}

/* ---- changes ---- */

static int edit_range(struct memmap *map, uint64_t base, uint64_t size, enum edit_kind kind,
		      enum mem_owner owner, const struct mem_props *props)
{
	struct edit e;

	if (size == 0 || base + (size - 1) < base)
		return -EINVAL;
	e.kind = kind;
	e.owner = owner;
	e.request = NULL;
	e.base = base;
	e.end = base + size;
	e.props = props;
	return memmap_edit(map, &e);
}

int memmap_add(struct memmap *map, uint64_t base, uint64_t size, const struct mem_props *props)
{
	return edit_range(map, base, size, EDIT_ADD, MEM_OWNER_HOLE, props);
}

int memmap_remove(struct memmap *map, uint64_t base, uint64_t size)
{
	const struct mem_props hole = {.owner = MEM_OWNER_HOLE};

	return edit_range(map, base, size, EDIT_REMOVE, MEM_OWNER_HOLE, &hole);
}

int memmap_claim_at(struct memmap *map, uint64_t base, uint64_t size, const struct mem_props *props)
{
	if (base == 0 || !mem_props_owned(props))
		return -EINVAL;
	return edit_range(map, base, size, EDIT_CLAIM, props->owner, props);
}

int memmap_claim(struct memmap *map, const struct mem_request *request, uint64_t *base)
{
	if (request->size == 0 || (request->align & (request->align - 1)) != 0 ||
	    !mem_props_owned(&request->props))
		return -EINVAL;
	struct edit e;
	int error;

	e.kind = EDIT_CLAIM;
	e.owner = request->props.owner;
	e.request = request;
	e.props = &request->props;
	error = memmap_edit(map, &e);
	if (error == 0)
		*base = e.base;
	return error;
}

static const struct mem_props ram = {.type = MEM_CONVENTIONAL, .owner = MEM_OWNER_FREE};

int memmap_release(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner)
{
	return edit_range(map, base, size, EDIT_RELEASE, owner, &ram);
}

int memmap_retype(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		  const struct mem_props *props)
{
	if (!mem_props_owned(props))
		return -EINVAL;
	return edit_range(map, base, size, EDIT_RETYPE, owner, props);
}

int memmap_change_attrs(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
			struct mem_attrs_change change)
{
	const struct mem_props props = {.attrs = change.on, .flags = change.off};

	return edit_range(map, base, size, EDIT_PROTECT, owner, &props);
}

int memmap_protect(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		   uint8_t attrs)
{
	const struct mem_props props = {.attrs = attrs, .flags = UINT8_MAX};

	return edit_range(map, base, size, EDIT_PROTECT, owner, &props);
}

int memmap_load_begin(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		      const char *tag)
{
	const struct mem_props props = mem_props_make(
		MEM_LOADER_DATA, owner, memmap_claim_life(map), MEM_RW, MEM_FLAG_LOADING, tag);

	if (base == 0 || !mem_props_owned(&props))
		return -EINVAL;
	return edit_range(map, base, size, EDIT_LOAD, owner, &props);
}

int memmap_load_end(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner)
{
	return edit_range(map, base, size, EDIT_UNLOAD, owner, &ram);
}

/* ---- lives ---- */

/* Edits every region of this life, and with life ATTEMPT what the attempt has borrowed. Returns the bytes. */
static uint64_t edit_life(struct memmap *map, enum mem_life life, enum edit_kind kind)
{
	struct mem_region region;
	uint64_t bytes = 0;

	memmap_first(map, &region);
	do {
		uint64_t size = region.end - region.base;
		bool borrowed =
			life == MEM_LIFE_ATTEMPT && (region.props.flags & MEM_FLAG_BORROWED);

		if (region.props.flags & MEM_FLAG_NODE || (region.props.life != life && !borrowed))
			continue;
		if (edit_range(map, region.base, size, kind, MEM_OWNER_HOLE, &ram) == 0 &&
		    !borrowed)
			bytes += size;
	} while (memmap_next(map, &region));
	return bytes;
}

uint64_t memmap_expire(struct memmap *map, enum mem_life life)
{
	if (life != MEM_LIFE_ATTEMPT && life != MEM_LIFE_SESSION)
		return 0;
	return edit_life(map, life, EDIT_EXPIRE);
}

void memmap_attempt_begin(struct memmap *map)
{
	if (map->attempt)
		memmap_attempt_fail(map);
	map->attempt = 1;
}

uint64_t memmap_attempt_fail(struct memmap *map)
{
	map->attempt = 0;
	return edit_life(map, MEM_LIFE_ATTEMPT, EDIT_EXPIRE);
}

void memmap_attempt_keep(struct memmap *map)
{
	map->attempt = 0;
	edit_life(map, MEM_LIFE_ATTEMPT, EDIT_KEEP);
}
