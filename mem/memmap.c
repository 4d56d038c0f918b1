/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: what may be done to it, and how every change is made. See memmap.h for what it is and
 * memmap_tree.h for how it is stored. Runs from flash before relocation: no static data but the system map's
 * address, which is set later.
 *
 * There is one primitive, edit(): check -> isolate -> edit -> settle. The calls differ only in which
 * regions they accept (refusal) and in what those become (outcome).
 */
#include <errno.h>

#include "lib/bytes.h"
#include "mem/memmap_tree.h"

enum edit_kind {
	EDIT_ADD,
	EDIT_REMOVE,
	EDIT_CLAIM,
	EDIT_LOAD,
	EDIT_UNLOAD,
	EDIT_RELEASE,
	EDIT_RETYPE,
	EDIT_PROTECT,
	EDIT_EXPIRE,
	EDIT_KEEP,
};

struct edit {
	enum edit_kind kind;
	enum mem_owner owner;
	uint64_t base;
	uint64_t end; /* one past, 0 for 2^64 */
	struct mem_props props;
};

/* What a look at the range before the edit has found. */
struct survey {
	struct tree_path path; /* to the region that contains base */
	bool single; /* one region contains the whole range, */
	struct mem_props becomes; /* and turns into this */
	bool differs; /* something changes */
	bool attrs_differ; /* something that page tables show */
};

/* ---- check ---- */

static bool is_owned(const struct mem_props *props)
{
	return props->owner > MEM_OWNER_FREE;
}

static bool is_reusable(const struct edit *e, const struct mem_props *old)
{
	return old->owner == e->owner && (old->flags & MEM_FLAG_REUSABLE);
}

static bool same_but_tag(struct mem_props a, const struct mem_props *b)
{
	memcpy(a.tag, b->tag, sizeof(a.tag));
	a.since = b->since;
	return props_same(&a, b);
}

static int refusal_of_taken(const struct edit *e, const struct mem_props *old)
{
	if (old->owner == MEM_OWNER_HOLE)
		return -EINVAL;
	if (old->owner == MEM_OWNER_FREE)
		return 0;
	if (is_reusable(e, old) && (e->kind == EDIT_LOAD || (e->props.flags & MEM_FLAG_REUSABLE)))
		return 0;
	return -EEXIST;
}

/* Why the edit may not touch a region of these props; 0 if it may. */
static int refusal(const struct memmap *map, const struct edit *e, const struct mem_props *old)
{
	bool node = (old->flags & MEM_FLAG_NODE) && !map->resizing;

	switch (e->kind) {
	case EDIT_ADD:
		if (!is_owned(old) || !is_owned(&e->props) || same_but_tag(e->props, old))
			return 0;
		return -EEXIST;
	case EDIT_CLAIM:
	case EDIT_LOAD:
		return refusal_of_taken(e, old);
	case EDIT_UNLOAD:
		if (old->owner != e->owner ||
		    !(old->flags & (MEM_FLAG_LOADING | MEM_FLAG_REUSABLE)))
			return -EINVAL;
		return 0;
	case EDIT_RELEASE:
	case EDIT_RETYPE:
	case EDIT_PROTECT:
		if (!is_owned(old))
			return -EINVAL;
		return old->owner != e->owner || node ? -EPERM : 0;
	case EDIT_REMOVE:
	case EDIT_EXPIRE:
	case EDIT_KEEP:
		break;
	}
	return node ? -EPERM : 0;
}

/* What a region becomes that the edit may touch. */
static void outcome(const struct edit *e, const struct mem_props *old, struct mem_props *new)
{
	*new = e->props;
	switch (e->kind) {
	case EDIT_ADD:
		if (is_owned(old))
			*new = *old;
		break;
	case EDIT_CLAIM:
		if (is_owned(old) && old->life > e->props.life) {
			*new = *old;
			new->flags |= MEM_FLAG_BORROWED;
		}
		break;
	case EDIT_LOAD:
		if (is_owned(old))
			*new = *old;
		break;
	case EDIT_UNLOAD:
		if (!(old->flags & MEM_FLAG_LOADING))
			*new = *old;
		break;
	case EDIT_RELEASE:
	case EDIT_EXPIRE:
		if (old->flags & MEM_FLAG_BORROWED) {
			*new = *old;
			new->flags &= (uint8_t)~MEM_FLAG_BORROWED;
		}
		break;
	case EDIT_PROTECT:
		*new = *old;
		new->attrs = e->props.attrs;
		break;
	case EDIT_KEEP:
		*new = *old;
		new->flags &= (uint8_t)~MEM_FLAG_BORROWED;
		if (old->life == MEM_LIFE_ATTEMPT)
			new->life = MEM_LIFE_SESSION;
		break;
	case EDIT_REMOVE:
	case EDIT_RETYPE:
		break;
	}
}

/* The storage of a map that gets no nodes from outside must lie in its own RAM. */
static bool is_own_source(const struct memmap *map)
{
	return map->ops == NULL || (map->ops->grow == NULL && map->ops->shrink == NULL);
}

static bool grow_from_outside(struct memmap *map)
{
	uint64_t node = map->ops->grow != NULL ? map->ops->grow(map->context) : 0;

	if (node == 0)
		return false;
	tree_give(map, node);
	return true;
}

static void shrink_to_outside(struct memmap *map)
{
	uint64_t node = tree_take(map);

	if (node != 0 && map->ops->shrink != NULL)
		map->ops->shrink(map->context, node);
}

/* Two more regions fit the only leaf. */
static inline bool fits_one_leaf(const struct memmap *map)
{
	return map->height == 1 && map->count + 2 <= TREE_LEAF_MAX;
}

/* nodes_suffice where it takes thought. */
static __attribute__((noinline)) bool nodes_procure(struct memmap *map, const struct edit *e,
						    const struct survey *s)
{
	uint64_t need = tree_split_nodes(map);
	uint32_t before = map->spares;

	if (s->single && e->end == s->path.end &&
	    e->base == s->path.node[0]->entry[s->path.index[0]].base)
		return true; /* nothing needs to be split */
	if (is_own_source(map))
		return map->spares >= (e->kind == EDIT_CLAIM && !map->resizing ? 2 * need : need);
	while (map->spares < need) {
		if (grow_from_outside(map))
			continue;
		while (map->spares > before)
			shrink_to_outside(map);
		return false;
	}
	return true;
}

/*
 * Whether the nodes are there that two splits can take. In a map that feeds on its own RAM, a claim must
 * leave enough for a release, because only a release may bring RAM for more.
 */
static inline bool nodes_suffice(struct memmap *map, const struct edit *e, const struct survey *s)
{
	return fits_one_leaf(map) || nodes_procure(map, e, s);
}

/* The rest of a survey, when the range goes on beyond the first region, which `error` refuses. Of several reasons to
 * refuse, the one that says "not in the map" wins. */
static __attribute__((noinline)) int survey_on(const struct memmap *map, const struct edit *e,
					       struct survey *s, int error)
{
	struct tree_path path = s->path;

	do {
		const struct tree_entry *entry = tree_step(map, &path);
		int other = refusal(map, e, &entry->props);
		struct mem_props new;

		if (error == 0 || other == -EINVAL)
			error = other;
		outcome(e, &entry->props, &new);
		s->differs |= !props_same(&new, &entry->props);
		s->attrs_differ |= new.attrs != entry->props.attrs;
	} while (path.end - 1 < e->end - 1);
	return error;
}

/* Looks at every region of the range. */
static inline int survey(struct memmap *map, const struct edit *e, struct survey *s)
{
	const struct tree_entry *entry = tree_seek(map, e->base, &s->path);
	int error = refusal(map, e, &entry->props);

	s->single = e->end - 1 <= s->path.end - 1;
	if (s->single && error != 0)
		return error;
	outcome(e, &entry->props, &s->becomes);
	s->differs = !props_same(&s->becomes, &entry->props);
	s->attrs_differ = s->becomes.attrs != entry->props.attrs;
	if (!s->single) {
		error = survey_on(map, e, s, error);
		if (error != 0)
			return error;
	}
	return !s->differs || nodes_suffice(map, e, s) ? 0 : -ENOMEM;
}

/* ---- isolate and edit ---- */

/* The general way, when the range spans regions or leaves: boundaries first, then props, then merging. */
static void edit_across(struct memmap *map, const struct edit *e)
{
	struct tree_path path;
	struct mem_props new;
	uint64_t at;

	tree_split(map, e->base);
	if (e->end != 0)
		tree_split(map, e->end);

	at = e->base;
	do {
		const struct tree_entry *entry = tree_seek(map, at, &path);

		outcome(e, &entry->props, &new);
		tree_set(map, &path, &new);
		at = path.end;
	} while (at != e->end);

	at = e->base;
	do {
		tree_seek(map, at, &path);
		if (at != 0)
			tree_join(map, at);
		at = path.end;
	} while (at != e->end);
	if (at != 0)
		tree_join(map, at);
}

/* ---- settle ---- */

static void balance(struct memmap *map);

/* Makes a change official. Nothing else bumps the key. */
static inline void settle(struct memmap *map, uint64_t base, uint64_t end, bool attrs_differ)
{
	map->key++;
	if (attrs_differ && map->ops != NULL && map->ops->changed != NULL)
		map->ops->changed(map->context, base, end - base);
	if (map->height > 1 || map->count > TREE_LEAF_LOW || map->spares != MEMMAP_POOL_NODES - 1)
		balance(map);
}

static bool is_followed(const struct memmap *map)
{
	return map->ops != NULL && map->ops->prepare != NULL;
}

static int edit(struct memmap *map, const struct edit *e)
{
	struct survey s;
	int error = survey(map, e, &s);

	if (error == 0 && s.differs && s.attrs_differ && is_followed(map)) {
		error = map->ops->prepare(map->context, e->base, e->end - e->base);
		/* It may have claimed from this map, even what we are about to take. */
		if (error == 0)
			error = survey(map, e, &s);
	}
	if (error != 0 || !s.differs)
		return error;
	if (!s.single || !tree_replace(map, &s.path, e->base, e->end, &s.becomes))
		edit_across(map, e);
	settle(map, e->base, e->end, s.attrs_differ);
	return 0;
}

/* Fills in the range and edits; for calls that take base and size. */
static int edit_range(struct memmap *map, uint64_t base, uint64_t size, struct edit *e)
{
	if (size == 0 || base + (size - 1) < base)
		return -EINVAL;
	e->base = base;
	e->end = base + size;
	return edit(map, e);
}

/* ---- the map's own nodes ---- */

/* A claim's props, with the stage. In words, as mem_props_make does. */
static inline struct mem_props stamp(const struct memmap *map, const struct mem_props *props)
{
	struct mem_props stamped;
	uint64_t word[3];

	memcpy(word, props, sizeof(word));
	word[1] &= ~UINT64_C(0xff);
	if (is_owned(props))
		word[1] |= map->stage;
	memcpy(&stamped, word, sizeof(stamped));
	return stamped;
}
_Static_assert(offsetof(struct mem_props, since) == 8, "stamp puts it there");

static struct edit claim_edit(const struct memmap *map, enum edit_kind kind,
			      const struct mem_props *props)
{
	return (struct edit){.kind = kind, .owner = props->owner, .props = stamp(map, props)};
}

/* `prepare` may take the very block that was found; each time it does, it needs less. */
static int place_and_prepare(struct memmap *map, const struct tree_place *place,
			     const struct mem_props *props, uint64_t *base)
{
	struct edit e = claim_edit(map, EDIT_CLAIM, props);
	struct tree_path path;

	for (int tries = 0; tries < 8; tries++) {
		int error;

		if (!tree_place(map, place, &path, &e.base))
			break;
		e.end = e.base + place->size;
		error = edit(map, &e);
		if (error == 0)
			*base = e.base;
		if (error != -EEXIST)
			return error;
	}
	return -ENOMEM;
}

static inline int place_and_claim(struct memmap *map, const struct tree_place *place,
				  const struct mem_props *props, uint64_t *base)
{
	struct tree_path path;
	uint64_t at;

	if (is_followed(map) || !fits_one_leaf(map))
		return place_and_prepare(map, place, props, base);
	if (!tree_place(map, place, &path, &at))
		return -ENOMEM;

	/* The block is free, and its leaf has room: there is nothing to survey. */
	struct mem_props new = stamp(map, props);

	tree_replace(map, &path, at, at + place->size, &new);
	settle(map, at, at + place->size, new.attrs != 0);
	*base = at;
	return 0;
}

static bool grow_by_one(struct memmap *map)
{
	struct mem_props props = mem_props_firmware("memory map");
	struct tree_place place = {
		.size = MEMMAP_NODE_SIZE, .align = MEMMAP_NODE_SIZE, .min = 1, .max = map->limit};
	uint64_t node;

	if (!is_own_source(map))
		return grow_from_outside(map);
	props.flags = MEM_FLAG_NODE;
	if (place_and_claim(map, &place, &props, &node) != 0)
		return false;
	tree_give(map, node);
	return true;
}

static bool shrink_by_one(struct memmap *map)
{
	uint64_t node;

	if (!is_own_source(map)) {
		shrink_to_outside(map);
		return true;
	}
	node = tree_take(map);
	if (node == 0)
		return false;
	if (memmap_release(map, node, MEMMAP_NODE_SIZE, MEM_OWNER_FIRMWARE) == 0)
		return true;
	tree_give(map, node);
	return false;
}

/*
 * Keeps as many spare nodes as the next change, a claim of nodes, and a claim of page tables on behalf of that may
 * take; and gives back what is far beyond it. A map that fits one leaf needs none and keeps none.
 */
static void balance(struct memmap *map)
{
	uint64_t low = 3 * tree_split_nodes(map);
	uint64_t high = low + 4;

	if (map->height == 1 && map->count <= TREE_LEAF_LOW) {
		low = 0;
		if (map->root >= MEMMAP_POOL_NODES)
			tree_come_home(map);
		/* The spare nodes themselves may count as two regions each. */
		if (map->count <= TREE_LEAF_MAX / 2 + 2 * (uint64_t)map->spares)
			high = 0;
	}
	if (map->resizing || (map->spares >= low && (map->spare == 0 || map->spares <= high)))
		return;
	map->resizing = 1;
	while (map->spares < low && grow_by_one(map))
		low = 3 * tree_split_nodes(map);
	while (map->spare != 0 && map->spares > high && shrink_by_one(map))
		;
	map->resizing = 0;
}

/* ---- public: the map itself ---- */

void memmap_init(struct memmap *map, const struct memmap_ops *ops, void *context)
{
	const struct mem_props hole = {.owner = MEM_OWNER_HOLE};

	map->ops = ops;
	map->context = context;
	map->key = 1;
	map->stage = 0;
	map->attempt = 0;
	map->limit = UINT64_MAX;
	map->resizing = 0;
	tree_init(map, &hole);
}

void memmap_destroy(struct memmap *map)
{
	if (is_own_source(map))
		return;
	tree_clear(map);
	while (map->spare != 0)
		shrink_to_outside(map);
}

void memmap_copy(struct memmap *to, const struct memmap *from)
{
	memcpy(to, from, offsetof(struct memmap, pool));
	for (uint32_t i = 0; i < MEMMAP_POOL_NODES; i++) {
		if (from->pool_used & 1u << i)
			memcpy(to->pool[i], from->pool[i], MEMMAP_NODE_SIZE);
	}
}

void memmap_attach(struct memmap *map, const struct memmap_ops *ops, void *context)
{
	map->ops = ops;
	map->context = context;
}

uint64_t memmap_key(const struct memmap *map)
{
	return map->key;
}

void memmap_stage(struct memmap *map, uint8_t stage)
{
	map->stage = stage;
}

void memmap_limit(struct memmap *map, uint64_t max)
{
	map->limit = max != 0 ? max : UINT64_MAX;
}

/* ---- public: changes ---- */

int memmap_add(struct memmap *map, uint64_t base, uint64_t size, const struct mem_props *props)
{
	struct edit e = claim_edit(map, EDIT_ADD, props);

	return edit_range(map, base, size, &e);
}

int memmap_remove(struct memmap *map, uint64_t base, uint64_t size)
{
	struct edit e = {.kind = EDIT_REMOVE};

	return edit_range(map, base, size, &e);
}

int memmap_claim_at(struct memmap *map, uint64_t base, uint64_t size, const struct mem_props *props)
{
	struct edit e = claim_edit(map, EDIT_CLAIM, props);

	if (base == 0 || !is_owned(props))
		return -EINVAL;
	return edit_range(map, base, size, &e);
}

int memmap_claim(struct memmap *map, const struct mem_request *request, uint64_t *base)
{
	struct tree_place place = {
		.size = request->size,
		.align = request->align != 0 ? request->align : 1,
		.min = request->min != 0 ? request->min : 1,
		.max = request->max != 0 ? request->max : UINT64_MAX,
	};

	if (place.size == 0 || (place.align & (place.align - 1)) != 0 || !is_owned(&request->props))
		return -EINVAL;
	if (place.max > map->limit)
		place.max = map->limit;
	return place_and_claim(map, &place, &request->props, base);
}

int memmap_release(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner)
{
	struct edit e = {.kind = EDIT_RELEASE, .owner = owner, .props = mem_props_free()};

	return edit_range(map, base, size, &e);
}

int memmap_retype(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		  const struct mem_props *props)
{
	struct edit e = claim_edit(map, EDIT_RETYPE, props);

	if (!is_owned(props))
		return -EINVAL;
	e.owner = owner;
	return edit_range(map, base, size, &e);
}

int memmap_protect(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		   uint8_t attrs)
{
	struct edit e = {.kind = EDIT_PROTECT, .owner = owner, .props = {.attrs = attrs}};

	return edit_range(map, base, size, &e);
}

int memmap_load_begin(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		      const char *tag)
{
	struct mem_props props = mem_props_make(MEM_LOADER_DATA, owner, memmap_claim_life(map),
						MEM_RW, MEM_FLAG_LOADING, tag);
	struct edit e = claim_edit(map, EDIT_LOAD, &props);

	if (base == 0 || !is_owned(&props))
		return -EINVAL;
	return edit_range(map, base, size, &e);
}

int memmap_load_end(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner)
{
	struct edit e = {.kind = EDIT_UNLOAD, .owner = owner, .props = mem_props_free()};

	return edit_range(map, base, size, &e);
}

/* ---- public: lives ---- */

/* Edits every region of this life, and with life ATTEMPT what the attempt has borrowed. Returns the bytes. */
static uint64_t edit_life(struct memmap *map, enum mem_life life, enum edit_kind kind)
{
	struct mem_region region;
	uint64_t bytes = 0;

	memmap_first(map, &region);
	do {
		bool borrowed =
			life == MEM_LIFE_ATTEMPT && (region.props.flags & MEM_FLAG_BORROWED);
		struct edit e = {.kind = kind,
				 .base = region.base,
				 .end = region.end,
				 .props = mem_props_free()};

		if (region.props.flags & MEM_FLAG_NODE || (region.props.life != life && !borrowed))
			continue;
		if (edit(map, &e) == 0 && !borrowed)
			bytes += region.end - region.base;
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
	return memmap_expire(map, MEM_LIFE_ATTEMPT);
}

void memmap_attempt_keep(struct memmap *map)
{
	map->attempt = 0;
	edit_life(map, MEM_LIFE_ATTEMPT, EDIT_KEEP);
}

/* ---- public: reading ---- */

static void region_set(struct mem_region *region, const struct tree_entry *entry, uint64_t end)
{
	region->base = entry->base;
	region->end = end;
	region->props = entry->props;
}

void memmap_find(const struct memmap *map, uint64_t addr, struct mem_region *region)
{
	struct tree_path path;
	const struct tree_entry *entry = tree_seek(map, addr, &path);

	region_set(region, entry, path.end);
}

void memmap_first(const struct memmap *map, struct mem_region *region)
{
	memmap_find(map, 0, region);
}

int memmap_next(const struct memmap *map, struct mem_region *region)
{
	if (region->end == 0)
		return 0;
	memmap_find(map, region->end, region);
	return 1;
}

/* Extends the region over the neighbours above it that look alike. */
static void region_extend(const struct memmap *map, mem_look *look, struct mem_region *region)
{
	struct tree_path path;
	const struct tree_entry *entry = tree_seek(map, region->base, &path);
	uint64_t seen = look(&region->props);

	while (path.end != 0) {
		entry = tree_step(map, &path);
		if (look(&entry->props) != seen)
			break;
		region->end = path.end;
	}
}

void memmap_first_alike(const struct memmap *map, mem_look *look, struct mem_region *region)
{
	memmap_first(map, region);
	region_extend(map, look, region);
}

int memmap_next_alike(const struct memmap *map, mem_look *look, struct mem_region *region)
{
	if (!memmap_next(map, region))
		return 0;
	region_extend(map, look, region);
	return 1;
}

uint64_t memmap_count(const struct memmap *map)
{
	return map->count;
}

int memmap_check(const struct memmap *map)
{
	return tree_check(map);
}

/* ---- public: the machine's map ---- */

static struct memmap *system_map;

struct memmap *memmap_system(void)
{
	return system_map;
}

void memmap_system_set(struct memmap *map)
{
	system_map = map;
}
