/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs from flash before relocation: no static data. */
#include "mem/memmap_describe.h"

#include "mem/memmap_tree.h"

static int add_each(struct memmap *map, const struct memmap_range *ranges, uint32_t count)
{
	int error = 0;

	for (uint32_t i = 0; !error && i < count; i++)
		error = memmap_add(map, ranges[i].base, ranges[i].end - ranges[i].base,
				   ranges[i].props);
	return error;
}

/* The entry for what begins at `base`: the last one, if that is alike. */
static struct tree_entry *put(struct tree_entry *last, uint64_t base, const struct mem_props *props)
{
	if (mem_props_same(&last->props, props))
		return last;
	last++;
	last->base = base;
	last->props = *props;
	return last;
}

int memmap_describe(struct memmap *map, const struct memmap_range *ranges, uint32_t count)
{
	struct tree_node *leaf = tree_node(map, map->root);
	struct tree_entry *last = leaf->entry;
	struct mem_props hole;
	uint64_t at = 0;

	if (map->count != 1 || last->props.owner != MEM_OWNER_HOLE ||
	    (map->ops && map->ops->changed) ||
	    2 * count + 1 > TREE_LEAF_LOW) /* each range may bring a hole */
		return add_each(map, ranges, count);
	/* The entry at 0 says hole already; a range that begins there takes its place. */
	hole = last->props;
	for (uint32_t i = 0; i < count; i++) {
		if (at < ranges[i].base)
			last = put(last, at, &hole);
		if (ranges[i].base == 0)
			last->props = *ranges[i].props;
		else
			last = put(last, ranges[i].base, ranges[i].props);
		at = ranges[i].end;
	}
	last = put(last, at, &hole);
	leaf->count = (uint64_t)(last - leaf->entry) + 1;
	map->count = leaf->count;
	map->key++;
	return 0;
}
