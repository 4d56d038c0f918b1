/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap_describe.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/* A description at once is the same map as one by one. */
#include <stdlib.h>
#include <string.h>

#include "mem/memmap_describe.h"
#include "tests/tap.h"

#define RANGES_MAX 40

static struct memmap at_once, one_by_one;

static uint64_t node_grow(void *context)
{
	(void)context;
	return (uint64_t)(uintptr_t)aligned_alloc(64, MEMMAP_NODE_SIZE);
}

static void node_shrink(void *context, uint64_t node)
{
	(void)context;
	free((void *)(uintptr_t)node);
}

static const struct memmap_ops ops = {.grow = node_grow, .shrink = node_shrink};

static void init(void)
{
	memmap_init(&at_once, &ops, NULL);
	memmap_init(&one_by_one, &ops, NULL);
}

/* The maps look the same; keys may differ. */
static int same(void)
{
	struct mem_region a, b;
	int more_a, more_b;

	memmap_first(&at_once, &a);
	memmap_first(&one_by_one, &b);
	do {
		if (a.base != b.base || a.end != b.end ||
		    memcmp(&a.props, &b.props, sizeof(a.props)) != 0)
			return 0;
		more_a = memmap_next(&at_once, &a);
		more_b = memmap_next(&one_by_one, &b);
	} while (more_a && more_b);
	return more_a == more_b && !memmap_check(&at_once);
}

/* Random ranges from `base` on, touching or apart, of few kinds. */
static uint32_t make(struct memmap_range *ranges, const struct mem_props *props, uint64_t base)
{
	uint32_t count = (uint32_t)tap_below(RANGES_MAX);

	for (uint32_t i = 0; i < count; i++) {
		base += tap_below(2) * 4096 * (i || base);
		ranges[i].base = base;
		base += 1 + tap_below(8192);
		ranges[i].end = base;
		ranges[i].props = &props[tap_below(3)];
	}
	return count;
}

int main(void)
{
	const struct mem_props props[3] = {mem_props_free(), mem_props_device("a"),
					   mem_props_device("b")};
	struct memmap_range ranges[RANGES_MAX];
	uint32_t count = 0, good = 0;

	tap_seed();
	for (int round = 0; round < 2000; round++) {
		count = make(ranges, props, round % 4 ? 4096 : 0);
		init();
		good += memmap_describe(&at_once, ranges, count) == 0;
		for (uint32_t i = 0; i < count; i++)
			memmap_add(&one_by_one, ranges[i].base, ranges[i].end - ranges[i].base,
				   ranges[i].props);
		good += (uint32_t)same();
		memmap_destroy(&at_once);
		memmap_destroy(&one_by_one);
	}
	equal(good, 4000, "2,000 random descriptions, at once and one by one");

	ranges[0] = (struct memmap_range){0, 4096, &props[1]};
	init();
	memmap_add(&at_once, 0, 4096, &props[2]);
	memmap_add(&one_by_one, 0, 4096, &props[2]);
	equal(memmap_describe(&at_once, ranges, 1), 0,
	      "on a map that says something: one by one (alike but for the tag)");
	memmap_add(&one_by_one, 0, 4096, &props[1]);
	ok(same(), "the same");
	ranges[0].props = &props[0];
	ranges[0].end = 8192;
	equal(memmap_describe(&at_once, ranges, 1), 0, "free RAM around it");
	memmap_add(&one_by_one, 0, 8192, &props[0]);
	ok(same(), "the same");
	return tap_done();
}
