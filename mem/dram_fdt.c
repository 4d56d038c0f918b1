/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One walk: the properties of a node that matter are noted as they come by; when the node's properties are over (a
 * child begins, or the node ends) the node is understood at once. Names of properties are compared once each: after
 * that the offset of the name tells which it is, because a tree stores each name once.
 */
#include <errno.h>

#include "mem/dram_fdt_intake.h"

#define SPARE_ROOM 4096 /* bytes kept after the blob's last used one, for what the fix-up adds */
#define CELLS (SEEN(ADDRESS_CELLS) | SEEN(SIZE_CELLS) | SEEN(RANGES))

static const char property_names[PROPERTIES][16] = {
	"reg",	    "compatible", "#address-cells", "#size-cells",  "device_type",
	"ranges",   "status",	  "stdout-path",    "method",	    "no-map",
	"reusable", "size",	  "alignment",	    "alloc-ranges",
};

int dram_fdt_refuse(struct intake *in, const char *why, uint64_t number)
{
	in->out->why = why;
	in->out->number = number;
	return -EINVAL;
}

int dram_fdt_is(const uint8_t *value, const char *text)
{
	uint64_t size = strlen(text) + 1;

	return value_size(value) >= size && !memcmp(value, text, size);
}

#define LETTERS(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)

/* Which property may a name be, by its first letters? The name is not empty. */
static enum property candidate(const char *name)
{
	switch (LETTERS(name[0], name[1])) {
	case LETTERS('r', 'e'):
		return name[2] == 'g' ? REG : REUSABLE;
	case LETTERS('c', 'o'):
		return COMPATIBLE;
	case LETTERS('#', 'a'):
		return ADDRESS_CELLS;
	case LETTERS('#', 's'):
		return SIZE_CELLS;
	case LETTERS('d', 'e'):
		return DEVICE_TYPE;
	case LETTERS('r', 'a'):
		return RANGES;
	case LETTERS('s', 't'):
		return name[2] == 'a' ? STATUS : STDOUT_PATH;
	case LETTERS('m', 'e'):
		return METHOD;
	case LETTERS('n', 'o'):
		return NO_MAP;
	case LETTERS('s', 'i'):
		return SIZE;
	case LETTERS('a', 'l'):
		return name[2] == 'i' ? ALIGNMENT : ALLOC_RANGES;
	}
	return OTHER;
}

/* Which property is the one that the walk is at? Compares names once each. */
static __attribute__((noinline)) enum property identify(struct intake *in, uint32_t offset)
{
	const char *name = in->walk.strings + offset;
	enum property property = OTHER;

	if (offset >= in->walk.strings_size)
		return UNKNOWN;
	if (name[0])
		property = candidate(name);
	if (property != OTHER && strcmp(name, property_names[property]))
		property = OTHER;
	if (offset < NAMES_MAX)
		in->known[offset] = (uint8_t)property;
	return property;
}

static int disabled(const struct intake *in)
{
	return in->seen & SEEN(STATUS) && !dram_fdt_is(in->value[STATUS], "okay") &&
	       !dram_fdt_is(in->value[STATUS], "ok");
}

static int read_cells(struct intake *in, enum property property, uint8_t *cells)
{
	uint64_t number;

	if (!(in->seen & SEEN(property)))
		return 0;
	if (value_size(in->value[property]) != 4)
		return dram_fdt_refuse(in, "an #address-cells or #size-cells is not one cell",
				       value_size(in->value[property]));
	number = fdt_cells(in->value[property], 1);
	*cells = number < 255 ? (uint8_t)number : 255;
	return 0;
}

static int note_cells(struct intake *in, struct level *level)
{
	int error;

	if (in->seen & SEEN(RANGES))
		level->ranges = in->value[RANGES];
	error = read_cells(in, ADDRESS_CELLS, &level->address_cells);
	return error ? error : read_cells(in, SIZE_CELLS, &level->size_cells);
}

/* The properties of the node are over. */
static int understand(struct intake *in, struct level *level)
{
	int error = 0;

	if (level == in->level)
		return dram_fdt_refuse(in, "a property stands outside of all nodes", 0);
	if (in->seen & CELLS)
		error = note_cells(in, level);
	if (error || level == &in->level[1] || disabled(in))
		return error;
	if (in->level[2].special == CHOSEN) {
		if (level == &in->level[2] && in->seen & SEEN(STDOUT_PATH))
			in->stdout_path = in->value[STDOUT_PATH];
		return 0;
	}
	if (in->level[2].special == RESERVED)
		return level == &in->level[3] ? dram_fdt_reserved(in, level) : 0;
	if (in->seen & SEEN(DEVICE_TYPE) && dram_fdt_is(in->value[DEVICE_TYPE], "memory"))
		return dram_fdt_memory(in, level);
	return in->seen & SEEN(COMPATIBLE) ? dram_fdt_device(in, level) : 0;
}

#define NAME_WORD(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* Passes over the rest of /cpus; counts its children that are called cpu@…. A machine may have hundreds. */
static enum fdt_token skip_cpus(struct fdt_walk *from, uint32_t *cpus)
{
	struct fdt_walk walk = *from; /* a copy that only lives in registers */
	uint32_t depth = 1, count = 0;
	enum fdt_token token;

	do {
		token = fdt_walk_next_inline(&walk);
		if (token == FDT_TOKEN_PROPERTY)
			continue;
		if (token == FDT_TOKEN_NODE) {
			if (depth++ == 1 &&
			    fdt_word((const uint8_t *)walk.name) == NAME_WORD('c', 'p', 'u', '@'))
				count++;
			continue;
		}
		if (token != FDT_TOKEN_NODE_END)
			break;
		depth--;
	} while (depth);
	from->at = walk.at; /* not the rest: what nobody reads need not be kept for each token */
	from->error = walk.error;
	*cpus += count;
	return token;
}

static int bad_token(struct intake *in, const char *error, const uint8_t *at, enum fdt_token token)
{
	return dram_fdt_refuse(in, token == FDT_TOKEN_BAD ? error : "the tree ends inside a node",
			       (uint64_t)(at - in->blob));
}

/* A node below the root begins: others are marked; /cpus is passed over, and then it is 1. 0, 1 or -EINVAL. */
static int begin_special(struct intake *in, struct level *level)
{
	struct fdt_walk *walk = &in->walk;
	enum fdt_token token;

	if (!strcmp(level->name, "cpus")) {
		token = skip_cpus(walk, &in->out->cpus);
		return token == FDT_TOKEN_NODE_END ? 1
						   : bad_token(in, walk->error, walk->at, token);
	}
	if (!strcmp(level->name, "chosen")) {
		in->out->chosen = (uint32_t)(walk->at - walk->structure);
		level->special = CHOSEN;
	} else if (!strcmp(level->name, "reserved-memory")) {
		level->special = RESERVED;
	}
	return 0;
}

static __attribute__((noinline)) int walk_tree(struct intake *in)
{
	struct fdt_walk walk = in->walk; /* a copy that only lives in registers */
	uint32_t names = walk.strings_size < NAMES_MAX ? walk.strings_size : NAMES_MAX;
	struct level *level = in->level;
	enum property property;
	enum fdt_token token;
	uint32_t seen = 0;
	int error;

	for (;;) {
		token = fdt_walk_next_inline(&walk);
		if (token == FDT_TOKEN_PROPERTY) {
			property = walk.name_offset < names ? in->known[walk.name_offset] : UNKNOWN;
			if (property == UNKNOWN)
				property = identify(in, walk.name_offset);
			if (property == OTHER)
				continue;
			if (property == UNKNOWN)
				return dram_fdt_refuse(
					in, "a property's name lies outside of the strings",
					walk.name_offset);
			in->value[property] = walk.value;
			seen |= SEEN(property);
			continue;
		}
		if (seen) {
			in->seen = seen;
			error = understand(in, level);
			if (error)
				return error;
			seen = 0;
		}
		if (token == FDT_TOKEN_NODE_END) {
			if (level == &in->level[2] && in->row.reg) {
				error = dram_fdt_row(in, level, walk.at, &in->walk.at);
				if (error)
					return error;
				walk.at = in->walk.at;
				in->row.reg = NULL;
			}
			/* Before the root there is no node, after it no token but the end. */
			if (--level <= in->level)
				break;
			continue;
		}
		if (token != FDT_TOKEN_NODE)
			return bad_token(in, walk.error, walk.at, token);
		if (++level == &in->level[DEPTH_MAX])
			return dram_fdt_refuse(in, "its nodes are nested deeper than",
					       DEPTH_MAX - 1);
		*level = (struct level){.name = walk.name, .address_cells = 2, .size_cells = 1};
		if (level != &in->level[2] || (walk.name[0] != 'c' && walk.name[0] != 'r'))
			continue;
		in->walk.at = walk.at;
		error = begin_special(in, level);
		if (error < 0)
			return error;
		walk.at = in->walk.at;
		level -= error;
	}
	in->walk.at = walk.at;
	if (level < in->level || fdt_walk_next(&in->walk) != FDT_TOKEN_END)
		return dram_fdt_refuse(in, "the tree does not end with its root",
				       (uint64_t)(walk.at - in->blob));
	return dram_fdt_flush(in);
}

static int read(struct intake *in, uint64_t limit)
{
	struct mem_props blob = mem_props_firmware("devicetree");
	struct dram_fdt *out = in->out;
	uint64_t room;
	int error;

	if (fdt_walk_begin(&in->walk, in->blob, limit))
		return dram_fdt_refuse(in, in->walk.error, (uint64_t)(uintptr_t)in->blob);
	memset(in->known, UNKNOWN,
	       in->walk.strings_size < NAMES_MAX ? in->walk.strings_size : NAMES_MAX);
	room = align_up(in->walk.used + SPARE_ROOM, PAGE_SIZE);
	out->used = in->walk.used;
	out->room = room < in->walk.total ? (uint32_t)room : in->walk.total;
	error = walk_tree(in);
	if (!error)
		error = dram_fdt_settle(in);
	/* The blob has to be mapped, whatever it says of its own place. */
	if (!error)
		error = memmap_add(in->map, (uint64_t)(uintptr_t)in->blob, out->room, &blob);
	if (error == -EEXIST) {
		error = memmap_remove(in->map, (uint64_t)(uintptr_t)in->blob, out->room);
		if (!error)
			error = memmap_add(in->map, (uint64_t)(uintptr_t)in->blob, out->room,
					   &blob);
	}
	if (!error)
		error = dram_fdt_memreserve(in);
	if (error)
		return error;
	if (!out->ram)
		return dram_fdt_refuse(in, "it describes no memory", 0);
	dram_fdt_dynamic(in);
	out->uart = dram_fdt_uart(in);
	return 0;
}

/* Sets what is read before it is written: the object is large, and most of it never used. */
static void begin(struct intake *in)
{
	in->seen = 0;
	in->props = NULL;
	in->base = 0;
	in->end = 0;
	in->stdout_path = NULL;
	in->row.reg = NULL;
	in->uarts = 0;
	in->ranges = 0;
	in->settled = 0;
	in->free_ram = mem_props_free();
	in->dynamics = 0;
	in->level[0] = (struct level){.address_cells = 2, .size_cells = 1};
	in->level[2].special = ORDINARY;
}

/* Not inlined into early_main, so that the linker script may put it elsewhere. */
__attribute__((noinline)) int dram_fdt_read(struct memmap *map, const void *blob, uint64_t limit,
					    const struct dram_fdt_device *devices, uint32_t count,
					    struct dram_fdt *out)
{
	struct intake in;
	int error;

	memset(out, 0, sizeof(*out));
	begin(&in);
	in.map = map;
	in.devices = devices;
	in.devices_end = devices + count;
	in.out = out;
	in.blob = blob;
	error = read(&in, limit);
	if (error) {
		if (error != -EINVAL || !out->why)
			out->why = "the map of its memory does not fit";
		memmap_init(map, map->ops, map->context);
	}
	return error;
}
