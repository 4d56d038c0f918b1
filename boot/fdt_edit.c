/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "devicetree"

#include "boot/fdt_edit.h"

#include <errno.h>
#include <libfdt.h>

#include "lib/log.h"
#include "mem/lmb.h"

#define BLOB_MAX MIB(2) /* Linux Documentation/arch/arm64/booting.rst */

/* Offsets of the header's words that change. */
enum {
	AT_TOTAL_SIZE = 4,
	AT_STRUCTURE = 8,
	AT_STRINGS = 12,
	AT_STRINGS_SIZE = 32,
	AT_STRUCTURE_SIZE = 36,
};

static uint32_t end_of(const struct fdt_edit *edit)
{
	return edit->strings + edit->strings_size;
}

void fdt_edit_settle(struct fdt_edit *edit)
{
	uint32_t end = (uint32_t)align_up(end_of(edit), 8);

	if (end > edit->room)
		end = end_of(edit);
	fdt_edit_put(edit->blob + AT_TOTAL_SIZE, end);
	fdt_edit_put(edit->blob + AT_STRUCTURE, edit->structure);
	fdt_edit_put(edit->blob + AT_STRUCTURE_SIZE, edit->structure_size);
	fdt_edit_put(edit->blob + AT_STRINGS, edit->strings);
	fdt_edit_put(edit->blob + AT_STRINGS_SIZE, edit->strings_size);
	edit->machine->dtb_size = end;
}

/* Copies the blob to a place where `more` bytes fit behind it, in the usual order of its blocks. */
static int move(struct fdt_edit *edit, uint32_t more)
{
	uint64_t size, at = 0;
	uint8_t *to;
	int error;

	size = align_up((uint64_t)be32_load(edit->blob + AT_TOTAL_SIZE) + more, PAGE_SIZE);
	if (size > BLOB_MAX || lmb_alloc_tagged(LMB_MEM_ALLOC_ANY, PAGE_SIZE, &at, size,
						LMB_NOOVERWRITE, "devicetree")) {
		log_error(
			"no room for a devicetree of %lu bytes (a kernel takes at most %lu): shorten the command line",
			size, BLOB_MAX);
		return -ENOMEM;
	}
	to = (uint8_t *)(uintptr_t)at;
	error = fdt_open_into(edit->blob, to, (int)size);
	if (error) {
		log_error("the tree at 0x%lx cannot be copied: error %d", edit->machine->dtb,
			  error);
		return -EINVAL;
	}
	edit->blob = to;
	edit->room = (uint32_t)size;
	edit->machine->dtb = at;
	edit->machine->dtb_room = size;
	return 0;
}

int fdt_edit_look(struct fdt_edit *edit)
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

int fdt_edit_open(struct fdt_edit *edit, struct machine *machine, uint32_t more)
{
	int error, reservations;

	edit->machine = machine;
	edit->blob = (uint8_t *)(uintptr_t)machine->dtb;
	/* QEMU's blob says that it has 1 MiB; the map has kept dtb_room bytes of that. */
	edit->room = (uint32_t)machine->dtb_room;
	if (be32_load(edit->blob + AT_TOTAL_SIZE) > edit->room)
		fdt_edit_put(edit->blob + AT_TOTAL_SIZE, edit->room);
	error = fdt_edit_look(edit);
	if (error)
		return error;
	/* The usual order, and each block for itself? Hostile ones overlap. */
	reservations = fdt_num_mem_rsv(edit->blob);
	if (reservations >= 0 &&
	    edit->walk.reservations + 16 * ((uint64_t)reservations + 1) <= edit->walk.structure &&
	    edit->structure + edit->structure_size <= edit->strings &&
	    end_of(edit) + (uint64_t)more <= edit->room)
		return 0;
	error = move(edit, more);
	return error ? error : fdt_edit_look(edit);
}

void fdt_edit_resize(struct fdt_edit *edit, uint32_t at, uint32_t old, uint32_t new)
{
	uint8_t *piece = edit->blob + edit->structure + at;

	memmove(piece + new, piece + old, end_of(edit) - edit->structure - at - old);
	edit->structure_size += new - old;
	edit->strings += new - old;
	if (edit->machine->dtb_chosen > at)
		edit->machine->dtb_chosen += new - old;
	edit->walk.end += (int32_t)(new - old);
	edit->walk.strings += (int32_t)(new - old);
}

uint32_t fdt_edit_append(struct fdt_edit *edit, const char *names, uint32_t size)
{
	uint32_t offset = edit->strings_size;

	memcpy(edit->blob + end_of(edit), names, size);
	edit->strings_size += size;
	edit->walk.strings_size = edit->strings_size;
	return offset;
}

enum fdt_token fdt_edit_token(struct fdt_edit *edit, uint32_t at, uint32_t *next)
{
	enum fdt_token token;

	edit->walk.at = edit->blob + edit->structure + at;
	token = fdt_walk_next(&edit->walk);
	if (token == FDT_TOKEN_PROPERTY && !fdt_walk_name(&edit->walk))
		token = FDT_TOKEN_BAD;
	*next = (uint32_t)(edit->walk.at - edit->blob) - edit->structure;
	return token;
}
