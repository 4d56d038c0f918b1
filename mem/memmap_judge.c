/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which regions an edit of the memory map may touch, and what they become; see memmap_edit.h. Runs from flash before
 * relocation: no static data.
 */
#include <errno.h>

#include "mem/memmap_edit.h"

static bool same_but_tag(const struct mem_props *a, const struct mem_props *b)
{
	return *(const mem_word *)a == *(const mem_word *)b;
}

/* memmap_judge of what the owner may change, or the end of a life. */
static int judge_owned(const struct memmap *map, const struct edit *e, const struct mem_props *old,
		       struct mem_props *new)
{
	if ((old->flags & MEM_FLAG_NODE) && !map->resizing)
		return -EPERM;
	if (e->kind == EDIT_REMOVE || e->kind == EDIT_RETYPE)
		return 0;
	if (e->kind != EDIT_PROTECT && e->kind != EDIT_KEEP && !(old->flags & MEM_FLAG_BORROWED))
		return 0;
	mem_props_copy(new, old);
	if (e->kind == EDIT_PROTECT) {
		/* memmap_change_attrs: flags go, attrs come. */
		new->attrs = (uint8_t)((old->attrs & ~e->props->flags) | e->props->attrs);
		return 0;
	}
	new->flags &= (uint8_t)~MEM_FLAG_BORROWED;
	if (e->kind == EDIT_KEEP && old->life == MEM_LIFE_ATTEMPT)
		new->life = MEM_LIFE_SESSION;
	return 0;
}

int memmap_judge(const struct memmap *map, const struct edit *e, const struct mem_props *old,
		 struct mem_props *new)
{
	bool mine = old->owner == e->owner;

	memmap_stamp(map, e, new);
	switch (e->kind) {
	case EDIT_ADD:
		if (!mem_props_owned(old))
			return 0;
		if (mem_props_owned(new) && !same_but_tag(new, old))
			return -EEXIST;
		break;
	case EDIT_CLAIM:
	case EDIT_LOAD:
		if (old->owner == MEM_OWNER_FREE)
			return 0;
		if (old->owner == MEM_OWNER_HOLE)
			return -EINVAL;
		if (!mine || !(old->flags & MEM_FLAG_REUSABLE))
			return -EEXIST;
		if (e->kind == EDIT_LOAD)
			break;
		if (!(new->flags &MEM_FLAG_REUSABLE))
			return -EEXIST;
		if (old->life <= new->life)
			return 0;
		mem_props_copy(new, old);
		new->flags |= MEM_FLAG_BORROWED;
		return 0;
	case EDIT_UNLOAD:
		if (!mine || !(old->flags & (MEM_FLAG_LOADING | MEM_FLAG_REUSABLE)))
			return -EINVAL;
		if (old->flags & MEM_FLAG_LOADING)
			return 0;
		break;
	case EDIT_RELEASE:
	case EDIT_RETYPE:
	case EDIT_PROTECT:
		if (!mem_props_owned(old))
			return -EINVAL;
		if (!mine)
			return -EPERM;
		return judge_owned(map, e, old, new);
	case EDIT_REMOVE:
	case EDIT_EXPIRE:
	case EDIT_KEEP:
		return judge_owned(map, e, old, new);
	}
	mem_props_copy(new, old);
	return 0;
}
