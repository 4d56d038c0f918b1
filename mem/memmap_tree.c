/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The storage of the memory map; see memmap_tree.h. Runs from flash before relocation: no static data.
 *
 * Nodes that get full are split before something is put in, so that a change touches one leaf; nodes that get
 * sparse are merged with a neighbour. Both are rare, and start again from the root for the sake of short code.
 */
#include "lib/assert.h"
#include "lib/bytes.h"
#include "mem/memmap_tree.h"

static uint64_t level_max(uint64_t level)
{
	return level == 0 ? TREE_LEAF_MAX : TREE_INNER_MAX;
}

/* ---- nodes ---- */

static uint64_t node_take(struct memmap *map)
{
	uint64_t ref = map->spare;

	assert(map->spares > 0);
	map->spares--;
	for (uint32_t i = 0; i < MEMMAP_POOL_NODES; i++) {
		if (!(map->pool_used & 1u << i)) {
			map->pool_used |= 1u << i;
			return i;
		}
	}
	map->spare = tree_node(map, ref)->next;
	return ref;
}

static void node_give(struct memmap *map, uint64_t ref)
{
	map->spares++;
	if (ref < MEMMAP_POOL_NODES) {
		map->pool_used &= ~(1u << ref);
		return;
	}
	tree_node(map, ref)->next = map->spare;
	map->spare = ref;
}

void tree_give(struct memmap *map, uint64_t node)
{
	assert(node >= MEMMAP_POOL_NODES);
	node_give(map, node);
}

uint64_t tree_take(struct memmap *map)
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

	if (map->height > 1 || old < MEMMAP_POOL_NODES ||
	    map->pool_used == (uint32_t)((UINT64_C(1) << MEMMAP_POOL_NODES) - 1))
		return;
	map->root = node_take(map);
	memcpy(tree_node(map, map->root), from,
	       TREE_HEADER + from->count * sizeof(struct tree_entry));
	node_give(map, old);
}

static void clear_below(struct memmap *map, uint64_t ref, uint64_t level)
{
	const struct tree_node *node = tree_node(map, ref);

	for (uint64_t i = 0; level > 0 && i < node->count; i++)
		clear_below(map, node->branch[i].child, level - 1);
	node_give(map, ref);
}

void tree_clear(struct memmap *map)
{
	clear_below(map, map->root, map->height - 1);
}

/* ---- reading ---- */

/* Index of the last entry whose base is not above addr. */
static uint64_t entry_index(const struct tree_node *leaf, uint64_t addr)
{
	const struct tree_entry *entry = leaf->entry;
	uint64_t count = leaf->count;

	while (count > 1) {
		uint64_t half = count / 2;

		if (entry[half].base <= addr)
			entry += half;
		count -= half;
	}
	return (uint64_t)(entry - leaf->entry);
}

static uint64_t branch_index(const struct tree_node *node, uint64_t addr)
{
	const struct tree_branch *branch = node->branch;
	uint64_t count = node->count;

	while (count > 1) {
		uint64_t half = count / 2;

		if (branch[half].base <= addr)
			branch += half;
		count -= half;
	}
	return (uint64_t)(branch - node->branch);
}

struct tree_entry *tree_seek(const struct memmap *map, uint64_t addr, struct tree_path *path)
{
	struct tree_node *node = tree_node(map, map->root);
	uint64_t end = 0;
	uint64_t i;

	for (uint64_t level = map->height - 1; level > 0; level--) {
		i = branch_index(node, addr);
		path->node[level] = node;
		path->index[level] = i;
		if (i + 1 < node->count)
			end = node->branch[i + 1].base;
		node = tree_node(map, node->branch[i].child);
		/* The search in it would wait for one cache line after the other. */
		for (uint64_t at = 0; at < MEMMAP_NODE_SIZE; at += 128)
			__builtin_prefetch((const char *)node + at);
	}
	i = entry_index(node, addr);
	path->node[0] = node;
	path->index[0] = i;
	path->leaf_end = end;
	path->end = i + 1 < node->count ? node->entry[i + 1].base : end;
	return &node->entry[i];
}

struct tree_entry *tree_step(const struct memmap *map, struct tree_path *path)
{
	struct tree_node *leaf = path->node[0];
	uint64_t i = path->index[0] + 1;

	if (i >= leaf->count)
		return tree_seek(map, path->end, path);
	path->index[0] = i;
	path->end = i + 1 < leaf->count ? leaf->entry[i + 1].base : path->leaf_end;
	return &leaf->entry[i];
}

/* ---- room: the largest free region below a node ---- */

/* Bytes of [base, end); the whole address space, which no number holds, counts as one byte less. */
static uint64_t span(uint64_t base, uint64_t end)
{
	return end == base ? UINT64_MAX : end - base;
}

/*
 * The scans look at index `near` first, go down from there and then from the top, and end as soon as they have found
 * `bound`, which the caller knows not to be exceeded: after most changes they touch a few entries that are in
 * the cache, and not a whole node.
 */
static uint64_t leaf_room(const struct tree_node *leaf, uint64_t end, uint64_t near, uint64_t bound)
{
	uint64_t room = 0;

	for (uint64_t n = leaf->count, i = near; n > 0 && room < bound; n--) {
		const struct tree_entry *entry = &leaf->entry[i];

		if (entry->props.owner == MEM_OWNER_FREE) {
			uint64_t size =
				span(entry->base, i + 1 < leaf->count ? entry[1].base : end);

			room = size > room ? size : room;
		}
		i = i > 0 ? i - 1 : leaf->count - 1;
	}
	return room;
}

static uint64_t inner_room(const struct tree_node *node, uint64_t near, uint64_t bound)
{
	uint64_t room = 0;

	for (uint64_t n = node->count, i = near; n > 0 && room < bound; n--) {
		if (node->branch[i].room > room)
			room = node->branch[i].room;
		i = i > 0 ? i - 1 : node->count - 1;
	}
	return room;
}

static uint64_t node_room(const struct tree_node *node, uint64_t level, uint64_t end)
{
	return level == 0 ? leaf_room(node, end, node->count - 1, UINT64_MAX)
			  : inner_room(node, node->count - 1, UINT64_MAX);
}

static uint64_t node_base(const struct tree_node *node)
{
	return node->entry[0].base; /* the same place in an inner node */
}
_Static_assert(offsetof(struct tree_node, entry[0].base) ==
		       offsetof(struct tree_node, branch[0].base),
	       "both begin with their base");

/* Tells the nodes above that the path's node of this level has changed, as far up as it matters. `room` is its
 * largest free region now. */
static void refresh_to(struct memmap *map, const struct tree_path *path, uint64_t level,
		       uint64_t room)
{
	while (++level < map->height) {
		struct tree_node *node = path->node[level];
		struct tree_branch *branch = &node->branch[path->index[level]];
		uint64_t base = node_base(path->node[level - 1]);

		if (branch->base == base && branch->room == room)
			return;
		branch->base = base;
		branch->room = room;
		if (level + 1 < map->height) {
			uint64_t before =
				path->node[level + 1]->branch[path->index[level + 1]].room;

			room = inner_room(node, path->index[level], before > room ? before : room);
		}
	}
}

static void refresh(struct memmap *map, const struct tree_path *path, uint64_t level)
{
	if (level + 1 < map->height)
		refresh_to(map, path, level, node_room(path->node[level], level, path->leaf_end));
}

/* ---- shape ---- */

static void branch_insert(struct tree_node *node, uint64_t i, struct tree_branch branch)
{
	memmove(&node->branch[i + 1], &node->branch[i], (node->count - i) * sizeof(branch));
	node->branch[i] = branch;
	node->count++;
}

static void branch_erase(struct tree_node *node, uint64_t i)
{
	node->count--;
	memmove(&node->branch[i], &node->branch[i + 1],
		(node->count - i) * sizeof(struct tree_branch));
}

/* Copies `count` things of a node of this level. */
static void things_copy(uint64_t level, struct tree_node *to, uint64_t at,
			const struct tree_node *from, uint64_t first, uint64_t count)
{
	if (level == 0)
		memcpy(&to->entry[at], &from->entry[first], count * sizeof(to->entry[0]));
	else
		memcpy(&to->branch[at], &from->branch[first], count * sizeof(to->branch[0]));
}

static void root_raise(struct memmap *map)
{
	uint64_t ref = node_take(map);
	struct tree_node *root = tree_node(map, ref);
	struct tree_node *old = tree_node(map, map->root);

	assert(map->height < TREE_HEIGHT_MAX);
	root->count = 1;
	root->branch[0] = (struct tree_branch){
		.base = 0, .room = node_room(old, map->height - 1, 0), .child = map->root};
	map->root = ref;
	map->height++;
}

/* Splits the full node of this level on the way to addr. Its parent gets room first. */
static void node_halve(struct memmap *map, uint64_t addr, uint64_t level)
{
	struct tree_path path;

	tree_seek(map, addr, &path);
	if (level + 1 == map->height)
		root_raise(map);
	else if (path.node[level + 1]->count == TREE_INNER_MAX)
		node_halve(map, addr, level + 1);
	tree_seek(map, addr, &path);

	struct tree_node *left = path.node[level];
	uint64_t ref = node_take(map);
	struct tree_node *right = tree_node(map, ref);
	struct tree_branch *branch = &path.node[level + 1]->branch[path.index[level + 1]];

	/* Who appends goes on appending: leave full nodes behind. */
	right->count = path.index[level] + 1 == left->count ? 1 : left->count / 2;
	left->count -= right->count;
	things_copy(level, right, 0, left, left->count, right->count);
	branch->room = node_room(left, level, node_base(right));
	branch_insert(path.node[level + 1], path.index[level + 1] + 1,
		      (struct tree_branch){.base = node_base(right),
					   .room = node_room(right, level, path.leaf_end),
					   .child = ref});
}

/* Takes the empty node of this level out of the tree, and those above that become empty by it. */
static void node_unlink(struct memmap *map, const struct tree_path *path, uint64_t level)
{
	while (path->node[level]->count == 0) {
		struct tree_node *parent = path->node[level + 1];

		node_give(map, parent->branch[path->index[level + 1]].child);
		branch_erase(parent, path->index[level + 1]);
		level++;
	}
	refresh(map, path, level);
}

/* Merges the path's node of this level with a neighbour below the same parent, if one node holds both. */
static bool node_merge(struct memmap *map, const struct tree_path *path, uint64_t level)
{
	struct tree_node *parent = path->node[level + 1];
	uint64_t i = path->index[level + 1];

	for (uint64_t right = i + 1; right > 0 && right >= i; right--) {
		if (right >= parent->count)
			continue;

		struct tree_node *a = tree_node(map, parent->branch[right - 1].child);
		const struct tree_node *b = tree_node(map, parent->branch[right].child);

		if (a->count + b->count > level_max(level) * 3 / 4)
			continue;
		things_copy(level, a, a->count, b, 0, b->count);
		a->count += b->count;
		/* What was the largest room of either is the largest of both: no region has changed. */
		if (parent->branch[right].room > parent->branch[right - 1].room)
			parent->branch[right - 1].room = parent->branch[right].room;
		node_give(map, parent->branch[right].child);
		branch_erase(parent, right);
		return true;
	}
	return false;
}

/* Merges sparse nodes on the way to addr, and lowers the root. */
static void tidy(struct memmap *map, uint64_t addr)
{
	struct tree_path path;

	tree_seek(map, addr, &path);
	for (uint64_t level = 0; level + 1 < map->height; level++) {
		if (path.node[level]->count <= level_max(level) / 2 &&
		    node_merge(map, &path, level))
			tree_seek(map, addr, &path);
	}
	while (map->height > 1 && tree_node(map, map->root)->count == 1) {
		uint64_t old = map->root;

		map->root = tree_node(map, old)->branch[0].child;
		map->height--;
		node_give(map, old);
	}
}

/* ---- changing ---- */

void tree_init(struct memmap *map, const struct mem_props *props)
{
	struct tree_node *root = tree_node(map, 0);

	root->count = 1;
	root->entry[0] = (struct tree_entry){.base = 0, .props = *props};
	map->root = 0;
	map->height = 1;
	map->count = 1;
	map->spare = 0;
	map->spares = MEMMAP_POOL_NODES - 1;
	map->pool_used = 1;
}

/* After a change in one leaf of several: the nodes above, and the neighbours if it has become sparse. */
static __attribute__((noinline)) void leaf_changed(struct memmap *map, const struct tree_path *path,
						   const struct tree_entry *at, bool sparser)
{
	const struct tree_node *leaf = path->node[0];
	uint64_t near = (uint64_t)(at - leaf->entry);
	uint64_t bound = path->node[1]->branch[path->index[1]].room;
	uint64_t base = at->base;

	if (at->props.owner == MEM_OWNER_FREE) {
		uint64_t size = span(base, near + 1 < leaf->count ? at[1].base : path->leaf_end);

		bound = size > bound ? size : bound;
	}
	refresh_to(map, path, 0, leaf_room(leaf, path->leaf_end, near, bound));
	if (sparser && leaf->count <= TREE_LEAF_MAX / 2)
		tidy(map, base);
}

/*
 *      old - 1       old        old + 1
 *    |  alike? |####[base,end)#| alike? |
 *               head            tail        parts of the old region that stay
 */
bool tree_replace(struct memmap *map, const struct tree_path *path, uint64_t base, uint64_t end,
		  const struct mem_props *props)
{
	struct tree_node *leaf = path->node[0];
	struct tree_entry *old = &leaf->entry[path->index[0]];
	struct tree_entry *top = &leaf->entry[leaf->count];
	struct tree_entry *from = old + 1; /* what lies above stands here, */
	struct tree_entry *at = old; /* the new region comes here, */
	bool down = false; /* or becomes one with the one below */

	if (base != old->base) {
		at++;
	} else if (old != leaf->entry) {
		down = props_same(&old[-1].props, props);
		at -= down;
	} else if (base != 0) {
		return false; /* the neighbour is in another leaf */
	}

	struct tree_entry *to = at + 1; /* and what lies above moves here */

	if (end != path->end)
		to++;
	else if (from != top)
		from += props_same(&from->props, props);
	else if (end != 0)
		return false;
	if (to != from) {
		if (to - from > &leaf->entry[TREE_LEAF_MAX] - top)
			return false;
		memmove(to, from, (size_t)((char *)top - (char *)from));
		leaf->count += (uint64_t)(to - from);
		map->count += (uint64_t)(to - from);
	}
	if (end != path->end) {
		to[-1].props = old->props;
		to[-1].base = end;
	}
	if (!down) {
		at->base = base;
		at->props = *props;
	}
	if (map->height > 1)
		leaf_changed(map, path, at, to < from);
	return true;
}

void tree_split(struct memmap *map, uint64_t at)
{
	struct tree_path path;
	struct tree_entry *entry = tree_seek(map, at, &path);

	if (entry->base == at)
		return;
	if (path.node[0]->count == TREE_LEAF_MAX) {
		node_halve(map, at, 0);
		entry = tree_seek(map, at, &path);
	}
	memmove(entry + 2, entry + 1, (path.node[0]->count - path.index[0] - 1) * sizeof(*entry));
	entry[1].base = at;
	entry[1].props = entry->props;
	path.node[0]->count++;
	map->count++;
	refresh(map, &path, 0);
}

void tree_set(struct memmap *map, struct tree_path *path, const struct mem_props *props)
{
	path->node[0]->entry[path->index[0]].props = *props;
	refresh(map, path, 0);
}

void tree_join(struct memmap *map, uint64_t at)
{
	struct tree_path below;
	struct tree_path path;
	struct tree_entry *a = tree_seek(map, at - 1, &below);
	struct tree_entry *b = tree_seek(map, at, &path);
	struct tree_node *leaf = path.node[0];

	assert(b->base == at);
	if (!props_same(&a->props, &b->props))
		return;
	leaf->count--;
	memmove(b, b + 1, (leaf->count - path.index[0]) * sizeof(*b));
	map->count--;
	if (leaf->count == 0)
		node_unlink(map, &path, 0);
	else
		refresh(map, &path, 0);
	if (leaf != below.node[0]) {
		/* The last region of the leaf below has become longer. */
		tree_seek(map, at - 1, &below);
		refresh(map, &below, 0);
		tidy(map, below.leaf_end != 0 ? below.leaf_end : at - 1);
	}
	tidy(map, at - 1);
}

/* ---- placing ---- */

static inline bool place_in(uint64_t base, uint64_t end, const struct tree_place *place,
			    uint64_t *found)
{
	uint64_t low = base > place->min ? base : place->min;
	uint64_t high = end - 1 < place->max ? end - 1 : place->max;

	if (high < low || high - low < place->size - 1)
		return false;
	*found = align_down(high - (place->size - 1), place->align);
	return *found >= low;
}

static inline bool place_in_leaf(struct tree_node *leaf, uint64_t end,
				 const struct tree_place *place, struct tree_path *path,
				 uint64_t *found)
{
	const struct tree_entry *entry = &leaf->entry[leaf->count - 1];

	path->leaf_end = end;
	for (;; entry--) {
		if (entry->props.owner == MEM_OWNER_FREE &&
		    place_in(entry->base, end, place, found)) {
			path->node[0] = leaf;
			path->index[0] = (uint64_t)(entry - leaf->entry);
			path->end = end;
			return true;
		}
		end = entry->base;
		if (end <= place->min || entry == leaf->entry)
			return false;
	}
}

static bool place_below(const struct memmap *map, struct tree_node *node, uint64_t level,
			uint64_t end, const struct tree_place *place, struct tree_path *path,
			uint64_t *found)
{
	if (level == 0)
		return place_in_leaf(node, end, place, path, found);
	for (uint64_t i = node->count; i-- > 0;) {
		const struct tree_branch *branch = &node->branch[i];

		if (branch->room >= place->size && branch->base <= place->max &&
		    place_below(map, tree_node(map, branch->child), level - 1, end, place, path,
				found)) {
			path->node[level] = node;
			path->index[level] = i;
			return true;
		}
		end = branch->base;
		if (end <= place->min)
			return false;
	}
	return false;
}

bool tree_place(const struct memmap *map, const struct tree_place *place, struct tree_path *path,
		uint64_t *base)
{
	struct tree_node *root = tree_node(map, map->root);

	if (map->height == 1)
		return place_in_leaf(root, 0, place, path, base);
	return place_below(map, root, map->height - 1, 0, place, path, base);
}

/* ---- checking ---- */

struct tally {
	uint64_t regions;
	uint64_t end; /* where the last region seen began */
	const struct tree_entry *above;
};

/* From the top down, so that each region's end is known. */
static int check_below(const struct memmap *map, const struct tree_node *node, uint64_t level,
		       struct tally *tally)
{
	uint64_t end = tally->end;

	if (node->count == 0 || node->count > level_max(level))
		return 4;
	for (uint64_t i = node->count; i-- > 0;) {
		if (level > 0) {
			const struct tree_branch *branch = &node->branch[i];
			const struct tree_node *child = tree_node(map, branch->child);
			uint64_t child_end = tally->end;
			int rule = check_below(map, child, level - 1, tally);

			if (rule != 0)
				return rule;
			if (branch->base != node_base(child) ||
			    branch->room != node_room(child, level - 1, child_end))
				return 3;
			continue;
		}
		if (node->entry[i].base > end - 1 || (end != 0 && node->entry[i].base == end))
			return 1;
		if (tally->above != NULL && props_same(&tally->above->props, &node->entry[i].props))
			return 2;
		tally->above = &node->entry[i];
		tally->end = end = node->entry[i].base;
		tally->regions++;
	}
	return 0;
}

int tree_check(const struct memmap *map)
{
	struct tally tally = {.end = 0};
	uint64_t spares = MEMMAP_POOL_NODES - (uint64_t)__builtin_popcount(map->pool_used);
	int rule = check_below(map, tree_node(map, map->root), map->height - 1, &tally);

	if (rule != 0)
		return rule;
	if (tally.end != 0)
		return 1;
	for (uint64_t ref = map->spare; ref != 0; ref = tree_node(map, ref)->next)
		spares++;
	return tally.regions == map->count && spares == map->spares ? 0 : 4;
}
