/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map in whole pages; see pages.h. Runs from flash before relocation: no data that is written.
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

/* One page that several regions share. The spot is the first of them, and then the last. */
static __attribute__((noinline)) void mix(const struct memmap *map, struct mem_spot *spot,
					  uint64_t base, struct mem_props *props)
{
	uint8_t attrs = spot->entry->props.attrs;

	mem_props_copy(props, &spot->entry->props);
	while (spot->end != 0 && spot->end - base < PAGE_SIZE) {
		tree_step(map, spot);
		attrs |= spot->entry->props.attrs;
		if (rank(&spot->entry->props) > rank(props))
			mem_props_copy(props, &spot->entry->props);
	}
	if ((attrs & (MEM_W | MEM_X)) != (MEM_W | MEM_X))
		props->attrs = attrs;
}

/* The look of those who look at everything. */
static uint64_t look_at_all(const struct mem_props *props)
{
	(void)props;
	return 0;
}

/* Looks at the piece from `at` on. Regions are looked at once each: where a run ends, the next begins. */
static inline __attribute__((always_inline)) void find_piece(struct pages *pages)
{
	struct mem_spot *spot = &pages->spot;

	if (spot->end == pages->at)
		tree_step_in_leaf(pages->map, spot);
	pages->props = &spot->entry->props;
	pages->end = align_down(spot->end, PAGE_SIZE);
	if (pages->end == pages->at) {
		mix(pages->map, spot, pages->at, &pages->mixed);
		pages->props = &pages->mixed;
		pages->end += PAGE_SIZE;
	}
	pages->seen = pages->look(pages->props);
}

void pages_begin(struct pages *pages, const struct memmap *map, uint64_t base, uint64_t end,
		 mem_look *look)
{
	pages->map = map;
	pages->look = look != NULL ? look : look_at_all;
	pages->at = align_down(base, PAGE_SIZE);
	pages->last = align_up(end, PAGE_SIZE) - 1;
	pages->more = 1;
	tree_seek(map, pages->at, &pages->spot, NULL);
	find_piece(pages);
}

int pages_next(struct pages *pages, struct pages_run *run)
{
	if (!pages->more)
		return 0;
	run->base = pages->at;
	run->seen = pages->seen;
	mem_props_copy(&run->props, pages->props);
	do {
		pages->at = pages->end;
		if (pages->at - 1 >= pages->last) {
			pages->at = pages->last + 1;
			pages->more = 0;
			break;
		}
		find_piece(pages);
	} while (pages->seen == run->seen &&
		 (pages->look != look_at_all || mem_props_same(pages->props, &run->props)));
	run->end = pages->at;
	return 1;
}
