/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host program as somebody else might write it: it knows the headers of LMB and of the map, and is linked with
 * libcadastre-mem.a (make host) and nothing else. scripts/check-host-library builds and runs it.
 */
#include <errno.h>
#include <stdio.h>

#include "mem/lmb.h"
#include "mem/memmap.h"

static int failures;

static void check(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "library_program: not so: %s\n", what);
	failures++;
}

#define CHECK(condition) check(condition, #condition)

static void test_lmb(void)
{
	struct lmb store;
	phys_addr_t addr = 0x40400000;

	CHECK(lmb_init() == 0);
	CHECK(lmb_add(0x40000000, 0x1000000) == 0);
	CHECK(lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 0, &addr, 0x10000, LMB_NONE) == 0);
	CHECK(lmb_is_reserved_flags(0x40400000, LMB_NONE) == 1);
	CHECK(lmb_alloc_mem(LMB_MEM_ALLOC_ADDR, 0, &addr, 0x10000, LMB_NOOVERWRITE) == -EEXIST);
	CHECK(lmb_alloc_mem(LMB_MEM_ALLOC_ANY, 0x1000, &addr, 0x1000, LMB_NOMAP) == 0);
	CHECK(addr == 0x40fff000);
	addr = 0x40800000;
	CHECK(lmb_alloc_mem(LMB_MEM_ALLOC_MAX, 0x1000, &addr, 0x1000, LMB_NONE) == 0);
	CHECK(addr == 0x407ff000);

	CHECK(lmb_push(&store) == 0);
	CHECK(lmb_get()->available_mem.count == 0);
	CHECK(lmb_add(0, 0x10000) == 0);
	CHECK(lmb_get()->available_mem.count == 1);
	lmb_pop(&store);

	CHECK(lmb_get()->used_mem.count == 3);
	CHECK(lmb_free(0x40400000, 0x10000, LMB_NONE) == 0);
	CHECK(lmb_free(0x407ff000, 0x1000, LMB_NONE) == 0);
	CHECK(lmb_get()->used_mem.count == 1);
	CHECK(memmap_check(memmap_system()) == 0);
}

static void test_io_lmb(void)
{
	struct lmb io;
	phys_addr_t addr;

	CHECK(io_lmb_setup(&io) == 0);
	CHECK(io_lmb_add(&io, 0x1000, 0x10000) == 0);
	addr = io_lmb_alloc(&io, 0x2000, 0x1000);
	CHECK(addr == 0xf000);
	CHECK(io_lmb_free(&io, addr, 0x2000) == 0);
	io_lmb_teardown(&io);
}

int main(void)
{
	test_lmb();
	test_io_lmb();
	return failures != 0;
}
