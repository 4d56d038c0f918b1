/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The storage of the memory map: a B+ tree. Private to memmap.c and memmap_tree.c.
 *
 * A leaf is a sorted array of regions, each known by its base alone: it ends where the next begins. So regions
 * cannot overlap, whatever goes wrong. Inner nodes say for each child where it begins and the size of the largest
 * free region below it, which finds room without a walk. The usual map is one leaf, and none of that costs
 * anything then.
 *
 *   leaf:  | base 0, hole | base 0x4000_0000, free | base 0x4800_0000, kernel | base 0x4a00_0000, free | …
 */
#ifndef MEM_MEMMAP_TREE_H
#define MEM_MEMMAP_TREE_H

#include <stdbool.h>
#include <string.h>

#include "mem/memmap.h"

struct tree_entry {
	uint64_t base;
	struct mem_props props;
};

struct tree_branch {
	uint64_t base; /* of the first region below */
	uint64_t room; /* bytes of the largest free region below */
	uint64_t child;
};

#define TREE_HEADER 32
#define TREE_LEAF_MAX ((MEMMAP_NODE_SIZE - TREE_HEADER) / sizeof(struct tree_entry))
/* Up to here a map in one leaf does without spare nodes: enough room to claim the first ones. */
#define TREE_LEAF_LOW (TREE_LEAF_MAX - TREE_LEAF_MAX / 8 - 2)
#define TREE_INNER_MAX ((MEMMAP_NODE_SIZE - TREE_HEADER) / sizeof(struct tree_branch))
#define TREE_HEIGHT_MAX 24

struct tree_node {
	uint64_t count;
	uint64_t next; /* in the list of spare nodes */
	uint64_t unused[2];
	union {
		struct tree_entry entry[TREE_LEAF_MAX];
		struct tree_branch branch[TREE_INNER_MAX];
	};
};
_Static_assert(sizeof(struct tree_node) <= MEMMAP_NODE_SIZE, "a node is what grow gives");
_Static_assert(sizeof(struct tree_entry) == 32, "no padding");
_Static_assert(MEMMAP_POOL_NODES <= 32, "pool_used has 32 bits");

/* The way from the root to one region; level 0 is the leaf. */
struct tree_path {
	uint64_t end; /* of the region */
	uint64_t leaf_end; /* of its leaf */
	struct tree_node *node[TREE_HEIGHT_MAX];
	uint64_t index[TREE_HEIGHT_MAX];
};

static inline struct tree_node *tree_node(const struct memmap *map, uint64_t ref)
{
	return (struct tree_node *)(ref < MEMMAP_POOL_NODES ? (uintptr_t)map->pool[ref] : ref);
}

/* Words of an object of another type. */
typedef uint64_t __attribute__((may_alias)) tree_word;

static inline bool props_same(const struct mem_props *a, const struct mem_props *b)
{
	const tree_word *x = (const tree_word *)a;
	const tree_word *y = (const tree_word *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

/* An empty tree: one region of the given props from 0 to 2^64. */
void tree_init(struct memmap *map, const struct mem_props *props);

/* Makes every node a spare one: the tree is no more. */
void tree_clear(struct memmap *map);

/* Finds the region that contains addr. */
struct tree_entry *tree_seek(const struct memmap *map, uint64_t addr, struct tree_path *path);
/* Moves to the region after the path's, which must not be the last. */
struct tree_entry *tree_step(const struct memmap *map, struct tree_path *path);

/*
 * Gives [base, end), which lies in the path's one region, other props, and merges with neighbours that are
 * alike. False, and nothing has changed, when that takes more than this leaf. The path is stale afterwards.
 */
bool tree_replace(struct memmap *map, const struct tree_path *path, uint64_t base, uint64_t end,
		  const struct mem_props *props);

/* Most nodes that two calls of tree_split can take. */
static inline uint64_t tree_split_nodes(const struct memmap *map)
{
	return 2 * (uint64_t)map->height;
}

/* Makes a region begin at `at`; the nodes must be there. The two halves are alike until one is changed. */
void tree_split(struct memmap *map, uint64_t at);
/* Gives the path's whole region other props, merging nothing. */
void tree_set(struct memmap *map, struct tree_path *path, const struct mem_props *props);
/* Merges the region that begins at `at`, not 0, with the one before it if they are alike. */
void tree_join(struct memmap *map, uint64_t at);

/* A grown node becomes a spare one; and the other way, 0 if all spare nodes are of the pool. */
void tree_give(struct memmap *map, uint64_t node);
uint64_t tree_take(struct memmap *map);
/* If the tree is one grown leaf and the pool has room: moves it there, so that the grown node becomes spare. */
void tree_come_home(struct memmap *map);

/* Where a block may lie; min and max are inclusive. */
struct tree_place {
	uint64_t size;
	uint64_t align;
	uint64_t min;
	uint64_t max;
};

/* The highest free block that serves, and the path to its region; false when there is none. */
bool tree_place(const struct memmap *map, const struct tree_place *place, struct tree_path *path,
		uint64_t *base);

/* memmap_check for the tree. */
int tree_check(const struct memmap *map);

#endif
