/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: who owns every byte of the physical address space, until when, and why.
 *
 * The map is a partition of [0, 2^64). Every byte lies in exactly one region; what nobody has
 * described yet lies in a region of owner MEM_OWNER_HOLE. Regions are sorted, disjoint, and no
 * two neighbours are alike (they would have been merged). LMB, EFI, the page tables, the e820
 * table and the devicetree given to an operating system read this map; none keeps a copy.
 *
 *   0                                                                              2^64
 *   |  hole  | flash | hole | uart | hole |     free      | kernel | free | heap |hole|
 *
 * Every call checks first and then edits: a call that fails has changed nothing. (One exception, when
 * page tables follow the map: `prepare` below may have claimed table pages before the call failed.)
 * Pure C: no assembly, no devices, no static data; runs from flash before relocation and on a
 * development machine alike.
 */
#ifndef MEM_MEMMAP_H
#define MEM_MEMMAP_H

#include <stddef.h>
#include <stdint.h>

/* What the operating system is told: the numbers of UEFI 2.10, 7.2, EFI_MEMORY_TYPE. */
enum {
	MEM_RESERVED = 0,
	MEM_LOADER_CODE = 1,
	MEM_LOADER_DATA = 2,
	MEM_BOOT_CODE = 3,
	MEM_BOOT_DATA = 4,
	MEM_RUNTIME_CODE = 5,
	MEM_RUNTIME_DATA = 6,
	MEM_CONVENTIONAL = 7,
	MEM_UNUSABLE = 8,
	MEM_ACPI_RECLAIM = 9,
	MEM_ACPI_NVS = 10,
	MEM_MMIO = 11,
	MEM_MMIO_PORT = 12,
	MEM_PAL_CODE = 13,
	MEM_PERSISTENT = 14,
};

/* Who may give a region back. */
enum mem_owner {
	MEM_OWNER_HOLE = 0, /* nothing is known to be here */
	MEM_OWNER_FREE, /* free RAM: anyone may claim it */
	MEM_OWNER_HARDWARE, /* devices, flash, and what the machine's description keeps for itself */
	MEM_OWNER_FIRMWARE, /* Cadastre itself: image, heap, stack, page tables, DMA buffers */
	MEM_OWNER_LMB, /* claimed through mem/lmb.h: payloads of a boot */
	MEM_OWNER_EFI, /* claimed through EFI boot services */
};

/* When a region comes back by itself. */
enum mem_life {
	MEM_LIFE_NONE = 0, /* free RAM and holes */
	MEM_LIFE_ATTEMPT, /* when the boot attempt has failed */
	MEM_LIFE_SESSION, /* when an operating system has taken over */
	MEM_LIFE_FOREVER, /* never: the operating system must keep out */
};

/* attrs: how the processor may touch a region. No right set means: not mapped. */
enum {
	MEM_R = 1 << 0,
	MEM_W = 1 << 1,
	MEM_X = 1 << 2,
	MEM_DEVICE = 1 << 3, /* device memory: uncached, no speculation, no gathering */
	MEM_WC = 1 << 4, /* write combining (normal non-cacheable on arm64) */
	MEM_RW = MEM_R | MEM_W,
	MEM_RX = MEM_R | MEM_X,
	MEM_IO = MEM_RW | MEM_DEVICE,
};

/* flags: LMB's region attributes (mem/lmb.h gives them their LMB_ names). */
enum {
	MEM_FLAG_NOMAP = 1 << 0, /* reserved for the OS, absent from the page tables */
	MEM_FLAG_NOOVERWRITE = 1 << 1, /* may not be claimed again */
	MEM_FLAG_NONOTIFY = 1 << 2, /* LMB_NONOTIFY, kept for the caller */
	MEM_FLAG_REUSABLE = 1 << 3, /* LMB_NONE: its owner may claim it again */
	MEM_FLAG_LINUX_CMA =
		1 << 4, /* "reusable" in /reserved-memory: the OS may use it meanwhile */
	/* The rest is set by the core alone. */
	MEM_FLAG_BORROWED =
		1 << 5, /* an open attempt has claimed this older reusable region again */
	MEM_FLAG_NODE = 1 << 6, /* holds the map's own nodes: only the map gives it back */
	MEM_FLAG_LOADING = 1 << 7, /* a file is being loaded here: see memmap_load_begin */
};

#define MEM_TAG_MAX 15 /* bytes of a tag; a tag that fills them all has no NUL */

/* All that is known of a region besides where it lies. */
struct mem_props {
	uint32_t type; /* MEM_… (EFI_MEMORY_TYPE), incl. the OEM and OS-loader ranges */
	uint8_t owner; /* enum mem_owner */
	uint8_t life; /* enum mem_life */
	uint8_t attrs; /* MEM_R … */
	uint8_t flags; /* MEM_FLAG_… */
	uint8_t since; /* the map's stage when it was claimed: see memmap_stage */
	char tag[MEM_TAG_MAX]; /* a short name for a person, NUL-padded */
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct mem_props) == 24, "regions are compared as bytes: no padding");

/* One region, as the readings see it. `end` is one past, and 0 for the region that ends at 2^64. */
struct mem_region {
	uint64_t base;
	uint64_t end;
	struct mem_props props;
};

/* Where a claim may land. Blocks are placed top-down: the highest place that serves. */
struct mem_request {
	uint64_t size; /* bytes, not 0 */
	uint64_t align; /* a power of two; 0 means none */
	uint64_t min; /* lowest address of the block (0: anywhere; address 0 is never given) */
	uint64_t max; /* highest address of the block's last byte, inclusive; 0 means no limit */
	struct mem_props props;
};

/*
 * Shape of the storage, private to memmap_tree.c, told here so that a map can be a plain object. 63 regions
 * fit one node: the usual map is one sorted array. The tests also build with tiny nodes, for deep trees.
 */
#ifndef MEMMAP_NODE_SIZE
#define MEMMAP_NODE_SIZE 2048
#endif
#ifndef MEMMAP_POOL_NODES
#define MEMMAP_POOL_NODES 4
#endif

/*
 * What a map is given from outside. Any pointer may be NULL.
 * `grow` returns the address of MEMMAP_NODE_SIZE bytes, aligned to 8, for the map's own nodes,
 * or 0; `shrink` takes one back. When both are NULL the map claims nodes from its own free RAM
 * (owner FIRMWARE, tag "memory map").
 * `prepare` is asked before [base, base + size) changes its attrs, which is what matters to page tables,
 * and may refuse with -ENOMEM (then nothing has changed). It may claim from this same map; such claims must
 * not need to be prepared in turn without end. `changed` is told after the change and must not fail.
 * size 0 in both means: to the end of the address space.
 */
struct memmap_ops {
	uint64_t (*grow)(void *context);
	void (*shrink)(void *context, uint64_t node);
	int (*prepare)(void *context, uint64_t base, uint64_t size);
	void (*changed)(void *context, uint64_t base, uint64_t size);
};

/* The map. A plain object: nodes in the pool are named by index, so it may be moved by memmap_copy. */
struct memmap {
	const struct memmap_ops *ops;
	void *context;
	uint64_t key; /* counts the changes; see memmap_key */
	uint32_t stage; /* stamps new claims: mem_props.since */
	uint32_t attempt; /* 1 while an attempt is open */
	uint64_t limit; /* see memmap_limit */
	/* Private to memmap.c and memmap_tree.c. */
	uint64_t count; /* regions, holes included */
	uint64_t root; /* a node: below MEMMAP_POOL_NODES an index of the pool, else an address */
	uint64_t spare; /* first of the grown nodes that are not in use, 0 if none */
	uint32_t height; /* levels of the tree; 1: the root is a leaf */
	uint32_t spares; /* nodes not in use, of the pool and grown */
	uint32_t pool_used; /* one bit for each node of the pool */
	uint32_t resizing; /* the map is growing or shrinking itself */
	uint8_t pool[MEMMAP_POOL_NODES][MEMMAP_NODE_SIZE] __attribute__((aligned(8)));
};

/* Makes a map with one region: a hole from 0 to 2^64. ops may be NULL. */
void memmap_init(struct memmap *map, const struct memmap_ops *ops, void *context);

/* Gives all grown nodes back through ops->shrink; the map may not be used again. A map that claims nodes from itself
 * has nothing to give. */
void memmap_destroy(struct memmap *map);

/* Copies a map to a place of its own (boot/relocate.c). Grown nodes change hands: the source is dead. */
void memmap_copy(struct memmap *to, const struct memmap *from);

/* Gives other ops to a living map (page tables begin to follow it). */
void memmap_attach(struct memmap *map, const struct memmap_ops *ops, void *context);

/* The map key of EFI's GetMemoryMap: differs after every change, is equal while there is none. */
uint64_t memmap_key(const struct memmap *map);

/* Sets the stage (0..255) that later claims are stamped with. */
void memmap_stage(struct memmap *map, uint8_t stage);

/*
 * The highest address, inclusive, that a claim without a fixed address may use (0: no limit, as at first). It
 * serves machines of which the top of a bank is out of reach; memmap_claim_at is not bound by it.
 */
void memmap_limit(struct memmap *map, uint64_t max);

/* Builds a props value; the tag is cut to MEM_TAG_MAX bytes. */
struct mem_props mem_props_make(uint32_t type, enum mem_owner owner, enum mem_life life,
				uint8_t attrs, uint8_t flags, const char *tag);
/* Props of free RAM, and of a claim by the firmware for the session (type boot data, RW). */
static inline struct mem_props mem_props_free(void)
{
	return (struct mem_props){.type = MEM_CONVENTIONAL, .owner = MEM_OWNER_FREE};
}
struct mem_props mem_props_firmware(const char *tag);
/* Props of hardware: a device's registers (MMIO, R W device, forever). */
struct mem_props mem_props_device(const char *tag);

/*
 * Describes [base, base + size): free RAM, flash, devices, reservations of the machine. What was a
 * hole or free RAM becomes `props`; what is already described by anything else keeps its description when
 * `props` is free RAM, and else is refused.
 * 0; -EINVAL for size 0 or a range that wraps; -EEXIST when it would overwrite a region that is not hole
 * or free RAM (unless it is equal in all but tag); -ENOMEM without a node. Unchanged on failure.
 */
int memmap_add(struct memmap *map, uint64_t base, uint64_t size, const struct mem_props *props);

/*
 * Takes [base, base + size) out of the map again, whatever it was: it becomes a hole.
 * 0; -EINVAL for size 0 or a range that wraps; -EPERM where the map's own nodes lie; -ENOMEM without a node.
 * Unchanged on failure.
 */
int memmap_remove(struct memmap *map, uint64_t base, uint64_t size);

/*
 * Claims exactly [base, base + size), all of which must be free RAM. When `props` has MEM_FLAG_REUSABLE,
 * regions of the same owner that have it too count as free (LMB_NONE). Such a region of a longer
 * life keeps its description and is marked as borrowed, so that the end of the attempt restores it.
 * 0; -EINVAL: size 0, wrapping, base 0, props of free RAM or a hole, or some byte is a hole (outside the map; this
 * goes before -EEXIST); -EEXIST: some byte is taken; -ENOMEM: no node. Unchanged on failure.
 */
int memmap_claim_at(struct memmap *map, uint64_t base, uint64_t size,
		    const struct mem_props *props);

/*
 * Claims the highest free block that satisfies the request; its address goes to *base.
 * 0; -EINVAL: size 0, align no power of two; -ENOMEM: no free block serves, or no node.
 * *base and the map are unchanged on failure.
 */
int memmap_claim(struct memmap *map, const struct mem_request *request, uint64_t *base);

/*
 * Gives [base, base + size) back to free RAM. All of it must belong to `owner`; it may be a part of a
 * region or span several. A borrowed region goes back to its older claim instead.
 * 0; -EINVAL: size 0, wrapping, or some byte is free or a hole; -EPERM: some byte has another owner;
 * -ENOMEM: no node. Unchanged on failure.
 */
int memmap_release(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner);

/* As memmap_release followed by memmap_claim_at, in one step: changes what an owner's region is. Same errors. */
int memmap_retype(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		  const struct mem_props *props);

/* Changes only the attrs of [base, base + size), all of which `owner` holds. Same errors as memmap_release. */
int memmap_protect(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		   uint8_t attrs);

/*
 * Holds [base, base + size) while a file is loaded there, for `owner`: what is free RAM is claimed with the tag,
 * the owner's reusable regions stay as they are. A file thus never lands on anything else.
 * memmap_load_end gives back exactly what the beginning claimed: the map is as before.
 * begin: errors of memmap_claim_at. end: -EINVAL when some byte is not of such a load, -EPERM where the map's own
 * nodes lie, -ENOMEM: no node. Unchanged on failure.
 */
int memmap_load_begin(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner,
		      const char *tag);
int memmap_load_end(struct memmap *map, uint64_t base, uint64_t size, enum mem_owner owner);

/*
 * Ends a life: gives every region whose life is `life` back to free RAM, whoever owns it, except the map's own nodes.
 * Never fails for want of a node: it only merges. A region that `prepare` refuses to unmap stays claimed.
 * Returns the bytes given back. LIFE_NONE and LIFE_FOREVER end nothing.
 */
uint64_t memmap_expire(struct memmap *map, enum mem_life life);

/*
 * A boot attempt. begin: later claims ask memmap_claim_life, and get MEM_LIFE_ATTEMPT. fail: everything that lives
 * for the attempt is given back, borrowed regions are as they were; returns the bytes given back. keep: what
 * lives for the attempt now lives for the session. Attempts do not nest: begin ends one that was left
 * open as failed.
 */
void memmap_attempt_begin(struct memmap *map);
uint64_t memmap_attempt_fail(struct memmap *map);
void memmap_attempt_keep(struct memmap *map);
static inline enum mem_life memmap_claim_life(const struct memmap *map)
{
	return map->attempt ? MEM_LIFE_ATTEMPT : MEM_LIFE_SESSION;
}

/* What an operating system is told of a region after hand-over: the one answer that all tables give. */
enum mem_os_kind {
	MEM_OS_NOTHING = 0, /* a hole: not mentioned */
	MEM_OS_DEVICE, /* registers, not memory */
	MEM_OS_USABLE, /* RAM: free, or of a life that has ended by then */
	MEM_OS_RESERVED, /* RAM or ROM to keep out of */
	MEM_OS_NOMAP, /* reserved, and not even to be mapped (LMB_NOMAP) */
	MEM_OS_ACPI, /* ACPI tables: RAM once they are read */
	MEM_OS_NVS, /* kept across sleep */
	MEM_OS_UNUSABLE, /* defective */
	MEM_OS_PERSISTENT, /* non-volatile DIMMs */
};
enum mem_os_kind memmap_os_kind(const struct mem_props *props);

/* The region that contains addr: there always is one. */
void memmap_find(const struct memmap *map, uint64_t addr, struct mem_region *region);

/*
 * Walks the map: memmap_first gives the region at 0, memmap_next the one after *region (found by address, so
 * the map may change in between); 0 when there is none after it.
 */
void memmap_first(const struct memmap *map, struct mem_region *region);
int memmap_next(const struct memmap *map, struct mem_region *region);

/* A reader's view of props as one number: neighbours of one look are one to him. */
typedef uint64_t mem_look(const struct mem_props *props);
/* memmap_os_kind as a look. */
uint64_t mem_look_os(const struct mem_props *props);

/* As first and next, but neighbours of one look come as one region, with the props of the first. Byte-exact:
 * mem/pages.h is the same in whole pages. */
void memmap_first_alike(const struct memmap *map, mem_look *look, struct mem_region *region);
int memmap_next_alike(const struct memmap *map, mem_look *look, struct mem_region *region);

/* Number of regions, holes included. */
uint64_t memmap_count(const struct memmap *map);

/* Checks the rules of the core, for tests. 0, or the number of the rule broken: 1 sorted and covering, 2 merged,
 * 3 keys and sums of the inner nodes, 4 counts of regions and nodes. */
int memmap_check(const struct memmap *map);

/* The machine's one map (NULL before it is adopted), for LMB and EFI, whose published signatures have no room for it. */
struct memmap *memmap_system(void);
/* Adopts `map` as the machine's map (boot/main.c, once; tests at will). */
void memmap_system_set(struct memmap *map);

#endif
