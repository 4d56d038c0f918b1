/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses in a devicetree that are not the processor's, and paths. */
#include <libfdt.h>

#include "mem/dram_fdt_intake.h"

int dram_fdt_translate(const struct intake *in, const struct level *level, uint64_t *address)
{
	for (level--; level > &in->level[1]; level--) {
		uint32_t ours = level->address_cells, parents = level[-1].address_cells;
		uint32_t stride = 4 * (ours + parents + level->size_cells);
		const uint8_t *at = level->ranges;
		uint32_t left;

		if (!at || ours > 2 || parents > 2 || level->size_cells > 2)
			return 0;
		left = value_size(at);
		if (!left)
			continue;
		for (;; at += stride, left -= stride) {
			uint64_t offset;

			if (!stride || left < stride)
				return 0;
			offset = *address - fdt_cells(at, ours);
			if (offset < fdt_cells(at + 4 * (ours + parents), level->size_cells)) {
				*address = fdt_cells(at + 4 * ours, parents) + offset;
				break;
			}
		}
	}
	return 1;
}

/* `ranges` of a PCI host bridge: child addresses have 3 cells, the first of which tells the kind. */
int dram_fdt_pci_windows(struct intake *in, const struct level *level)
{
	static const struct mem_props io = {
		MEM_MMIO_PORT, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0, 0, "PCI I/O"};
	static const struct mem_props memory = {
		MEM_MMIO, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0, 0, "PCI memory"};
	uint32_t parents = level[-1].address_cells;
	uint32_t stride = 4 * (3u + parents + level->size_cells);

	if (!level->ranges || level->address_cells != 3 || parents > 2 || level->size_cells > 2)
		return 0;
	for (uint32_t at = 0; value_size(level->ranges) - at >= stride; at += stride) {
		const uint8_t *entry = level->ranges + at;
		uint64_t base = fdt_cells(entry + 12, parents);
		uint64_t size = fdt_cells(entry + 12 + 4 * parents, level->size_cells);
		uint64_t kind = fdt_cells(entry, 1) >> 24 & 3;
		int error = 0;

		if (kind && dram_fdt_translate(in, level, &base))
			error = dram_fdt_add(in, base, size, kind == 1 ? &io : &memory);
		if (error)
			return error;
	}
	return 0;
}

/* The path that an alias of `length` bytes stands for; NULL when there is none. */
static const uint8_t *alias_path(const struct intake *in, const char *alias, int length)
{
	int aliases = fdt_subnode_offset(in->blob, 0, "aliases");

	return aliases < 0 ? NULL : fdt_getprop_namelen(in->blob, aliases, alias, length, NULL);
}

/* Bytes of a path without the options behind it; *last is where its last component begins, 0 for an alias. */
static uint32_t path_length(const uint8_t *path, uint32_t *last)
{
	uint32_t length = 0;

	*last = 0;
	for (; length < value_size(path) && path[length] && path[length] != ':'; length++)
		if (path[length] == '/')
			*last = length + 1;
	return length;
}

uint64_t dram_fdt_uart(struct intake *in)
{
	const uint8_t *path = in->stdout_path;
	uint32_t last = 0, length = 0;

	if (path)
		length = path_length(path, &last);
	if (length && !last) {
		path = alias_path(in, (const char *)path, (int)length);
		length = path ? path_length(path, &last) : 0;
	}
	/* The last component, with its address, names the node well enough. */
	for (uint32_t i = 0; last && i < in->uarts; i++) {
		const char *name = in->uart[i].name;

		if (!strncmp(name, (const char *)path + last, length - last) &&
		    !name[length - last])
			return in->uart[i].base;
	}
	return in->uarts ? in->uart[0].base : 0;
}
