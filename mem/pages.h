/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map in whole pages of 4 KiB, for those who cannot have it byte-exact: page tables, EFI's GetMemoryMap, the
 * tables of an operating system. Used regions round outward, free ones inward, and no page is reported twice.
 *
 *   map:    |  free  |##kernel##|     free      |=heap=|/rom/|  hole
 *   pages:  .   .   .   .   .   .   .   .   .   .   .   .   .   .
 *   seen:   | free  |###########|     free      |===|////////|  hole
 *
 * When several regions share a page, one wins: the longer life (forever, session, attempt); then the owner: hardware,
 * firmware, EFI, LMB; then the lower address. Used beats a hole, and a hole beats free RAM, so that a page with a
 * missing byte is not given away. The page's attrs are the union of those of all its used regions, unless that would be
 * both writable and executable: then they are the winner's alone. (Image segments are page-aligned.)
 */
#ifndef MEM_PAGES_H
#define MEM_PAGES_H

#include <stdint.h>

#include "mem/memmap.h"

struct pages_run {
	uint64_t base; /* both are multiples of 4 KiB; end is one past, 0 for 2^64 */
	uint64_t end;
	uint64_t seen; /* what `look` says of it; 0 without */
	struct mem_props props;
};

/* A walk; private, but made by the caller. */
struct pages {
	const struct memmap *map;
	mem_look *look;
	uint64_t last; /* the last byte */
	int more;
	struct mem_spot spot; /* the region that contains `at` */
	/* The piece that comes next: pages of one region, or one page that several share. */
	uint64_t at, end;
	uint64_t seen;
	const struct mem_props *props;
	struct mem_props mixed;
};

/*
 * Walks the pages that [base, end) touches; end 0 means to 2^64 (0, 0: all). Neighbours for which `look` gives the same
 * number come as one run, with the props of the first; NULL merges only what is the same in all.
 * The map may not change during the walk.
 */
void pages_begin(struct pages *pages, const struct memmap *map, uint64_t base, uint64_t end,
		 mem_look *look);
/* The next run: 1; or 0 when there is none. Runs of holes are reported as well: owner MEM_OWNER_HOLE. */
int pages_next(struct pages *pages, struct pages_run *run);

/* A look at what the processor may do there: attrs alone. For page tables. */
uint64_t pages_look_attrs(const struct mem_props *props);

#endif
