/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The primitive under every change of the memory map; see memmap_edit.h. Runs from flash before relocation: no
 * static data.
 */
#include <errno.h>

#include "mem/memmap_edit.h"

/* ---- check ---- */

/* What a look at the range has found. */
struct survey {
	struct mem_props new; /* what becomes of the first region */
	bool differs; /* something changes */
	bool attrs_differ; /* something that page tables show */
};

static void compare(struct survey *s, const struct mem_props *old, const struct mem_props *new)
{
	s->differs |= !mem_props_same(new, old);
	s->attrs_differ |= new->attrs != old->attrs;
}

/* The rest of the range, when it goes on beyond the first region, which `error` refuses. Of several reasons to
 * refuse, the one that says "not in the map" wins. */
static __attribute__((noinline)) int survey_on(const struct memmap *map, struct edit *e,
					       struct mem_spot spot, int error, struct survey *s)
{
	do {
		struct mem_props new;
		int other;

		tree_step(map, &spot);
		other = memmap_judge(map, e, &spot.entry->props, &new);
		if (error == 0 || other == -EINVAL)
			error = other;
		compare(s, &spot.entry->props, &new);
	} while (spot.end - 1 < e->end - 1);
	return error;
}

/* Two more regions fit the only leaf. */
static bool fits_one_leaf(const struct memmap *map)
{
	return map->height == 1 && map->count + 2 <= TREE_NODE_MAX;
}

#define AGAIN 1 /* the map has changed while page tables were prepared: look again */

/* Whether the edit may and can be made; page tables are prepared for it. The range begins in the spot. */
static int check(struct memmap *map, struct edit *e, const struct mem_spot *spot, struct survey *s)
{
	const struct mem_props *old = &spot->entry->props;
	uint64_t key = map->key;
	int error = memmap_judge(map, e, old, &s->new);

	s->differs = false;
	s->attrs_differ = false;
	compare(s, old, &s->new);
	if (e->end - 1 > spot->end - 1)
		error = survey_on(map, e, *spot, error, s);
	if (error != 0 || !s->differs)
		return error;
	if (!fits_one_leaf(map) && !memmap_nodes_procure(map, e, spot))
		return -ENOMEM;
	if (!s->attrs_differ || map->ops == NULL || map->ops->prepare == NULL)
		return 0;
	error = map->ops->prepare(map->context, e->base, e->end - e->base);
	return error == 0 && map->key != key ? AGAIN : error;
}

/* ---- isolate and edit ---- */

/* With which neighbours a region becomes one if they are alike. */
enum join { JOIN_BELOW, JOIN_BOTH };

/*
 * Gives [base, end), which lies in the spot's one region, other props: what all changes come down to. The leaf has room.
 * Returns the new region's entry.
 *
 *      old - 1       old        old + 1
 *    |  alike? |####[base,end)#| alike? |
 *               head            tail        parts of the old region that stay
 */
static inline __attribute__((always_inline)) struct tree_entry *put_in_leaf(
	struct memmap *map, const struct mem_spot *spot, uint64_t base, uint64_t end,
	const struct mem_props *props, enum join join)
{
	struct tree_node *leaf = spot->leaf;
	struct tree_entry *old = spot->entry;
	struct tree_entry *top = tree_top(leaf);
	struct tree_entry *at = old; /* the new region comes here */
	struct tree_entry *from = old + 1; /* what stays above it stands here, */
	bool head = base != old->base;
	bool tail = end != spot->end;
	bool below = false;
	int64_t up = head + tail; /* and moves up by so many */

	if (head) {
		at++;
	} else if (old != leaf->entry && mem_props_same(&old[-1].props, props)) {
		below = true; /* the new region becomes one with the one below, */
		at--;
		up--;
	}
	if (!tail && from != top && join == JOIN_BOTH && mem_props_same(&from->props, props)) {
		from++; /* or with the one above, which is gone then */
		up--;
	}
	if (up != 0) {
		memmove(from + up, from, (size_t)((char *)top - (char *)from));
		leaf->count += (uint64_t)up;
		map->count += (uint64_t)up;
	}
	if (tail) {
		mem_props_copy(&at[1].props, &old->props);
		at[1].base = end;
	}
	if (!below) {
		at->base = base;
		mem_props_copy(&at->props, props);
	}
	return at;
}

/* The same in any tree. The nodes for a split must be there, unless it is the whole region. The spot is stale afterwards. */
static __attribute__((noinline)) void put(struct memmap *map, struct mem_spot *spot, uint64_t base,
					  uint64_t end, const struct mem_props *props,
					  enum join join)
{
	uint64_t count = spot->leaf->count;
	const struct tree_entry *at;

	if (count + (base != spot->entry->base) + (end != spot->end) > TREE_NODE_MAX) {
		tree_make_room(map, base);
		tree_seek(map, base, spot, NULL);
		count = spot->leaf->count;
	}
	at = put_in_leaf(map, spot, base, end, props, join);
	if (map->height > 1)
		tree_changed(map, at->base, join == JOIN_BOTH, spot->leaf->count < count);
}

/* When the range spans several: region by region, each of which becomes one with the one below if they are alike then. */
static __attribute__((noinline)) void put_each(struct memmap *map, struct edit *e,
					       struct mem_spot *spot)
{
	uint64_t at = e->base;
	bool last;

	do {
		const struct mem_props *old = &spot->entry->props;
		uint64_t end = spot->end;
		struct mem_props new;

		last = e->end - 1 <= end - 1;
		memmap_judge(map, e, old, &new);
		if (!mem_props_same(&new, old))
			put(map, spot, at, last ? e->end : end, &new,
			    last ? JOIN_BOTH : JOIN_BELOW);
		else if (at == spot->entry->base)
			put(map, spot, at, end, old, JOIN_BELOW);
		at = end;
		if (!last)
			tree_seek(map, at, spot, NULL);
	} while (!last);
}

/* ---- settle ---- */

/* Makes a change official. Nothing else bumps the key. */
static inline void settle(struct memmap *map)
{
	map->key++;
}

/* Tells page tables, and sees to the spare nodes. */
static void settle_all(struct memmap *map, const struct edit *e, bool attrs_differ)
{
	settle(map);
	if (attrs_differ && map->ops != NULL && map->ops->changed != NULL)
		map->ops->changed(map->context, e->base, e->end - e->base);
	if (map->height > 1 || map->count > TREE_LEAF_LOW || map->spares != MEMMAP_POOL_NODES - 1)
		memmap_nodes_balance(map);
}

/* ---- all of it ---- */

/* Each time that page tables claim something to be prepared, they need less. */
#define TRIES_MAX 8

static __attribute__((noinline)) int edit(struct memmap *map, struct edit *e)
{
	struct mem_spot spot;
	struct survey s;
	int error = AGAIN;

	for (int tries = 0; error == AGAIN; tries++) {
		if (tries == TRIES_MAX)
			return -ENOMEM;
		if (e->request == NULL) {
			tree_seek(map, e->base, &spot, NULL);
		} else {
			if (!tree_place(map, e->request, &spot, &e->base))
				return -ENOMEM;
			e->end = e->base + e->request->size;
		}
		error = check(map, e, &spot, &s);
	}
	if (error != 0 || !s.differs)
		return error;
	if (e->end - 1 <= spot.end - 1)
		put(map, &spot, e->base, e->end, &s.new, JOIN_BOTH);
	else
		put_each(map, e, &spot);
	settle_all(map, e, s.attrs_differ);
	return 0;
}

/* ---- the same at once ---- */

/* One leaf, and spare nodes as they should be: nothing needs to be procured. */
static inline bool is_simple(const struct memmap *map)
{
	return map->height == 1 && map->count <= TREE_LEAF_LOW - 2 &&
	       map->spares == MEMMAP_POOL_NODES - 1;
}

/* What is nobody's becomes another's, or its owner gives it back or another description: memmap_judge() has nothing to say
 * against it. */
static inline bool is_usual(const struct edit *e, const struct mem_props *old)
{
	if (old->owner <= MEM_OWNER_FREE)
		return e->kind <= (old->owner == MEM_OWNER_FREE ? EDIT_LOAD : EDIT_ADD) &&
		       e->props->owner != old->owner;
	return (e->kind == EDIT_RELEASE || e->kind == EDIT_RETYPE) && old->owner == e->owner &&
	       !(old->flags & (MEM_FLAG_NODE | MEM_FLAG_BORROWED));
}

/* tree_seek in the one leaf. Where the last change was, the next one often is. */
static inline void seek_in_leaf(const struct memmap *map, struct tree_node *leaf, uint64_t addr,
				struct mem_spot *spot)
{
	struct tree_entry *entry = &leaf->entry[map->last];
	const struct tree_entry *top = tree_top(leaf);

	if (entry >= top || entry->base > addr || (entry + 1 < top && entry[1].base <= addr))
		entry = tree_search(leaf, addr);
	spot->leaf = leaf;
	spot->entry = entry;
	spot->end = entry + 1 < top ? entry[1].base : 0;
}

#define UNUSUAL 1 /* edit() has to see to it */

/* Finds the one region that is usually changed. 0; -ENOMEM: a request finds no room; UNUSUAL. */
static inline __attribute__((always_inline)) int find_usual(struct memmap *map, struct edit *e,
							    struct mem_spot *spot)
{
	struct tree_node *leaf = tree_node(map, map->root);

	if (e->request == NULL) {
		seek_in_leaf(map, leaf, e->base, spot);
		return e->end - 1 <= spot->end - 1 && is_usual(e, &spot->entry->props) ? 0
										       : UNUSUAL;
	}
	const struct tree_place place = tree_place_of(map, e->request);

	spot->leaf = leaf;
	spot->end = 0;
	if (!tree_place_in_leaf(&place, spot, &e->base))
		return -ENOMEM;
	e->end = e->base + e->request->size;
	return 0;
}

/*
 * Most edits are a usual change of one region in a simple map, and made here; all others in edit(), which would make
 * these just so.
 */
int memmap_edit(struct memmap *map, struct edit *e)
{
	const struct memmap_ops *followed;
	struct mem_spot spot;
	struct mem_props new;
	uint64_t key = map->key;
	int error = is_simple(map) ? find_usual(map, e, &spot) : UNUSUAL;

	if (error != 0)
		return error == UNUSUAL ? edit(map, e) : error;
	memmap_stamp(map, e, &new);
	if (mem_props_same(&new, &spot.entry->props))
		return 0;
	followed = new.attrs != spot.entry->props.attrs ? map->ops : NULL;
	if (followed != NULL && followed->prepare != NULL)
		error = followed->prepare(map->context, e->base, e->end - e->base);
	if (error != 0)
		return error;
	if (map->key != key) /* the map has changed to be prepared */
		return edit(map, e);
	map->last = (uint64_t)(put_in_leaf(map, &spot, e->base, e->end, &new, JOIN_BOTH) -
			       spot.leaf->entry);
	settle(map);
	if (followed != NULL && followed->changed != NULL)
		followed->changed(map->context, e->base, e->end - e->base);
	return 0;
}
