/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two lists of struct lmb, read off the map: all RAM, and what of it is taken.
 */
#include <errno.h>
#include <stdlib.h>

#include "mem/lmb.h"
#include "mem/memmap.h"

uint32_t lmb_flags(const struct mem_props *props)
{
	uint32_t flags = LMB_NONE;

	if (props->flags & MEM_FLAG_NOMAP)
		flags |= LMB_NOMAP;
	if ((props->flags & MEM_FLAG_NOOVERWRITE) || props->owner != MEM_OWNER_LMB)
		flags |= LMB_NOOVERWRITE;
	if (props->flags & MEM_FLAG_NONOTIFY)
		flags |= LMB_NONOTIFY;
	return flags;
}

static int append(struct alist *list, const struct lmb_region *region)
{
	struct lmb_region *data = list->data;

	if (list->count > 0) {
		struct lmb_region *last = &data[list->count - 1];

		if (last->base + last->size == region->base && last->flags == region->flags) {
			last->size += region->size;
			return 0;
		}
	}
	if (list->count == list->alloc) {
		uint32_t alloc = list->alloc != 0 ? 2 * list->alloc : 16;

		data = realloc(data, alloc * sizeof(*data));
		if (data == NULL)
			return -ENOMEM;
		list->data = data;
		list->alloc = alloc;
	}
	data[list->count++] = *region;
	return 0;
}

static void empty(struct alist *list, uint32_t flags)
{
	list->obj_size = sizeof(struct lmb_region);
	list->count = 0;
	list->flags = flags;
}

int lmb_view(struct lmb *lmb)
{
	const struct memmap *map = lmb_map(lmb);
	struct mem_region region;
	int error = 0;

	empty(&lmb->available_mem, 0);
	empty(&lmb->used_mem, 0);
	if (map == NULL)
		return 0;
	memmap_first(map, &region);
	do {
		struct lmb_region seen = {.base = region.base, .size = region.end - region.base};

		if (!mem_props_ram(&region.props))
			continue;
		error = append(&lmb->available_mem, &seen);
		seen.flags = lmb_flags(&region.props);
		if (error == 0 && mem_props_owned(&region.props))
			error = append(&lmb->used_mem, &seen);
	} while (error == 0 && memmap_next(map, &region));
	if (error != 0) {
		empty(&lmb->available_mem, ALISTF_FAIL);
		empty(&lmb->used_mem, ALISTF_FAIL);
	}
	return error;
}
