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

static int flush(struct intake *in)
{
	const struct mem_props *props = in->props;

	in->props = NULL;
	return props ? dram_fdt_describe(in, in->base, in->end - in->base, props) : 0;
}

int dram_fdt_add(struct intake *in, uint64_t base, uint64_t size, const struct mem_props *props)
{
	int error;

	if (base + size < base)
		return dram_fdt_refuse(in, "a device's registers wrap around the address space",
				       base);
	if (!size)
		return 0;
	if (props == in->props && base + size == in->base) {
		in->base = base;
		return 0;
	}
	if (props == in->props && base == in->end) {
		in->end += size;
		return 0;
	}
	error = flush(in);
	in->props = props;
	in->base = base;
	in->end = base + size;
	return error;
}

/* Which property may a name be, by its first letters? */
static enum property candidate(const char *name)
{
	switch (name[0]) {
	case 'r':
		if (name[1] == 'a')
			return RANGES;
		return name[2] == 'g' ? REG : REUSABLE;
	case 'c':
		return COMPATIBLE;
	case '#':
		return name[1] == 'a' ? ADDRESS_CELLS : SIZE_CELLS;
	case 'd':
		return DEVICE_TYPE;
	case 's':
		if (name[1] == 'i')
			return SIZE;
		return name[2] == 'a' ? STATUS : STDOUT_PATH;
	case 'm':
		return METHOD;
	case 'n':
		return NO_MAP;
	case 'a':
		return name[2] == 'i' ? ALIGNMENT : ALLOC_RANGES;
	}
	return OTHER;
}

/* Which property is the one that the walk is at? Compares names once each. */
static __attribute__((noinline)) enum property identify(struct intake *in, uint32_t offset)
{
	const char *name = in->walk.strings + offset;
	enum property property;

	if (offset >= in->walk.strings_size)
		return UNKNOWN;
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

/* Both are aligned to 4. */
static int same_words(const uint8_t *a, const uint8_t *b, uint32_t size)
{
	const uint8_t *end = a + (size & ~3u);

	for (; a < end; a += 4, b += 4)
		if (fdt_word(a) != fdt_word(b))
			return 0;
	for (size &= 3; size; size--)
		if (*a++ != *b++)
			return 0;
	return 1;
}

/* The first string of `compatible` that the board knows. The first words of many are alike ("arm,"), the second are not. */
static const struct dram_fdt_device *find_device(const struct intake *in)
{
	const uint8_t *list = in->value[COMPATIBLE];
	uint32_t size = value_size(list), key;
	const struct dram_fdt_device *device;

	if (size < 8)
		return NULL;
	key = fdt_word(list + 4);
	for (device = in->devices; device < in->devices_end; device++)
		if (fdt_word((const uint8_t *)device->compatible + 4) == key &&
		    device->length <= size &&
		    same_words(list, (const uint8_t *)device->compatible, device->length))
			return device;
	for (uint32_t offset = 1; offset < size; offset++) {
		if (list[offset - 1])
			continue;
		for (device = in->devices; device < in->devices_end; device++)
			if (device->length <= size - offset &&
			    !memcmp(list + offset, device->compatible, device->length))
				return device;
	}
	return NULL;
}

/* Remembers the first device of a kind, and what may be the console. */
static void note_device(struct intake *in, const struct level *level,
			const struct dram_fdt_device *device, uint32_t index, uint64_t base,
			uint64_t size)
{
	struct dram_fdt_found *found = &in->out->found[device->kind];

	if (index < 2 && !found->size[index] && (index == 0 || found->from == level->name)) {
		found->from = level->name;
		found->base[index] = base;
		found->size[index] = size;
	}
	if (index == 0 && device->how & DRAM_FDT_UART && in->uarts < UARTS_MAX)
		in->uart[in->uarts++] = (struct uart){level->name, base};
}

static int device_node(struct intake *in, const struct level *level)
{
	const struct dram_fdt_device *device = find_device(in);
	uint32_t cells = level[-1].address_cells, size_cells = level[-1].size_cells;
	uint32_t stride = 4 * (cells + size_cells);
	const uint8_t *reg = in->value[REG];
	uint32_t at = 0, left;

	if (!device)
		return 0;
	if (device->how & DRAM_FDT_PSCI && in->seen & SEEN(METHOD) && value_size(in->value[METHOD]))
		in->out->method = (char)in->value[METHOD][0];
	if (!(in->seen & SEEN(REG)) || cells > 2 || size_cells > 2 || !stride)
		return 0;
	left = value_size(reg);
	if (in->seen == (SEEN(REG) | SEEN(COMPATIBLE)) && !device->how && left == stride &&
	    level == &in->level[2] && cells == 2 && size_cells == 2)
		in->row = (struct row){
			.device = device, .reg = reg, .compatible = in->value[COMPATIBLE]};
	for (uint32_t i = 0; left - at >= stride; i++, at += stride) {
		uint64_t base = fdt_cells(reg + at, cells);
		uint64_t size = fdt_cells(reg + at + 4 * cells, size_cells);
		int error;

		if (level > &in->level[2] && !dram_fdt_translate(in, level, &base))
			return 0;
		note_device(in, level, device, i, base, size);
		error = dram_fdt_add(in, base, size, &device->props);
		if (error)
			return error;
	}
	return device->how & DRAM_FDT_PCI ? dram_fdt_pci_windows(in, level) : 0;
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
	return in->seen & SEEN(COMPATIBLE) ? device_node(in, level) : 0;
}

#define NAME_WORD(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* Passes over the rest of /cpus; counts its children that are called cpu@…. A machine may have hundreds. */
static enum fdt_token skip_cpus(struct fdt_walk *from, uint32_t *cpus)
{
	struct fdt_walk walk = *from; /* a copy that only lives in registers */
	uint32_t depth = 1;
	enum fdt_token token;

	do {
		token = fdt_walk_next_inline(&walk);
		if (token == FDT_TOKEN_PROPERTY)
			continue;
		if (token == FDT_TOKEN_NODE) {
			if (depth++ == 1 &&
			    fdt_word((const uint8_t *)walk.name) == NAME_WORD('c', 'p', 'u', '@'))
				*cpus += 1;
			continue;
		}
		if (token != FDT_TOKEN_NODE_END)
			break;
		depth--;
	} while (depth);
	*from = walk;
	return token;
}

static int bad_token(struct intake *in, const struct fdt_walk *walk, enum fdt_token token)
{
	return dram_fdt_refuse(in,
			       token == FDT_TOKEN_BAD ? walk->error : "the tree ends inside a node",
			       (uint64_t)(walk->at - in->blob));
}

/*
 * Devices come in rows: virt has 32 places for virtio, of which the nodes differ in name, address and interrupt. device_node
 * has noted one that may be the first of a row; at its end begin_row takes it as the pattern.
 */
static void begin_row(struct intake *in, const struct level *level, const uint8_t *end)
{
	struct row *row = &in->row;
	const uint8_t *at = (const uint8_t *)level->name;

	while (!fdt_zero_byte(fdt_word(at)))
		at += 4;
	row->node = (const uint8_t *)level->name - 4;
	row->properties = (uint32_t)(at + 4 - row->node);
	row->size = (uint32_t)(end - row->node);
}

/*
 * Is what begins at `at` one more of the row? All tokens, sizes and names of properties have to be the same, and so has
 * `compatible`. Then its registers are added: 1; 0 when it is something else; or -errno.
 */
static int next_in_row(struct intake *in, const uint8_t *at)
{
	const struct row *row = &in->row;
	const uint8_t *a = row->node + row->properties, *b = at + row->properties;
	uint32_t size;
	int error;

	/* The node's name is as long as the pattern's when a token follows it. */
	if ((uint64_t)(in->walk.end - at) < row->size || fdt_word(at) != FDT_TAG(1) ||
	    !fdt_zero_byte(fdt_word(b - 4)))
		return 0;
	while (fdt_word(a) == FDT_TAG(3)) {
		size = fdt_word(a + 4);
		if (((fdt_word(b) ^ FDT_TAG(3)) | (fdt_word(b + 4) ^ size) |
		     (fdt_word(b + 8) ^ fdt_word(a + 8))) != 0)
			return 0;
		size = (12 + 3 + __builtin_bswap32(size)) & ~3u;
		a += size;
		b += size;
	}
	/* Behind the properties the pattern has its end, or it would not be one. */
	if (fdt_word(b) != FDT_TAG(2) || b + 4 != at + row->size ||
	    !same_words(at + (row->compatible - row->node), row->compatible,
			value_size(row->compatible)))
		return 0;
	at += row->reg - row->node;
	error = dram_fdt_add(in, fdt_cells(at, 2), fdt_cells(at + 8, 2), &row->device->props);
	return error ? error : 1;
}

/* A node below the root begins: /cpus is passed over, others are marked. 0 or -EINVAL. */
static int begin_special(struct intake *in, struct level *level, struct fdt_walk *walk)
{
	enum fdt_token token;

	if (!strcmp(walk->name, "cpus")) {
		token = skip_cpus(walk, &in->out->cpus);
		return token == FDT_TOKEN_NODE_END ? 1 : bad_token(in, walk, token);
	}
	if (!strcmp(walk->name, "chosen")) {
		in->out->chosen = (uint32_t)(walk->at - walk->structure);
		level->special = CHOSEN;
	} else if (!strcmp(walk->name, "reserved-memory")) {
		in->out->reserved = (uint32_t)(walk->at - walk->structure);
		level->special = RESERVED;
	}
	return 0;
}

static int walk_tree(struct intake *in)
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
			if (property >= OTHER) {
				if (property == UNKNOWN)
					property = identify(in, walk.name_offset);
				if (property == OTHER)
					continue;
				if (property == UNKNOWN)
					return dram_fdt_refuse(
						in, "a property's name lies outside of the strings",
						walk.name_offset);
			}
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
			if (level == &in->level[2] && in->row.reg > (const uint8_t *)level->name) {
				begin_row(in, level, walk.at);
				while ((error = next_in_row(in, walk.at)) == 1)
					walk.at += in->row.size;
				if (error < 0)
					return error;
				in->row.reg = NULL;
			}
			/* Before the root there is no node, after it no token but the end. */
			if (--level <= in->level)
				break;
			continue;
		}
		if (token != FDT_TOKEN_NODE)
			return bad_token(in, &walk, token);
		if (++level == &in->level[DEPTH_MAX])
			return dram_fdt_refuse(in, "its nodes are nested deeper than",
					       DEPTH_MAX - 1);
		*level = (struct level){.name = walk.name, .address_cells = 2, .size_cells = 1};
		if (level != &in->level[2] || (walk.name[0] != 'c' && walk.name[0] != 'r'))
			continue;
		error = begin_special(in, level, &walk);
		if (error < 0)
			return error;
		level -= error;
	}
	if (level < in->level || fdt_walk_next(&walk) != FDT_TOKEN_END)
		return dram_fdt_refuse(in, "the tree does not end with its root",
				       (uint64_t)(walk.at - in->blob));
	return flush(in);
}

static int read(struct intake *in, uint64_t limit)
{
	struct mem_props blob = mem_props_firmware("devicetree");
	struct dram_fdt *out = in->out; /* cppcheck-suppress ctuuninitvar: dram_fdt_read has set it */
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

int dram_fdt_read(struct memmap *map, const void *blob, uint64_t limit,
		  const struct dram_fdt_device *devices, uint32_t count, struct dram_fdt *out)
{
	struct intake in; /* large: only what is read before it is written is set here */
	int error;

	memset(out, 0, sizeof(*out));
	in.map = map;
	in.devices = devices;
	in.devices_end = devices + count;
	in.out = out;
	in.blob = blob;
	in.props = NULL;
	in.base = 0;
	in.end = 0;
	in.stdout_path = NULL;
	in.row.reg = NULL;
	in.uarts = 0;
	in.ranges = 0;
	in.settled = 0;
	in.free_ram = mem_props_free();
	in.dynamics = 0;
	in.level[0] = (struct level){.address_cells = 2, .size_cells = 1};
	in.level[2].special = ORDINARY;
	error = read(&in, limit);
	if (error) {
		if (error != -EINVAL || !out->why)
			out->why = "the map of its memory does not fit";
		memmap_init(map, map->ops, map->context);
	}
	return error;
}
