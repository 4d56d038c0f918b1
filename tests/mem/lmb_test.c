/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c mem/lmb.c mem/lmb_view.c tests/host.c */
/*
 * LMB as its published page defines it, and each defect once found in a published LMB (named "defect n").
 */
#include <errno.h>
#include <string.h>

#include "mem/lmb.h"
#include "mem/memmap.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define RAM UINT64_C(0x40000000)
#define SIZE UINT64_C(0x20000000)

static struct lmb store;

static void make(uint64_t base, uint64_t size)
{
	ok(lmb_push(&store) == 0, "push");
	ok(lmb_add(base, size) == 0, "RAM is added");
}

static int at(uint64_t addr, uint64_t size, uint32_t flags)
{
	return lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 0, &addr, size, flags);
}

/* Compares a list with pairs of base and size; size 0 ends them. */
static void list_is(const struct alist *list, const uint64_t (*wanted)[2], const char *name)
{
	const struct lmb_region *region = list->data;
	uint32_t i = 0;

	while (i < list->count && wanted[i][1] != 0 && region[i].base == wanted[i][0] &&
	       region[i].size == wanted[i][1])
		i++;
	if (!ok(i == list->count && wanted[i][1] == 0, name)) {
		for (i = 0; i < list->count; i++)
			printf("#   0x%" PRIx64 " + 0x%" PRIx64 " flags %u\n", region[i].base,
			       region[i].size, region[i].flags);
	}
}

#define available(name, ...)               \
	list_is(&lmb_get()->available_mem, \
		(const uint64_t[][2]){__VA_ARGS__ __VA_OPT__(, ){0, 0}}, name)
#define used(name, ...) \
	list_is(&lmb_get()->used_mem, (const uint64_t[][2]){__VA_ARGS__ __VA_OPT__(, ){0, 0}}, name)

static void test_lists(void)
{
	const struct alist *used_mem;

	make(RAM, SIZE);
	used_mem = &lmb_get()->used_mem;
	available("one bank", {RAM, SIZE});
	used("nothing is used", );
	equal(at(RAM + 0x10000, 0x10000, LMB_NOOVERWRITE), 0, "a request");
	equal(used_mem->count, 1, "under test the lists follow by themselves");
	equal(at(RAM + 0x20000, 0x10000, LMB_NOOVERWRITE), 0, "an adjacent one");
	used("equal neighbours are one", {RAM + 0x10000, 0x20000});
	equal(at(RAM + 0x30000, 0x10000, LMB_NOMAP), 0, "one with other flags");
	used("is separate", {RAM + 0x10000, 0x20000}, {RAM + 0x30000, 0x10000});
	equal(((struct lmb_region *)used_mem->data)[1].flags, LMB_NOMAP, "its flags are told");
	equal(lmb_add(RAM + SIZE, SIZE), 0, "an adjacent bank");
	equal(lmb_add(RAM + 4 * SIZE, SIZE), 0, "one further up");
	available("two banks", {RAM, 2 * SIZE}, {RAM + 4 * SIZE, SIZE});
	equal(lmb_free(RAM + 0x18000, 0x20000, 0), 0, "free across two");
	used("cuts both", {RAM + 0x10000, 0x8000}, {RAM + 0x38000, 0x8000});
	lmb_pop(&store);
}

static void test_addr(void)
{
	uint64_t addr = RAM + 1;

	make(RAM, SIZE);
	equal(at(RAM, 0, 0), -EINVAL, "size 0");
	equal(at(RAM - PAGE, PAGE, 0), -EINVAL, "below RAM");
	equal(at(RAM + SIZE, PAGE, 0), -EINVAL, "above RAM");
	equal(at(RAM - PAGE, 2 * PAGE, 0), -EINVAL, "defect 3: from below RAM into it");
	equal(at(RAM + SIZE - PAGE, 2 * PAGE, 0), -EINVAL, "from RAM to above");
	equal(at(RAM, UINT64_MAX, 0), -EINVAL, "defect 3: a size that wraps");
	equal(at(RAM, 0 - RAM, 0), -EINVAL, "up to 2^64");
	equal(at(RAM, PAGE, 1), -EINVAL, "an unknown flag");
	equal(lmb_alloc_mem((enum lmb_mem_type)9, 0, &addr, PAGE, 0), -EINVAL, "an unknown type");
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 0, NULL, PAGE, 0), -EINVAL, "no address");
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 16, &addr, PAGE, 0), -EINVAL,
	      "an unaligned address");
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 3, &addr, PAGE, 0), -EINVAL, "align 3");

	equal(at(RAM, PAGE, LMB_NONE), 0, "LMB_NONE");
	equal(at(RAM, PAGE, LMB_NONE), 0, "once more");
	equal(at(RAM, 2 * PAGE, LMB_NONE), 0, "and larger");
	used("the union is reserved", {RAM, 2 * PAGE});
	equal(at(RAM, PAGE, LMB_NOOVERWRITE), -EEXIST, "not with NOOVERWRITE");
	equal(at(RAM + 4 * PAGE, PAGE, LMB_NOOVERWRITE), 0, "NOOVERWRITE");
	equal(at(RAM + 4 * PAGE, PAGE, LMB_NONE), -EEXIST, "56f186a68b3: not again with LMB_NONE");
	equal(at(RAM + 4 * PAGE, PAGE, LMB_NOOVERWRITE), -EEXIST,
	      "1d9aa4a283d: nor with the same flags");
	equal(at(RAM + PAGE, 8 * PAGE, LMB_NONE), -EEXIST, "e0a7ea3725d: nor from around it");
	used("nothing has changed", {RAM, 2 * PAGE}, {RAM + 4 * PAGE, PAGE});
	lmb_pop(&store);
}

static void test_any_and_max(void)
{
	uint64_t addr = 1;

	make(RAM, 16 * PAGE);
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 0, &addr, 0, 0), -EINVAL, "size 0");
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 0, &addr, 17 * PAGE, 0), -ENOMEM,
	      "more than there is");
	equal(addr, 1, "the address is left alone");
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 0, &addr, 100, 4), 0, "defect 2: align 0, ANY");
	equal(addr, RAM + 16 * PAGE - 100, "the last 100 bytes");
	addr = RAM + 8 * PAGE;
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_MAX, 0, &addr, PAGE, 4), 0, "defect 2: align 0, MAX");
	equal(addr, RAM + 7 * PAGE, "the block ends at the limit");
	addr = RAM + 7 * PAGE;
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_MAX, PAGE, &addr, PAGE, 4), 0,
	      "defect 6: the last page below");
	equal(addr, RAM + 6 * PAGE, "the limit is used");
	addr = RAM + PAGE;
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_MAX, 0, &addr, PAGE + 1, 4), -ENOMEM, "no room below");
	addr = 0;
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_MAX, 0, &addr, PAGE, 4), -ENOMEM,
	      "defect 6: below 0 is nothing, not everything");
	addr = 5;
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 4 * PAGE, &addr, PAGE, 4), 0, "aligned to 4 pages");
	equal(addr, RAM + 12 * PAGE, "the highest of them");
	lmb_pop(&store);
}

static void test_address_0(void)
{
	uint64_t addr;

	make(0, 4 * PAGE);
	for (int i = 3; i > 0; i--) {
		equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, PAGE, &addr, PAGE, 4), 0, "RAM from 0");
		equal(addr, (uint64_t)i * PAGE, "top-down");
	}
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, PAGE, &addr, PAGE, 4), -ENOMEM,
	      "address 0 is not given");
	equal(at(0, PAGE, 0), -EINVAL, "nor by its address");
	lmb_pop(&store);
}

static void test_top_of_address_space(void)
{
	uint64_t addr;

	make(0 - SIZE, SIZE);
	available("RAM up to 2^64", {0 - SIZE, SIZE});
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, PAGE, &addr, PAGE, 4), 0, "ANY");
	equal(addr, 0 - PAGE, "gives the last page");
	equal(lmb_free(0 - PAGE, PAGE, 0), 0, "which can be freed");
	equal(at(0 - PAGE, 2 * PAGE, 0), -EINVAL, "but not passed");
	lmb_pop(&store);
}

/* defect 4: free bytes were counted across holes. defect 7, the quadratic search, is in tests/bench. */
static void test_hole_between_banks(void)
{
	uint64_t addr;

	make(RAM, 2 * PAGE);
	equal(lmb_add(RAM + 3 * PAGE, 2 * PAGE), 0, "|..  ..|");
	equal(at(RAM + PAGE, 3 * PAGE, 0), -EINVAL, "defect 4: across the hole");
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 0, &addr, 3 * PAGE, 0), -ENOMEM,
	      "defect 4: no 3 pages");
	lmb_pop(&store);
}

/*
 *   |nn..nn..nn|  +  |..nnnnnn..|  =  |nnnnnnnnnn|, and one free of all of it
 */
static void test_defect_5(void)
{
	make(RAM, SIZE);
	equal(at(RAM, 2 * PAGE, 0), 0, "[0,2)");
	equal(at(RAM + 4 * PAGE, 2 * PAGE, 0), 0, "[4,6)");
	equal(at(RAM + 8 * PAGE, 2 * PAGE, 0), 0, "[8,10)");
	equal(at(RAM + 2 * PAGE, 6 * PAGE, 0), 0, "over and between them [2,8)");
	used("defect 5: all one", {RAM, 10 * PAGE});
	equal(lmb_free(RAM, 10 * PAGE, 0), 0, "defect 5: and freed at once");
	used("nothing is left", );
	lmb_pop(&store);
}

/* defect 1: a 16-bit count; region 32769 overflowed the heap. */
static void test_defect_1(void)
{
	int failures = 0;

	make(RAM, SIZE);
	lmb_get()->test = false; /* the lists need not follow each of these */
	for (uint64_t i = 0; i < 50000; i++)
		failures += at(RAM + 2 * i * PAGE, PAGE, LMB_NOOVERWRITE) != 0;
	equal(failures, 0, "defect 1: 50,000 requests");
	equal(lmb_get()->used_mem.count, 50000, "are in the list");
	for (uint64_t i = 0; i < 50000; i++)
		failures += lmb_free(RAM + 2 * i * PAGE, PAGE, 0) != 0;
	equal(failures, 0, "and are freed");
	used("nothing is left", );
	lmb_pop(&store);
}

/* defect 8 is about pages that two reservations share: LMB is byte-exact, and mem/pages.c rounds. */
static void test_defect_8(void)
{
	make(RAM, SIZE);
	equal(at(RAM, 100, LMB_NOOVERWRITE), 0, "100 bytes");
	equal(at(RAM + 200, 100, LMB_NOOVERWRITE), 0, "100 bytes in the same page");
	equal(lmb_free(RAM, 100, 0), 0, "the first is freed");
	used("defect 8: the second is still there", {RAM + 200, 100});
	lmb_pop(&store);
}

static void test_free(void)
{
	const struct mem_props firmware = mem_props_firmware("heap");

	make(RAM, SIZE);
	equal(memmap_claim_at(lmb_map(lmb_get()), RAM + 8 * PAGE, PAGE, &firmware), 0,
	      "the firmware's");
	equal(at(RAM + PAGE, 2 * PAGE, 4), 0, "ours");
	equal(lmb_free(RAM, PAGE, 0), -EINVAL, "what is free");
	equal(lmb_free(RAM + PAGE, 3 * PAGE, 0), -EINVAL, "more than is taken");
	equal(lmb_free(RAM + 8 * PAGE, PAGE, 0), -EPERM, "what is the firmware's");
	equal(lmb_free(RAM + PAGE, 0, 0), -EINVAL, "size 0");
	equal(lmb_free(RAM + SIZE, PAGE, 0), -EINVAL, "outside");
	equal(lmb_free(RAM + PAGE, PAGE, 0), 0, "a part");
	equal(lmb_free(RAM + PAGE, PAGE, 0), -EINVAL, "twice");
	lmb_pop(&store);
}

static void test_reserved(void)
{
	const struct mem_props firmware = mem_props_firmware("heap");

	make(RAM, SIZE);
	equal(memmap_claim_at(lmb_map(lmb_get()), RAM + 8 * PAGE, PAGE, &firmware), 0,
	      "the firmware's");
	equal(at(RAM, PAGE, LMB_NONE), 0, "NONE");
	equal(at(RAM + PAGE, PAGE, LMB_NOMAP | LMB_NONOTIFY), 0, "NOMAP, NONOTIFY");
	equal(lmb_is_reserved_flags(RAM, 0), 1, "reserved");
	equal(lmb_is_reserved_flags(RAM, LMB_NOMAP), 0, "not with NOMAP");
	equal(lmb_is_reserved_flags(RAM + PAGE, LMB_NOMAP), 1, "with NOMAP");
	equal(lmb_is_reserved_flags(RAM + 2 * PAGE - 1, LMB_NOMAP | LMB_NONOTIFY), 1,
	      "with both, last byte");
	equal(lmb_is_reserved_flags(RAM + PAGE, LMB_NOMAP | LMB_NOOVERWRITE), 0,
	      "not with all of these");
	equal(lmb_is_reserved_flags(RAM + 2 * PAGE, 0), 0, "free RAM");
	equal(lmb_is_reserved_flags(RAM - 1, 0), 0, "outside RAM");
	equal(lmb_is_reserved_flags(RAM + 8 * PAGE, LMB_NOOVERWRITE), 1,
	      "the firmware's is NOOVERWRITE");
	lmb_pop(&store);
}

static void test_push(void)
{
	struct lmb second;
	uint64_t addr;

	make(RAM, SIZE);
	equal(at(RAM, PAGE, 4), 0, "a request");
	equal(lmb_push(&second), 0, "push again");
	available("the new map is empty", );
	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 0, &addr, PAGE, 0), -ENOMEM, "nothing to have");
	equal(lmb_add(16, 1 << 20), 0, "addresses need not exist");
	for (uint64_t i = 0; i < 1000; i++)
		at(16 + 2 * i, 1, 4);
	equal(lmb_get()->used_mem.count, 1000, "not even for a large map");
	lmb_pop(&second);
	used("pop brings the first back", {RAM, PAGE});
	lmb_pop(&store);
	ok(lmb_map(lmb_get()) == memmap_system(), "and then the machine's");
}

static void test_attempt(void)
{
	struct memmap *map;

	make(RAM, SIZE);
	map = lmb_map(lmb_get());
	equal(at(RAM, 4 * PAGE, LMB_NONE), 0, "a request outside the attempt");
	memmap_attempt_begin(map);
	equal(at(RAM + 2 * PAGE, 4 * PAGE, LMB_NONE), 0, "the attempt goes over it and beyond");
	equal(at(RAM + 9 * PAGE, PAGE, LMB_NOOVERWRITE), 0, "and elsewhere");
	used("both are reserved", {RAM, 6 * PAGE}, {RAM + 9 * PAGE, PAGE});
	equal(lmb_free(RAM + 2 * PAGE, 4 * PAGE, 0), 0, "it frees its own");
	used("the earlier request is still there", {RAM, 4 * PAGE}, {RAM + 9 * PAGE, PAGE});
	ok(memmap_attempt_fail(map) == PAGE, "it fails");
	used("all is as before", {RAM, 4 * PAGE});
	lmb_pop(&store);
}

static void test_load(void)
{
	make(RAM, SIZE);
	equal(at(RAM, PAGE, LMB_NONE), 0, "a load address that was used before");
	equal(at(RAM + 4 * PAGE, PAGE, LMB_NOOVERWRITE), 0, "a file that must stay");
	equal(lmb_load_begin(RAM, 2 * PAGE, "file"), 0, "a load");
	equal(at(RAM + PAGE, PAGE, LMB_NONE), -EEXIST, "is safe while it lasts");
	equal(lmb_load_end(RAM, 2 * PAGE), 0, "and leaves");
	used("no trace", {RAM, PAGE}, {RAM + 4 * PAGE, PAGE});
	equal(lmb_load_begin(RAM, 5 * PAGE, "file"), -EEXIST,
	      "over the file that must stay: refused");
	equal(lmb_load_begin(RAM - PAGE, 2 * PAGE, "file"), -EINVAL, "outside RAM: refused");
	lmb_pop(&store);
}

static void test_tags(void)
{
	struct mem_region r;
	uint64_t addr;

	make(RAM, SIZE);
	equal(lmb_alloc_tagged(LMB_MEM_ALLOC_ANY, PAGE, &addr, PAGE, LMB_NOMAP, "initrd"), 0,
	      "tagged");
	memmap_find(lmb_map(lmb_get()), addr, &r);
	ok(strcmp(r.props.tag, "initrd") == 0 && r.props.attrs == 0,
	   "the tag, and NOMAP: not mapped");
	equal(memmap_os_kind(&r.props), MEM_OS_NOMAP, "the OS keeps out");
	lmb_pop(&store);
}

static void test_io_lmb(void)
{
	struct lmb io;

	equal(io_lmb_setup(&io), 0, "setup");
	equal(io_lmb_alloc(&io, PAGE, PAGE), 0, "nothing there yet");
	equal(io_lmb_add(&io, 0, 0x10000), 0, "space from 0");
	equal(io_lmb_alloc(&io, 0x1000, 0x1000), 0xf000, "the top");
	equal(io_lmb_alloc(&io, 0x1000, 0x4000), 0xc000, "aligned");
	equal(io_lmb_alloc(&io, 0, 0x1000), 0, "size 0");
	equal(io_lmb_alloc(&io, 0x1000, 3), 0, "align 3");
	equal(io_lmb_free(&io, 0xf000, 0x1000), 0, "free");
	equal(io_lmb_free(&io, 0xf000, 0x1000), -EINVAL, "twice");
	equal(io_lmb_alloc(&io, 0x10000, 1), 0, "all but address 0 is not all");
	equal(lmb_view(&io), 0, "view");
	list_is(&io.used_mem, (const uint64_t[][2]){{0xc000, 0x1000}, {0, 0}}, "one is used");
	equal(lmb_get()->used_mem.count, 0, "LMB itself knows nothing of it");
	io_lmb_teardown(&io);
	equal(io_lmb_add(&io, 0, 1), -EINVAL, "torn down");
}

int main(void)
{
	uint64_t addr = RAM;

	equal(lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 0, &addr, PAGE, 0), -EINVAL, "before lmb_init");
	ok(lmb_init() == 0 && lmb_init() == 0, "init, also twice");
	equal(lmb_add(RAM, PAGE), 0, "the machine's map");
	test_lists();
	test_addr();
	test_any_and_max();
	test_address_0();
	test_top_of_address_space();
	test_hole_between_banks();
	test_defect_5();
	test_defect_1();
	test_defect_8();
	test_free();
	test_reserved();
	test_push();
	test_attempt();
	test_load();
	test_tags();
	test_io_lmb();
	available("the machine's map was not touched", {RAM, PAGE});
	free(lmb_get()->available_mem.data);
	return tap_done();
}
