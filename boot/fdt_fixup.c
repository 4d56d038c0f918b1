/* SPDX-License-Identifier: BSD-2-Clause */
/* Which properties and nodes are written; boot/fdt_edit.c knows how. */
#define LOG_PREFIX "devicetree"

#include "boot/fdt_fixup.h"

#include <errno.h>
#include <libfdt.h>
#include <stdio.h>

#include "boot/fdt_edit.h"
#include "lib/log.h"

#define RESERVED_MAX 32 /* regions that one devicetree is told of */
#define NODE_MAX 128 /* bytes of the tokens of one node below /reserved-memory */
#define DISABLE_ROOM 128 /* bytes that a status, and a /chosen, may need */
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

/* --- Nodes: libfdt's work, because a usual boot needs none --- */

/* The offset of a child, which is made if need be, or libfdt's error. */
static int child_of(void *blob, int parent, const char *name)
{
	int node = fdt_add_subnode(blob, parent, name);

	return node == -FDT_ERR_EXISTS ? fdt_subnode_offset(blob, parent, name) : node;
}

static int find_reserved(void *blob)
{
	int node = fdt_add_subnode(blob, 0, "reserved-memory");
	int error;

	if (node == -FDT_ERR_EXISTS)
		return fdt_subnode_offset(blob, 0, "reserved-memory");
	if (node < 0)
		return node;
	error = fdt_setprop_empty(blob, node, "ranges");
	if (!error)
		error = fdt_setprop_u32(blob, node, "#size-cells", 2);
	if (!error)
		error = fdt_setprop_u32(blob, node, "#address-cells", 2);
	return error ? error : node;
}

static uint8_t *put_cells(uint8_t *at, uint64_t number, int cells)
{
	return cells == 2 ? fdt_edit_put_number(at, number) : fdt_edit_put(at, (uint32_t)number);
}

static int tell(void *blob, int parent, const struct mem_region *region)
{
	int address_cells = fdt_address_cells(blob, parent);
	int size_cells = fdt_size_cells(blob, parent);
	uint64_t base = align_down(region->base, PAGE_SIZE);
	uint64_t size = align_up(region->end, PAGE_SIZE) - base;
	_Alignas(4) uint8_t reg[16];
	char name[MEM_TAG_MAX + 20];
	int node, error;

	if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2 ||
	    (address_cells == 1 && base >> 32) || (size_cells == 1 && size >> 32)) {
		log_error(
			"/reserved-memory has %d and %d cells: 0x%lx cannot be told to the kernel",
			address_cells, size_cells, base);
		return -EINVAL;
	}
	snprintf(name, sizeof(name), "%.*s@%lx", MEM_TAG_MAX, region->props.tag, base);
	for (char *c = name; *c; c++)
		if (*c == ' ' || *c == '/')
			*c = '-';
	put_cells(put_cells(reg, base, address_cells), size, size_cells);
	node = child_of(blob, parent, name);
	if (node < 0)
		return node;
	error = look_untold(&region->props) == 2 ? fdt_setprop_empty(blob, node, "no-map") : 0;
	return error ? error
		     : fdt_setprop(blob, node, "reg", reg, 4 * (address_cells + size_cells));
}

static int tell_all(void *blob, const struct memmap *map)
{
	int parent = find_reserved(blob);
	struct mem_region region;
	int error = 0;

	if (parent < 0)
		return parent;
	memmap_first_alike(map, look_untold, &region);
	do {
		if (look_untold(&region.props))
			error = tell(blob, parent, &region);
	} while (!error && memmap_next_alike(map, look_untold, &region));
	return error;
}

/* Where /chosen is now, and it is made if need be: 0, or libfdt's error. */
static int find_chosen(struct fdt_edit *edit)
{
	int chosen = child_of(edit->blob, 0, "chosen"), first;

	if (chosen < 0)
		return chosen;
	fdt_next_tag(edit->blob, chosen, &first);
	edit->machine->dtb_chosen = (uint32_t)first;
	return 0;
}

/* Adds the nodes that are missing; there is room for them. What fails leaves a tree that is whole. */
static int write_nodes(struct fdt_edit *edit, const struct memmap *map, uint32_t untold)
{
	int error = 0, chosen;

	fdt_set_totalsize(edit->blob, edit->room);
	if (untold)
		error = tell_all(edit->blob, map);
	chosen = find_chosen(edit);
	if (!error)
		error = chosen;
	if (fdt_edit_look(edit))
		return -EINVAL;
	fdt_edit_settle(edit);
	if (error)
		log_error("not all of its nodes could be written: error %d", error);
	return error ? -EINVAL : 0;
}

int fdt_fixup(struct machine *machine, const struct memmap *map, const struct fdt_fixup *values)
{
	const uint64_t dtb = machine->dtb, size = machine->dtb_size, room = machine->dtb_room;
	const uint32_t chosen = machine->dtb_chosen;
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
	if (untold || !machine->dtb_chosen)
		error = write_nodes(&edit, map, untold);
	if (!error) {
		write_chosen(&edit, values);
		fdt_edit_settle(&edit);
	}
	if (error && machine->dtb != dtb) { /* the new place goes with the attempt */
		machine->dtb = dtb;
		machine->dtb_size = size;
		machine->dtb_room = room;
		machine->dtb_chosen = chosen;
	}
	return error;
}

int fdt_fixup_disable(struct machine *machine, const char *compatible)
{
	const struct machine before = *machine;
	struct fdt_edit edit;
	int node, error;

	error = fdt_edit_open(&edit, machine, DISABLE_ROOM);
	if (error)
		return error;
	if (machine->dtb != before.dtb) { /* the new place would go with the attempt */
		*machine = before;
		return -ENOMEM;
	}
	fdt_set_totalsize(edit.blob, edit.room);
	node = fdt_node_offset_by_compatible(edit.blob, -1, compatible);
	error = node < 0 ? node : fdt_setprop_string(edit.blob, node, "status", "disabled");
	if (!error)
		error = find_chosen(&edit);
	if (fdt_edit_look(&edit))
		return -EINVAL;
	fdt_edit_settle(&edit);
	return !error ? 0 : error == -FDT_ERR_NOTFOUND ? -ENOENT : -EINVAL;
}
