/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logical Memory Blocks: memory for payloads, by the interface that U-Boot publishes for 2025.01 and later. LMB
 * keeps no account of its own: it claims from the machine's memory map (mem/memmap.h) for MEM_OWNER_LMB,
 * and `struct lmb`'s two lists are read off that map.
 *
 * Where the published interface is silent: errors are always -errno; a call that fails has changed nothing; size
 * 0 is -EINVAL; align 0 means 1; address 0 is never allocated; blocks are placed top-down.
 */
#ifndef MEM_LMB_H
#define MEM_LMB_H

#include <stdbool.h>
#include <stdint.h>

struct memmap;
struct mem_props;

typedef uint64_t phys_addr_t;
typedef uint64_t phys_size_t;

#define LMB_NONE 0u /* no special request: the region may be requested again */
#define LMB_NOMAP (1u << 1) /* not added to the page tables; the OS is told to keep out */
#define LMB_NOOVERWRITE (1u << 2) /* may not be requested again */
#define LMB_NONOTIFY \
	(1u << 3) /* kept with the region; there is one map, so there is nobody to notify */

enum lmb_mem_type {
	LMB_MEM_ALLOC_ADDR = 1, /* exactly at *addr */
	LMB_MEM_ALLOC_ANY, /* anywhere */
	LMB_MEM_ALLOC_MAX, /* the whole block below *addr */
};

enum lmb_map_op {
	LMB_MAP_OP_RESERVE = 1,
	LMB_MAP_OP_FREE,
	LMB_MAP_OP_ADD,
};

struct lmb_region {
	phys_addr_t base;
	phys_size_t size;
	uint32_t flags; /* LMB_… */
};

/* A list in one block of memory, with the published field names; the counts are wider. */
struct alist {
	void *data;
	uint32_t obj_size;
	uint32_t count;
	uint32_t alloc;
	uint32_t flags;
};
#define ALISTF_FAIL 1u /* there was no memory for the list: it is empty */

/*
 * A view of a map. The lists hold struct lmb_region, sorted, neighbours of equal flags merged: all RAM, and
 * what of it is taken by anyone. They show the map as it was at the last lmb_get or lmb_view; where `test`
 * is set, as after lmb_push, every LMB call on the map also brings them up to date.
 */
struct lmb {
	struct alist available_mem;
	struct alist used_mem;
	bool test;
	/* Private. */
	struct memmap *map;
	int (*view)(
		struct lmb *lmb); /* lmb_view, of which a firmware that never looks has no need */
};

/*
 * Makes LMB ready. On the machine the map has been adopted before; without one (a host program)
 * an empty map is made, whose storage comes from malloc. 0 or -ENOMEM.
 */
int lmb_init(void);

/* Adds RAM. 0; -EINVAL: size 0 or a range that wraps; -ENOMEM. What is described already keeps its description. */
long lmb_add(phys_addr_t base, phys_size_t size);

/*
 * Requests memory. `align`: a power of two, or 0. `flags`: LMB_… or'ed.
 * ADDR: 0, also where the range covers earlier LMB_NONE requests and this one is LMB_NONE;
 *       -EINVAL: some byte is not in the map, *addr is 0 or not aligned; -EEXIST: some byte is taken.
 * ANY, MAX: the highest block goes to *addr; -ENOMEM: there is none, which includes MAX with *addr 0.
 * All: -EINVAL for size 0, a range that wraps, an align that is no power of two, unknown type or flags, no addr, or
 *      before lmb_init; -ENOMEM without storage for the map. *addr and the map are unchanged on failure.
 */
int lmb_alloc_mem(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		  uint32_t flags);
/* The same, with a name for the printed map. */
int lmb_alloc_tagged(enum lmb_mem_type type, uint64_t align, phys_addr_t *addr, phys_size_t size,
		     uint32_t flags, const char *tag);

/*
 * Gives memory back that LMB holds, a part of a request or several. What an attempt has requested again goes back to
 * the earlier request. `flags` are accepted for the published signature and change nothing.
 * 0; -EINVAL: size 0, a range that wraps, some byte is not taken; -EPERM: another owner holds some byte; -ENOMEM.
 */
long lmb_free(phys_addr_t base, phys_size_t size, uint32_t flags);

/*
 * 1 if addr is taken, by anyone, in a region that has all the given flags; else 0. What belongs to
 * others than LMB counts as LMB_NOOVERWRITE.
 */
int lmb_is_reserved_flags(phys_addr_t addr, int flags);

/*
 * A file is about to be loaded to [base, base + size): refused where that is anything but free RAM or
 * LMB_NONE regions, with the errors of ADDR. lmb_load_end leaves the map as it was before (-EINVAL for a range that was
 * not begun). In between the range is taken, with the tag.
 */
int lmb_load_begin(phys_addr_t base, phys_size_t size, const char *tag);
int lmb_load_end(phys_addr_t base, phys_size_t size);

/* The LMB in use, its lists up to date. They stay LMB's. */
struct lmb *lmb_get(void);
/* The LMB_… flags of a region of the map. */
uint32_t lmb_flags(const struct mem_props *props);
/* The map behind an LMB. NULL before lmb_init. */
struct memmap *lmb_map(const struct lmb *lmb);
/* Brings the lists of an LMB (an io_lmb, say) up to date. 0 or -ENOMEM (then both are empty). */
int lmb_view(struct lmb *lmb);

/*
 * push: saves the LMB in use to *store and works on an empty map from now on, whose addresses need not exist: LMB alone
 * sees it, the machine's map lives on. pop: drops that and brings the stored one back. They nest. 0 or -ENOMEM.
 */
int lmb_push(struct lmb *store);
void lmb_pop(struct lmb *store);

/* Space of I/O virtual addresses: a map of its own. Ownership of its storage is the caller's until teardown. */
int io_lmb_setup(struct lmb *io_lmb);
void io_lmb_teardown(struct lmb *io_lmb);
/* Adds [base, base + size). Errors of lmb_add. */
long io_lmb_add(struct lmb *io_lmb, phys_addr_t base, phys_size_t size);
/* The base of the highest block that serves, aligned; 0 for every failure. */
phys_addr_t io_lmb_alloc(struct lmb *io_lmb, phys_size_t size, unsigned long align);
/* Errors of lmb_free. */
long io_lmb_free(struct lmb *io_lmb, phys_addr_t base, phys_size_t size);

#endif
