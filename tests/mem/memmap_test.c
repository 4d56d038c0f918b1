/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/*
 * The map, call by call. Pictures: one character is a page; '.' free, '#' claimed, ' ' a hole.
 */
#include <errno.h>
#include <string.h>

#include "mem/memmap.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define RAM UINT64_C(0x40000000)

static struct memmap map;
static int nodes_out; /* given by grow and not taken back */

static uint64_t grow(void *context)
{
	(void)context;
	nodes_out++;
	return (uint64_t)(uintptr_t)malloc(MEMMAP_NODE_SIZE);
}

static void shrink(void *context, uint64_t node)
{
	(void)context;
	nodes_out--;
	free((void *)(uintptr_t)node);
}

static const struct memmap_ops heap_ops = {.grow = grow, .shrink = shrink};

/* A map with `pages` pages of RAM at RAM. */
static void make(uint64_t pages)
{
	const struct mem_props props = mem_props_free();

	memmap_init(&map, &heap_ops, NULL);
	ok(memmap_add(&map, RAM, pages * PAGE, &props) == 0, "RAM is added");
}

static struct mem_props lmb(const char *tag)
{
	return mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB, MEM_LIFE_SESSION, MEM_RW, 0, tag);
}

static struct mem_props reusable(enum mem_life life, const char *tag)
{
	return mem_props_make(MEM_LOADER_DATA, MEM_OWNER_LMB, life, MEM_RW, MEM_FLAG_REUSABLE, tag);
}

static int claim_at(uint64_t page, uint64_t pages, struct mem_props props)
{
	return memmap_claim_at(&map, RAM + page * PAGE, pages * PAGE, &props);
}

static int release(uint64_t page, uint64_t pages)
{
	return memmap_release(&map, RAM + page * PAGE, pages * PAGE, MEM_OWNER_LMB);
}

/* Draws the first `pages` pages of RAM; a tag's first letter stands for a claim. */
static const char *picture(uint64_t pages)
{
	static char text[128];
	struct mem_region r;

	for (uint64_t i = 0; i < pages; i++) {
		memmap_find(&map, RAM + i * PAGE, &r);
		text[i] = r.props.owner == MEM_OWNER_HOLE   ? ' '
			  : r.props.owner == MEM_OWNER_FREE ? '.'
							    : r.props.tag[0];
	}
	text[pages] = '\0';
	return text;
}

static void looks(const char *wanted, const char *name)
{
	const char *is = picture(strlen(wanted));

	if (!ok(strcmp(is, wanted) == 0 && memmap_check(&map) == 0, name))
		printf("#   is     |%s|\n#   wanted |%s|\n", is, wanted);
}

/* fails(call, errno, name): it does, and nothing has changed. */
static struct memmap before;
#define fails(call, error, name)                                                               \
	do {                                                                                   \
		memcpy(&before, &map, sizeof(map));                                            \
		equal(call, -(error), name);                                                   \
		ok(memcmp(&before, &map, sizeof(map)) == 0, "… and leaves the map as it was"); \
	} while (0)

static void test_empty(void)
{
	struct mem_region r;

	memmap_init(&map, &heap_ops, NULL);
	memmap_first(&map, &r);
	ok(r.base == 0 && r.end == 0 && r.props.owner == MEM_OWNER_HOLE, "a new map is one hole");
	equal(memmap_count(&map), 1, "of one region");
	ok(!memmap_next(&map, &r), "and nothing after it");
}

static void test_claim_at(void)
{
	make(12);
	fails(claim_at(0, 0, lmb("a")), EINVAL, "size 0");
	fails(claim_at(12, 1, lmb("a")), EINVAL, "above RAM");
	/*      |............|
	 *   [##)                 starts below RAM and ends inside it */
	fails(memmap_claim_at(&map, RAM - PAGE, 2 * PAGE,
			      &(struct mem_props){.owner = MEM_OWNER_LMB}),
	      EINVAL, "from below into RAM");
	fails(claim_at(11, 2, lmb("a")), EINVAL, "from RAM to above");
	fails(memmap_claim_at(&map, RAM, 0 - PAGE, &(struct mem_props){.owner = MEM_OWNER_LMB}),
	      EINVAL, "a size that wraps the address space");
	fails(claim_at(0, 1, mem_props_free()), EINVAL, "a claim for nobody");

	equal(claim_at(2, 3, lmb("a")), 0, "inside free RAM");
	looks("..aaa.......", "splits it in three");
	fails(claim_at(2, 3, lmb("a")), EEXIST, "the same range twice (1d9aa4a283d)");
	fails(claim_at(3, 1, lmb("a")), EEXIST, "a smaller range inside, same flags (1d9aa4a283d)");
	fails(claim_at(0, 12, lmb("b")), EEXIST, "an encompassing range (e0a7ea3725d)");
	fails(claim_at(4, 2, reusable(MEM_LIFE_SESSION, "n")), EEXIST,
	      "reusable over what is not (56f186a68b3)");
	fails(claim_at(10, 4, lmb("b")), EINVAL, "a hole goes before a conflict");
	equal(claim_at(5, 2, lmb("a")), 0, "next to its like");
	looks("..aaaaa.....", "becomes one with it");
	equal(memmap_count(&map), 5, "hole, free, claim, free, hole");
	equal(release(3, 2), 0, "a part from the middle");
	looks("..a..aa.....", "leaves both sides");
	equal(release(2, 1), 0, "one side");
	equal(release(5, 2), 0, "and the other");
	looks("............", "all is free");
	equal(memmap_count(&map), 3, "and merged");
}

static void test_address_0(void)
{
	const struct mem_props ram = mem_props_free();
	struct mem_request request = {.size = PAGE, .align = PAGE, .props = lmb("a")};
	uint64_t base = 77;

	memmap_init(&map, &heap_ops, NULL);
	equal(memmap_add(&map, 0, 2 * PAGE, &ram), 0, "RAM that starts at 0");
	fails(memmap_claim_at(&map, 0, PAGE, &request.props), EINVAL, "a claim of address 0");
	equal(memmap_claim(&map, &request, &base), 0, "the page above");
	equal(base, PAGE, "… lies at 4096");
	fails(memmap_claim(&map, &request, &base), ENOMEM, "the page at 0 is never given");
	equal(base, PAGE, "… and the address is left alone");
}

static void test_claim(void)
{
	struct mem_request request = {.size = 2 * PAGE, .props = lmb("a")};
	uint64_t base;

	make(12);
	equal(claim_at(10, 1, lmb("x")), 0, "|..........x.|");
	equal(memmap_claim(&map, &request, &base), 0, "align 0 means none");
	looks("........aax.", "top-down, the highest that fits");
	request.align = 3;
	fails(memmap_claim(&map, &request, &base), EINVAL, "align 3");
	request.align = 4 * PAGE;
	equal(memmap_claim(&map, &request, &base), 0, "align 4 pages");
	looks("....aa..aax.", "lies at a multiple of 4");
	request.align = 0;
	request.max = RAM + 4 * PAGE - 1;
	equal(memmap_claim(&map, &request, &base), 0, "max is inclusive");
	looks("..aaaa..aax.", "the last byte lies at max");
	request.max = RAM + 2 * PAGE - 2;
	request.min = RAM;
	fails(memmap_claim(&map, &request, &base), ENOMEM, "one byte less, and not below min");
	request.min = RAM + 6 * PAGE;
	request.max = 0;
	equal(memmap_claim(&map, &request, &base), 0, "min");
	looks("..aaaaaaaax.", "fills the gap above min");
	request.size = 3 * PAGE;
	fails(memmap_claim(&map, &request, &base), ENOMEM, "no gap of 3");
	request.size = 0;
	fails(memmap_claim(&map, &request, &base), EINVAL, "size 0");
}

static void test_limit(void)
{
	struct mem_request request = {.size = PAGE, .align = PAGE, .props = lmb("a")};
	uint64_t base;

	/*  ram_top:  v
	 *   |........x...|   1a48b0be93d: nothing above ram_top in the same bank */
	make(12);
	memmap_limit(&map, RAM + 8 * PAGE - 1);
	equal(memmap_claim(&map, &request, &base), 0, "a claim under a limit");
	looks(".......a....", "does not go above it");
	equal(claim_at(11, 1, lmb("b")), 0, "by address it may");
	memmap_limit(&map, 0);
	equal(memmap_claim(&map, &request, &base), 0, "without limit");
	looks(".......a..ab", "goes to the top");
}

static void test_release(void)
{
	const struct mem_props firmware = mem_props_firmware("f");

	make(12);
	equal(claim_at(2, 2, lmb("a")), 0, "a");
	equal(claim_at(4, 2, lmb("b")), 0, "b");
	equal(claim_at(6, 2, firmware), 0, "|..aabbff....|");
	fails(release(0, 1), EINVAL, "free RAM is nobody's");
	fails(release(1, 2), EINVAL, "nor a part of it");
	fails(release(7, 1), EPERM, "what belongs to the firmware");
	fails(release(5, 2), EPERM, "a range that runs into it");
	fails(release(12, 1), EINVAL, "a hole");
	fails(release(2, 0), EINVAL, "size 0");
	fails(memmap_release(&map, RAM + 2 * PAGE, 0 - PAGE, MEM_OWNER_LMB), EINVAL,
	      "a range that wraps");
	equal(release(3, 2), 0, "across two regions");
	looks("..a..bff....", "both are cut");
}

static void test_add(void)
{
	const struct mem_props ram = mem_props_free();
	struct mem_props device = mem_props_device("uart");
	struct mem_props other = mem_props_device("tty");

	make(4);
	equal(memmap_add(&map, RAM + 4 * PAGE, 4 * PAGE, &ram), 0,
	      "an adjacent bank (491195769db)");
	equal(memmap_count(&map), 3, "is one with the first");
	equal(claim_at(3, 2, lmb("a")), 0, "a claim across both");
	equal(memmap_add(&map, RAM - PAGE, 12 * PAGE, &ram), 0, "RAM over RAM and claims");
	looks("...aa......", "the claim stays");
	fails(memmap_add(&map, RAM + 2 * PAGE, 4 * PAGE, &device), EEXIST, "a device over a claim");
	equal(memmap_add(&map, RAM + 6 * PAGE, 3 * PAGE, &device), 0, "a device over free RAM");
	equal(memmap_add(&map, RAM + 7 * PAGE, 3 * PAGE, &other), 0, "the same but for the tag");
	looks("...aa.uuut.", "keeps its first name, and goes on");
	equal(memmap_remove(&map, RAM + 4 * PAGE, 3 * PAGE), 0, "taken out");
	looks("...a   uut.", "leaves a hole");
	fails(memmap_remove(&map, RAM, 0), EINVAL, "size 0");
}

static void test_change(void)
{
	uint64_t key;
	struct mem_region r;
	struct mem_props code = lmb("c");

	make(8);
	equal(claim_at(2, 4, lmb("a")), 0, "|..aaaa..|");
	key = memmap_key(&map);
	equal(memmap_protect(&map, RAM + 3 * PAGE, PAGE, MEM_OWNER_LMB, MEM_RX), 0, "protect");
	memmap_find(&map, RAM + 3 * PAGE, &r);
	ok(r.end - r.base == PAGE && r.props.attrs == MEM_RX, "one page of it");
	ok(memmap_key(&map) != key, "the key has changed");
	key = memmap_key(&map);
	equal(memmap_protect(&map, RAM + 3 * PAGE, PAGE, MEM_OWNER_LMB, MEM_RX), 0, "once more");
	ok(memmap_key(&map) == key, "changes nothing, and so not the key");
	equal(memmap_protect(&map, RAM + 2 * PAGE, 4 * PAGE, MEM_OWNER_LMB, MEM_RW), 0, "and back");
	equal(memmap_count(&map), 5, "merges again");
	memmap_protect(&map, RAM + 3 * PAGE, PAGE, MEM_OWNER_LMB, MEM_RX);
	equal(memmap_change_attrs(&map, RAM + 2 * PAGE, 4 * PAGE, MEM_OWNER_LMB,
				  (struct mem_attrs_change){.off = MEM_R}),
	      0, "no reading");
	memmap_find(&map, RAM + 2 * PAGE, &r);
	equal(r.props.attrs, MEM_W, "what could be written still can");
	memmap_find(&map, RAM + 3 * PAGE, &r);
	equal(r.props.attrs, MEM_X, "what could be executed too");
	memmap_change_attrs(&map, RAM + 2 * PAGE, 4 * PAGE, MEM_OWNER_LMB,
			    (struct mem_attrs_change){.off = MEM_X, .on = MEM_RW});
	memmap_find(&map, RAM + 3 * PAGE, &r);
	equal(r.props.attrs, MEM_RW, "and all alike again");
	fails(memmap_protect(&map, RAM + PAGE, 2 * PAGE, MEM_OWNER_LMB, MEM_R), EINVAL, "free RAM");
	fails(memmap_protect(&map, RAM + 2 * PAGE, PAGE, MEM_OWNER_EFI, MEM_R), EPERM, "another's");
	equal(memmap_retype(&map, RAM + 4 * PAGE, 2 * PAGE, MEM_OWNER_LMB, &code), 0, "retype");
	looks("..aacc..", "half of it");
	key = memmap_key(&map);
	equal(release(2, 4), 0, "release");
	ok(memmap_key(&map) != key, "changes the key too (barebox cbe4bd04ed)");
}

static void test_stage(void)
{
	struct mem_region r;

	make(4);
	memmap_stage(&map, 3);
	equal(claim_at(1, 1, lmb("a")), 0, "a claim in stage 3");
	memmap_find(&map, RAM + PAGE, &r);
	equal(r.props.since, 3, "is stamped with it");
	equal(release(1, 1), 0, "given back");
	equal(memmap_count(&map), 3, "free RAM has no stamp, and merges");
}

static void listing(char *text, uint64_t size)
{
	struct mem_region r;
	uint64_t used = 0;

	memset(text, 0, size);
	memmap_first(&map, &r);
	do {
		memcpy(text + used, &r, sizeof(r));
		used += sizeof(r);
	} while (memmap_next(&map, &r) && used + sizeof(r) < size);
}

static void test_attempt(void)
{
	static char first[8192];
	static char second[8192];
	const struct mem_props firmware =
		mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE, MEM_LIFE_ATTEMPT, MEM_RW, 0, "t");
	struct mem_props efi = lmb("e");

	efi.owner = MEM_OWNER_EFI;
	make(16);
	equal(claim_at(1, 2, reusable(MEM_LIFE_SESSION, "o")), 0, "a reusable claim of before");
	equal(claim_at(4, 1, efi), 0, "an EFI claim of the session");
	looks(".oo.e...........", "before the attempt");
	listing(first, sizeof(first));

	memmap_attempt_begin(&map);
	equal(memmap_claim_life(&map), MEM_LIFE_ATTEMPT, "claims now live for the attempt");
	equal(claim_at(2, 2, reusable(MEM_LIFE_ATTEMPT, "k")), 0, "again, in part, in the attempt");
	equal(claim_at(8, 2, reusable(MEM_LIFE_ATTEMPT, "i")), 0, "a new one");
	equal(claim_at(9, 2, reusable(MEM_LIFE_ATTEMPT, "j")), 0, "over which goes another");
	efi.life = MEM_LIFE_ATTEMPT;
	equal(claim_at(12, 1, efi), 0, "EFI's, for the attempt");
	equal(claim_at(13, 1, firmware), 0, "the firmware's");
	looks(".ooke...ijj.et..", "in the attempt");
	equal(release(2, 1), 0, "what was borrowed is given back");
	looks(".ooke...ijj.et..", "to the earlier claim");
	ok(memmap_attempt_fail(&map) == 6 * PAGE, "the attempt fails: 6 pages return");
	listing(second, sizeof(second));
	ok(memcmp(first, second, sizeof(first)) == 0, "byte for byte as before");
	equal(memmap_claim_life(&map), MEM_LIFE_SESSION, "claims live for the session");

	memmap_attempt_begin(&map);
	equal(claim_at(1, 3, reusable(MEM_LIFE_ATTEMPT, "k")), 0, "once more");
	memmap_attempt_keep(&map);
	memmap_attempt_begin(&map);
	equal(memmap_attempt_fail(&map), 0, "what was kept does not fail with the next");
	looks(".ooke...........", "it stays");
}

static void test_load(void)
{
	static char first[8192];
	static char second[8192];

	make(12);
	equal(claim_at(2, 2, reusable(MEM_LIFE_SESSION, "r")), 0, "a reusable region");
	equal(claim_at(8, 2, mem_props_firmware("f")), 0, "|..rr....ff..|");
	listing(first, sizeof(first));
	fails(memmap_load_begin(&map, RAM + 7 * PAGE, 2 * PAGE, MEM_OWNER_LMB, "l"), EEXIST,
	      "a file may not land on the firmware");
	fails(memmap_load_begin(&map, RAM + 11 * PAGE, 2 * PAGE, MEM_OWNER_LMB, "l"), EINVAL,
	      "nor outside RAM");
	fails(memmap_load_begin(&map, RAM + 2 * PAGE, PAGE, MEM_OWNER_EFI, "l"), EEXIST,
	      "nor on another's reusable region");
	equal(memmap_load_begin(&map, RAM + PAGE, 5 * PAGE, MEM_OWNER_LMB, "l"), 0,
	      "over free RAM and the own reusable region it may");
	looks(".lrrll..ff..", "in between it is taken");
	fails(claim_at(4, 1, reusable(MEM_LIFE_SESSION, "n")), EEXIST, "for everybody");
	fails(memmap_load_end(&map, RAM + PAGE, 6 * PAGE, MEM_OWNER_LMB), EINVAL,
	      "more than was begun");
	equal(memmap_load_end(&map, RAM + PAGE, 5 * PAGE, MEM_OWNER_LMB), 0, "the end");
	listing(second, sizeof(second));
	ok(memcmp(first, second, sizeof(first)) == 0, "the map is as before");
}

static void test_os_kind(void)
{
	struct mem_props p = lmb("p");

	equal(memmap_os_kind(&p), MEM_OS_USABLE, "a payload is the OS's in the end");
	p.flags = MEM_FLAG_NOMAP;
	equal(memmap_os_kind(&p), MEM_OS_NOMAP, "unless it is not to be mapped");
	p.flags = 0;
	p.life = MEM_LIFE_FOREVER;
	equal(memmap_os_kind(&p), MEM_OS_RESERVED, "or lives forever (c5f6542aa8a: a RAM disk)");
	p.type = MEM_ACPI_RECLAIM;
	equal(memmap_os_kind(&p), MEM_OS_ACPI, "ACPI tables");
	p = mem_props_free();
	equal(memmap_os_kind(&p), MEM_OS_USABLE, "free RAM");
	p = mem_props_device("d");
	equal(memmap_os_kind(&p), MEM_OS_DEVICE, "a device");
}

static void test_alike(void)
{
	struct mem_region r;

	make(8);
	equal(claim_at(2, 2, lmb("a")), 0, "|..aa....|");
	equal(claim_at(4, 1,
		       mem_props_make(MEM_RESERVED, MEM_OWNER_FIRMWARE, MEM_LIFE_FOREVER, 0, 0,
				      "k")),
	      0, "|..aak...|");
	memmap_first_alike(&map, mem_look_os, &r);
	ok(r.base == 0 && r.end == RAM, "a hole");
	ok(memmap_next_alike(&map, mem_look_os, &r) && r.end == RAM + 4 * PAGE,
	   "usable: free and claimed");
	ok(memmap_next_alike(&map, mem_look_os, &r) && r.end == RAM + 5 * PAGE, "reserved");
	ok(memmap_next_alike(&map, mem_look_os, &r) && r.end == RAM + 8 * PAGE, "usable");
	ok(memmap_next_alike(&map, mem_look_os, &r) && r.end == 0, "a hole");
	ok(!memmap_next_alike(&map, mem_look_os, &r), "the end");
}

/* 7b05667ce23, and defect 1: a 16-bit count wraps. */
static void test_many(void)
{
	enum { MANY = 100000 };
	static char first[8192];
	static char second[8192];
	int failures = 0;

	make(2 * MANY + 2);
	listing(first, sizeof(first));
	for (uint64_t i = 0; i < MANY; i++)
		failures += claim_at(2 * i + 1, 1, lmb("m")) != 0;
	equal(failures, 0, "100,000 claims with gaps between");
	equal(memmap_count(&map), 2 * MANY + 3, "each a region");
	equal(memmap_check(&map), 0, "all rules hold");
	printf("# %d nodes\n", nodes_out);
	for (uint64_t i = 0; i < MANY; i++)
		failures += release(2 * (i * 7919 % MANY) + 1, 1) != 0;
	equal(failures, 0, "given back in another order");
	equal(memmap_check(&map), 0, "all rules hold");
	listing(second, sizeof(second));
	ok(memcmp(first, second, sizeof(first)) == 0, "the listing is byte-equal to the first");
	equal(nodes_out, 0, "all nodes are given back");
}

static void test_copy(void)
{
	static struct memmap copy;

	make(300);
	for (uint64_t i = 0; i < 100; i++)
		claim_at(2 * i, 1, lmb("c"));
	memset(&copy, 0xa5, sizeof(copy));
	memmap_copy(&copy, &map);
	memset(&map, 0xa5, sizeof(map)); /* the source is dead */
	equal(memmap_check(&copy), 0, "a copy obeys the rules");
	equal(memmap_release(&copy, RAM, PAGE, MEM_OWNER_LMB), 0, "and can be changed");
	memmap_destroy(&copy);
	equal(nodes_out, 0, "and owns the nodes");
}

int main(void)
{
	test_empty();
	test_claim_at();
	test_address_0();
	test_claim();
	test_limit();
	test_release();
	test_add();
	test_change();
	test_stage();
	test_attempt();
	test_load();
	test_os_kind();
	test_alike();
	test_many();
	test_copy();
	return tap_done();
}
