/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map's own storage: how it gets nodes and gives them back. A map that is given none from outside claims
 * them from its own free RAM. Runs from flash before relocation: no static data.
 */
#include <errno.h>

#include "mem/memmap_edit.h"

/* The storage of a map that gets no nodes from outside must lie in its own RAM. */
static bool is_own_source(const struct memmap *map)
{
	return map->ops == NULL || (map->ops->grow == NULL && map->ops->shrink == NULL);
}

static bool grow(struct memmap *map)
{
	struct mem_request request = {.size = MEMMAP_NODE_SIZE, .align = MEMMAP_NODE_SIZE};
	uint64_t node = 0;

	if (is_own_source(map)) {
		request.props = mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION,
					       MEM_RW, MEM_FLAG_NODE, "memory map");
		if (memmap_claim(map, &request, &node) != 0)
			return false;
	} else if (map->ops->grow != NULL) {
		node = map->ops->grow(map->context);
	}
	if (node == 0)
		return false;
	tree_node_give(map, node);
	return true;
}

static bool shrink(struct memmap *map)
{
	uint64_t node = tree_node_drop(map);

	if (node == 0)
		return false;
	if (!is_own_source(map)) {
		if (map->ops->shrink != NULL)
			map->ops->shrink(map->context, node);
		return true;
	}
	if (memmap_release(map, node, MEMMAP_NODE_SIZE, MEM_OWNER_FIRMWARE) == 0)
		return true;
	tree_node_give(map, node);
	return false;
}

/* In a map that feeds on its own RAM, a claim must leave enough for a release, because only a release may bring RAM
 * for more. */
bool memmap_nodes_procure(struct memmap *map, const struct edit *e, const struct mem_spot *spot)
{
	uint64_t need = tree_split_nodes(map);
	uint32_t before = map->spares;

	if (e->base == spot->entry->base && e->end == spot->end)
		return true; /* nothing needs to be split */
	if (is_own_source(map))
		return map->spares >= (e->kind == EDIT_CLAIM && !map->resizing ? 2 * need : need);
	while (map->spares < need) {
		if (grow(map))
			continue;
		while (map->spares > before)
			shrink(map);
		return false;
	}
	return true;
}

/*
 * Keeps as many spare nodes as the next change, a claim of nodes, and a claim of page tables on behalf of that may
 * take; and gives back what is far beyond it. A map that fits one leaf needs none and keeps none.
 */
void memmap_nodes_balance(struct memmap *map)
{
	uint64_t low = 3 * tree_split_nodes(map);
	uint64_t high = low + 4;

	if (map->height == 1 && map->count <= TREE_LEAF_LOW) {
		low = 0;
		if (map->root >= MEMMAP_POOL_NODES)
			tree_come_home(map);
		/* The spare nodes themselves may count as two regions each. */
		if (map->count <= TREE_NODE_MAX / 2 + 2 * (uint64_t)map->spares)
			high = 0;
	}
	if (map->resizing || (map->spares >= low && (map->spare == 0 || map->spares <= high)))
		return;
	map->resizing = 1;
	while (map->spares < low && grow(map))
		low = 3 * tree_split_nodes(map);
	while (map->spare != 0 && map->spares > high && shrink(map))
		;
	map->resizing = 0;
}

void memmap_destroy(struct memmap *map)
{
	if (is_own_source(map))
		return;
	tree_clear(map);
	while (shrink(map))
		;
}
