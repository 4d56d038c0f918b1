/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a change in one leaf of several brings with it; see memmap_tree.h. The nodes above are told, and where the change
 * touches the leaf's edge, the region may be one with its neighbour in the next leaf. Runs from flash
 * before relocation: no static data.
 */
#include "mem/memmap_tree.h"

/* ---- room: the largest free region below a node ---- */

/* Bytes of [base, end); the whole address space, which no number holds, counts as one byte less. */
static uint64_t span(uint64_t base, uint64_t end)
{
	return end == base ? UINT64_MAX : end - base;
}

/*
 * Looks at index `near` first, goes down from there and then from the top, and ends as soon as it has found `bound`, which
 * the caller knows not to be exceeded: after most changes it touches a few entries that are in the
 * cache, and not a whole node.
 */
static uint64_t room_near(const struct tree_node *node, uint64_t level, uint64_t end, uint64_t near,
			  uint64_t bound)
{
	uint64_t room = 0;

	for (uint64_t n = node->count, i = near; n > 0 && room < bound; n--) {
		const struct tree_entry *entry = &node->entry[i];
		uint64_t size = 0;

		if (level > 0)
			size = entry->room;
		else if (entry->props.owner == MEM_OWNER_FREE)
			size = span(entry->base, i + 1 < node->count ? entry[1].base : end);
		room = size > room ? size : room;
		i = i > 0 ? i - 1 : node->count - 1;
	}
	return room;
}

uint64_t tree_room(const struct tree_node *node, uint64_t level, uint64_t end)
{
	return room_near(node, level, end, node->count - 1, UINT64_MAX);
}

void tree_tell(struct memmap *map, const struct tree_path *path, uint64_t level, uint64_t base,
	       uint64_t room)
{
	for (; level < map->height; level++) {
		const struct tree_node *node = path->node[level];
		struct tree_entry *entry = path->entry[level];

		if (entry->base == base && entry->room == room)
			return;
		entry->base = base;
		entry->room = room;
		if (level + 1 < map->height) {
			uint64_t before = path->entry[level + 1]->room;

			room = room_near(node, level, 0, (uint64_t)(entry - node->entry),
					 before > room ? before : room);
			base = node->entry[0].base;
		}
	}
}

static void tell_of_leaf(struct memmap *map, const struct mem_spot *spot,
			 const struct tree_path *path)
{
	tree_tell(map, path, 1, spot->leaf->entry[0].base,
		  tree_room(spot->leaf, 0, spot->leaf_end));
}

/* ---- beyond one leaf ---- */

/* Merges the region that begins at `at` with the one before it if they are alike. */
static void join(struct memmap *map, uint64_t at)
{
	struct tree_path path;
	struct mem_spot below;
	struct mem_spot spot;

	tree_seek(map, at - 1, &below, NULL);
	tree_seek(map, at, &spot, &path);
	if (!mem_props_same(&below.entry->props, &spot.entry->props))
		return;
	tree_erase(spot.leaf, spot.entry);
	map->count--;
	if (spot.leaf->count == 0)
		tree_unlink(map, &path);
	else
		tell_of_leaf(map, &spot, &path);
	/* The last region of the leaf below has become longer. */
	tree_seek(map, at - 1, &spot, &path);
	tell_of_leaf(map, &spot, &path);
	if (spot.leaf_end != 0)
		tree_tidy(map, spot.leaf_end);
	tree_tidy(map, at - 1);
}

/* The region that begins at `base` has been put into one leaf of several. */
void tree_changed(struct memmap *map, uint64_t base, bool both, bool sparser)
{
	struct tree_path path;
	struct mem_spot spot;
	uint64_t bound;
	uint64_t above;
	uint64_t size = 0;
	bool first;

	tree_seek(map, base, &spot, &path);
	first = spot.entry == spot.leaf->entry;
	above = spot.end == spot.leaf_end ? spot.end : 0;
	sparser &= spot.leaf->count <= TREE_NODE_MAX / 2;
	bound = path.entry[1]->room;
	if (spot.entry->props.owner == MEM_OWNER_FREE)
		size = span(base, spot.end);
	tree_tell(map, &path, 1, spot.leaf->entry[0].base,
		  room_near(spot.leaf, 0, spot.leaf_end, (uint64_t)(spot.entry - spot.leaf->entry),
			    size > bound ? size : bound));
	if (first && base != 0)
		join(map, base);
	if (above != 0 && both)
		join(map, above);
	if (sparser)
		tree_tidy(map, base);
}
