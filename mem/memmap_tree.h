/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The storage of the memory map: a B+ tree. Private to mem/.
 *
 * A leaf is a sorted array of regions, each known by its base alone: it ends where the next begins. So regions
 * cannot overlap, whatever goes wrong. Inner nodes say for each child where it begins and the size of the largest
 * free region below it, which finds room without a walk. The usual map is one leaf, and none of that costs
 * anything then.
 *
 *   leaf:  | base 0, hole | base 0x4000_0000, free | base 0x4800_0000, kernel | base 0x4a00_0000, free | …
 *
 * memmap_tree.c finds; memmap_edit.c changes a leaf, memmap_tree_above.c what lies above and beside it, and
 * memmap_tree_shape.c keeps the nodes neither too full nor too empty.
 */
#ifndef MEM_MEMMAP_TREE_H
#define MEM_MEMMAP_TREE_H

#include <string.h>

#include "mem/memmap.h"

struct tree_entry {
	uint64_t base; /* of the region; of the first region below */
	union {
		struct mem_props props; /* in a leaf */
		struct { /* in an inner node */
			uint64_t room; /* bytes of the largest free region below */
			uint64_t child;
		};
	};
};
_Static_assert(sizeof(struct tree_entry) == 32, "no padding");

#define TREE_HEADER 32
#define TREE_NODE_MAX ((MEMMAP_NODE_SIZE - TREE_HEADER) / sizeof(struct tree_entry))
/* Up to here a map in one leaf does without spare nodes: enough room to claim the first ones. */
#define TREE_LEAF_LOW (TREE_NODE_MAX - TREE_NODE_MAX / 8 - 2)
#define TREE_HEIGHT_MAX 24

struct tree_node {
	uint64_t count;
	uint64_t next; /* in the list of spare nodes */
	uint64_t unused[2];
	struct tree_entry entry[TREE_NODE_MAX];
};
_Static_assert(sizeof(struct tree_node) <= MEMMAP_NODE_SIZE, "a node is what grow gives");
_Static_assert(MEMMAP_POOL_NODES < 32, "pool_used has 32 bits");

/* The inner nodes on the way to a leaf, level 1 being the lowest of them, and the entry that was taken in each. */
struct tree_path {
	struct tree_node *node[TREE_HEIGHT_MAX];
	struct tree_entry *entry[TREE_HEIGHT_MAX];
};

static inline struct tree_node *tree_node(const struct memmap *map, uint64_t ref)
{
	return (struct tree_node *)(ref < MEMMAP_POOL_NODES ? (uintptr_t)map->pool[ref] : ref);
}

/* One past the node's last entry. */
static inline struct tree_entry *tree_top(struct tree_node *node)
{
	return &node->entry[node->count];
}

/* The last entry whose base is not above addr. By strides: few steps, and none has to wait for the one before. */
static inline struct tree_entry *tree_search(struct tree_node *node, uint64_t addr)
{
	struct tree_entry *entry = node->entry;
	struct tree_entry *last = tree_top(node) - 1;

	while (last - entry >= 8 && entry[8].base <= addr)
		entry += 8;
	while (entry < last && entry[1].base <= addr)
		entry++;
	return entry;
}

/* Bytes of a node that are in use. */
static inline size_t tree_node_size(const struct tree_node *node)
{
	return TREE_HEADER + node->count * sizeof(struct tree_entry);
}

/* Where a block may lie, without the special cases of a request; min and max are inclusive. */
struct tree_place {
	uint64_t less; /* size - 1 */
	uint64_t mask; /* of the address bits that may be set */
	uint64_t min;
	uint64_t max;
};

static inline struct tree_place tree_place_of(const struct memmap *map,
					      const struct mem_request *request)
{
	return (struct tree_place){
		.less = request->size - 1,
		.mask = request->align != 0 ? 0 - request->align : UINT64_MAX,
		.min = request->min != 0 ? request->min : 1, /* address 0 is never given */
		.max = request->max - 1 < map->limit - 1 ? request->max : map->limit,
	};
}

/* The highest free block that serves in the spot's leaf, which ends at spot->end, and its region. Else false, and spot->end is
 * where the leaf begins. */
static inline bool tree_place_in_leaf(const struct tree_place *place, struct mem_spot *spot,
				      uint64_t *base)
{
	struct tree_entry *entry = tree_top(spot->leaf);

	if (entry[-1].base > place->max) { /* what begins above is out of the question */
		entry = tree_search(spot->leaf, place->max) + 1;
		spot->end = entry->base;
	}
	for (; entry-- > spot->leaf->entry; spot->end = entry->base) {
		uint64_t low;
		uint64_t high;

		if (entry->props.owner != MEM_OWNER_FREE)
			continue;
		low = entry->base > place->min ? entry->base : place->min;
		high = spot->end - 1 < place->max ? spot->end - 1 : place->max;
		if (high < low || high - low < place->less)
			continue;
		*base = (high - place->less) & place->mask;
		if (*base < low)
			continue;
		spot->entry = entry;
		return true;
	}
	return false;
}

/* ---- memmap_tree.c: all, finding, nodes ---- */

/* An empty tree: one hole from 0 to 2^64. */
void tree_init(struct memmap *map);

/* Makes every node a spare one: the tree is no more. */
void tree_clear(struct memmap *map);

/* Finds the region that contains addr. The path, for those who change more than a leaf, may be NULL. */
void tree_seek(const struct memmap *map, uint64_t addr, struct mem_spot *spot,
	       struct tree_path *path);
/* Moves to the region after the spot's, which must not be the last. */
void tree_step(const struct memmap *map, struct mem_spot *spot);
/* The same, without a call unless the leaf ends here. */
static inline void tree_step_in_leaf(const struct memmap *map, struct mem_spot *spot)
{
	struct tree_entry *next = spot->entry + 1;

	if (next + 1 >= tree_top(spot->leaf)) {
		tree_step(map, spot);
		return;
	}
	spot->entry = next;
	spot->end = next[1].base;
}

/* The highest free block that serves, and its region; false when there is none. */
bool tree_place(const struct memmap *map, const struct mem_request *request, struct mem_spot *spot,
		uint64_t *base);

/* Takes a spare node, which there must be; makes a node a spare one. */
uint64_t tree_node_take(struct memmap *map);
void tree_node_give(struct memmap *map, uint64_t ref);
/* A spare node that was grown leaves the map; 0 if all spare nodes are of the pool. */
uint64_t tree_node_drop(struct memmap *map);
/* If the tree is one grown leaf and the pool has room: moves it there, so that the grown node becomes spare. */
void tree_come_home(struct memmap *map);

/* ---- memmap_tree_above.c ---- */

/* The region that begins at `base` has been changed in one leaf of several: tells the nodes above, joins it with alike
 * neighbours in other leaves (the one above: if `both`), and tidies up if the leaf has become `sparser`. */
void tree_changed(struct memmap *map, uint64_t base, bool both, bool sparser);
/* Bytes of the largest free region below a node of this level that ends at `end`. */
uint64_t tree_room(const struct tree_node *node, uint64_t level, uint64_t end);
/* Tells the path's nodes from this level up what the node below it begins at and has room for now. */
void tree_tell(struct memmap *map, const struct tree_path *path, uint64_t level, uint64_t base,
	       uint64_t room);

/* ---- memmap_tree_shape.c ---- */

/* Most nodes that making room for both ends of a range can take. */
static inline uint64_t tree_split_nodes(const struct memmap *map)
{
	return 2 * (uint64_t)map->height;
}

/* Splits what is full on the way to addr, so that the leaf there has room for two more regions. */
void tree_make_room(struct memmap *map, uint64_t addr);
/* Takes an entry out of its node. */
void tree_erase(struct tree_node *node, struct tree_entry *entry);
/* Takes the empty leaf out of the tree, and the nodes above that become empty by it. */
void tree_unlink(struct memmap *map, const struct tree_path *path);
/* Merges sparse nodes on the way to addr, and lowers the root. */
void tree_tidy(struct memmap *map, uint64_t addr);

#endif
