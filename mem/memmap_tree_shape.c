/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shape of the memory map's storage; see memmap_tree.h. Nodes that get full are split before something is put in, so
 * that a change touches one leaf; nodes that get sparse are merged with a neighbour. Both are rare.
 * Runs from flash before relocation: no static data.
 */
#include "lib/assert.h"
#include "mem/memmap_tree.h"

static bool is_full(const struct tree_node *node)
{
	return node->count + 2 > TREE_NODE_MAX;
}

void tree_erase(struct tree_node *node, struct tree_entry *entry)
{
	node->count--;
	memmove(entry, entry + 1, (size_t)((char *)tree_top(node) - (char *)entry));
}

static void root_raise(struct memmap *map)
{
	uint64_t ref = tree_node_take(map);
	struct tree_node *root = tree_node(map, ref);

	assert(map->height < TREE_HEIGHT_MAX);
	root->count = 1;
	root->entry[0].base = 0;
	root->entry[0].room = tree_room(tree_node(map, map->root), map->height - 1, 0);
	root->entry[0].child = map->root;
	map->root = ref;
	map->height++;
}

/* Splits the child of an entry of this level, which ends at `end`, on the way to addr. */
static void split(struct memmap *map, struct tree_node *node, struct tree_entry *entry,
		  uint64_t level, uint64_t end, uint64_t addr)
{
	struct tree_node *left = tree_node(map, entry->child);
	uint64_t ref = tree_node_take(map);
	struct tree_node *right = tree_node(map, ref);
	/* Who appends goes on appending: leave full nodes behind. */
	bool appends = tree_search(left, addr) + 1 == tree_top(left);

	right->count = appends ? 1 : left->count / 2;
	left->count -= right->count;
	memmove(right->entry, tree_top(left), right->count * sizeof(*entry));

	memmove(entry + 1, entry, (size_t)((char *)tree_top(node) - (char *)entry));
	node->count++;
	entry[1].base = right->entry[0].base;
	entry[1].child = ref;
	entry[1].room = tree_room(right, level - 1, end);
	entry[0].room = tree_room(left, level - 1, entry[1].base);
}

void tree_make_room(struct memmap *map, uint64_t addr)
{
	struct tree_node *node = tree_node(map, map->root);
	uint64_t end = 0;

	if (is_full(node)) {
		root_raise(map);
		node = tree_node(map, map->root);
	}
	for (uint64_t level = map->height - 1; level > 0; level--) {
		struct tree_entry *entry = tree_search(node, addr);

		if (entry + 1 < tree_top(node))
			end = entry[1].base;
		if (is_full(tree_node(map, entry->child))) {
			split(map, node, entry, level, end, addr);
			if (entry[1].base <= addr)
				entry++;
			else
				end = entry[1].base;
		}
		node = tree_node(map, entry->child);
	}
}

void tree_unlink(struct memmap *map, const struct tree_path *path)
{
	struct tree_node *node;
	uint64_t level = 0;

	do {
		struct tree_entry *entry = path->entry[++level];

		node = path->node[level];
		tree_node_give(map, entry->child);
		tree_erase(node, entry);
	} while (node->count == 0);
	tree_tell(map, path, level + 1, node->entry[0].base, tree_room(node, level, 0));
}

/* Merges the child of an entry with a neighbour, if one node holds both. */
static bool merge(struct memmap *map, struct tree_node *node, struct tree_entry *entry)
{
	for (int i = 0; i < 2; i++, entry--) {
		struct tree_node *a = tree_node(map, entry->child);
		const struct tree_node *b;

		if (entry + 1 < tree_top(node)) {
			b = tree_node(map, entry[1].child);
			if (a->count + b->count <= TREE_NODE_MAX * 3 / 4) {
				memmove(tree_top(a), b->entry, b->count * sizeof(*entry));
				a->count += b->count;
				/* No region has changed: what was the largest of either is the largest of both. */
				if (entry[1].room > entry->room)
					entry->room = entry[1].room;
				tree_node_give(map, entry[1].child);
				tree_erase(node, entry + 1);
				return true;
			}
		}
		if (entry == node->entry)
			break;
	}
	return false;
}

void tree_tidy(struct memmap *map, uint64_t addr)
{
	bool merged;

	do {
		struct tree_node *node = tree_node(map, map->root);

		merged = false;
		for (uint64_t level = map->height - 1; level > 0; level--) {
			struct tree_entry *entry = tree_search(node, addr);

			if (tree_node(map, entry->child)->count <= TREE_NODE_MAX / 2 &&
			    merge(map, node, entry)) {
				merged = true;
				entry = tree_search(node, addr);
			}
			node = tree_node(map, entry->child);
		}
		while (map->height > 1 && tree_node(map, map->root)->count == 1) {
			uint64_t old = map->root;

			map->root = tree_node(map, old)->entry[0].child;
			map->height--;
			tree_node_give(map, old);
		}
	} while (merged);
}
