/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pieces are put into the tree as ready-made tokens: where the one walk of mem/dram_fdt.c has found /chosen, what follows is
 * moved up once, and names are appended to the strings. libfdt would search the strings byte by byte for every
 * name, which costs more than all the rest of a boot's devicetree work.
 */
#define LOG_PREFIX "devicetree"

#include "boot/fdt_fixup.h"

#include <errno.h>
#include <stdio.h>

#include "lib/fdt_walk.h"
#include "lib/log.h"
#include "mem/lmb.h"

#define BLOB_MAX MIB(2) /* Linux Documentation/arch/arm64/booting.rst */
#define RESERVED_MAX 32 /* regions that one devicetree is told of */
#define NODE_MAX 128 /* bytes of the tokens of one node below /reserved-memory */
#define NAMES_MAX 64 /* bytes of the names that /reserved-memory may need */

enum { TOKEN_NODE = 1, TOKEN_NODE_END, TOKEN_PROPERTY, TOKEN_NOP };

/* Offsets of the header's words that change. */
enum {
	AT_TOTAL_SIZE = 4,
	AT_STRUCTURE = 8,
	AT_STRINGS = 12,
	AT_RESERVATIONS = 16,
	AT_STRINGS_SIZE = 32,
	AT_STRUCTURE_SIZE = 36,
};

/* The blob while it is edited: structure block, then strings block, then room. Offsets are from its start. */
struct editor {
	struct machine *machine;
	uint8_t *blob;
	uint32_t room;
	uint32_t structure, structure_size;
	uint32_t strings, strings_size;
	struct fdt_walk walk;
};

static uint8_t *put(uint8_t *at, uint32_t word)
{
	*(uint32_t *)(void *)at = __builtin_bswap32(word);
	return at + 4;
}

static uint8_t *put_number(uint8_t *at, uint64_t number)
{
	return put(put(at, (uint32_t)(number >> 32)), (uint32_t)number);
}

static uint8_t *put_property(uint8_t *at, uint32_t name, uint32_t size)
{
	return put(put(put(at, TOKEN_PROPERTY), size), name);
}

/* Bytes with padding of a property's or a node name's token. */
static uint32_t padded(uint64_t size)
{
	return (uint32_t)align_up(size, 4);
}

static uint32_t end_of(const struct editor *edit)
{
	return edit->strings + edit->strings_size;
}

/* Says in the header where things are now. */
static void settle(struct editor *edit)
{
	uint32_t end = (uint32_t)align_up(end_of(edit), 8);

	if (end > edit->room)
		end = end_of(edit);
	put(edit->blob + AT_TOTAL_SIZE, end);
	put(edit->blob + AT_STRUCTURE, edit->structure);
	put(edit->blob + AT_STRUCTURE_SIZE, edit->structure_size);
	put(edit->blob + AT_STRINGS, edit->strings);
	put(edit->blob + AT_STRINGS_SIZE, edit->strings_size);
	edit->machine->dtb_size = end;
}

/* Pairs of /memreserve/ before the pair of zeros. */
static uint32_t count_reservations(const struct fdt_walk *walk)
{
	const uint64_t *pair = (const void *)walk->reservations;
	uint32_t count = 0;

	while (count < walk->reservations_max && (pair[0] || pair[1])) {
		pair += 2;
		count++;
	}
	return count;
}

/* Copies the blob to a place where `more` bytes fit behind it, in the usual order of its blocks. */
static int move(struct editor *edit, uint32_t more)
{
	const struct fdt_walk *walk = &edit->walk;
	uint32_t reservations, structure = (uint32_t)(walk->structure - edit->blob);
	uint64_t size, at = 0;
	uint8_t *to;

	reservations = count_reservations(walk);
	size = align_up(40 + 16 * ((uint64_t)reservations + 1) + edit->structure_size +
				edit->strings_size + more,
			PAGE_SIZE);
	if (size > BLOB_MAX || lmb_alloc_tagged(LMB_MEM_ALLOC_ANY, PAGE_SIZE, &at, size,
						LMB_NOOVERWRITE, "devicetree")) {
		log_error(
			"no room for a devicetree of %lu bytes (a kernel takes at most %lu): shorten the command line",
			size, BLOB_MAX);
		return -ENOMEM;
	}
	to = (uint8_t *)(uintptr_t)at;
	memcpy(to, edit->blob, 40);
	put(to + AT_RESERVATIONS, 40);
	memcpy(to + 40, walk->reservations, 16 * (size_t)reservations);
	memset(to + 40 + 16 * reservations, 0, 16);
	edit->structure = 40 + 16 * (reservations + 1);
	memcpy(to + edit->structure, edit->blob + structure, edit->structure_size);
	memcpy(to + edit->structure + edit->structure_size, walk->strings, edit->strings_size);
	edit->strings = edit->structure + edit->structure_size;
	edit->blob = to;
	edit->room = (uint32_t)size;
	edit->machine->dtb = at;
	edit->machine->dtb_room = size;
	settle(edit);
	return 0;
}

/* Reads the header; 0 or -EINVAL. */
static int look(struct editor *edit)
{
	struct fdt_walk *walk = &edit->walk;
	int error = fdt_walk_begin(walk, edit->blob, edit->room);

	if (error) {
		log_error("the tree at 0x%lx cannot be used any more: %s", edit->machine->dtb,
			  walk->error);
		return error;
	}
	edit->structure = (uint32_t)(walk->structure - edit->blob);
	edit->structure_size = (uint32_t)(walk->end - walk->structure);
	edit->strings = (uint32_t)((const uint8_t *)walk->strings - edit->blob);
	edit->strings_size = walk->strings_size;
	return 0;
}

/* Opens the machine's blob for edits that add at most `more` bytes. */
static int open(struct editor *edit, struct machine *machine, uint32_t more)
{
	int error;

	edit->machine = machine;
	edit->blob = (uint8_t *)(uintptr_t)machine->dtb;
	/* QEMU's blob says that it has 1 MiB; the map has kept dtb_room bytes of that. */
	edit->room = (uint32_t)machine->dtb_room;
	if (be32_load(edit->blob + AT_TOTAL_SIZE) > edit->room)
		put(edit->blob + AT_TOTAL_SIZE, edit->room);
	error = look(edit);
	if (error)
		return error;
	/* The usual order, and each block for itself? Hostile ones overlap. */
	if (edit->walk.reservations + 16 * ((uint64_t)count_reservations(&edit->walk) + 1) <=
		    edit->walk.structure &&
	    edit->structure + edit->structure_size <= edit->strings &&
	    end_of(edit) + (uint64_t)more <= edit->room)
		return 0;
	error = move(edit, more);
	return error ? error : look(edit);
}

/* Makes the piece [at, at + old) of the structure block `new` bytes long; what comes later moves. Room is there. */
static void resize(struct editor *edit, uint32_t at, uint32_t old, uint32_t new)
{
	uint8_t *piece = edit->blob + edit->structure + at;

	memmove(piece + new, piece + old, end_of(edit) - edit->structure - at - old);
	edit->structure_size += new - old;
	edit->strings += new - old;
	if (edit->machine->dtb_chosen > at)
		edit->machine->dtb_chosen += new - old;
	if (edit->machine->dtb_reserved > at)
		edit->machine->dtb_reserved += new - old;
	edit->walk.end += (int32_t)(new - old);
	edit->walk.strings += (int32_t)(new - old);
}

/* Appends to the strings block, of which `names` is a part with its NULs: the offset. */
static uint32_t append(struct editor *edit, const char *names, uint32_t size)
{
	uint32_t offset = edit->strings_size;

	memcpy(edit->blob + end_of(edit), names, size);
	edit->strings_size += size;
	edit->walk.strings_size = edit->strings_size;
	return offset;
}

/* The next token of the structure block at offset `at`; *next is where the one after it begins. */
static enum fdt_token token_at(struct editor *edit, uint32_t at, uint32_t *next)
{
	enum fdt_token token;

	edit->walk.at = edit->blob + edit->structure + at;
	token = fdt_walk_next(&edit->walk);
	if (token == FDT_TOKEN_PROPERTY && !fdt_walk_name(&edit->walk))
		token = FDT_TOKEN_BAD;
	*next = (uint32_t)(edit->walk.at - edit->blob) - edit->structure;
	return token;
}

/* Where the properties of the node end whose first one is at `at`. */
static uint32_t after_properties(struct editor *edit, uint32_t at)
{
	uint32_t next;

	while (token_at(edit, at, &next) == FDT_TOKEN_PROPERTY)
		at = next;
	return at;
}

/* Puts an empty node below the root, before its other children: the offset of its first property. */
static uint32_t new_node(struct editor *edit, const char *name)
{
	uint32_t size = padded(strlen(name) + 1);
	uint32_t at;
	uint8_t *to;

	token_at(edit, 0, &at);
	at = after_properties(edit, at);
	resize(edit, at, 0, size + 8);
	to = put(edit->blob + edit->structure + at, TOKEN_NODE);
	memset(to, 0, size);
	memcpy(to, name, strlen(name));
	put(to + size, TOKEN_NODE_END);
	return at + 4 + size;
}

/* --- /chosen --- */

/* Our properties, in this order wherever they come together. */
enum chosen { BOOTARGS, INITRD_START, INITRD_END, CHOSEN };
static const char chosen_names[] = "bootargs\0linux,initrd-start\0linux,initrd-end";
static const uint8_t chosen_name[CHOSEN] = {0, 9, 28};

static uint32_t chosen_size(const struct fdt_fixup *values, enum chosen which)
{
	if (which == BOOTARGS)
		return (uint32_t)values->cmdline_size;
	return values->initrd != values->initrd_end ? 8 : 0;
}

static void put_chosen(uint8_t *at, const struct fdt_fixup *values, enum chosen which)
{
	uint32_t size = chosen_size(values, which);

	if (which == BOOTARGS) {
		put(at + padded(size) - 4, 0);
		memcpy(at, values->cmdline, size);
	} else {
		put_number(at, which == INITRD_START ? values->initrd : values->initrd_end);
	}
}

/*
 * What earlier hands have left of our properties is written over where it has the right size (QEMU leaves the command line),
 * else taken out. Seeds are renewed. Returns the properties that are still to be written: a bit each.
 */
static uint32_t clean_chosen(struct editor *edit, const struct fdt_fixup *values)
{
	uint32_t at = edit->machine->dtb_chosen, next, wanted = 0;

	for (enum chosen i = BOOTARGS; i < CHOSEN; i++)
		if (chosen_size(values, i))
			wanted |= 1u << i;
	while (token_at(edit, at, &next) == FDT_TOKEN_PROPERTY) {
		const char *name = fdt_walk_name(&edit->walk);
		uint8_t *value = edit->blob + (edit->walk.value - edit->blob);
		uint32_t size = edit->walk.size;
		enum chosen which = BOOTARGS;

		while (which < CHOSEN && strcmp(name, chosen_names + chosen_name[which]) != 0)
			which++;
		if (which < CHOSEN) {
			if (!(wanted & 1u << which) || size != chosen_size(values, which)) {
				resize(edit, at, next - at, 0);
				continue;
			}
			put_chosen(value, values, which);
			wanted &= ~(1u << which);
		} else if (values->seeds && size <= 8 && !strcmp(name, "kaslr-seed")) {
			memcpy(value, values->seeds, size);
		} else if (values->seeds && size <= 32 && !strcmp(name, "rng-seed")) {
			memcpy(value, values->seeds + 1, size);
		}
		at = next;
	}
	return wanted;
}

/* Bytes of the tokens of the wanted properties; memmove is quick over multiples of 8. */
static uint32_t chosen_room(const struct fdt_fixup *values, uint32_t wanted)
{
	uint32_t size = 0;

	for (enum chosen i = BOOTARGS; i < CHOSEN; i++)
		if (wanted & 1u << i)
			size += 12 + padded(chosen_size(values, i));
	return (uint32_t)align_up(size, 8);
}

static void write_chosen(struct editor *edit, const struct fdt_fixup *values)
{
	uint32_t names, size, wanted;
	uint8_t *at, *end;

	if (!edit->machine->dtb_chosen)
		edit->machine->dtb_chosen = new_node(edit, "chosen");
	wanted = clean_chosen(edit, values);
	if (!wanted)
		return;
	size = chosen_room(values, wanted);
	resize(edit, edit->machine->dtb_chosen, 0, size);
	names = append(edit, chosen_names, sizeof(chosen_names));

	at = edit->blob + edit->structure + edit->machine->dtb_chosen;
	end = at + size;
	for (enum chosen i = BOOTARGS; i < CHOSEN; i++) {
		if (!(wanted & 1u << i))
			continue;
		at = put_property(at, names + chosen_name[i], chosen_size(values, i));
		put_chosen(at, values, i);
		at += padded(chosen_size(values, i));
	}
	while (at < end)
		at = put(at, TOKEN_NOP);
}

/* --- /reserved-memory --- */

/* A look (mem/memmap.h): 1 for what the tree has to be told of, and 2 if not even a mapping may exist. */
static uint64_t look_untold(const struct mem_props *props)
{
	enum mem_os_kind kind;

	if (props->owner <= MEM_OWNER_HARDWARE)
		return 0;
	kind = memmap_os_kind(props);
	return kind == MEM_OS_NOMAP ? 2 : kind != MEM_OS_USABLE;
}

static uint32_t count_untold(const struct memmap *map)
{
	struct mem_region region;
	uint32_t count = 0;

	memmap_first_alike(map, look_untold, &region);
	do {
		count += look_untold(&region.props) != 0;
	} while (memmap_next_alike(map, look_untold, &region));
	return count;
}

/* The offset of a name in the strings block, appended if need be. */
static uint32_t name_of(struct editor *edit, const char *name)
{
	uint32_t size = (uint32_t)strlen(name) + 1;
	const char *strings = (const char *)edit->blob + edit->strings;

	for (uint32_t at = 0; at + size <= edit->strings_size; at++)
		if (!memcmp(strings + at, name, size))
			return at;
	return append(edit, name, size);
}

/* The cells of /reserved-memory as it stands, or of a new one: 0, or -EINVAL when they are none that we can write. */
static int reserved_cells(struct editor *edit, uint32_t *address_cells, uint32_t *size_cells)
{
	uint32_t at = edit->machine->dtb_reserved, next;

	*address_cells = 2;
	*size_cells = 1;
	while (token_at(edit, at, &next) == FDT_TOKEN_PROPERTY) {
		const char *name = fdt_walk_name(&edit->walk);

		if (edit->walk.size == 4 && !strcmp(name, "#address-cells"))
			*address_cells = be32_load(edit->walk.value);
		if (edit->walk.size == 4 && !strcmp(name, "#size-cells"))
			*size_cells = be32_load(edit->walk.value);
		at = next;
	}
	return *address_cells - 1 < 2 && *size_cells - 1 < 2 ? 0 : -EINVAL;
}

static void new_reserved(struct editor *edit)
{
	uint32_t address_cells = name_of(edit, "#address-cells");
	uint32_t size_cells = name_of(edit, "#size-cells");
	uint32_t ranges = name_of(edit, "ranges");
	uint32_t at = new_node(edit, "reserved-memory");
	uint8_t *to;

	resize(edit, at, 0, 12 + 4 + 12 + 4 + 12);
	to = edit->blob + edit->structure + at;
	to = put(put_property(to, address_cells, 4), 2);
	to = put(put_property(to, size_cells, 4), 2);
	put_property(to, ranges, 0);
	edit->machine->dtb_reserved = at;
}

static uint8_t *put_cells(uint8_t *at, uint64_t number, uint32_t cells)
{
	return cells == 2 ? put_number(at, number) : put(at, (uint32_t)number);
}

static int tell(struct editor *edit, const struct mem_region *region)
{
	uint64_t base = align_down(region->base, PAGE_SIZE);
	uint64_t size = align_up(region->end, PAGE_SIZE) - base;
	uint32_t address_cells, size_cells, reg, no_map, at, name_size;
	char name[MEM_TAG_MAX + 20];
	uint8_t *to;

	if (reserved_cells(edit, &address_cells, &size_cells) ||
	    (address_cells == 1 && base >> 32) || (size_cells == 1 && size >> 32)) {
		log_error(
			"/reserved-memory has %u and %u cells: 0x%lx cannot be told to the kernel",
			address_cells, size_cells, base);
		return -EINVAL;
	}
	name_size = (uint32_t)snprintf(name, sizeof(name), "%.*s@%lx", MEM_TAG_MAX,
				       region->props.tag, base) +
		    1;
	for (char *c = name; *c; c++)
		if (*c == ' ' || *c == '/')
			*c = '-';
	reg = name_of(edit, "reg");
	no_map = look_untold(&region->props) == 2 ? name_of(edit, "no-map") : 0;

	at = after_properties(edit, edit->machine->dtb_reserved);
	resize(edit, at, 0,
	       4 + padded(name_size) + 12 + 4 * (address_cells + size_cells) + (no_map ? 12 : 0) +
		       4);
	to = put(edit->blob + edit->structure + at, TOKEN_NODE);
	memset(to, 0, padded(name_size));
	memcpy(to, name, name_size);
	to = put_property(to + padded(name_size), reg, 4 * (address_cells + size_cells));
	to = put_cells(put_cells(to, base, address_cells), size, size_cells);
	if (no_map)
		to = put_property(to, no_map, 0);
	put(to, TOKEN_NODE_END);
	return 0;
}

static int write_reserved(struct editor *edit, const struct memmap *map)
{
	struct mem_region region;

	if (!edit->machine->dtb_reserved)
		new_reserved(edit);
	memmap_first_alike(map, look_untold, &region);
	do {
		int error = look_untold(&region.props) ? tell(edit, &region) : 0;

		if (error)
			return error;
	} while (memmap_next_alike(map, look_untold, &region));
	return 0;
}

int fdt_fixup(struct machine *machine, const struct memmap *map, const struct fdt_fixup *values)
{
	const uint64_t dtb = machine->dtb, size = machine->dtb_size, room = machine->dtb_room;
	const uint32_t chosen = machine->dtb_chosen, reserved = machine->dtb_reserved;
	uint32_t untold = count_untold(map);
	struct editor edit;
	uint64_t more;
	int error;

	if (untold > RESERVED_MAX) {
		log_error("%u reservations are more than the %d that the kernel is told of", untold,
			  RESERVED_MAX);
		return -ENOMEM;
	}
	more = chosen_room(values, (1u << CHOSEN) - 1) + sizeof(chosen_names) + 16 +
	       (untold ? (untold + 1) * NODE_MAX + NAMES_MAX : 0);
	error = open(&edit, machine, (uint32_t)more);
	if (error)
		return error;
	write_chosen(&edit, values);
	if (untold)
		error = write_reserved(&edit, map);
	settle(&edit);
	if (error && machine->dtb != dtb) { /* the new place goes with the attempt */
		machine->dtb = dtb;
		machine->dtb_size = size;
		machine->dtb_room = room;
		machine->dtb_chosen = chosen;
		machine->dtb_reserved = reserved;
	}
	return error;
}
