/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/fdt_fixup.c boot/fdt_edit.c lib/fdt_walk.c lib/log.c mem/lmb.c mem/lmb_view.c mem/memmap.c mem/memmap_tree.c */
/* test-sources: mem/mem_props.c tests/host.c */
/* What is written into a devicetree, read again with libfdt. */
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>

#include "boot/fdt_fixup.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/lmb.h"
#include "tests/host.h"
#include "tests/tap.h"

#define ARENA MIB(4)
#define BLOB_SIZE KIB(16)

static uint8_t *arena; /* the machine's RAM: its addresses are the host's own */
static uint8_t *blob; /* in its first page */
static struct memmap map;
static struct machine machine;

enum { NO_CHOSEN = 1, SEEDS = 2, LEFT_OVER = 4, RESERVED = 8, NARROW = 16 };

static void make_tree(int how)
{
	fdt_create(blob, BLOB_SIZE);
	fdt_add_reservemap_entry(blob, 0x1234000, 0x1000);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_property_u32(blob, "#address-cells", 2);
	fdt_begin_node(blob, "before");
	fdt_property_string(blob, "compatible", "some,thing");
	fdt_end_node(blob);
	if (how & RESERVED) {
		fdt_begin_node(blob, "reserved-memory");
		fdt_property_u32(blob, "#address-cells", 2);
		fdt_property_u32(blob, "#size-cells", how & NARROW ? 1 : 2);
		fdt_property(blob, "ranges", "", 0);
		fdt_begin_node(blob, "old@1000");
		fdt_end_node(blob);
		fdt_end_node(blob);
	}
	if (!(how & NO_CHOSEN)) {
		fdt_begin_node(blob, "chosen");
		if (how & LEFT_OVER) {
			fdt_property_string(blob, "bootargs", "old");
			fdt_property_u32(blob, "linux,initrd-start", 1);
		}
		fdt_property_string(blob, "stdout-path", "/uart");
		if (how & LEFT_OVER)
			fdt_property_u32(blob, "linux,initrd-end", 2);
		if (how & SEEDS) {
			fdt_property_u64(blob, "kaslr-seed", 7);
			fdt_property(blob, "rng-seed", "0123456789abcdef0123456789abcdef", 32);
		}
		fdt_end_node(blob);
	}
	fdt_begin_node(blob, "uart");
	fdt_property_string(blob, "compatible", "arm,pl011");
	fdt_end_node(blob);
	fdt_end_node(blob);
	fdt_finish(blob);
}

/* The first property's offset, as the intake finds it. */
static uint32_t inside(const char *path)
{
	int node = fdt_path_offset(blob, path);

	return node < 0 ? 0 : (uint32_t)node + 4 + (uint32_t)align_up(strlen(path), 4);
}

/* A machine whose blob has `room` bytes more than it uses. */
static void make_machine(int how, uint32_t room)
{
	struct mem_props props = mem_props_free();

	make_tree(how);
	memmap_init(&map, NULL, NULL);
	memmap_add(&map, (uint64_t)(uintptr_t)arena, ARENA, &props);
	props = mem_props_firmware("devicetree");
	memmap_claim_at(&map, (uint64_t)(uintptr_t)blob, BLOB_SIZE, &props);
	memmap_system_set(&map);
	machine = (struct machine){
		.dtb = (uint64_t)(uintptr_t)blob,
		.dtb_size = fdt_totalsize(blob),
		.dtb_room = fdt_totalsize(blob) + room,
		.dtb_chosen = inside("/chosen"),
	};
	fdt_set_totalsize(blob, MIB(1)); /* as QEMU does */
}

static const struct fdt_fixup values = {
	.cmdline = "console=ttyAMA0 quiet",
	.cmdline_size = 22,
	.initrd = 0x1200000000,
	.initrd_end = 0x1200100001,
};

static const void *chosen(const char *name, int *size)
{
	const void *tree = (const void *)(uintptr_t)machine.dtb;

	return fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), name, size);
}

static int chosen_is(const char *name, const void *value, int size)
{
	int has;
	const void *at = chosen(name, &has);

	return at && has == size && !memcmp(at, value, (size_t)size);
}

/* The tree is whole, says its size, keeps what it had, and has the values. */
static void check(const char *what)
{
	const void *tree = (const void *)(uintptr_t)machine.dtb;
	const uint64_t start = cpu_to_fdt64(values.initrd), end = cpu_to_fdt64(values.initrd_end);
	uint64_t address, size;

	equal(fdt_check_full(tree, machine.dtb_size), 0, what);
	equal(fdt_totalsize(tree), machine.dtb_size, "its size is what it uses");
	ok(chosen_is("bootargs", values.cmdline, (int)values.cmdline_size), "bootargs");
	ok(chosen_is("linux,initrd-start", &start, 8), "initrd-start");
	ok(chosen_is("linux,initrd-end", &end, 8), "initrd-end");
	ok(!fdt_node_check_compatible(tree, fdt_path_offset(tree, "/before"), "some,thing"),
	   "what was before is");
	ok(!fdt_node_check_compatible(tree, fdt_path_offset(tree, "/uart"), "arm,pl011"),
	   "what was behind is");
	equal(fdt_num_mem_rsv(tree), 1, "/memreserve/ is kept");
	equal(fdt_get_mem_rsv(tree, 0, &address, &size), 0, "and can be read");
	equal(address, 0x1234000, "as it was");
}

static void test_chosen(void)
{
	make_machine(0, 1024);
	equal(fdt_fixup(&machine, &map, &values), 0, "the usual case");
	equal(machine.dtb, (uint64_t)(uintptr_t)blob, "in place");
	check("usual");
	ok(chosen_is("stdout-path", "/uart", 6), "stdout-path stays");
	equal(fdt_fixup(&machine, &map, &values), 0, "once more, as the next boot entry would");
	check("twice");

	make_machine(LEFT_OVER, 1024);
	equal(fdt_fixup(&machine, &map, &values), 0, "values of earlier hands");
	check("left over");

	make_machine(NO_CHOSEN, 1024);
	equal(fdt_fixup(&machine, &map, &values), 0, "no /chosen");
	check("new /chosen");

	make_machine(0, 16);
	equal(fdt_fixup(&machine, &map, &values), 0, "no room where it lies");
	ok(machine.dtb != (uint64_t)(uintptr_t)blob, "it moved");
	check("moved");

	make_machine(NO_CHOSEN | RESERVED, 0);
	equal(fdt_fixup(&machine, &map, &values), 0, "no room at all, and no /chosen");
	check("moved, new /chosen");
}

static void test_no_initrd(void)
{
	struct fdt_fixup none = values;
	int size;

	none.initrd = 0;
	none.initrd_end = 0;
	make_machine(LEFT_OVER, 1024);
	equal(fdt_fixup(&machine, &map, &none), 0, "no initrd");
	ok(!chosen("linux,initrd-start", &size) && !chosen("linux,initrd-end", &size),
	   "none is told of");
}

static void test_seeds(void)
{
	const uint64_t numbers[FDT_FIXUP_SEEDS] = {1, 2, 3, 4, 5};
	struct fdt_fixup fresh = values;

	make_machine(SEEDS, 1024);
	fdt_fixup(&machine, &map, &values);
	ok(chosen_is("rng-seed", "0123456789abcdef0123456789abcdef", 32),
	   "seeds of the machine are passed on");
	fresh.seeds = numbers;
	make_machine(SEEDS, 1024);
	fdt_fixup(&machine, &map, &fresh);
	ok(chosen_is("kaslr-seed", numbers, 8), "a fresh kaslr-seed");
	ok(chosen_is("rng-seed", numbers + 1, 32), "a fresh rng-seed");
	check("seeds");
}

static int reserved(const char *path, uint64_t base, uint64_t size)
{
	const uint64_t reg[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};
	const void *tree = (const void *)(uintptr_t)machine.dtb;
	int has;
	const void *at = fdt_getprop(tree, fdt_path_offset(tree, path), "reg", &has);

	return at && has == 16 && !memcmp(at, reg, 16);
}

static void test_reservations(int how, const char *what)
{
	struct mem_props props = mem_props_firmware("frame buffer");
	uint64_t screen = (uint64_t)(uintptr_t)arena + MIB(2), secret = screen + MIB(1);
	const void *tree;
	char path[64];

	make_machine(how, 2048);
	props.life = MEM_LIFE_FOREVER;
	memmap_claim_at(&map, screen, KIB(64), &props);
	lmb_alloc_tagged(LMB_MEM_ALLOC_ADDR, 0, &secret, 5000, LMB_NOMAP, "secret");
	equal(fdt_fixup(&machine, &map, &values), 0, what);
	check(what);
	tree = (const void *)(uintptr_t)machine.dtb;
	snprintf(path, sizeof(path), "/reserved-memory/frame-buffer@%" PRIx64, screen);
	ok(reserved(path, screen, KIB(64)), "what lives for ever is told of");
	ok(!fdt_getprop(tree, fdt_path_offset(tree, path), "no-map", NULL), "and may be mapped");
	snprintf(path, sizeof(path), "/reserved-memory/secret@%" PRIx64, secret);
	ok(reserved(path, secret, 8192), "NOMAP, in whole pages");
	ok(fdt_getprop(tree, fdt_path_offset(tree, path), "no-map", NULL), "is no-map");
	if (how & RESERVED)
		ok(fdt_path_offset(tree, "/reserved-memory/old@1000") > 0, "others stay");
	equal(fdt_address_cells(tree, fdt_path_offset(tree, "/reserved-memory")), 2,
	      "cells of addresses");
}

static void test_refusals(void)
{
	struct mem_props props = mem_props_firmware("big");
	struct fdt_fixup lying = values;
	char *text = calloc(1, MIB(3));

	make_machine(RESERVED | NARROW, 1024);
	props.life = MEM_LIFE_FOREVER;
	memmap_add(&map, UINT64_C(1) << 50, UINT64_C(1) << 33, &props);
	equal(fdt_fixup(&machine, &map, &values), -EINVAL, "a size that one cell cannot hold");
	equal(fdt_check_full((void *)(uintptr_t)machine.dtb, machine.dtb_size), 0,
	      "the tree is whole");

	lying.cmdline = text;
	lying.cmdline_size = MIB(3);
	make_machine(0, 1024);
	equal(fdt_fixup(&machine, &map, &lying), -ENOMEM, "a command line beyond all");
	blob[8] ^= 0xff;
	equal(fdt_fixup(&machine, &map, &values), -EINVAL, "a tree that was damaged meanwhile");
	free(text);
}

/* A device is switched off where the tree lies, and /chosen is still found for what comes later. */
static void test_disable(int how, const char *what)
{
	const uint64_t at = (uint64_t)(uintptr_t)blob;
	int node;

	make_machine(how, 1024);
	equal(fdt_fixup_disable(&machine, "some,thing"), 0, what);
	equal(machine.dtb, at, "disable: where the tree lies");
	node = fdt_path_offset(blob, "/before");
	ok(!strcmp(fdt_getprop(blob, node, "status", NULL), "disabled"), "disable: its status");
	equal(fdt_check_full(blob, machine.dtb_size), 0, "disable: the tree is whole");
	equal(machine.dtb_chosen, inside("/chosen"), "disable: where /chosen is now");
	equal(fdt_fixup_disable(&machine, "some,thing"), 0, "disable: twice");
	equal(fdt_fixup_disable(&machine, "no,thing"), -ENOENT, "disable: no such device");
	equal(fdt_fixup(&machine, &map, &values), 0, "disable: further fix-ups");
	check(what);
}

static void test_disable_without_room(void)
{
	const uint64_t at = (uint64_t)(uintptr_t)blob;

	make_machine(0, 8);
	equal(fdt_fixup_disable(&machine, "some,thing"), -ENOMEM, "no room to disable a device");
	equal(machine.dtb, at, "the tree has not moved");
	ok(!fdt_getprop(blob, fdt_path_offset(blob, "/before"), "status", NULL), "nor changed");
}

int main(void)
{
	arena = aligned_alloc(MIB(1), ARENA);
	blob = arena;
	test_chosen();
	test_no_initrd();
	test_seeds();
	test_reservations(0, "new /reserved-memory");
	test_reservations(RESERVED, "a /reserved-memory that was there");
	test_reservations(RESERVED | NO_CHOSEN, "without /chosen");
	test_disable(0, "disable");
	test_disable(NO_CHOSEN, "disable without /chosen");
	test_disable_without_room();
	test_refusals();
	free(arena);
	return tap_done();
}
