/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files mem/dram_fdt*.c share: the state of one reading of a devicetree. Private to them. */
#ifndef MEM_DRAM_FDT_INTAKE_H
#define MEM_DRAM_FDT_INTAKE_H

#include "lib/fdt_walk.h"
#include "mem/dram_fdt.h"
#include "mem/memmap_describe.h"

#define DEPTH_MAX 32
#define NAMES_MAX 1024 /* bytes of the strings block in which names are remembered */
#define UARTS_MAX 4
#define DYNAMIC_MAX 16
#define RANGES_MAX 24

/* The properties that matter; their names are in mem/dram_fdt.c. */
enum property {
	REG,
	COMPATIBLE,
	ADDRESS_CELLS,
	SIZE_CELLS,
	DEVICE_TYPE,
	RANGES,
	STATUS,
	STDOUT_PATH,
	METHOD,
	NO_MAP,
	REUSABLE,
	SIZE,
	ALIGNMENT,
	ALLOC_RANGES,
	PROPERTIES,
	OTHER = PROPERTIES,
	UNKNOWN = 0xff, /* not compared yet */
};
#define SEEN(property) (1u << (property))

/* Nodes below the root that are special by name. */
enum special { ORDINARY, CHOSEN, RESERVED };

/* Bytes of a property's value: in the tree they stand before it (FDT_PROP: size, name, value). */
static inline uint32_t value_size(const uint8_t *value)
{
	return __builtin_bswap32(fdt_word(value - 8));
}

/* A node on the way from the root to the current one, and what it says of its children's addresses. */
struct level {
	const char *name;
	const uint8_t *
		ranges; /* NULL: the children cannot be reached by addresses; empty: by the parent's own */
	uint8_t address_cells, size_cells; /* above 2: not for us */
	uint8_t special; /* enum special */
};

struct uart {
	const char *name;
	uint64_t base;
};

/* A reservation whose place the operating system chooses. */
struct dynamic {
	const uint8_t *size, *alignment, *ranges; /* the last two may be NULL */
	uint32_t address_cells, size_cells;
	struct mem_props props;
};

/* A node that may be the first of several like it. */
struct row {
	const struct dram_fdt_device *device;
	const uint8_t *reg, *compatible; /* their values; reg NULL: there is no such node */
};

struct intake {
	struct memmap *map;
	const struct dram_fdt_device *devices, *devices_end;
	struct dram_fdt *out;
	const uint8_t *blob;
	struct fdt_walk walk;

	/* Of the current node: the properties that it has (SEEN), and where. */
	uint32_t seen;
	const uint8_t *value[PROPERTIES];
	/* level[0] stands for what is outside of the tree, level[1] for the root. */
	struct level level[DEPTH_MAX + 1];

	/* The node at hand, if it may be the first of a row: see dram_fdt_row. */
	struct row row;

	/* A range that still may be joined with the next: devices come in rows. */
	const struct mem_props *props;
	uint64_t base, end;

	/* Ranges, sorted and apart, that go on the map together; then `settled` is set, and later ones go there alone. */
	struct memmap_range range[RANGES_MAX];
	uint32_t ranges, settled;
	struct mem_props free_ram;

	const uint8_t *stdout_path; /* or NULL */
	uint32_t uarts, dynamics;
	struct uart uart[UARTS_MAX];
	struct dynamic dynamic[DYNAMIC_MAX];
	uint8_t known[NAMES_MAX]; /* enum property by offset of the name */
};

/* Notes why the tree cannot be used, and a number that says more: -EINVAL. */
int dram_fdt_refuse(struct intake *in, const char *why, uint64_t number);
/* Is the value this string, the first of a list or alone? */
int dram_fdt_is(const uint8_t *value, const char *text);

/* mem/dram_fdt_memory.c: nodes that describe memory; 0 or -errno. `level` is the node's. */
int dram_fdt_memory(struct intake *in, const struct level *level);
int dram_fdt_reserved(struct intake *in, const struct level *level);
/* /memreserve/ */
int dram_fdt_memreserve(struct intake *in);
/* Keeps room for the reservations that the operating system will place, so that no payload takes the only place. */
void dram_fdt_dynamic(struct intake *in);
/* Describes a range, now or with others later. Where others have described a part before, that stays as it is. */
int dram_fdt_describe(struct intake *in, uint64_t base, uint64_t size,
		      const struct mem_props *props);
/* Puts what was noted so far on the map. */
int dram_fdt_settle(struct intake *in);

/* mem/dram_fdt_bus.c */
/* From an address on the bus that the node is on to the processor's: 1, or 0 when it cannot be reached. */
int dram_fdt_translate(const struct intake *in, const struct level *level, uint64_t *address);
/* The windows of a PCI host bridge. */
int dram_fdt_pci_windows(struct intake *in, const struct level *level);
/* Registers of the UART that /chosen/stdout-path names, else of the first; 0: there is none. */
uint64_t dram_fdt_uart(struct intake *in);

/* mem/dram_fdt_device.c: a node with `compatible`; 0 or -errno. */
int dram_fdt_device(struct intake *in, const struct level *level);
/* Describes a range of a device, at last when the next one does not join it; flush: now. */
int dram_fdt_add(struct intake *in, uint64_t base, uint64_t size, const struct mem_props *props);
int dram_fdt_flush(struct intake *in);
/* At the end of a node, which is `at`: takes in those that follow and are like it; *end is behind the last. 0 or -errno. */
int dram_fdt_row(struct intake *in, const struct level *level, const uint8_t *at,
		 const uint8_t **end);

#endif
