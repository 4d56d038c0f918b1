/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: mem/dram_fdt.c mem/dram_fdt_device.c mem/dram_fdt_memory.c mem/dram_fdt_bus.c mem/memmap_describe.c boot/fdt_fixup.c boot/fdt_edit.c lib/fdt_walk.c lib/log.c */
/* test-sources: mem/lmb.c mem/lmb_view.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/*
 * Any bytes as a devicetree: refused, and the map is as new; or a sound map. What is taken in is then edited for a kernel, by a
 * libfdt that trusts what the intake has let pass, as on the machine (FDT_ASSUME in the Makefile). A tree that the other libfdt,
 * which checks everything, finds whole has to stay whole.
 */
#include <libfdt.h>
#include <stdlib.h>

#include "boot/fdt_fixup.h"
#include "lib/bytes.h"
#include "mem/dram_fdt.h"
#include "mem/lmb.h"

#define ARENA MIB(4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int checking_fdt_check_full(const void *tree, size_t size);

static const struct dram_fdt_device devices[] = {
	DRAM_FDT_DEVICE("virtio,mmio", 0, 0, MEM_MMIO, 0, "virtio-mmio"),
	DRAM_FDT_DEVICE("arm,pl011", 1, DRAM_FDT_UART, MEM_MMIO, MEM_IO, "uart"),
	DRAM_FDT_DEVICE("qemu,fw-cfg-mmio", 2, 0, MEM_MMIO, MEM_IO, "fw_cfg"),
	DRAM_FDT_DEVICE("arm,gic-v3", 3, 0, MEM_MMIO, 0, "gic"),
	DRAM_FDT_DEVICE("pci-host-ecam-generic", 4, DRAM_FDT_PCI, MEM_MMIO, 0, "PCI config"),
	DRAM_FDT_DEVICE("cfi-flash", 5, 0, MEM_MMIO, 0, "flash"),
	DRAM_FDT_DEVICE("arm,psci-1.0", 6, DRAM_FDT_PSCI, MEM_MMIO, 0, "psci"),
};

static struct memmap described, ram;

/* Nodes for a map behind whose addresses there is no memory: as many as one run may want, used again by the next. */
#define NODES 512
static _Alignas(64) uint8_t nodes[NODES][MEMMAP_NODE_SIZE];
static uint32_t nodes_used;

static uint64_t node_grow(void *context)
{
	(void)context;
	return nodes_used < NODES ? (uint64_t)(uintptr_t)nodes[nodes_used++] : 0;
}

static const struct memmap_ops ops = {.grow = node_grow};

static void edit(struct machine *machine, int sound)
{
	static uint8_t *arena;
	struct mem_props props = mem_props_free();
	const struct fdt_fixup values = {
		.cmdline = "a=b", .cmdline_size = 4, .initrd = 1, .initrd_end = 2};
	const void *tree;
	uint64_t secret;

	if (!arena)
		arena = aligned_alloc(MIB(1), ARENA);
	memmap_init(&ram, NULL, NULL);
	memmap_add(&ram, (uint64_t)(uintptr_t)arena, ARENA, &props);
	memmap_system_set(&ram);
	lmb_alloc_tagged(LMB_MEM_ALLOC_ANY, 0, &secret, 1, LMB_NOMAP, "a secret");
	if (fdt_fixup(machine, &ram, &values) || !sound)
		return;
	tree = (const void *)(uintptr_t)machine->dtb;
	if (checking_fdt_check_full(tree, machine->dtb_size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *blob = malloc(size ? size : 1);
	struct dram_fdt found;
	struct mem_region all;
	int error, sound;

	memcpy(blob, data, size);
	sound = size > sizeof(struct fdt_header) && !checking_fdt_check_full(blob, size);
	nodes_used = 0;
	memmap_init(&described, &ops, NULL);
	error = dram_fdt_read(&described, blob, size, devices, sizeof(devices) / sizeof(devices[0]),
			      &found);
	memmap_find(&described, 0, &all);
	if (memmap_check(&described) ||
	    (error && (!found.why || all.end || all.props.owner != MEM_OWNER_HOLE)))
		abort();
	if (!error) {
		struct machine machine = {
			.dtb = (uint64_t)(uintptr_t)blob,
			.dtb_size = found.used,
			.dtb_room = found.room,
			.dtb_chosen = found.chosen,
		};

		edit(&machine, sound);
	}
	free(blob);
	return 0;
}
