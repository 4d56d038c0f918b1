/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The storage of the memory map: its nodes, and how a region or a free block is found; see memmap_tree.h. Runs from
 * flash before relocation: no static data.
 */
#include "lib/assert.h"
#include "lib/bytes.h"
#include "mem/memmap_tree.h"

#define POOL_ALL ((UINT32_C(1) << MEMMAP_POOL_NODES) - 1)

/* ---- nodes ---- */

void tree_init(struct memmap *map)
{
	const struct mem_props hole = {.owner = MEM_OWNER_HOLE};
	struct tree_node *root = tree_node(map, 0);

	root->count = 1;
	root->entry[0].base = 0;
	mem_props_copy(&root->entry[0].props, &hole);
	map->root = 0;
	map->height = 1;
	map->count = 1;
	map->last = 0;
	map->spare = 0;
	map->spares = MEMMAP_POOL_NODES - 1;
	map->pool_used = 1;
}

uint64_t tree_node_take(struct memmap *map)
{
	uint32_t unused = POOL_ALL & ~map->pool_used;

	assert(map->spares > 0);
	if (unused == 0)
		return tree_node_drop(map);
	map->spares--;
	map->pool_used |= unused & -unused;
	return (uint64_t)__builtin_ctz(unused);
}

void tree_node_give(struct memmap *map, uint64_t ref)
{
	map->spares++;
	if (ref < MEMMAP_POOL_NODES) {
		map->pool_used &= ~(1u << ref);
		return;
	}
	tree_node(map, ref)->next = map->spare;
	map->spare = ref;
}

uint64_t tree_node_drop(struct memmap *map)
{
	uint64_t ref = map->spare;

	if (ref != 0) {
		map->spare = tree_node(map, ref)->next;
		map->spares--;
	}
	return ref;
}

void tree_come_home(struct memmap *map)
{
	uint64_t old = map->root;
	const struct tree_node *from = tree_node(map, old);

	if (map->height > 1 || old < MEMMAP_POOL_NODES || map->pool_used == POOL_ALL)
		return;
	map->root = tree_node_take(map);
	memmove(tree_node(map, map->root), from, tree_node_size(from));
	tree_node_give(map, old);
}

static void clear_below(struct memmap *map, uint64_t ref, uint64_t level)
{
	const struct tree_node *node = tree_node(map, ref);

	for (uint64_t i = 0; level > 0 && i < node->count; i++)
		clear_below(map, node->entry[i].child, level - 1);
	tree_node_give(map, ref);
}

void tree_clear(struct memmap *map)
{
	clear_below(map, map->root, map->height - 1);
}

/* ---- finding a region ---- */

void tree_seek(const struct memmap *map, uint64_t addr, struct mem_spot *spot,
	       struct tree_path *path)
{
	struct tree_node *node = tree_node(map, map->root);
	uint64_t end = 0;

	for (uint32_t level = map->height - 1;; level--) {
		struct tree_entry *entry = tree_search(node, addr);
		uint64_t next = entry + 1 < tree_top(node) ? entry[1].base : end;

		if (level == 0) {
			*spot = (struct mem_spot){node, entry, next, end};
			return;
		}
		if (path != NULL) {
			path->node[level] = node;
			path->entry[level] = entry;
		}
		end = next;
		node = tree_node(map, entry->child);
		/* The search in it would wait for one cache line after the other. */
		for (uint64_t at = 0; at < MEMMAP_NODE_SIZE; at += 128)
			__builtin_prefetch((const char *)node + at);
	}
}

void tree_step(const struct memmap *map, struct mem_spot *spot)
{
	struct tree_entry *next = spot->entry + 1;
	const struct tree_entry *top = tree_top(spot->leaf);

	if (next == top) {
		tree_seek(map, spot->end, spot, NULL);
		return;
	}
	spot->entry = next;
	spot->end = next + 1 < top ? next[1].base : spot->leaf_end;
}

/* ---- finding room ---- */

/* The highest entry of an inner node that begins at `last` or below and has room; NULL if none has. *end is where
 * the entry ends, or where the node begins. */
static struct tree_entry *place_branch(struct tree_node *node, uint64_t last, uint64_t size,
				       uint64_t *end)
{
	for (struct tree_entry *entry = tree_top(node); entry-- > node->entry; *end = entry->base)
		if (entry->base <= last && entry->room >= size)
			return entry;
	return NULL;
}

bool tree_place(const struct memmap *map, const struct mem_request *request, struct mem_spot *spot,
		uint64_t *base)
{
	const struct tree_place place = tree_place_of(map, request);
	uint64_t last = place.max;

	/* Leaf by leaf that has room, from the top. A leaf's room may lie wrong, then it is the next one's turn. */
	do {
		struct tree_node *node = tree_node(map, map->root);
		const struct tree_entry *entry = NULL;
		uint32_t level = map->height - 1;

		spot->end = 0;
		for (; level > 0; level--) {
			entry = place_branch(node, last, request->size, &spot->end);
			if (entry == NULL)
				break;
			node = tree_node(map, entry->child);
		}
		spot->leaf = node;
		spot->leaf_end = spot->end;
		if (level == 0 && tree_place_in_leaf(&place, spot, base))
			return true;
		last = spot->end - 1;
	} while (spot->end > place.min);
	return false;
}
