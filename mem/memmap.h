/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: who owns every byte of the physical address space, until when, and why.
 *
 * The map is a partition of [0, 2^64). Every byte lies in exactly one region; what nobody has
 * described yet lies in a region of owner MEM_OWNER_HOLE. Regions are sorted, disjoint, and no
 * two neighbours are alike (they would have been merged). LMB, EFI, the page tables, the e820
 * table and the devicetree given to an operating system read this map; none keeps a copy.
 *
 *   0                                                                              2^64
 *   |  hole  | flash | hole | uart | hole |     free      | kernel | free | heap |hole|
 *
 * Every call checks first and then edits: a call that fails has changed nothing. (One exception, when
 * page tables follow the map: `prepare` below may have claimed table pages before the call failed.)
 * Pure C: no assembly, no devices, no static data; runs from flash before relocation and on a
 * development machine alike.
 */
#ifndef MEM_MEMMAP_H
#define MEM_MEMMAP_H

#include "mem/mem_props.h"

/* One region, as the readings see it. `end` is one past, and 0 for the region that ends at 2^64. */
struct mem_region {
	uint64_t base;
	uint64_t end;
	struct mem_props props;
};

/* Where a claim may land. Blocks are placed top-down: the highest place that serves. */
struct mem_request {
	uint64_t size; /* bytes, not 0 */
	uint64_t align; /* a power of two; 0 means none */
	uint64_t min; /* lowest address of the block (0: anywhere; address 0 is never given) */
	uint64_t max; /* highest address of the block's last byte, inclusive; 0 means no limit */
	struct mem_props props;
};

/*
 * Shape of the storage, private to mem/, told here so that a map can be a plain object. 63 regions
 * fit one node: the usual map is one sorted array. The tests also build with tiny nodes, for deep trees.
 */
#ifndef MEMMAP_NODE_SIZE
#define MEMMAP_NODE_SIZE 2048
#endif
#ifndef MEMMAP_POOL_NODES
#define MEMMAP_POOL_NODES 4
#endif

/*
 * What a map is given from outside. Any pointer may be NULL.
 * `grow` returns the address of MEMMAP_NODE_SIZE bytes, aligned to 8, for the map's own nodes,
 * or 0; `shrink` takes one back. When both are NULL the map claims nodes from its own free RAM
 * (owner FIRMWARE, tag "memory map").
 * `prepare` is asked before [base, base + size) changes its attrs, which is what matters to page tables,
 * and may refuse with -ENOMEM (then nothing has changed). It may claim from this same map; such claims must
 * not need to be prepared in turn without end. `changed` is told after the change and must not fail.
 * size 0 in both means: to the end of the address space.
 */
struct memmap_ops {
	uint64_t (*grow)(void *context);
	void (*shrink)(void *context, uint64_t node);
	int (*prepare)(void *context, uint64_t base, uint64_t size);
	void (*changed)(void *context, uint64_t base, uint64_t size);
};

/* The map. A plain object: nodes in the pool are named by index, so it may be moved by memmap_copy. */
struct memmap {
	const struct memmap_ops *ops;
	void *context;
	uint64_t key; /* counts the changes; see memmap_key */
	uint32_t stage; /* stamps new claims: mem_props.since */
	uint32_t attempt; /* 1 while an attempt is open */
	uint64_t limit; /* see memmap_limit */
	/* Private to mem/. */
	uint64_t count; /* regions, holes included */
	uint64_t root; /* a node: below MEMMAP_POOL_NODES an index of the pool, else an address */
	uint64_t last; /* index of the region changed last, if the tree is one leaf: a guess */
	uint64_t spare; /* first of the grown nodes that are not in use, 0 if none */
	uint32_t height; /* levels of the tree; 1: the root is a leaf */
	uint32_t spares; /* nodes not in use, of the pool and grown */
	uint32_t pool_used; /* one bit for each node of the pool */
	uint32_t resizing; /* the map is growing or shrinking itself */
	uint8_t pool[MEMMAP_POOL_NODES][MEMMAP_NODE_SIZE] __attribute__((aligned(8)));
};

/* A region, and where it is stored; good until the map changes. Private to mem/. */
struct mem_spot {
	struct tree_node *leaf;
	struct tree_entry *entry;
	uint64_t end; /* of the region; 0 for 2^64 */
	uint64_t leaf_end; /* of its leaf */
};

/* Makes a map with one region: a hole from 0 to 2^64. ops may be NULL. */
void memmap_init(struct memmap *map, const struct memmap_ops *ops, void *context);

/* Gives all grown nodes back through ops->shrink; the map may not be used again. A map that claims nodes from itself
 * has nothing to give. */
void memmap_destroy(struct memmap *map);

/* Copies a map to a place of its own (boot/relocate.c). Grown nodes change hands: the source is dead. */
void memmap_copy(struct memmap *to, const struct memmap *from);

/* Gives other ops to a living map (page tables begin to follow it). */
void memmap_attach(struct memmap *map, const struct memmap_ops *ops, void *context);

/* The map key of EFI's GetMemoryMap: differs after every change, is equal while there is none. */
uint64_t memmap_key(const struct memmap *map);

/* Sets the stage (0..255) that later claims are stamped with. */
void memmap_stage(struct memmap *map, uint8_t stage);

/*
 * The highest address, inclusive, that a claim without a fixed address may use (0: no limit, as at first). It
 * serves machines of which the top of a bank is out of reach; memmap_claim_at is not bound by it.
 */
void memmap_limit(struct memmap *map, uint64_t max);

/*
 * Describes [base, base + size): free RAM, flash, devices, reservations of the machine. What was a
 * hole or free RAM becomes `props`; what is already described by anything else keeps its description when
 * `props` is free RAM, and else is refused.
 * 0; -EINVAL for size 0 or a range that wraps; -EEXIST when it would overwrite a region that is not hole
 * or free RAM (unless it is equal in all but tag); -ENOMEM without a node. Unchanged on failure.
 */
int memmap_add(struct memmap *map, uint64_t base, uint64_t size, const struct mem_props *props);

/*
 * Takes [base, base + size) out of the map again, whatever it was: it becomes a hole.
 * 0; -EINVAL for size 0 or a range that wraps; -EPERM where the map's own nodes lie; -ENOMEM without a node.
 * Unchanged on failure.
 */
int memmap_remove(struct memmap *map, uint64_t base, uint64_t size);

/*
 * Claims exactly [base, base + size), all of which must be free RAM. When `props` has MEM_FLAG_REUSABLE,
 * regions of the same owner that have it too count as free (LMB_NONE). Such a region of a longer
 * life keeps its description and is marked as borrowed, so that the end of the attempt restores it.
 * 0; -EINVAL: size 0, wrapping, base 0, props of free RAM or a hole, or some byte is a hole (outside the map; this
 * goes before -EEXIST); -EEXIST: some byte is taken; -ENOMEM: no node. Unchanged on failure.
 */
int memmap_claim_at(struct memmap *map, uint64_t base, uint64_t size,
		    const struct mem_props *props);

/*
 * Claims the highest free block that satisfies the request; its address goes to *base.
 * 0; -EINVAL: size 0, align no power of two; -ENOMEM: no free block serves, or no node.
 * *base and the map are unchanged on failure.
 */
int memmap_claim(struct memmap *map, const struct mem_request *request, uint64_t *base);

/*
 * Gives [base, base + size) back to free RAM. All of it must belong to `owner`; it may be a part of a
 * region or span several. A borrowed region goes back to its older claim instead.
 * 0; -EINVAL: size 0, wrapping, or some byte is free or a hole; -EPERM: some byte has another owner;
 * -ENOMEM: no node. Unchanged on failure.
 */
int memmap_release(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner);

/* As memmap_release followed by memmap_claim_at, in one step: changes what an owner's region is. Same errors. */
int memmap_retype(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		  const struct mem_props *props);

/* Changes only the attrs of [base, base + size), all of which `owner` holds. Same errors as memmap_release. */
int memmap_protect(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		   uint8_t attrs);
/* The same where each region keeps what it has but for the attrs in `off`, which go, and those in `on`, which come. */
struct mem_attrs_change {
	uint8_t off, on;
};
int memmap_change_attrs(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
			struct mem_attrs_change change);

/*
 * Holds [base, base + size) while a file is loaded there, for `owner`: what is free RAM is claimed with the tag,
 * the owner's reusable regions stay as they are. A file thus never lands on anything else.
 * memmap_load_end gives back exactly what the beginning claimed: the map is as before.
 * begin: errors of memmap_claim_at. end: -EINVAL when some byte is not of such a load, -EPERM where the map's own
 * nodes lie, -ENOMEM: no node. Unchanged on failure.
 */
int memmap_load_begin(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		      const char *tag);
int memmap_load_end(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner);

/*
 * Ends a life: gives every region whose life is `life` back to free RAM, whoever owns it, except the map's own nodes.
 * Never fails for want of a node: it only merges. A region that `prepare` refuses to unmap stays claimed.
 * Returns the bytes given back. LIFE_NONE and LIFE_FOREVER end nothing.
 */
uint64_t memmap_expire(struct memmap *map, enum mem_life life);

/*
 * A boot attempt. begin: later claims ask memmap_claim_life, and get MEM_LIFE_ATTEMPT. fail: everything that lives
 * for the attempt is given back, borrowed regions are as they were; returns the bytes given back. keep: what
 * lives for the attempt now lives for the session. Attempts do not nest: begin ends one that was left
 * open as failed.
 */
void memmap_attempt_begin(struct memmap *map);
uint64_t memmap_attempt_fail(struct memmap *map);
void memmap_attempt_keep(struct memmap *map);
static inline enum mem_life memmap_claim_life(const struct memmap *map)
{
	return map->attempt ? MEM_LIFE_ATTEMPT : MEM_LIFE_SESSION;
}

/* The region that contains addr: there always is one. */
void memmap_find(const struct memmap *map, uint64_t addr, struct mem_region *region);

/*
 * Walks the map: memmap_first gives the region at 0, memmap_next the one after *region (found by address, so
 * the map may change in between); 0 when there is none after it.
 */
void memmap_first(const struct memmap *map, struct mem_region *region);
int memmap_next(const struct memmap *map, struct mem_region *region);

/* As first and next, but neighbours of one look come as one region, with the props of the first. Byte-exact:
 * mem/pages.h is the same in whole pages. */
void memmap_first_alike(const struct memmap *map, mem_look *look, struct mem_region *region);
int memmap_next_alike(const struct memmap *map, mem_look *look, struct mem_region *region);

/* Number of regions, holes included. */
uint64_t memmap_count(const struct memmap *map);

/* Checks the rules of the core, for tests. 0, or the number of the rule broken: 1 sorted and covering, 2 merged,
 * 3 keys and sums of the inner nodes, 4 counts of regions and nodes. */
int memmap_check(const struct memmap *map);

/* The machine's one map (NULL before it is adopted), for LMB and EFI, whose published signatures have no room for it. */
struct memmap *memmap_system(void);
/* Adopts `map` as the machine's map (boot/main.c, once; tests at will). */
void memmap_system_set(struct memmap *map);

#endif
