/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/*
 * What a map is given from outside: page tables that follow it, and no nodes at all, so that it feeds on its own RAM.
 */
#include <errno.h>
#include <string.h>

#include "mem/memmap.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define RAM UINT64_C(0x40000000)

static struct memmap map;

/* ---- page tables that follow ---- */

static struct {
	int prepared;
	int changed;
	uint64_t base;
	uint64_t size;
	int refuse;
	int tables; /* pages to claim in the next calls of prepare */
	int depth;
	int depth_max;
} mmu;

static int prepare(void *context, uint64_t base, uint64_t size)
{
	struct mem_request table = {
		.size = PAGE,
		.align = PAGE,
		.props = mem_props_firmware("table"),
	};
	uint64_t at;
	int error = 0;

	(void)context;
	mmu.prepared++;
	mmu.base = base;
	mmu.size = size;
	if (mmu.refuse)
		return -ENOMEM;
	if (++mmu.depth > mmu.depth_max)
		mmu.depth_max = mmu.depth;
	while (error == 0 && mmu.tables > 0) {
		mmu.tables--;
		error = memmap_claim(&map, &table, &at);
	}
	mmu.depth--;
	return error;
}

static void changed(void *context, uint64_t base, uint64_t size)
{
	(void)context;
	mmu.changed++;
	mmu.base = base;
	mmu.size = size;
}

static const struct memmap_ops mmu_ops = {.prepare = prepare, .changed = changed};

static struct mem_props lmb(uint8_t attrs)
{
	return mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB, MEM_LIFE_SESSION, attrs, 0, "lmb");
}

static void make(void)
{
	const struct mem_props ram = mem_props_free();

	memset(&mmu, 0, sizeof(mmu));
	memmap_init(&map, &mmu_ops, NULL);
	ok(memmap_add(&map, RAM, 64 * PAGE, &ram) == 0, "RAM is added");
	equal(mmu.prepared + mmu.changed, 0, "free RAM is not mapped: nobody is called");
}

static void test_followed(void)
{
	struct mem_props props = lmb(MEM_RW);
	struct mem_props nomap = lmb(0);

	make();
	ok(memmap_claim_at(&map, RAM + PAGE, 2 * PAGE, &props) == 0, "a claim");
	ok(mmu.prepared == 1 && mmu.changed == 1, "is prepared and told");
	ok(mmu.base == RAM + PAGE && mmu.size == 2 * PAGE, "with its range");
	ok(memmap_claim_at(&map, RAM + 4 * PAGE, PAGE, &nomap) == 0, "a claim that is not mapped");
	ok(mmu.prepared == 1 && mmu.changed == 1, "concerns no page table");
	props.type = MEM_BOOT_DATA;
	ok(memmap_retype(&map, RAM + PAGE, PAGE, MEM_OWNER_LMB, &props) == 0, "another type");
	ok(mmu.prepared == 1 && mmu.changed == 1, "neither");
	ok(memmap_protect(&map, RAM + PAGE, 2 * PAGE, MEM_OWNER_LMB, MEM_R) == 0, "protect");
	ok(mmu.prepared == 2 && mmu.changed == 2, "does");
	ok(memmap_release(&map, RAM + PAGE, PAGE, MEM_OWNER_LMB) == 0, "release");
	ok(mmu.prepared == 3 && mmu.changed == 3, "does");
	ok(memmap_release(&map, RAM + 10 * PAGE, PAGE, MEM_OWNER_LMB) == -EINVAL,
	   "a call that fails");
	ok(mmu.prepared == 3 && mmu.changed == 3, "does not");
}

static void test_refused(void)
{
	static struct memmap before;
	struct mem_request request = {.size = PAGE, .align = PAGE, .props = lmb(MEM_RW)};
	uint64_t base = 5;

	make();
	ok(memmap_claim_at(&map, RAM, PAGE, &request.props) == 0, "a claim");
	mmu.refuse = 1;
	memcpy(&before, &map, sizeof(map));
	equal(memmap_claim(&map, &request, &base), -ENOMEM, "prepare refuses a claim");
	equal(base, 5, "no address");
	equal(memmap_claim_at(&map, RAM + PAGE, PAGE, &request.props), -ENOMEM, "one by address");
	equal(memmap_release(&map, RAM, PAGE, MEM_OWNER_LMB), -ENOMEM, "and a release");
	ok(memcmp(&before, &map, sizeof(map)) == 0, "967d57ab592: the map is as it was");
	equal(mmu.changed, 1, "nobody was told of a change");
	memmap_attempt_begin(&map);
	mmu.refuse = 0;
	request.props.life = MEM_LIFE_ATTEMPT;
	ok(memmap_claim(&map, &request, &base) == 0, "a claim of an attempt");
	mmu.refuse = 1;
	equal(memmap_attempt_fail(&map), 0, "what cannot be unmapped stays claimed");
	equal(memmap_check(&map), 0, "all rules hold");
}

/*
 *   found first:   |.......................@|    and prepare takes just that page for a table:
 *   then:          |......................@t|
 */
static void test_reentered(void)
{
	struct mem_request request = {.size = PAGE, .align = PAGE, .props = lmb(MEM_RW)};
	const struct mem_props ram = mem_props_free();
	struct mem_region r;
	uint64_t base = 0;

	make();
	mmu.tables = 3;
	ok(memmap_claim(&map, &request, &base) == 0, "prepare claims three tables meanwhile");
	equal(base, RAM + 60 * PAGE, "the block lies below them");
	memmap_find(&map, RAM + 63 * PAGE, &r);
	ok(r.base == RAM + 61 * PAGE && strcmp(r.props.tag, "table") == 0, "they lie at the top");
	equal(mmu.base, base, "the last change told is the block");
	mmu.tables = 1;
	equal(memmap_claim_at(&map, RAM + 59 * PAGE, PAGE, &request.props), -EEXIST,
	      "a table takes the very address that was wanted");
	equal(memmap_check(&map), 0, "all rules hold");
	ok(memmap_add(&map, RAM + 64 * PAGE, PAGE, &ram) == 0, "one more page");
	for (uint64_t i = 0; i < 58; i++)
		ok(memmap_claim(&map, &request, &base) == 0, "fill");
	mmu.tables = 5;
	equal(memmap_claim(&map, &request, &base), -ENOMEM, "the tables take what was left");
	equal(memmap_check(&map), 0, "all rules hold");
}

/* ---- a map that feeds on its own RAM ---- */

#define ARENA_SIZE (UINT64_C(64) << 20)
#define LIVE_MAX 6000

static struct {
	uint64_t base;
	uint64_t size;
} live[LIVE_MAX];

static uint8_t *arena;

static int is_filled(uint64_t base, uint64_t size)
{
	const uint8_t *p = (const uint8_t *)(uintptr_t)base;

	return p[0] == 0xa5 && memcmp(p, p + 1, size - 1) == 0;
}

static void test_self_fed(void)
{
	const struct mem_props ram = mem_props_free();
	uint64_t live_count = 0;
	uint64_t regions_max = 0;
	int bad = 0;
	struct mem_region r;

	arena = aligned_alloc(4096, ARENA_SIZE);
	memmap_init(&map, NULL, NULL);
	ok(memmap_add(&map, (uint64_t)(uintptr_t)arena, ARENA_SIZE, &ram) == 0,
	   "a map of real memory");
	/* Claims are filled, so that a node that overlaps one would be destroyed at once, or destroy it. */
	for (int step = 0; step < 60000 && !bad; step++) {
		int filling = step < 20000 || (step > 30000 && step < 40000);
		struct mem_request request = {
			.size = 1 + tap_below(3 * PAGE),
			.align = UINT64_C(1) << tap_below(13),
			.props = lmb(MEM_RW),
		};

		if (live_count < LIVE_MAX && tap_below(8) < (filling ? 7 : 3)) {
			uint64_t base;

			if (memmap_claim(&map, &request, &base) != 0)
				continue;
			memset((void *)(uintptr_t)base, 0xa5, request.size);
			live[live_count].base = base;
			live[live_count++].size = request.size;
		} else if (live_count > 0) {
			uint64_t i = tap_below(live_count);

			bad |= !is_filled(live[i].base, live[i].size);
			bad |= memmap_release(&map, live[i].base, live[i].size, MEM_OWNER_LMB) != 0;
			live[i] = live[--live_count];
		}
		if (memmap_count(&map) > regions_max)
			regions_max = memmap_count(&map);
		if (step % 500 == 0)
			bad |= memmap_check(&map) != 0;
	}
	ok(!bad, "60,000 claims and releases beside its own nodes");
	printf("# at most %" PRIu64 " regions\n", regions_max);
	while (live_count-- > 0)
		bad |= memmap_release(&map, live[live_count].base, live[live_count].size,
				      MEM_OWNER_LMB);
	ok(!bad && memmap_check(&map) == 0, "all is released");
	equal(memmap_count(&map), 3, "the nodes have gone back as well");
	memmap_find(&map, (uint64_t)(uintptr_t)arena, &r);
	equal(r.end - r.base, ARENA_SIZE, "the RAM is one free region");
	free(arena);
}

/* A map that is full to the last byte must still be able to give a page from the middle back. */
static void test_self_fed_full(void)
{
	enum { PAGES = 4096 };
	const struct mem_props ram = mem_props_free();
	struct mem_request page = {.size = PAGE, .align = PAGE, .props = lmb(MEM_RW)};
	struct mem_request any = {.size = 1, .props = lmb(MEM_RW)};
	uint64_t base = (uint64_t)(uintptr_t)aligned_alloc(4096, PAGES * PAGE);
	struct mem_region r;
	uint64_t at;
	uint64_t claims = 0;
	int bad = 0;

	memmap_init(&map, NULL, NULL);
	ok(memmap_add(&map, base, PAGES * PAGE, &ram) == 0, "16 MiB of real memory");
	for (uint64_t i = 0; memmap_claim(&map, &page, &at) == 0; i++, claims++)
		bad |= memmap_protect(&map, at, PAGE, MEM_OWNER_LMB, i % 2 ? MEM_R : MEM_RW) != 0;
	ok(!bad, "claimed page by page, each unlike its neighbours");
	page.size = 64;
	page.align = 1;
	while (memmap_claim(&map, &page, &at) == 0)
		;
	while (memmap_claim(&map, &any, &at) == 0)
		;
	equal(memmap_check(&map), 0, "full to the last byte");
	printf("# %" PRIu64 " claims, %" PRIu64 " regions\n", claims, memmap_count(&map));
	for (uint64_t i = 0; i < PAGES; i += 3) {
		memmap_find(&map, base + i * PAGE, &r);
		if (r.props.owner == MEM_OWNER_LMB)
			bad |= memmap_release(&map, base + i * PAGE, PAGE / 2, MEM_OWNER_LMB) != 0;
	}
	ok(!bad, "half of every third page can be given back");
	equal(memmap_check(&map), 0, "all rules hold");
	memmap_find(&map, base + PAGES * PAGE - 1, &r);
	memmap_first(&map, &r);
	do {
		if (r.props.flags & MEM_FLAG_NODE)
			break;
	} while (memmap_next(&map, &r));
	ok(r.props.flags & MEM_FLAG_NODE, "the map's own nodes are on the map");
	equal(memmap_release(&map, r.base, MEMMAP_NODE_SIZE, MEM_OWNER_FIRMWARE), -EPERM,
	      "and only it gives them back");
	equal(memmap_remove(&map, r.base, MEMMAP_NODE_SIZE), -EPERM, "or takes them out");
	free((void *)(uintptr_t)base);
}

int main(void)
{
	tap_seed();
	test_followed();
	test_refused();
	test_reentered();
	test_self_fed();
	test_self_fed_full();
	return tap_done();
}
