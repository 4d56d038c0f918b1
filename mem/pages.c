/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map in whole pages; see pages.h. No static data.
 */
#include "lib/bytes.h"
#include "mem/memmap_tree.h"
#include "mem/pages.h"

uint64_t pages_look_attrs(const struct mem_props *props)
{
	return props->attrs;
}

/* Which of several regions of a page wins: higher goes first. */
static unsigned int rank(const struct mem_props *props)
{
	static const uint8_t owner_rank[] = {
		[MEM_OWNER_FREE] = 0, [MEM_OWNER_HOLE] = 1,	[MEM_OWNER_LMB] = 2,
		[MEM_OWNER_EFI] = 3,  [MEM_OWNER_FIRMWARE] = 4, [MEM_OWNER_HARDWARE] = 5,
	};

	return props->life * 8u + owner_rank[props->owner];
}

/* One page that several regions share. The path leads to the first of them. */
static void page_mix(const struct memmap *map, struct tree_path *path, uint64_t base,
		     struct mem_props *props)
{
	const struct tree_entry *entry = &path->node[0]->entry[path->index[0]];
	uint8_t attrs = entry->props.attrs;

	*props = entry->props;
	while (path->end != 0 && path->end - base < PAGE_SIZE) {
		entry = tree_step(map, path);
		attrs |= entry->props.attrs;
		if (rank(&entry->props) > rank(props))
			*props = entry->props;
	}
	if ((attrs & (MEM_W | MEM_X)) != (MEM_W | MEM_X))
		props->attrs = attrs;
}

/* The longest run from `base` that needs no merging, where the path leads to the region of `base`. */
static void run_at(struct pages *pages, uint64_t base)
{
	struct tree_path *path = &pages->path;
	struct pages_run *run = &pages->next;

	run->base = base;
	if (path->end == 0 || path->end - base >= PAGE_SIZE) {
		run->end = align_down(path->end, PAGE_SIZE);
		run->props = path->node[0]->entry[path->index[0]].props;
	} else {
		run->end = base + PAGE_SIZE;
		page_mix(pages->map, path, base, &run->props);
	}
}

/* The run after `next`. */
static void step(struct pages *pages)
{
	uint64_t base = pages->next.end;

	if (pages->path.end != 0 && pages->path.end <= base)
		tree_step(pages->map, &pages->path);
	run_at(pages, base);
}

void pages_begin(struct pages *pages, const struct memmap *map, uint64_t base, uint64_t end,
		 mem_look *look)
{
	pages->map = map;
	pages->look = look;
	pages->end = align_up(end, PAGE_SIZE);
	pages->more = 1;
	base = align_down(base, PAGE_SIZE);
	tree_seek(map, base, &pages->path);
	run_at(pages, base);
}

static bool look_same(const struct pages *pages, const struct mem_props *a,
		      const struct mem_props *b)
{
	return pages->look != NULL ? pages->look(a) == pages->look(b) : props_same(a, b);
}

int pages_next(struct pages *pages, struct pages_run *run)
{
	if (!pages->more)
		return 0;
	*run = pages->next;
	while (run->end - 1 < pages->end - 1) {
		step(pages);
		if (!look_same(pages, &run->props, &pages->next.props))
			break;
		run->end = pages->next.end;
	}
	if (run->end - 1 >= pages->end - 1) {
		run->end = pages->end;
		pages->more = 0;
	}
	return 1;
}
