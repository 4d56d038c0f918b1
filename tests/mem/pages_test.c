/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c mem/pages.c tests/host.c */
/*
 * The map in whole pages. In the pictures a character is a quarter of a page, and '|' a page boundary.
 */
#include <string.h>

#include "mem/memmap.h"
#include "mem/pages.h"
#include "tests/tap.h"

#define PAGE UINT64_C(4096)
#define RAM UINT64_C(0x40000000)

static struct memmap map;

static uint64_t grow(void *context)
{
	(void)context;
	return (uint64_t)(uintptr_t)malloc(MEMMAP_NODE_SIZE);
}

static void shrink(void *context, uint64_t node)
{
	(void)context;
	free((void *)(uintptr_t)node);
}

static const struct memmap_ops heap_ops = {.grow = grow, .shrink = shrink};

static struct mem_props props(char tag, enum mem_owner owner, enum mem_life life, uint8_t attrs)
{
	return mem_props_make(MEM_LOADER_DATA, owner, life, attrs, 0, (char[]){tag, 0});
}

/* Builds RAM from a picture, a quarter of a page a character. */
static void make(const char *picture)
{
	const struct mem_props ram = mem_props_free();
	uint64_t at = RAM;

	memmap_destroy(&map);
	memmap_init(&map, &heap_ops, NULL);
	for (; *picture != '\0'; picture++) {
		struct mem_props p;

		if (*picture == '|')
			continue;
		if (*picture != ' ')
			memmap_add(&map, at, PAGE / 4, &ram);
		switch (*picture) {
		case 'l':
			p = props('l', MEM_OWNER_LMB, MEM_LIFE_SESSION, MEM_RW);
			break;
		case 'f':
			p = props('f', MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION, MEM_R);
			break;
		case 'x':
			p = props('x', MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION, MEM_RX);
			break;
		case 'r':
			p = props('r', MEM_OWNER_LMB, MEM_LIFE_FOREVER, 0);
			break;
		default:
			p.owner = MEM_OWNER_FREE;
			break;
		}
		if (p.owner != MEM_OWNER_FREE)
			memmap_claim_at(&map, at, PAGE / 4, &p);
		at += PAGE / 4;
	}
}

/* One character a page, for as many as `wanted` has; a run that begins is marked by '|'. */
static void seen(uint64_t base, uint64_t end, mem_look *look, const char *wanted, const char *name)
{
	char is[256];
	uint64_t n = 0;
	uint64_t at = base & ~(PAGE - 1);
	struct pages pages;
	struct pages_run run;
	int gap = 0;

	pages_begin(&pages, &map, base, end, look);
	while (pages_next(&pages, &run)) {
		gap |= run.base != at || run.base % PAGE != 0 || run.end % PAGE != 0;
		is[n++] = '|';
		for (; at != run.end && n < sizeof(is) - 1; at += PAGE)
			is[n++] = run.props.owner == MEM_OWNER_HOLE   ? ' '
				  : run.props.owner == MEM_OWNER_FREE ? '.'
								      : run.props.tag[0];
	}
	is[n] = '\0';
	if (!ok(!gap && at == ((end + PAGE - 1) & ~(PAGE - 1)) && strcmp(is, wanted) == 0, name))
		printf("#   is     %s\n#   wanted %s\n", is, wanted);
}

static void all(const char *picture, const char *wanted, const char *name)
{
	uint64_t pages = 0;

	for (const char *p = picture; *p != '\0'; p++)
		pages += *p == '|';
	make(picture);
	seen(RAM, RAM + (pages - 1) * PAGE, NULL, wanted, name);
}

static void test_rounding(void)
{
	all("|....|....|....|", "|...", "free");
	all("|....|..ll|....|", "|.|l|.", "used rounds outward, free inward");
	all("|...l|llll|l...|....|", "|lll|.", "on both sides");
	all("|..  |....|", "| |.", "a page with a hole is not free");
	all("|l.  |....|", "|l|.", "used beats a hole");
	all("|l..l|....|", "|l|.", "defect 8: two in one page");
	all("|...l|....|", "|l|.", "defect 8: and one of them freed");
	all("|.l.f|....|", "|f|.", "the firmware beats LMB");
	all("|rf..|ffff|", "|r|f", "forever beats the session");
	all("|rrrr|rrff|ffff|", "|r|r|f", "no page twice; the second can be read");
	all("|....|.l..|.l..|.l..|....|", "|.|lll|.", "equal pages are one run");
}

static void test_looks(void)
{
	make("|llll|ffff|ll..|....|xxxx|");
	seen(RAM, RAM + 5 * PAGE, pages_look_attrs, "|l|f|l|.|x", "by attrs");
	seen(RAM, RAM + 5 * PAGE, mem_look_os, "|lllll", "by what the OS is told: all is usable");
	seen(RAM + PAGE, RAM + 2 * PAGE, NULL, "|f", "a part, exactly");
	seen(RAM + PAGE + 1, RAM + 2 * PAGE + 1, NULL, "|f|l", "a part, rounded outward");
}

static void test_attrs(void)
{
	struct pages pages;
	struct pages_run run;

	make("|l..f|ll.x|");
	pages_begin(&pages, &map, RAM, RAM + 2 * PAGE, NULL);
	ok(pages_next(&pages, &run) && run.props.attrs == MEM_RW,
	   "a page has the rights of all in it");
	ok(pages_next(&pages, &run) && run.props.attrs == MEM_RX,
	   "but never W and X: those of the winner");
	ok(!pages_next(&pages, &run), "the end");
}

static void test_whole_space(void)
{
	struct pages pages;
	struct pages_run run;

	make("|....|");
	pages_begin(&pages, &map, 0, 0, NULL);
	ok(pages_next(&pages, &run) && run.base == 0 && run.end == RAM, "the hole below");
	ok(pages_next(&pages, &run) && run.end == RAM + PAGE, "RAM");
	ok(pages_next(&pages, &run) && run.end == 0, "the hole above, to 2^64");
	ok(!pages_next(&pages, &run), "the end");
}

/* Against a model with an entry for every quarter of a page. */
static int test_random_once(void)
{
	static const char kinds[] = "....  llfxr";
	char picture[64 * 5 + 2];
	uint64_t n = 0;
	struct pages pages;
	struct pages_run run;

	for (int page = 0; page < 64; page++) {
		char kind = kinds[tap_below(11)];

		for (int i = 0; i < 4; i++) {
			if (tap_below(6) == 0)
				kind = kinds[tap_below(11)];
			picture[n++] = kind;
		}
	}
	picture[n] = '\0';
	make(picture);
	pages_begin(&pages, &map, RAM, RAM + 64 * PAGE, NULL);
	for (uint64_t at = RAM; pages_next(&pages, &run); at = run.end) {
		if (run.base != at)
			return 0;
		for (uint64_t page = (at - RAM) / PAGE; page < (run.end - RAM) / PAGE; page++) {
			const char *q = &picture[page * 4];
			char best = '.';

			for (const char *order = " lfxr"; *order != '\0'; order++) {
				/* f and x rank alike: the lower address wins */
				if (*order == 'x' && best == 'f')
					continue;
				if (*order == 'f') {
					for (int i = 3; i >= 0; i--)
						best = q[i] == 'f' || q[i] == 'x' ? q[i] : best;
				} else if (memchr(q, *order, 4) != NULL && *order != 'x') {
					best = *order;
				}
			}
			if ((best == '.') != (run.props.owner == MEM_OWNER_FREE) ||
			    (best == ' ') != (run.props.owner == MEM_OWNER_HOLE) ||
			    (best != '.' && best != ' ' && run.props.tag[0] != best)) {
				printf("# page %" PRIu64 " |%.4s|: wanted %c\n", page, q, best);
				return 0;
			}
		}
	}
	return 1;
}

int main(void)
{
	int good = 1;

	tap_seed();
	memmap_init(&map, &heap_ops, NULL);
	test_rounding();
	test_looks();
	test_attrs();
	test_whole_space();
	for (int i = 0; i < 2000 && good; i++)
		good = test_random_once();
	ok(good, "2,000 random maps against the model");
	memmap_destroy(&map);
	return tap_done();
}
