/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a region of the memory map besides where it lies: type, owner, life, rights, flags, tag. Three
 * questions, three fields: type says what the operating system is told, owner who may give the region back,
 * life when it comes back by itself.
 */
#ifndef MEM_MEM_PROPS_H
#define MEM_MEM_PROPS_H

#include <stdbool.h>
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

/* ---- as words: how props are made, copied and compared ---- */

/* As bytes that would take calls of memcpy and memcmp, and a byte written alone and then read in a word stalls the processor. */
typedef uint64_t __attribute__((may_alias)) mem_word;

_Static_assert(offsetof(struct mem_props, owner) == 4 && offsetof(struct mem_props, life) == 5 &&
		       offsetof(struct mem_props, attrs) == 6 &&
		       offsetof(struct mem_props, flags) == 7 &&
		       offsetof(struct mem_props, since) == 8 &&
		       offsetof(struct mem_props, tag) == 9,
	       "the words are made so; both machines are little-endian");

/* The first word: all but `since` and the tag. */
static inline uint64_t mem_props_head(uint32_t type, enum mem_owner owner, enum mem_life life,
				      uint8_t attrs, uint8_t flags)
{
	return type | (uint64_t)owner << 32 | (uint64_t)life << 40 | (uint64_t)attrs << 48 |
	       (uint64_t)flags << 56;
}

static inline void mem_props_set(struct mem_props *props, uint64_t head, uint64_t middle,
				 uint64_t tail)
{
	mem_word *word = (mem_word *)props;

	word[0] = head;
	word[1] = middle;
	word[2] = tail;
}

static inline void mem_props_copy(struct mem_props *to, const struct mem_props *from)
{
	const mem_word *word = (const mem_word *)from;

	mem_props_set(to, word[0], word[1], word[2]);
}

static inline bool mem_props_same(const struct mem_props *a, const struct mem_props *b)
{
	const mem_word *x = (const mem_word *)a;
	const mem_word *y = (const mem_word *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

/* Somebody's: neither free RAM nor a hole. */
static inline bool mem_props_owned(const struct mem_props *props)
{
	return props->owner > MEM_OWNER_FREE;
}

/*
 * Whether it is RAM, somebody's or not. What the machine's own description reserves is RAM only where it says so
 * (defective RAM, ACPI tables, /reserved-memory): most of what an e820 table reserves is no memory at all.
 */
static inline bool mem_props_ram(const struct mem_props *props)
{
	if (props->owner == MEM_OWNER_HOLE || props->type == MEM_MMIO ||
	    props->type == MEM_MMIO_PORT)
		return false;
	if (props->owner != MEM_OWNER_HARDWARE)
		return true;
	return props->type != MEM_PERSISTENT &&
	       (props->type != MEM_RESERVED || (props->flags & MEM_FLAG_NOMAP));
}

/* ---- makers ---- */

/* Gives props a tag, cut to MEM_TAG_MAX bytes, and `since` 0. */
void mem_props_tag(struct mem_props *props, const char *tag);

#define MEM_LETTER(tag, size, i) ((i) < (size) ? (uint64_t)(uint8_t)(tag)[i] << (i + 1) % 8 * 8 : 0)

/*
 * Builds a props value; the tag is cut to MEM_TAG_MAX bytes. Where the tag is a literal, as it mostly is, the compiler
 * makes three constants of it all.
 */
static inline __attribute__((always_inline)) struct mem_props mem_props_make(
	uint32_t type, enum mem_owner owner, enum mem_life life, uint8_t attrs, uint8_t flags,
	const char *tag)
{
	struct mem_props props;
	uint64_t head = mem_props_head(type, owner, life, attrs, flags);

	if (__builtin_constant_p(__builtin_strlen(tag))) {
		size_t n = __builtin_strlen(tag);

		mem_props_set(&props, head,
			      MEM_LETTER(tag, n, 0) | MEM_LETTER(tag, n, 1) |
				      MEM_LETTER(tag, n, 2) | MEM_LETTER(tag, n, 3) |
				      MEM_LETTER(tag, n, 4) | MEM_LETTER(tag, n, 5) |
				      MEM_LETTER(tag, n, 6),
			      MEM_LETTER(tag, n, 7) | MEM_LETTER(tag, n, 8) |
				      MEM_LETTER(tag, n, 9) | MEM_LETTER(tag, n, 10) |
				      MEM_LETTER(tag, n, 11) | MEM_LETTER(tag, n, 12) |
				      MEM_LETTER(tag, n, 13) | MEM_LETTER(tag, n, 14));
	} else {
		*(mem_word *)&props = head;
		mem_props_tag(&props, tag);
	}
	return props;
}

/* Props of free RAM. */
static inline struct mem_props mem_props_free(void)
{
	return (struct mem_props){.type = MEM_CONVENTIONAL, .owner = MEM_OWNER_FREE};
}

/* Props of a claim by the firmware for the session: type boot data, R W. */
static inline __attribute__((always_inline)) struct mem_props mem_props_firmware(const char *tag)
{
	return mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION, MEM_RW, 0, tag);
}
/* Props of hardware: a device's registers (MMIO, R W device, forever). */
struct mem_props mem_props_device(const char *tag);

/* ---- readings ---- */

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

/* A reader's view of props as one number: neighbours of one look are one to him. */
typedef uint64_t mem_look(const struct mem_props *props);
/* memmap_os_kind as a look. */
uint64_t mem_look_os(const struct mem_props *props);

#endif
