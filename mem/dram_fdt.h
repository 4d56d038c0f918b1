/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a devicetree says of the machine's memory, put on a map: RAM, reservations, the blob itself, and the devices that the
 * board wants to know of, all in one walk over the tree. No static data: runs from flash before relocation.
 */
#ifndef MEM_DRAM_FDT_H
#define MEM_DRAM_FDT_H

#include <stdint.h>

#include "mem/memmap.h"

#define DRAM_FDT_COMPATIBLE_MAX 28 /* bytes of a `compatible` string with its NUL */
#define DRAM_FDT_KINDS_MAX 16

/* How a device is taken in. */
enum {
	DRAM_FDT_UART = 1 << 0, /* may be the console: /chosen/stdout-path decides */
	DRAM_FDT_PCI = 1 << 1, /* a host bridge: `ranges` are windows, on the map with `windows` */
	DRAM_FDT_PSCI = 1 << 2, /* firmware calls: `method` counts, there are no registers */
};

/* A kind of device that the board knows. Objects without pointers, so that they can be read from flash. */
struct dram_fdt_device {
	char compatible[DRAM_FDT_COMPATIBLE_MAX];
	uint8_t length; /* of compatible with its NUL, at least 8 */
	uint8_t kind; /* index of struct dram_fdt's found */
	uint8_t how; /* DRAM_FDT_… */
	uint8_t unused;
	struct mem_props props; /* of its registers on the map */
};
#define DRAM_FDT_DEVICE(name, number, flags, type, rights, tag_text)                          \
	{                                                                                     \
		.compatible = name, .length = sizeof(name), .kind = (number), .how = (flags), \
		.props = {                                                                    \
			(type),                                                               \
			MEM_OWNER_HARDWARE,                                                   \
			MEM_LIFE_FOREVER,                                                     \
			(rights),                                                             \
			0,                                                                    \
			0,                                                                    \
			tag_text                                                              \
		}                                                                             \
	}

/* The registers of the first device of a kind: the first two ranges of its `reg`. */
struct dram_fdt_found {
	uint64_t base[2];
	uint64_t size[2];
	const void *from; /* private: the node */
};

struct dram_fdt {
	uint64_t ram; /* bytes */
	uint32_t cpus;
	uint32_t used; /* bytes of the blob that are in use */
	uint32_t room; /* bytes that the map keeps for it, at most its total size */
	uint32_t chosen; /* offset in the structure block: see boards/board.h */
	char method; /* of PSCI: 'h'vc, 's'mc, 0: none */
	uint64_t uart; /* registers of the console, 0: none */
	struct dram_fdt_found found[DRAM_FDT_KINDS_MAX];

	/* After a failure: one clause that says what is wrong with the devicetree, and the number that it speaks of. */
	const char *why;
	uint64_t number;
};

/*
 * Reads the devicetree at `blob`, of which at most `limit` bytes may be looked at. `map` is as memmap_init made it, and is so
 * again after a failure. 0; -EINVAL: the tree is damaged or describes nonsense; -ENOMEM: no node for the map. Fills *out.
 */
int dram_fdt_read(struct memmap *map, const void *blob, uint64_t limit,
		  const struct dram_fdt_device *devices, uint32_t count, struct dram_fdt *out);

#endif
