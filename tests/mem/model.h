/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A slow and obvious model of the map: an array with the props of every cell, where a cell is a byte or a page. It
 * predicts the result of every call; random calls go to both, and both must agree after each. A call that
 * must fail must leave map and nodes as they were, byte for byte.
 */
#ifndef TESTS_MEM_MODEL_H
#define TESTS_MEM_MODEL_H

#include <errno.h>
#include <string.h>

#include "mem/memmap.h"
#include "tests/tap.h"

#define MODEL_CELLS 192
#define ARENA_NODES 4096

/* Where the nodes come from, in one piece so that they can be compared. */
struct arena {
	uint8_t *memory;
	uint64_t next; /* never given out so far */
	uint64_t used;
	uint64_t free_list[ARENA_NODES];
	uint64_t free_count;
	uint64_t refuse; /* of 256 requests, so many are refused */
};

static inline uint64_t arena_grow(void *context)
{
	struct arena *arena = context;

	if (tap_below(256) < arena->refuse)
		return 0;
	arena->used++;
	if (arena->free_count > 0)
		return arena->free_list[--arena->free_count];
	if (arena->next == ARENA_NODES)
		return 0;
	return (uint64_t)(uintptr_t)(arena->memory + MEMMAP_NODE_SIZE * arena->next++);
}

static inline void arena_shrink(void *context, uint64_t node)
{
	struct arena *arena = context;

	/* What the map writes into a node that it gives back is nobody's business, unless it goes on reading it. */
	memset((void *)(uintptr_t)node, 0xdd, MEMMAP_NODE_SIZE);
	arena->used--;
	arena->free_list[arena->free_count++] = node;
}

static const struct memmap_ops arena_ops = {.grow = arena_grow, .shrink = arena_shrink};

static inline int follower_prepare(void *context, uint64_t base, uint64_t size)
{
	(void)context;
	(void)base;
	(void)size;
	return 0;
}

static inline void follower_changed(void *context, uint64_t base, uint64_t size)
{
	(void)context;
	(void)base;
	(void)size;
}

/* The same for a map that is followed, whose changes never take the short way. */
static const struct memmap_ops followed_ops = {.grow = arena_grow,
					       .shrink = arena_shrink,
					       .prepare = follower_prepare,
					       .changed = follower_changed};

static inline void arena_make(struct arena *arena)
{
	memset(arena, 0, sizeof(*arena));
	arena->memory = malloc(ARENA_NODES * MEMMAP_NODE_SIZE);
}

struct model {
	struct mem_props cell[MODEL_CELLS];
	uint64_t origin;
	uint64_t unit;
	int attempt;
	struct memmap map;
	struct arena arena;
	struct memmap map_before;
	uint8_t *nodes_before;
	uint64_t next_before;
};

static inline void model_make(struct model *m, uint64_t origin, uint64_t unit, uint64_t refuse)
{
	memset(m, 0, sizeof(*m));
	arena_make(&m->arena);
	m->nodes_before = malloc(ARENA_NODES * MEMMAP_NODE_SIZE);
	m->arena.refuse = refuse;
	m->origin = origin;
	m->unit = unit;
	memmap_init(&m->map, &arena_ops, &m->arena);
}

static inline void model_drop(struct model *m)
{
	memmap_destroy(&m->map);
	free(m->arena.memory);
	free(m->nodes_before);
}

static inline void model_snapshot(struct model *m)
{
	memcpy(&m->map_before, &m->map, sizeof(m->map));
	memcpy(m->nodes_before, m->arena.memory, m->arena.next * MEMMAP_NODE_SIZE);
	m->next_before = m->arena.next;
}

static inline int model_unchanged(const struct model *m)
{
	return memcmp(&m->map_before, &m->map, sizeof(m->map)) == 0 &&
	       memcmp(m->nodes_before, m->arena.memory, m->next_before * MEMMAP_NODE_SIZE) == 0;
}

static inline int owned(const struct mem_props *p)
{
	return p->owner != MEM_OWNER_HOLE && p->owner != MEM_OWNER_FREE;
}

static inline int same(const struct mem_props *a, const struct mem_props *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Does the map say of every cell what the model says, and nothing of what lies outside? */
static inline int model_agrees(const struct model *m)
{
	const struct mem_props hole = {.owner = MEM_OWNER_HOLE};
	struct mem_region r;
	uint64_t cells = 0;
	int rule = memmap_check(&m->map);

	if (rule != 0) {
		printf("# memmap_check: rule %d\n", rule);
		return 0;
	}
	memmap_first(&m->map, &r);
	do {
		uint64_t first = (r.base - m->origin) / m->unit;
		uint64_t size = r.end - r.base;

		if (r.props.owner == MEM_OWNER_HOLE)
			continue;
		if (r.base < m->origin || (r.base - m->origin) % m->unit != 0 ||
		    size % m->unit != 0 || first + size / m->unit > MODEL_CELLS) {
			printf("# region at %" PRIx64 " lies off the cells\n", r.base);
			return 0;
		}
		for (uint64_t i = first; i < first + size / m->unit; i++, cells++) {
			if (!same(&m->cell[i], &r.props)) {
				printf("# cell %" PRIu64 " differs\n", i);
				return 0;
			}
		}
	} while (memmap_next(&m->map, &r));
	for (uint64_t i = 0; i < MODEL_CELLS; i++)
		cells += same(&m->cell[i], &hole) ? 1 : 0;
	if (cells != MODEL_CELLS)
		printf("# the map describes too little\n");
	return cells == MODEL_CELLS;
}

/* ---- a random call ---- */

enum call_kind {
	ADD,
	REMOVE,
	CLAIM_AT,
	CLAIM,
	RELEASE,
	RETYPE,
	PROTECT,
	LOAD,
	UNLOAD,
	LIFE,
	KINDS
};

struct call {
	enum call_kind kind;
	uint64_t first; /* cells */
	uint64_t count;
	uint64_t align;
	uint64_t min;
	uint64_t max;
	enum mem_owner owner;
	struct mem_props props;
};

static inline struct mem_props model_random_props(const struct model *m)
{
	static const char *const tags[] = {"", "a", "kernel", "fifteen letters",
					   "more than fifteen letters"};
	static const uint8_t attrs[] = {0, MEM_RW, MEM_RX, MEM_R};
	struct mem_props p = mem_props_make(
		tap_below(3) ? MEM_LOADER_DATA : (uint32_t)tap_below(16),
		(enum mem_owner)(MEM_OWNER_HARDWARE + tap_below(4)),
		(enum mem_life)(MEM_LIFE_ATTEMPT + tap_below(3)), attrs[tap_below(4)],
		tap_below(3) ? MEM_FLAG_REUSABLE : (uint8_t)tap_below(8), tags[tap_below(5)]);

	if (tap_below(2)) {
		p = mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB,
				   m->attempt ? MEM_LIFE_ATTEMPT : MEM_LIFE_SESSION, MEM_RW,
				   MEM_FLAG_REUSABLE, "lmb");
	}
	return p;
}

static inline struct call model_random_call(const struct model *m)
{
	struct call c = {
		.kind = (enum call_kind)tap_below(KINDS),
		.first = tap_below(MODEL_CELLS),
		.align = m->unit << tap_below(4),
		.owner = tap_below(2) ? MEM_OWNER_LMB
				      : (enum mem_owner)(MEM_OWNER_HARDWARE + tap_below(4)),
		.props = model_random_props(m),
	};
	uint64_t most = MODEL_CELLS - c.first;

	if (tap_below(8) && most > 12)
		most = 12;
	c.count = 1 + tap_below(most);
	if (tap_below(2))
		c.min = m->origin + m->unit * tap_below(MODEL_CELLS);
	if (tap_below(2))
		c.max = m->origin + m->unit * tap_below(MODEL_CELLS) + tap_below(m->unit);
	if (c.kind == ADD && tap_below(4))
		c.props = mem_props_free();
	if (c.kind == REMOVE && tap_below(4))
		c.kind = ADD;
	if (tap_below(2) && owned(&m->cell[c.first])) /* hit it */
		c.owner = (enum mem_owner)m->cell[c.first].owner;
	return c;
}

static inline int refuses_cell(const struct call *c, const struct mem_props *old)
{
	int mine = old->owner == c->owner;
	struct mem_props alike;

	switch (c->kind) {
	case ADD:
		alike = c->props;
		memcpy(alike.tag, old->tag, MEM_TAG_MAX);
		alike.since = old->since;
		return owned(old) && c->props.owner != MEM_OWNER_FREE && !same(&alike, old)
			       ? -EEXIST
			       : 0;
	case CLAIM_AT:
		if (old->owner == MEM_OWNER_HOLE)
			return -EINVAL;
		if (owned(old) &&
		    !(old->owner == c->props.owner && (old->flags & MEM_FLAG_REUSABLE) &&
		      (c->props.flags & MEM_FLAG_REUSABLE)))
			return -EEXIST;
		return 0;
	case LOAD:
		if (old->owner == MEM_OWNER_HOLE)
			return -EINVAL;
		return owned(old) && !(mine && (old->flags & MEM_FLAG_REUSABLE)) ? -EEXIST : 0;
	case UNLOAD:
		return mine && (old->flags & (MEM_FLAG_REUSABLE | MEM_FLAG_LOADING)) ? 0 : -EINVAL;
	case RELEASE:
	case RETYPE:
	case PROTECT:
		if (!owned(old))
			return -EINVAL;
		return mine ? 0 : -EPERM;
	default:
		return 0;
	}
}

static inline void change_cell(const struct model *m, const struct call *c, struct mem_props *cell)
{
	struct mem_props new = c->props;

	new.since = (uint8_t)m->map.stage;
	switch (c->kind) {
	case ADD:
		if (c->props.owner == MEM_OWNER_FREE)
			new = mem_props_free();
		if (!owned(cell))
			*cell = new;
		break;
	case REMOVE:
		memset(cell, 0, sizeof(*cell));
		break;
	case CLAIM_AT:
	case CLAIM:
		if (owned(cell) && cell->life > new.life)
			cell->flags |= MEM_FLAG_BORROWED;
		else
			*cell = new;
		break;
	case RELEASE:
		if (cell->flags & MEM_FLAG_BORROWED)
			cell->flags &= (uint8_t)~MEM_FLAG_BORROWED;
		else
			*cell = mem_props_free();
		break;
	case RETYPE:
		*cell = new;
		break;
	case PROTECT:
		cell->attrs = c->props.attrs;
		break;
	case LOAD:
		new = mem_props_make(MEM_LOADER_DATA, c->owner,
				     m->attempt ? MEM_LIFE_ATTEMPT : MEM_LIFE_SESSION, MEM_RW,
				     MEM_FLAG_LOADING, "file");
		new.since = (uint8_t)m->map.stage;
		if (!owned(cell))
			*cell = new;
		break;
	case UNLOAD:
		if (cell->flags & MEM_FLAG_LOADING)
			*cell = mem_props_free();
		break;
	default:
		break;
	}
}

/* Finds what CLAIM must find, by trying every address from the top. */
static inline int model_place(const struct model *m, struct call *c)
{
	for (uint64_t i = MODEL_CELLS; i-- > 0;) {
		uint64_t base = m->origin + i * m->unit;
		uint64_t last = base + c->count * m->unit - 1;
		uint64_t j = i;

		if (i + c->count > MODEL_CELLS || base == 0 || base % c->align != 0 ||
		    base < c->min || (c->max != 0 && last > c->max))
			continue;
		while (j < i + c->count && m->cell[j].owner == MEM_OWNER_FREE)
			j++;
		if (j == i + c->count) {
			c->first = i;
			return 0;
		}
	}
	return -ENOMEM;
}

static inline int model_predict(const struct model *m, struct call *c)
{
	int error = 0;

	if (c->kind == CLAIM)
		return model_place(m, c);
	if ((c->kind == CLAIM_AT || c->kind == LOAD) && m->origin + c->first * m->unit == 0)
		return -EINVAL;
	for (uint64_t i = c->first; i < c->first + c->count; i++) {
		int cell = refuses_cell(c, &m->cell[i]);

		if (error == 0 || cell == -EINVAL)
			error = cell;
	}
	return error;
}

static inline int model_call_map(struct model *m, const struct call *c, uint64_t *base)
{
	struct memmap *map = &m->map;
	uint64_t at = m->origin + c->first * m->unit;
	uint64_t size = c->count * m->unit;
	struct mem_request request = {
		.size = size, .align = c->align, .min = c->min, .max = c->max, .props = c->props};

	*base = at;
	switch (c->kind) {
	case ADD:
		return memmap_add(map, at, size, &c->props);
	case REMOVE:
		return memmap_remove(map, at, size);
	case CLAIM_AT:
		return memmap_claim_at(map, at, size, &c->props);
	case CLAIM:
		return memmap_claim(map, &request, base);
	case RELEASE:
		return memmap_release(map, at, size, c->owner);
	case RETYPE:
		return memmap_retype(map, at, size, c->owner, &c->props);
	case PROTECT:
		return memmap_protect(map, at, size, c->owner, c->props.attrs);
	case LOAD:
		return memmap_load_begin(map, at, size, c->owner, "file");
	case UNLOAD:
		return memmap_load_end(map, at, size, c->owner);
	default:
		return 0;
	}
}

/* Attempts and lives, the stage, and whether the map is followed. */
static inline void model_life(struct model *m)
{
	uint64_t what = tap_below(16);

	if (what == 15) {
		memmap_attach(&m->map, tap_below(2) ? &arena_ops : &followed_ops, &m->arena);
	} else if (what < 6) {
		memmap_stage(&m->map, (uint8_t)tap_below(3));
	} else if (what < 9 && !m->attempt) {
		memmap_attempt_begin(&m->map);
		m->attempt = 1;
	} else if (what < 12 && m->attempt) {
		memmap_attempt_fail(&m->map);
		m->attempt = 0;
		for (int i = 0; i < MODEL_CELLS; i++) {
			if (m->cell[i].flags & MEM_FLAG_BORROWED)
				m->cell[i].flags &= (uint8_t)~MEM_FLAG_BORROWED;
			else if (m->cell[i].life == MEM_LIFE_ATTEMPT)
				m->cell[i] = mem_props_free();
		}
	} else if (what == 12 && m->attempt) {
		memmap_attempt_keep(&m->map);
		m->attempt = 0;
		for (int i = 0; i < MODEL_CELLS; i++) {
			m->cell[i].flags &= (uint8_t)~MEM_FLAG_BORROWED;
			if (m->cell[i].life == MEM_LIFE_ATTEMPT)
				m->cell[i].life = MEM_LIFE_SESSION;
		}
	}
}

/* One random call to both. 0 when they disagree. */
static inline int model_step(struct model *m)
{
	struct call c = model_random_call(m);
	uint64_t key = memmap_key(&m->map);
	uint64_t base;
	int wanted;
	int is;

	if (c.kind == LIFE) {
		model_life(m);
		return model_agrees(m);
	}
	wanted = model_predict(m, &c);
	if (wanted != 0 || m->arena.refuse != 0)
		model_snapshot(m);
	is = model_call_map(m, &c, &base);
	if (is == -ENOMEM && m->arena.refuse != 0)
		wanted = -ENOMEM; /* the one thing that the model does not know */
	if (is != wanted) {
		printf("# call %d of cells %" PRIu64 "+%" PRIu64 ": is %d, wanted %d\n", c.kind,
		       c.first, c.count, is, wanted);
		return 0;
	}
	if (is != 0) {
		if (!model_unchanged(m)) {
			printf("# call %d has failed with %d, and changed the map\n", c.kind, is);
			return 0;
		}
		return 1;
	}
	if (base != m->origin + c.first * m->unit) {
		printf("# placed at %" PRIx64 ", not at cell %" PRIu64 "\n", base, c.first);
		return 0;
	}
	for (uint64_t i = c.first; i < c.first + c.count; i++) {
		struct mem_props old = m->cell[i];

		change_cell(m, &c, &m->cell[i]);
		if (!same(&old, &m->cell[i]) && memmap_key(&m->map) == key) {
			printf("# the key has not changed\n");
			return 0;
		}
	}
	return model_agrees(m);
}

/* A model at `origin`, `steps` random calls, and a name for what is tested. */
static inline int model_run(const char *name, uint64_t origin, uint64_t unit, uint64_t refuse,
			    uint64_t steps)
{
	struct model *m = malloc(sizeof(*m));
	uint64_t nodes_max = 0;
	uint64_t i;

	model_make(m, origin, unit, refuse);
	for (i = 0; i < steps; i++) {
		if (!model_step(m))
			break;
		if (m->arena.used > nodes_max)
			nodes_max = m->arena.used;
	}
	if (i < steps)
		printf("# %s: step %" PRIu64 "\n", name, i);
	printf("# at most %" PRIu64 " grown nodes\n", nodes_max);
	model_drop(m);
	free(m);
	return i == steps;
}

#endif
