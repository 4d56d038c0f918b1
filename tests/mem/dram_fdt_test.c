/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/dram_fdt.c mem/dram_fdt_device.c mem/dram_fdt_memory.c mem/dram_fdt_bus.c mem/memmap_describe.c lib/fdt_walk.c mem/memmap.c mem/memmap_tree.c */
/* test-sources: mem/mem_props.c tests/host.c */
/* Devicetrees made with libfdt's sequential writer, read onto a map. */
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>

#include "lib/bytes.h"
#include "mem/dram_fdt.h"
#include "tests/tap.h"

enum { VIRTIO, UART, PCI, PSCI, GIC, BUS };

static const struct dram_fdt_device devices[] = {
	DRAM_FDT_DEVICE("virtio,mmio", VIRTIO, 0, MEM_MMIO, 0, "virtio-mmio"),
	DRAM_FDT_DEVICE("arm,pl011", UART, DRAM_FDT_UART, MEM_MMIO, MEM_IO, "uart"),
	DRAM_FDT_DEVICE("pci-host-ecam-generic", PCI, DRAM_FDT_PCI, MEM_MMIO, 0, "PCI config"),
	DRAM_FDT_DEVICE("arm,psci-1.0", PSCI, DRAM_FDT_PSCI, MEM_MMIO, 0, "psci"),
	DRAM_FDT_DEVICE("arm,gic-v3", GIC, 0, MEM_MMIO, 0, "gic"),
};
#define DEVICES (sizeof(devices) / sizeof(devices[0]))

#define BLOB_SIZE KIB(64)

static _Alignas(8) uint8_t blob[BLOB_SIZE];
static struct memmap map;
static struct dram_fdt found;

/* --- making trees --- */

static void begin(void)
{
	memset(blob, 0, sizeof(blob));
	fdt_create(blob, sizeof(blob));
}

/* The root with cells; ends the list of reservations. */
static void root(uint32_t address_cells, uint32_t size_cells)
{
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_property_u32(blob, "#address-cells", address_cells);
	fdt_property_u32(blob, "#size-cells", size_cells);
}

static void reg(const uint64_t *numbers, uint32_t count)
{
	uint64_t cells[32];

	for (uint32_t i = 0; i < count; i++)
		cells[i] = cpu_to_fdt64(numbers[i]);
	fdt_property(blob, "reg", cells, (int)(count * 8));
}
#define REG(...) reg((const uint64_t[]){__VA_ARGS__}, sizeof((uint64_t[]){__VA_ARGS__}) / 8)

static void string(const char *name, const char *value)
{
	fdt_property(blob, name, value, (int)strlen(value) + 1);
}

static void memory(uint64_t base, uint64_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "memory@%" PRIx64, base);
	fdt_begin_node(blob, name);
	fdt_property_string(blob, "device_type", "memory");
	REG(base, size);
	fdt_end_node(blob);
}

static void device(const char *name, const char *compatible, uint64_t base, uint64_t size)
{
	fdt_begin_node(blob, name);
	fdt_property(blob, "interrupts", "abcdefghijkl", 12);
	REG(base, size);
	string("compatible", compatible);
	fdt_end_node(blob);
}

/* Nodes below /reserved-memory; flag is no-map, reusable or NULL. */
static void reservation(const char *name, uint64_t base, uint64_t size, const char *flag)
{
	fdt_begin_node(blob, name);
	REG(base, size);
	if (flag)
		fdt_property(blob, flag, "", 0);
	fdt_end_node(blob);
}

static void begin_reserved(void)
{
	fdt_begin_node(blob, "reserved-memory");
	fdt_property_u32(blob, "#address-cells", 2);
	fdt_property_u32(blob, "#size-cells", 2);
	fdt_property(blob, "ranges", "", 0);
}

static int end(void)
{
	fdt_end_node(blob);
	fdt_finish(blob);
	memmap_init(&map, NULL, NULL);
	return dram_fdt_read(&map, blob, sizeof(blob), devices, DEVICES, &found);
}

/* --- looking at the map --- */

static struct mem_region at(uint64_t addr)
{
	struct mem_region region;

	memmap_find(&map, addr, &region);
	return region;
}

static int is(uint64_t base, uint64_t end_, enum mem_owner owner, const char *tag)
{
	struct mem_region region = at(base);

	return region.base == base && region.end == end_ && region.props.owner == owner &&
	       !strncmp(region.props.tag, tag, MEM_TAG_MAX);
}

/* Refused, with a reason, and the map as new: one hole. */
static int refused(int error)
{
	return error == -EINVAL && found.why && memmap_count(&map) == 1 && !memmap_check(&map) &&
	       at(0).props.owner == MEM_OWNER_HOLE;
}

/* --- tests --- */

static void test_memory(void)
{
	begin();
	root(2, 2);
	memory(GIB(1), MIB(512));
	equal(end(), 0, "one bank");
	ok(is(GIB(1), GIB(1) + MIB(512), MEM_OWNER_FREE, ""), "it is free RAM");
	equal(found.ram, MIB(512), "and counted");
	equal(memmap_check(&map), 0, "the map is sound");

	begin();
	root(2, 2);
	memory(GIB(1), MIB(256));
	memory(GIB(1) + MIB(256), MIB(256));
	fdt_begin_node(blob, "memory@100000000");
	fdt_property_string(blob, "device_type", "memory");
	REG(GIB(4), MIB(64), GIB(8), MIB(64));
	fdt_end_node(blob);
	equal(end(), 0, "NUMA: several nodes, one of two ranges");
	ok(is(GIB(1), GIB(1) + MIB(512), MEM_OWNER_FREE, ""), "adjacent banks are one region");
	ok(is(GIB(4), GIB(4) + MIB(64), MEM_OWNER_FREE, ""), "the third bank");
	ok(is(GIB(8), GIB(8) + MIB(64), MEM_OWNER_FREE, ""), "the fourth bank");
	equal(found.ram, MIB(640), "all are counted");

	begin();
	root(1, 1);
	fdt_begin_node(blob, "memory");
	fdt_property_string(blob, "device_type", "memory");
	fdt_property(blob, "reg", "\x40\0\0\0\x10\0\0", 8);
	fdt_end_node(blob);
	equal(end(), 0, "cells of one word");
	ok(is(GIB(1), GIB(1) + MIB(256), MEM_OWNER_FREE, ""), "are read as such");

	begin();
	root(2, 2);
	fdt_begin_node(blob, "memory@0");
	fdt_property_string(blob, "device_type", "memory");
	fdt_property_string(blob, "status", "disabled");
	REG(GIB(4), GIB(1));
	fdt_end_node(blob);
	memory(GIB(1), MIB(1));
	equal(end(), 0, "a disabled bank");
	ok(at(GIB(4)).props.owner == MEM_OWNER_HOLE, "is not there");
}

static void test_reservations(void)
{
	const uint64_t range[2] = {cpu_to_fdt64(GIB(1)), cpu_to_fdt64(MIB(64))};

	begin();
	fdt_add_reservemap_entry(blob, GIB(1) + MIB(1), 4096);
	fdt_add_reservemap_entry(blob, GIB(1) + MIB(2), 4096);
	root(2, 2);
	begin_reserved();
	reservation("secret@42000000", GIB(1) + MIB(32), MIB(1), "no-map");
	reservation("pool@44000000", GIB(1) + MIB(64), MIB(1), "reusable");
	reservation("plain@46000000", GIB(1) + MIB(96), 12345, NULL);
	reservation("over@40200000", GIB(1) + MIB(2) - 4096, 3 * 4096, NULL);
	reservation("first", GIB(1) + MIB(200), MIB(1), NULL);
	reservation("second", GIB(1) + MIB(199), MIB(3), NULL);
	fdt_begin_node(blob, "dynamic");
	fdt_property_u64(blob, "size", MIB(4));
	fdt_property_u64(blob, "alignment", MIB(4));
	fdt_property(blob, "alloc-ranges", range, 16);
	fdt_end_node(blob);
	fdt_begin_node(blob, "anywhere");
	fdt_property_u64(blob, "size", MIB(2));
	fdt_end_node(blob);
	fdt_end_node(blob);
	memory(GIB(1), MIB(512));
	equal(end(), 0, "reservations of all kinds");
	ok(is(GIB(1) + MIB(1), GIB(1) + MIB(1) + 4096, MEM_OWNER_HARDWARE, "memreserve"),
	   "/memreserve/");
	ok(is(GIB(1) + MIB(32), GIB(1) + MIB(33), MEM_OWNER_HARDWARE, "secret"), "no-map");
	equal(at(GIB(1) + MIB(32)).props.flags, MEM_FLAG_NOMAP, "is marked");
	equal(at(GIB(1) + MIB(32)).props.type, MEM_RESERVED, "and reserved");
	equal(at(GIB(1) + MIB(32)).props.life, MEM_LIFE_FOREVER, "for ever");
	equal(at(GIB(1) + MIB(64)).props.flags, MEM_FLAG_LINUX_CMA, "reusable");
	ok(is(GIB(1) + MIB(96), GIB(1) + MIB(96) + 12345, MEM_OWNER_HARDWARE, "plain"),
	   "to the byte");
	ok(is(GIB(1) + MIB(2) - 4096, GIB(1) + MIB(2) + 8192, MEM_OWNER_HARDWARE, "over"),
	   "over what /memreserve/ says as well");
	ok(is(GIB(1) + MIB(200), GIB(1) + MIB(201), MEM_OWNER_HARDWARE, "first"),
	   "of two that overlap, the first");
	ok(is(GIB(1) + MIB(201), GIB(1) + MIB(202), MEM_OWNER_HARDWARE, "second"),
	   "and of the second the rest");
	ok(is(GIB(1) + MIB(60), GIB(1) + MIB(64), MEM_OWNER_HARDWARE, "dynamic"),
	   "dynamic, in its range");
	equal(at(GIB(1) + MIB(60)).props.life, MEM_LIFE_SESSION, "until the OS places it");
	ok(is(GIB(1) + MIB(510), GIB(1) + MIB(512), MEM_OWNER_HARDWARE, "anywhere"),
	   "dynamic, anywhere");
	equal(memmap_check(&map), 0, "the map is sound");
}

static void test_devices(void)
{
	char name[32];

	begin();
	root(2, 2);
	memory(GIB(1), MIB(16));
	for (uint64_t i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "virtio_mmio@a000%" PRIx64 "00", 2 * (7 - i));
		device(name, "virtio,mmio", 0xa000000 + 0x200 * (7 - i), 0x200);
	}
	device("virtio_mmio@b000000", "virtio,other", 0xb000000, 0x200);
	device("virtio_mmio@c000000", "virtio,mmio", 0xc000000, 0x200);
	device("pl011@9000000", "arm,pl011", 0x9000000, 0x1000);
	device("pl011@9040000", "arm,pl011", 0x9040000, 0x1000);
	fdt_begin_node(blob, "intc@8000000");
	fdt_property(blob, "compatible", "some,thing\0arm,gic-v3", 22);
	REG(0x8000000, 0x10000, 0x80a0000, 0xf60000);
	fdt_end_node(blob);
	fdt_begin_node(blob, "psci");
	fdt_property_string(blob, "compatible", "arm,psci-1.0");
	fdt_property_string(blob, "method", "smc");
	fdt_end_node(blob);
	fdt_begin_node(blob, "cpus");
	fdt_begin_node(blob, "cpu-map");
	fdt_end_node(blob);
	for (uint32_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "cpu@%u", i);
		fdt_begin_node(blob, name);
		fdt_property_string(blob, "device_type", "cpu");
		fdt_property_u32(blob, "reg", i);
		fdt_end_node(blob);
	}
	fdt_end_node(blob);
	fdt_begin_node(blob, "chosen");
	fdt_property_string(blob, "stdout-path", "/pl011@9040000:115200n8");
	fdt_end_node(blob);
	equal(end(), 0, "devices");
	ok(is(0xa000000, 0xa001000, MEM_OWNER_HARDWARE, "virtio-mmio"),
	   "a row of nodes is one region");
	ok(at(0xb000000).props.owner == MEM_OWNER_HOLE, "what is not of the row is not in it");
	ok(is(0xc000000, 0xc000200, MEM_OWNER_HARDWARE, "virtio-mmio"), "what comes later is");
	ok(is(0x9000000, 0x9001000, MEM_OWNER_HARDWARE, "uart"), "a UART");
	equal(at(0x9000000).props.attrs, MEM_IO, "has rights");
	equal(found.uart, 0x9040000, "stdout-path chooses the console");
	equal(found.found[UART].base[0], 0x9000000, "the first one is found");
	equal(found.found[GIC].base[1], 0x80a0000, "a second range, by a second compatible");
	equal(found.method, 's', "PSCI's method");
	equal(found.cpus, 3, "processors are counted");
	equal(fdt_path_offset(blob, "/chosen") + 4 + 8, (int)found.chosen,
	      "/chosen is where libfdt finds it");
	equal(memmap_check(&map), 0, "the map is sound");
}

/* A row of 4 nodes, of which the third has a word spoilt: where it stands in the node, and what it is then. */
static int spoilt_row(const char *after, uint32_t offset, const char *word)
{
	uint8_t *at = blob;

	begin();
	root(2, 2);
	memory(GIB(1), MIB(16));
	device("virtio_mmio@a000000", "virtio,mmio", 0xa000000, 0x200);
	device("virtio_mmio@a000200", "virtio,mmio", 0xa000200, 0x200);
	device("virtio_mmio@a000400", "virtio,mmio", 0xa000400, 0x200);
	device("virtio_mmio@a000600", "virtio,mmio", 0xa000600, 0x200);
	fdt_end_node(blob);
	fdt_finish(blob);
	while (memcmp(at, after, strlen(after)))
		at++;
	memcpy(at + offset, word, 4);
	memmap_init(&map, NULL, NULL);
	return dram_fdt_read(&map, blob, sizeof(blob), devices, DEVICES, &found);
}

static void test_rows(void)
{
	const char *third = "virtio_mmio@a000400";
	uint32_t name = 20, interrupts = 12 + 12, reg = 12 + 16;

	equal(spoilt_row(third, 0, "virt"), 0, "a row as it should be");
	ok(is(0xa000000, 0xa000800, MEM_OWNER_HARDWARE, "virtio-mmio"), "is one region");
	ok(refused(spoilt_row(third, 0, "vir\0")), "a name that ends early: the tree is refused");
	ok(refused(spoilt_row(third, 16, "400x")), "a name that has no end: refused");
	ok(refused(spoilt_row(third, name, "\0\0\0\x7")), "a property that is none: refused");
	ok(refused(spoilt_row(third, name + 4, "\0\0\0\x10")),
	   "a property that is longer: refused");
	ok(refused(spoilt_row(third, name + 8, "\x7f\0\0\0")),
	   "a name beyond the strings: refused");
	equal(spoilt_row(third, name + 12, "\xff\xff\xff\xff"), 0, "another interrupt");
	ok(is(0xa000000, 0xa000800, MEM_OWNER_HARDWARE, "virtio-mmio"), "makes no difference");
	equal(spoilt_row(third, name + interrupts + 16, "\0\x1\0\0"), 0, "other registers");
	ok(is(0xa000000, 0xa000400, MEM_OWNER_HARDWARE, "virtio-mmio") &&
		   is(0x10000, 0x10200, MEM_OWNER_HARDWARE, "virtio-mmio") &&
		   is(0xa000600, 0xa000800, MEM_OWNER_HARDWARE, "virtio-mmio"),
	   "lie elsewhere");
	equal(spoilt_row(third, name + interrupts + 24, "\0\0\x6\0"), 0, "more registers");
	ok(is(0xa000000, 0xa000a00, MEM_OWNER_HARDWARE, "virtio-mmio"), "all count");
	equal(spoilt_row(third, name + interrupts + reg + 12, "none"), 0, "something else");
	ok(is(0xa000000, 0xa000400, MEM_OWNER_HARDWARE, "virtio-mmio") &&
		   at(0xa000400).props.owner == MEM_OWNER_HOLE &&
		   is(0xa000600, 0xa000800, MEM_OWNER_HARDWARE, "virtio-mmio"),
	   "is not taken in");
	ok(refused(spoilt_row(third, name + interrupts + reg + 24, "\0\0\0\x3")),
	   "a node that does not end: refused");
}

static void test_console(void)
{
	static const char *const paths[] = {"serial1:9600",    "nobody", "/nowhere@1",
					    "/pl011@90400000", "",	 ":"};

	for (unsigned int i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		begin();
		root(2, 2);
		memory(GIB(1), MIB(16));
		device("pl011@9000000", "arm,pl011", 0x9000000, 0x1000);
		fdt_begin_node(blob, "bus");
		fdt_property_u32(blob, "#address-cells", 1);
		fdt_property_u32(blob, "#size-cells", 1);
		fdt_property(blob, "ranges", "\0\0\0\0\0\0\0\0\x0a\0\0\0\x01\0\0", 16);
		fdt_begin_node(blob, "pl011@40000");
		fdt_property_string(blob, "compatible", "arm,pl011");
		fdt_property(blob, "reg", "\0\x04\0\0\0\0\x10", 8);
		fdt_end_node(blob);
		fdt_end_node(blob);
		fdt_begin_node(blob, "aliases");
		fdt_property_string(blob, "serial1", "/bus/pl011@40000");
		fdt_end_node(blob);
		fdt_begin_node(blob, "chosen");
		string("stdout-path", paths[i]);
		fdt_end_node(blob);
		equal(end(), 0, "a console by alias, or by a path to nowhere");
		equal(found.uart, i == 0 ? 0xa040000 : 0x9000000, "is on its bus, else the first");
	}
}

static void test_pci(void)
{
	static const uint32_t ranges[] = {
		0x1000000, 0,	 0,	     0,	   0x3eff0000, 0,    0x10000,
		0x2000000, 0,	 0x10000000, 0,	   0x10000000, 0,    0x2eff0000,
		0x3000000, 0x80, 0,	     0x80, 0,	       0x80, 0};
	uint32_t cells[21];

	for (int i = 0; i < 21; i++)
		cells[i] = cpu_to_fdt32(ranges[i]);
	begin();
	root(2, 2);
	memory(GIB(1), MIB(16));
	fdt_begin_node(blob, "pcie@10000000");
	fdt_property_string(blob, "compatible", "pci-host-ecam-generic");
	fdt_property_u32(blob, "#address-cells", 3);
	fdt_property_u32(blob, "#size-cells", 2);
	fdt_property(blob, "ranges", cells, sizeof(cells));
	REG(0x4010000000, MIB(256));
	fdt_end_node(blob);
	equal(end(), 0, "a PCI host bridge");
	ok(is(0x4010000000, 0x4020000000, MEM_OWNER_HARDWARE, "PCI config"), "configuration space");
	ok(is(0x3eff0000, 0x3f000000, MEM_OWNER_HARDWARE, "PCI I/O"), "I/O window");
	ok(is(0x10000000, 0x3eff0000, MEM_OWNER_HARDWARE, "PCI memory"), "32-bit window");
	ok(is(0x8000000000, 0x10000000000, MEM_OWNER_HARDWARE, "PCI memory"), "64-bit window");
	equal(found.found[PCI].size[0], MIB(256), "and found");
}

static void test_blob(void)
{
	begin();
	root(2, 2);
	begin_reserved();
	reservation("all", (uint64_t)(uintptr_t)blob & ~(MIB(1) - 1), MIB(2), "no-map");
	fdt_end_node(blob);
	memory((uint64_t)(uintptr_t)blob & ~(MIB(1) - 1), MIB(2));
	equal(end(), 0, "a reservation over the blob");
	ok(at((uint64_t)(uintptr_t)blob).props.attrs == MEM_RW, "does not hide it");
	begin();
	root(2, 2);
	memory((uint64_t)(uintptr_t)blob & ~(MIB(1) - 1), MIB(2));
	end();
	fdt_set_totalsize(blob, BLOB_SIZE); /* QEMU's say that they have 1 MiB */
	memmap_init(&map, NULL, NULL);
	equal(dram_fdt_read(&map, blob, sizeof(blob), devices, DEVICES, &found), 0,
	      "the blob itself");
	ok(is((uint64_t)(uintptr_t)blob, (uint64_t)(uintptr_t)blob + found.room, MEM_OWNER_FIRMWARE,
	      "devicetree"),
	   "is on the map");
	ok(found.used < found.room && found.room <= fdt_totalsize(blob) && found.room <= 8192,
	   "with some room, not all that it claims");
}

/* A small valid tree to spoil; its size. */
static uint32_t good(void)
{
	begin();
	fdt_add_reservemap_entry(blob, GIB(1) + MIB(1), 4096);
	root(2, 2);
	memory(GIB(1), MIB(16));
	begin_reserved();
	reservation("a@40400000", GIB(1) + MIB(4), 4096, NULL);
	fdt_end_node(blob);
	device("virtio_mmio@a000000", "virtio,mmio", 0xa000000, 0x200);
	device("virtio_mmio@a000200", "virtio,mmio", 0xa000200, 0x200);
	end();
	return fdt_totalsize(blob);
}

static void test_damage(void)
{
	uint8_t *copy;
	uint32_t size, sound = 0;
	int error;

	size = good();
	ok(!found.why, "a tree to spoil");
	for (uint32_t cut = 0; cut < size; cut++) { /* ends where sanitizers watch */
		copy = malloc(size);
		memcpy(copy, blob, cut);
		error = dram_fdt_read(&map, copy, cut, devices, DEVICES, &found);
		sound += (uint32_t)refused(error);
		free(copy);
	}
	equal(sound, size, "cut off anywhere: refused");
	sound = 0;
	for (uint32_t word = 0; word < size / 4; word++)
		for (uint32_t i = 0; i < 4; i++) {
			static const uint32_t spoilt[] = {0, 0xffffffff, 0x7ffffffc, 0x10000000};

			good();
			be32_store(blob + 4 * word, spoilt[i]);
			copy = malloc(size);
			memcpy(copy, blob, size);
			memmap_init(&map, NULL, NULL);
			error = dram_fdt_read(&map, copy, size, devices, DEVICES, &found);
			sound += (uint32_t)(error ? refused(error) : memmap_check(&map) == 0);
			free(copy);
		}
	equal(sound, size / 4 * 4, "any word spoilt: refused, or a sound map");
}

static void test_nonsense(void)
{
	begin();
	root(2, 2);
	ok(refused(end()), "no memory: refused");

	begin();
	root(2, 2);
	memory(UINT64_MAX - 4095, 8192);
	ok(refused(end()), "memory that wraps: refused");

	begin();
	root(2, 2);
	memory(GIB(1), MIB(1));
	begin_reserved();
	reservation("a@1", UINT64_MAX - 4095, 8192, NULL);
	fdt_end_node(blob);
	ok(refused(end()), "a reservation that wraps: refused");

	begin();
	root(3, 2);
	memory(GIB(1), MIB(1));
	ok(refused(end()), "memory with three address cells: refused");

	begin();
	root(2, 2);
	memory(GIB(1), MIB(1));
	for (int i = 0; i < 40; i++)
		fdt_begin_node(blob, "deeper");
	for (int i = 0; i < 40; i++)
		fdt_end_node(blob);
	ok(refused(end()), "nested too deep: refused");

	ok(dram_fdt_read(&map, blob + 4, sizeof(blob) - 4, devices, DEVICES, &found) == -EINVAL,
	   "not aligned: refused");
}

int main(void)
{
	test_memory();
	test_reservations();
	test_devices();
	test_rows();
	test_console();
	test_pci();
	test_blob();
	test_damage();
	test_nonsense();
	return tap_done();
}
