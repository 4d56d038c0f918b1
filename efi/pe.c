/* SPDX-License-Identifier: BSD-2-Clause */
/* PE32+ images; see pe.h. */
#include <errno.h>
#include <string.h>

#include "efi/pe.h"
#include "lib/bytes.h"
#include "mem/memmap.h"

#define DOS_MAGIC 0x5a4d
#define PE_OFFSET 0x3c
#define PE_MAGIC 0x00004550
#define OPTIONAL_MAGIC_PE32_PLUS 0x20b
#define FILE_HEADER 24 /* bytes, with the signature */
#define OPTIONAL_FIXED 112 /* bytes before the data directories */
#define SECTION_HEADER 40
#define SECTION_NAME 8 /* bytes, at the start of it */
#define DIRECTORY_RESOURCES 2
#define DIRECTORY_RELOC 5
#define DLL_NX_COMPAT 0x0100
#define FILE_RELOCS_STRIPPED 0x0001
#define SECTION_EXECUTE 0x20000000u
#define SECTION_READ 0x40000000u
#define SECTION_WRITE 0x80000000u
#define RELOC_ABSOLUTE 0
#define RELOC_HIGH 1
#define RELOC_LOW 2
#define RELOC_HIGHLOW 3
#define RELOC_DIR64 10
#define RELOC_BLOCK_HEADER 8

/* [offset, offset + size) lies within a whole of `limit` bytes. */
static bool fits(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

static bool is_known_subsystem(uint16_t subsystem)
{
	return subsystem >= PE_SUBSYSTEM_APPLICATION && subsystem <= PE_SUBSYSTEM_RUNTIME_DRIVER;
}

/* A data directory, which begins at `header`. */
static void parse_directory(const uint8_t *header, uint32_t *offset, uint32_t *size)
{
	*offset = le32_load(header);
	*size = le32_load(header + 4);
}

static int parse_optional(struct pe_image *pe, const uint8_t *header, uint16_t size,
			  uint64_t file_size)
{
	uint32_t directories = le32_load(header + 108);

	pe->entry = le32_load(header + 16);
	pe->base = le64_load(header + 24);
	pe->alignment = le32_load(header + 32);
	pe->size = le32_load(header + 56);
	pe->headers_size = le32_load(header + 60);
	pe->subsystem = le16_load(header + 68);
	pe->nx_compat = le16_load(header + 70) & DLL_NX_COMPAT;
	if (!is_known_subsystem(pe->subsystem))
		return -ENOEXEC;
	if (!pe->alignment || pe->alignment & (pe->alignment - 1))
		return -EINVAL;
	if (!pe->size || pe->size > PE_IMAGE_SIZE_MAX || pe->entry >= pe->size)
		return -EINVAL;
	if (pe->headers_size > pe->size || pe->headers_size > file_size)
		return -EINVAL;
	if (directories > (uint32_t)(size - OPTIONAL_FIXED) / 8)
		return -EINVAL;
	if (directories > DIRECTORY_RESOURCES)
		parse_directory(header + OPTIONAL_FIXED + DIRECTORY_RESOURCES * 8, &pe->resources,
				&pe->resources_size);
	if (directories > DIRECTORY_RELOC)
		parse_directory(header + OPTIONAL_FIXED + DIRECTORY_RELOC * 8, &pe->reloc,
				&pe->reloc_size);
	if (!fits(pe->reloc, pe->reloc_size, pe->size))
		return -EINVAL;
	/* Resources are not needed to run. */
	if (!fits(pe->resources, pe->resources_size, pe->size))
		pe->resources_size = pe->resources = 0;
	return 0;
}

/* Sections ascend, do not overlap one another or the headers, and lie in the image and in the file. */
static int check_sections(const struct pe_image *pe, uint64_t file_size)
{
	uint64_t end = pe->headers_size;

	for (uint16_t i = 0; i < pe->section_count; i++) {
		struct pe_section section;

		pe_section_get(pe, i, &section);
		if (!section.size)
			continue;
		if (section.offset < end || !fits(section.offset, section.size, pe->size))
			return -EINVAL;
		if (section.file_size && !fits(section.file_offset, section.file_size, file_size))
			return -EINVAL;
		end = (uint64_t)section.offset + section.size;
	}
	return 0;
}

int pe_parse(struct pe_image *pe, const void *head, uint64_t head_size, uint64_t file_size,
	     uint16_t machine)
{
	const uint8_t *bytes = head;
	uint64_t at;
	uint16_t optional_size;
	uint64_t sections_at;
	uint64_t sections_end;
	int error;

	memset(pe, 0, sizeof(*pe));
	if (head_size < PE_OFFSET + 4 || le16_load(bytes) != DOS_MAGIC)
		return -ENOEXEC;
	at = le32_load(bytes + PE_OFFSET);
	if (!fits(at, FILE_HEADER + OPTIONAL_FIXED, head_size))
		return fits(at, FILE_HEADER + OPTIONAL_FIXED, file_size) ? -E2BIG : -ENOEXEC;
	if (le32_load(bytes + at) != PE_MAGIC)
		return -ENOEXEC;
	pe->machine = le16_load(bytes + at + 4);
	pe->section_count = le16_load(bytes + at + 6);
	optional_size = le16_load(bytes + at + 20);
	pe->relocatable = !(le16_load(bytes + at + 22) & FILE_RELOCS_STRIPPED);
	if (pe->machine != machine ||
	    le16_load(bytes + at + FILE_HEADER) != OPTIONAL_MAGIC_PE32_PLUS)
		return -ENOEXEC;
	sections_at = at + FILE_HEADER + optional_size;
	sections_end = sections_at + (uint64_t)pe->section_count * SECTION_HEADER;
	if (optional_size < OPTIONAL_FIXED || pe->section_count > PE_SECTIONS_MAX ||
	    sections_end > file_size)
		return -EINVAL;
	if (sections_end > head_size)
		return -E2BIG;
	pe->sections = bytes + sections_at;
	error = parse_optional(pe, bytes + at + FILE_HEADER, optional_size, file_size);
	if (!error && sections_end > pe->headers_size)
		error = -EINVAL;
	return error ? error : check_sections(pe, file_size);
}

void pe_section_get(const struct pe_image *pe, uint16_t index, struct pe_section *section)
{
	const uint8_t *header = pe->sections + (uint64_t)index * SECTION_HEADER;
	uint32_t flags = le32_load(header + 36);

	section->size = le32_load(header + 8);
	section->offset = le32_load(header + 12);
	section->file_size = le32_load(header + 16);
	section->file_offset = le32_load(header + 20);
	if (!section->size)
		section->size = section->file_size;
	if (section->file_size > section->size)
		section->file_size = section->size;
	section->rights = (uint8_t)((flags & SECTION_READ ? MEM_R : 0) |
				    (flags & SECTION_WRITE ? MEM_R | MEM_W : 0) |
				    (flags & SECTION_EXECUTE ? MEM_R | MEM_X : 0));
	/* Nothing said: as EFI images of old, data. */
	if (!section->rights)
		section->rights = MEM_R;
}

bool pe_section_find(const struct pe_image *pe, const char *name, struct pe_section *section)
{
	for (uint16_t i = 0; i < pe->section_count; i++) {
		const char *header = (const char *)pe->sections + (uint64_t)i * SECTION_HEADER;

		if (!strncmp(header, name, SECTION_NAME)) {
			pe_section_get(pe, i, section);
			return true;
		}
	}
	return false;
}

bool pe_sections_are_aligned(const struct pe_image *pe)
{
	if (pe->alignment % PAGE_SIZE)
		return false;
	for (uint16_t i = 0; i < pe->section_count; i++) {
		struct pe_section section;

		pe_section_get(pe, i, &section);
		if (section.size && section.offset % PAGE_SIZE)
			return false;
	}
	return true;
}

/* ---- loading ---- */

static int relocate_one(uint8_t *memory, uint32_t size, uint64_t at, unsigned int kind,
			uint64_t delta)
{
	uint64_t width = kind == RELOC_DIR64 ? 8 : kind == RELOC_HIGHLOW ? 4 : 2;

	if (kind == RELOC_ABSOLUTE)
		return 0;
	if (kind > RELOC_HIGHLOW && kind != RELOC_DIR64)
		return -ENOEXEC;
	if (!fits(at, width, size))
		return -EINVAL;
	switch (kind) {
	case RELOC_DIR64:
		le64_store(memory + at, le64_load(memory + at) + delta);
		break;
	case RELOC_HIGHLOW:
		le32_store(memory + at, le32_load(memory + at) + (uint32_t)delta);
		break;
	case RELOC_HIGH:
		le16_store(memory + at, (uint16_t)(le16_load(memory + at) + (delta >> 16)));
		break;
	default:
		le16_store(memory + at, (uint16_t)(le16_load(memory + at) + delta));
		break;
	}
	return 0;
}

/*
 * Blocks {u32 page, u32 size, u16 entries …}. The table lies in the image, and a hostile one may relocate itself: each
 * value is read once, from a place that was checked.
 */
static int for_each(const struct pe_image *pe, const uint8_t *memory,
		    int (*each)(void *context, uint64_t at, unsigned int kind), void *context)
{
	uint32_t left = pe->reloc_size;
	const uint8_t *block = memory + pe->reloc;

	while (left >= RELOC_BLOCK_HEADER) {
		uint32_t page = le32_load(block);
		uint32_t size = le32_load(block + 4);

		if (!size)
			break;
		if (size < RELOC_BLOCK_HEADER || size > left)
			return -EINVAL;
		for (uint32_t i = RELOC_BLOCK_HEADER; i + 2 <= size; i += 2) {
			uint16_t entry = le16_load(block + i);
			int error = each(context, (uint64_t)page + (entry & 0xfff), entry >> 12);

			if (error)
				return error;
		}
		block += size;
		left -= size;
	}
	return 0;
}

struct move {
	uint8_t *memory;
	uint32_t size;
	uint64_t delta;
};

static int move_one(void *context, uint64_t at, unsigned int kind)
{
	const struct move *move = context;

	return relocate_one(move->memory, move->size, at, kind, move->delta);
}

static int relocate(const struct pe_image *pe, uint8_t *memory, uint64_t delta)
{
	struct move move = {memory, pe->size, delta};

	return for_each(pe, memory, move_one, &move);
}

struct pointers {
	uint32_t *to;
	uint64_t room, count;
	uint32_t size;
};

static int note_pointer(void *context, uint64_t at, unsigned int kind)
{
	struct pointers *pointers = context;

	if (kind != RELOC_DIR64 || !fits(at, 8, pointers->size))
		return 0;
	if (pointers->count < pointers->room)
		pointers->to[pointers->count] = (uint32_t)at;
	pointers->count++;
	return 0;
}

uint64_t pe_pointers(const struct pe_image *pe, const uint8_t *memory, uint32_t *to, uint64_t room)
{
	struct pointers pointers = {.to = to, .room = room, .size = pe->size};

	return for_each(pe, memory, note_pointer, &pointers) ? 0 : pointers.count;
}

int pe_load(const struct pe_image *pe, const struct pe_source *source, uint8_t *memory)
{
	uint64_t delta = (uint64_t)(uintptr_t)memory - pe->base;
	uint32_t end = pe->headers_size;
	uint64_t seen = end;
	uint8_t last;
	int error = source->read(source, 0, memory, pe->headers_size);

	for (uint16_t i = 0; i < pe->section_count && !error; i++) {
		struct pe_section section;

		pe_section_get(pe, i, &section);
		if (!section.size)
			continue;
		memset(memory + end, 0, section.offset - end);
		if (section.file_size)
			error = source->read(source, section.file_offset, memory + section.offset,
					     section.file_size);
		end = section.offset + section.file_size;
		if (section.file_size)
			seen = (uint64_t)section.file_offset + section.file_size;
	}
	/* A signature may follow: only a file system that has been to the file's end has seen that its chain of clusters is whole. */
	if (!error && seen < source->size)
		error = source->read(source, source->size - 1, &last, 1);
	if (error)
		return error;
	memset(memory + end, 0, pe->size - end);
	if (!delta)
		return 0;
	if (!pe->relocatable)
		return -ENOEXEC;
	return relocate(pe, memory, delta);
}
