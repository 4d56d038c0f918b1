/* SPDX-License-Identifier: BSD-2-Clause */
/* Which properties and nodes are written; boot/fdt_edit.c knows how. */
#define LOG_PREFIX "devicetree"

#include "boot/fdt_fixup.h"

#include <errno.h>
#include <stdio.h>

#include "boot/fdt_edit.h"
#include "lib/log.h"

#define RESERVED_MAX 32 /* regions that one devicetree is told of */
#define NODE_MAX 128 /* bytes of the tokens of one node below /reserved-memory */
#define NAMES_MAX 64 /* bytes of the names that /reserved-memory may need */

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
		fdt_edit_put(at + fdt_edit_padded(size) - 4, 0);
		memcpy(at, values->cmdline, size);
	} else {
		fdt_edit_put_number(at,
				    which == INITRD_START ? values->initrd : values->initrd_end);
	}
}

/*
 * What earlier hands have left of our properties is written over where it has the right size (QEMU leaves the command line),
 * else taken out. Seeds are renewed. Returns the properties that are still to be written: a bit each.
 */
static uint32_t clean_chosen(struct fdt_edit *edit, const struct fdt_fixup *values)
{
	uint32_t at = edit->machine->dtb_chosen, next, wanted = 0;

	for (enum chosen i = BOOTARGS; i < CHOSEN; i++)
		if (chosen_size(values, i))
			wanted |= 1u << i;
	while (fdt_edit_token(edit, at, &next) == FDT_TOKEN_PROPERTY) {
		const char *name = fdt_walk_name(&edit->walk);
		uint8_t *value = edit->blob + (edit->walk.value - edit->blob);
		uint32_t size = edit->walk.size;
		enum chosen which = BOOTARGS;

		while (which < CHOSEN && strcmp(name, chosen_names + chosen_name[which]) != 0)
			which++;
		if (which < CHOSEN) {
			if (!(wanted & 1u << which) || size != chosen_size(values, which)) {
				fdt_edit_resize(edit, at, next - at, 0);
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
			size += 12 + fdt_edit_padded(chosen_size(values, i));
	return (uint32_t)align_up(size, 8);
}

static void write_chosen(struct fdt_edit *edit, const struct fdt_fixup *values)
{
	uint32_t names, size, wanted;
	uint8_t *at, *end;

	if (!edit->machine->dtb_chosen)
		edit->machine->dtb_chosen = fdt_edit_new_node(edit, "chosen");
	wanted = clean_chosen(edit, values);
	if (!wanted)
		return;
	size = chosen_room(values, wanted);
	fdt_edit_resize(edit, edit->machine->dtb_chosen, 0, size);
	names = fdt_edit_append(edit, chosen_names, sizeof(chosen_names));

	at = edit->blob + edit->structure + edit->machine->dtb_chosen;
	end = at + size;
	for (enum chosen i = BOOTARGS; i < CHOSEN; i++) {
		if (!(wanted & 1u << i))
			continue;
		at = fdt_edit_put_property(at, names + chosen_name[i], chosen_size(values, i));
		put_chosen(at, values, i);
		at += fdt_edit_padded(chosen_size(values, i));
	}
	while (at < end)
		at = fdt_edit_put(at, FDT_PUT_NOP);
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
static uint32_t name_of(struct fdt_edit *edit, const char *name)
{
	uint32_t size = (uint32_t)strlen(name) + 1;
	const char *strings = (const char *)edit->blob + edit->strings;

	for (uint32_t at = 0; at + size <= edit->strings_size; at++)
		if (!memcmp(strings + at, name, size))
			return at;
	return fdt_edit_append(edit, name, size);
}

/* The cells of /reserved-memory as it stands, or of a new one: 0, or -EINVAL when they are none that we can write. */
static int reserved_cells(struct fdt_edit *edit, uint32_t *address_cells, uint32_t *size_cells)
{
	uint32_t at = edit->machine->dtb_reserved, next;

	*address_cells = 2;
	*size_cells = 1;
	while (fdt_edit_token(edit, at, &next) == FDT_TOKEN_PROPERTY) {
		const char *name = fdt_walk_name(&edit->walk);

		if (edit->walk.size == 4 && !strcmp(name, "#address-cells"))
			*address_cells = be32_load(edit->walk.value);
		if (edit->walk.size == 4 && !strcmp(name, "#size-cells"))
			*size_cells = be32_load(edit->walk.value);
		at = next;
	}
	return *address_cells - 1 < 2 && *size_cells - 1 < 2 ? 0 : -EINVAL;
}

static void new_reserved(struct fdt_edit *edit)
{
	uint32_t address_cells = name_of(edit, "#address-cells");
	uint32_t size_cells = name_of(edit, "#size-cells");
	uint32_t ranges = name_of(edit, "ranges");
	uint32_t at = fdt_edit_new_node(edit, "reserved-memory");
	uint8_t *to;

	fdt_edit_resize(edit, at, 0, 12 + 4 + 12 + 4 + 12);
	to = edit->blob + edit->structure + at;
	to = fdt_edit_put(fdt_edit_put_property(to, address_cells, 4), 2);
	to = fdt_edit_put(fdt_edit_put_property(to, size_cells, 4), 2);
	fdt_edit_put_property(to, ranges, 0);
	edit->machine->dtb_reserved = at;
}

static uint8_t *put_cells(uint8_t *at, uint64_t number, uint32_t cells)
{
	return cells == 2 ? fdt_edit_put_number(at, number) : fdt_edit_put(at, (uint32_t)number);
}

static int tell(struct fdt_edit *edit, const struct mem_region *region)
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

	at = fdt_edit_after_properties(edit, edit->machine->dtb_reserved);
	fdt_edit_resize(edit, at, 0,
			4 + fdt_edit_padded(name_size) + 12 + 4 * (address_cells + size_cells) +
				(no_map ? 12 : 0) + 4);
	to = fdt_edit_put(edit->blob + edit->structure + at, FDT_PUT_NODE);
	memset(to, 0, fdt_edit_padded(name_size));
	memcpy(to, name, name_size);
	to = fdt_edit_put_property(to + fdt_edit_padded(name_size), reg,
				   4 * (address_cells + size_cells));
	to = put_cells(put_cells(to, base, address_cells), size, size_cells);
	if (no_map)
		to = fdt_edit_put_property(to, no_map, 0);
	fdt_edit_put(to, FDT_PUT_NODE_END);
	return 0;
}

static int write_reserved(struct fdt_edit *edit, const struct memmap *map)
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
	struct fdt_edit edit;
	uint64_t more;
	int error;

	if (untold > RESERVED_MAX) {
		log_error("%u reservations are more than the %d that the kernel is told of", untold,
			  RESERVED_MAX);
		return -ENOMEM;
	}
	more = chosen_room(values, (1u << CHOSEN) - 1) + sizeof(chosen_names) + 16 +
	       (untold ? (untold + 1) * NODE_MAX + NAMES_MAX : 0);
	error = fdt_edit_open(&edit, machine, (uint32_t)more);
	if (error)
		return error;
	write_chosen(&edit, values);
	if (untold)
		error = write_reserved(&edit, map);
	fdt_edit_settle(&edit);
	if (error && machine->dtb != dtb) { /* the new place goes with the attempt */
		machine->dtb = dtb;
		machine->dtb_size = size;
		machine->dtb_room = room;
		machine->dtb_chosen = chosen;
		machine->dtb_reserved = reserved;
	}
	return error;
}
