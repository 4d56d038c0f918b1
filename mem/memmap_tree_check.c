/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of the memory map's storage, checked for tests.
 */
#include "mem/memmap_tree.h"

struct tally {
	uint64_t regions;
	uint64_t end; /* where the last region seen began */
	const struct tree_entry *above;
};

static int check_region(struct tally *tally, const struct tree_entry *entry)
{
	if (entry->base > tally->end - 1 || (tally->end != 0 && entry->base == tally->end))
		return 1;
	if (tally->above != NULL && mem_props_same(&tally->above->props, &entry->props))
		return 2;
	tally->above = entry;
	tally->end = entry->base;
	tally->regions++;
	return 0;
}

/* From the top down, so that each region's end is known. */
static int check_below(const struct memmap *map, const struct tree_node *node, uint64_t level,
		       struct tally *tally)
{
	if (node->count == 0 || node->count > TREE_NODE_MAX)
		return 4;
	for (uint64_t i = node->count; i-- > 0;) {
		const struct tree_entry *entry = &node->entry[i];
		const struct tree_node *child;
		uint64_t end = tally->end;
		int rule;

		if (level == 0) {
			rule = check_region(tally, entry);
		} else {
			child = tree_node(map, entry->child);
			rule = check_below(map, child, level - 1, tally);
			if (rule == 0 && (entry->base != child->entry[0].base ||
					  entry->room != tree_room(child, level - 1, end)))
				rule = 3;
		}
		if (rule != 0)
			return rule;
	}
	return 0;
}

int memmap_check(const struct memmap *map)
{
	struct tally tally = {.end = 0};
	uint64_t spares = MEMMAP_POOL_NODES - (uint64_t)__builtin_popcount(map->pool_used);
	int rule = check_below(map, tree_node(map, map->root), map->height - 1, &tally);

	if (rule != 0)
		return rule;
	if (tally.end != 0)
		return 1;
	for (uint64_t ref = map->spare; ref != 0; ref = tree_node(map, ref)->next)
		spares++;
	return tally.regions == map->count && spares == map->spares ? 0 : 4;
}
