/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PE32+ images (UEFI 2.10, 2.1.1; Microsoft's PE/COFF specification): what is in one, and how it is laid out in memory.
 * Pure: works on bytes that anyone may have written; every offset is checked before it is used.
 */
#ifndef EFI_PE_H
#define EFI_PE_H

#include <stdbool.h>
#include <stdint.h>

#define PE_MACHINE_X86_64 0x8664
#define PE_MACHINE_AARCH64 0xaa64

#define PE_SUBSYSTEM_APPLICATION 10
#define PE_SUBSYSTEM_BOOT_DRIVER 11
#define PE_SUBSYSTEM_RUNTIME_DRIVER 12

#define PE_SECTIONS_MAX 96 /* the format's own limit */
#define PE_IMAGE_SIZE_MAX (UINT64_C(1) << 31)

/* Where a file's bytes come from; so that a section is read straight to its place. 0 or -errno. */
struct pe_source {
	int (*read)(const struct pe_source *source, uint64_t offset, void *to, uint64_t size);
	const void *context;
	uint64_t size; /* of the file */
};

struct pe_image {
	uint16_t machine;
	uint16_t subsystem;
	bool nx_compat; /* promises to work when data may not be executed and code not written */
	bool relocatable;
	uint32_t entry; /* offsets from the image's start, as all below */
	uint32_t size; /* in memory */
	uint32_t headers_size;
	uint32_t alignment; /* of sections in memory */
	uint64_t base; /* where it was linked to run */
	uint32_t reloc; /* the table of relocations */
	uint32_t reloc_size;
	uint32_t resources; /* the tree of resources; no bytes: none */
	uint32_t resources_size;
	const uint8_t *sections; /* section headers in the file */
	uint16_t section_count;
};

/* A section; offsets of memory are in the image, of the file in the file. */
struct pe_section {
	uint32_t offset;
	uint32_t size;
	uint32_t file_offset;
	uint32_t file_size; /* at most size */
	uint8_t rights; /* MEM_R … */
};

/*
 * Reads the headers from the first `head_size` bytes of a file of `file_size`; `head` must stay until pe_load is done. 0; -ENOEXEC: no PE32+ image, or not for this machine, or no EFI application or driver; -EINVAL: it
 * is one, and damaged (a size, offset or count does not fit the file or the image); -E2BIG: its headers are not
 * all in the head.
 */
int pe_parse(struct pe_image *pe, const void *head, uint64_t head_size, uint64_t file_size,
	     uint16_t machine);
void pe_section_get(const struct pe_image *pe, uint16_t index, struct pe_section *section);
/* The first section with this name, of at most eight characters; false: there is none. */
bool pe_section_find(const struct pe_image *pe, const char *name, struct pe_section *section);

/* Whether each section can have rights of its own: all of them begin on pages. */
bool pe_sections_are_aligned(const struct pe_image *pe);

/*
 * Lays the image out in pe->size bytes at `memory`, zeroes what the file does not give, and relocates it to run there.
 * 0; -EINVAL: the relocations are damaged; -ENOEXEC: it must run elsewhere and has none, or of an unknown kind; or what
 * the source's read returned.
 */
int pe_load(const struct pe_image *pe, const struct pe_source *source, uint8_t *memory);

/*
 * Where the pointers are that an image laid out at `memory` has by its relocations: the first `room` offsets are written to `to`, all
 * are counted. 0 as well when the relocations are damaged.
 */
uint64_t pe_pointers(const struct pe_image *pe, const uint8_t *memory, uint32_t *to, uint64_t room);

#endif
