/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "elf"

#include "boot/linux_x86_elf.h"

#include <errno.h>

#include "lib/bytes.h"
#include "lib/log.h"

#define IDENT_CLASS 4
#define IDENT_DATA 5
#define CLASS_32 1
#define CLASS_64 2
#define LITTLE_ENDIAN_DATA 1
#define TYPE_EXEC 2
#define TYPE_DYN 3
#define MACHINE_386 3
#define MACHINE_X86_64 62
#define PT_LOAD 1
#define PT_NOTE 4

#define NOTE_HEADER_SIZE 12
#define NOTE_PHYS32_ENTRY 18 /* XEN_ELFNOTE_PHYS32_ENTRY */

/* Where a class has its fields. */
struct layout {
	uint8_t header_size, phoff, phentsize, phnum;
	uint8_t entry_size, p_offset, p_paddr, p_filesz, p_memsz;
	uint8_t word; /* bytes of an address */
};
static const struct layout layout32 = {52, 28, 42, 44, 32, 4, 12, 16, 20, 4};
static const struct layout layout64 = {64, 32, 54, 56, 56, 8, 24, 32, 40, 8};

struct program_header {
	uint32_t type;
	struct elf_segment segment;
};

static uint64_t word(const struct layout *layout, const uint8_t *p)
{
	return layout->word == 8 ? le64_load(p) : le32_load(p);
}

int elf_recognise(const uint8_t *head, size_t size)
{
	return size >= 4 && memcmp(head, "\177ELF", 4) == 0;
}

static int damaged(const char *what, uint64_t number)
{
	log_error("the kernel's ELF headers are damaged: %s 0x%lx; get the file again", what,
		  number);
	return -EINVAL;
}

static int check_kind(const uint8_t *head, size_t size)
{
	uint16_t type, machine;

	if (size < layout32.header_size)
		return damaged("the file ends at", size);
	type = le16_load(head + 16);
	machine = le16_load(head + 18);
	if ((head[IDENT_CLASS] == CLASS_32 || head[IDENT_CLASS] == CLASS_64) &&
	    head[IDENT_DATA] == LITTLE_ENDIAN_DATA && (type == TYPE_EXEC || type == TYPE_DYN) &&
	    (machine == MACHINE_386 || machine == MACHINE_X86_64))
		return 0;
	log_error(
		"the kernel is an ELF file for another machine or purpose (class %u, type %u, machine %u): give an "
		"x86 vmlinux",
		head[IDENT_CLASS], type, machine);
	return -ENOEXEC;
}

static void read_header(const struct layout *layout, const uint8_t *p,
			struct program_header *header)
{
	header->type = le32_load(p);
	header->segment.offset = word(layout, p + layout->p_offset);
	header->segment.file_size = word(layout, p + layout->p_filesz);
	header->segment.base = word(layout, p + layout->p_paddr);
	header->segment.size = word(layout, p + layout->p_memsz);
}

static int add_segment(struct elf_kernel *kernel, const struct elf_segment *segment)
{
	if (segment->file_size > segment->size)
		return damaged("a segment has more bytes in the file than in memory, namely",
			       segment->file_size);
	if (segment->base >= GIB(4) || segment->size > GIB(4) - segment->base)
		return damaged("a segment does not lie below 4 GiB: base", segment->base);
	if (kernel->count == ELF_SEGMENTS_MAX)
		return damaged("more segments to load than", ELF_SEGMENTS_MAX);
	for (uint32_t i = 0; i < kernel->count; i++) {
		const struct elf_segment *other = &kernel->segments[i];

		if (segment->base < other->base + other->size &&
		    other->base < segment->base + segment->size)
			return damaged("two segments overlap at", segment->base);
	}
	kernel->segments[kernel->count++] = *segment;
	return 0;
}

static int add_header(const struct program_header *header, uint64_t file_size,
		      struct elf_kernel *kernel)
{
	const struct elf_segment *segment = &header->segment;

	if (header->type != PT_LOAD && header->type != PT_NOTE)
		return 0;
	if (segment->offset > file_size || segment->file_size > file_size - segment->offset)
		return damaged("the file is too short for a segment at offset", segment->offset);
	if (header->type == PT_LOAD)
		return segment->size ? add_segment(kernel, segment) : 0;
	if (segment->file_size > kernel->notes_size) {
		kernel->notes_offset = segment->offset;
		kernel->notes_size = segment->file_size;
	}
	return 0;
}

int elf_headers(const uint8_t *head, size_t size, uint64_t file_size, struct elf_kernel *kernel)
{
	const struct layout *layout;
	uint64_t offset, count;
	int error = check_kind(head, size);

	if (error)
		return error;
	*kernel = (struct elf_kernel){.count = 0};
	layout = head[IDENT_CLASS] == CLASS_64 ? &layout64 : &layout32;
	if (size < layout->header_size)
		return damaged("the file ends at", size);
	offset = word(layout, head + layout->phoff);
	count = le16_load(head + layout->phnum);
	if (le16_load(head + layout->phentsize) != layout->entry_size)
		return damaged("e_phentsize is", le16_load(head + layout->phentsize));
	if (offset > size || count > (size - offset) / layout->entry_size)
		return damaged("no room for as many program headers as", count);
	for (uint64_t i = 0; i < count; i++) {
		struct program_header header;

		read_header(layout, head + offset + i * layout->entry_size, &header);
		error = add_header(&header, file_size, kernel);
		if (error)
			return error;
	}
	return kernel->count ? 0 : damaged("nothing to load; program headers:", count);
}

uint64_t elf_pvh_entry(const uint8_t *notes, uint64_t size)
{
	uint64_t at = 0;

	while (size - at >= NOTE_HEADER_SIZE) {
		uint64_t name_size = le32_load(notes + at), desc_size = le32_load(notes + at + 4);
		uint64_t name = at + NOTE_HEADER_SIZE;
		uint64_t desc = name + align_up(name_size, 4);
		uint64_t next = desc + align_up(desc_size, 4);

		if (next > size)
			break;
		if (le32_load(notes + at + 8) == NOTE_PHYS32_ENTRY && name_size == 4 &&
		    memcmp(notes + name, "Xen", 4) == 0 && desc_size >= 4)
			return desc_size >= 8 ? le64_load(notes + desc) : le32_load(notes + desc);
		at = next;
	}
	return 0;
}
