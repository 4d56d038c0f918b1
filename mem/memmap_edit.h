/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How every change of the memory map is made: one primitive, check -> isolate -> edit -> settle. The calls of memmap.h
 * differ only in their kind, which says which regions they accept and what those become. Private to mem/.
 */
#ifndef MEM_MEMMAP_EDIT_H
#define MEM_MEMMAP_EDIT_H

#include "mem/memmap_tree.h"

enum edit_kind {
	EDIT_ADD,
	EDIT_REMOVE,
	EDIT_CLAIM,
	EDIT_LOAD,
	EDIT_UNLOAD,
	EDIT_RELEASE,
	EDIT_RETYPE,
	EDIT_PROTECT,
	EDIT_EXPIRE,
	EDIT_KEEP,
};

struct edit {
	enum edit_kind kind;
	enum mem_owner owner; /* of what may be changed */
	const struct mem_props *props; /* what regions become, mostly */
	const struct mem_request *request; /* EDIT_CLAIM: where, if anywhere; else NULL */
	uint64_t base; /* set by the edit if there is a request */
	uint64_t end; /* one past, 0 for 2^64 */
};

/* Errors and what else is promised: memmap.h. */
int memmap_edit(struct memmap *map, struct edit *e);

/* ---- memmap_judge.c ---- */

/* What the edit makes of free RAM. Claims get the map's stage. */
static inline void memmap_stamp(const struct memmap *map, const struct edit *e,
				struct mem_props *new)
{
	const mem_word *word = (const mem_word *)e->props;
	uint64_t since = mem_props_owned(e->props) ? map->stage : 0;

	mem_props_set(new, word[0], (word[1] & ~UINT64_C(0xff)) | since, word[2]);
}

/* What becomes of a region of these props: 0 and *new, or why the edit may not touch it. */
int memmap_judge(const struct memmap *map, const struct edit *e, const struct mem_props *old,
		 struct mem_props *new);

/* ---- memmap_nodes.c ---- */

/* Whether spare nodes are there for two splits, if the range, which begins in the spot, needs any; gets what can be got. */
bool memmap_nodes_procure(struct memmap *map, const struct edit *e, const struct mem_spot *spot);
/* Keeps as many spare nodes as the next change may take, and gives back what is far beyond it. */
void memmap_nodes_balance(struct memmap *map);

#endif
