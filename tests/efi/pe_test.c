/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/pe.c */
/* PE32+ images: what is refused and how one is laid out; see efi/pe.h. */
#include <errno.h>
#include <stdlib.h>

#include "efi/pe.h"
#include "mem/memmap.h"
#include "tests/efi/pe_make.h"
#include "tests/tap.h"

static uint8_t file[PE_MAKE_SIZE];
static uint8_t memory[PE_IMAGE] __attribute__((aligned(4096)));

static int read_file(const struct pe_source *source, uint64_t offset, void *to, uint64_t size)
{
	if (offset > source->size || size > source->size - offset)
		return -EIO;
	memcpy(to, file + offset, size);
	return 0;
}

static int parse(struct pe_image *pe)
{
	return pe_parse(pe, file, sizeof(file), sizeof(file), PE_MACHINE_X86_64);
}

static int load(const struct pe_image *pe)
{
	struct pe_source source = {.read = read_file, .size = sizeof(file)};

	memset(memory, 0xee, sizeof(memory));
	return pe_load(pe, &source, memory);
}

static void test_good(void)
{
	struct pe_section section;
	struct pe_image pe;
	uint64_t zeroes = 0;

	pe_make(file, NULL);
	equal(parse(&pe), 0, "an image");
	ok(pe.nx_compat && pe.relocatable && pe_sections_are_aligned(&pe), "as it says");
	equal(pe.entry, PE_TEXT, "its entry");
	pe_section_get(&pe, 0, &section);
	equal(section.rights, MEM_R | MEM_X, "code");
	pe_section_get(&pe, 1, &section);
	equal(section.rights, MEM_R | MEM_W, "data");
	pe_section_get(&pe, 2, &section);
	equal(section.rights, MEM_R, "relocations");
	ok(!pe_section_find(&pe, ".osrel", &section), "no section with that name");
	memcpy(file + PE_SECTIONS + 40, ".osrelea", 8);
	memcpy(file + PE_SECTIONS + 80, ".osrel", 6);
	ok(pe_section_find(&pe, ".osrel", &section) && section.offset == PE_RELOC, "a name");
	ok(pe_section_find(&pe, ".osrelea", &section) && section.offset == PE_DATA,
	   "a name without an end");
	equal(load(&pe), 0, "loaded");
	equal(memory[PE_TEXT], 0x48, "code is in place");
	equal(le64_load(memory + PE_DATA), (uintptr_t)memory + PE_DATA + 8,
	      "the pointer is relocated");
	for (uint32_t i = 0; i < PE_IMAGE; i++)
		zeroes += memory[i] == 0xee;
	equal(zeroes, 0, "no byte is left as it was");
	le32_store(file + PE_OPTIONAL + 32, 0x200);
	equal(parse(&pe), 0, "a smaller alignment");
	ok(!pe_sections_are_aligned(&pe), "is seen");
	equal(pe_parse(&pe, file, sizeof(file), sizeof(file), PE_MACHINE_AARCH64), -ENOEXEC,
	      "another machine");
	equal(pe_parse(&pe, file, 0x100, sizeof(file), PE_MACHINE_X86_64), -E2BIG,
	      "only a part of the headers");
	equal(pe_parse(&pe, file, 0x50, sizeof(file), PE_MACHINE_X86_64), -E2BIG,
	      "hardly any headers");
}

static void bend(uint32_t at, unsigned int width, uint64_t value, int wanted, const char *name)
{
	struct pe_image pe;

	pe_make(file, NULL);
	memcpy(file + at, &value, width);
	equal(parse(&pe), wanted, name);
}

static void test_refused(void)
{
	const uint32_t s = PE_SECTIONS;

	bend(0, 2, 0, -ENOEXEC, "no MZ");
	bend(0x3c, 4, 0xffffffff, -ENOEXEC, "the header is beyond the end");
	bend(PE_AT, 4, 0, -ENOEXEC, "no PE");
	bend(PE_OPTIONAL, 2, 0x10b, -ENOEXEC, "PE32");
	bend(PE_OPTIONAL + 68, 2, 3, -ENOEXEC, "another subsystem");
	bend(PE_AT + 6, 2, 97, -EINVAL, "too many sections");
	bend(PE_AT + 6, 2, 0xffff, -EINVAL, "far too many sections");
	bend(PE_AT + 20, 2, 100, -EINVAL, "a short optional header");
	bend(PE_AT + 20, 2, 0xffff, -EINVAL, "a long optional header");
	bend(PE_OPTIONAL + 108, 4, 17, -EINVAL, "more directories than there is room for");
	bend(PE_OPTIONAL + 108, 4, 0xffffffff, -EINVAL, "directories that wrap");
	bend(PE_OPTIONAL + 16, 4, PE_IMAGE, -EINVAL, "the entry is outside");
	bend(PE_OPTIONAL + 32, 4, 0, -EINVAL, "alignment 0");
	bend(PE_OPTIONAL + 32, 4, 0x1800, -EINVAL, "an alignment that is no power of two");
	bend(PE_OPTIONAL + 56, 4, 0, -EINVAL, "an empty image");
	bend(PE_OPTIONAL + 56, 4, 0xfffffff0, -EINVAL, "a huge image");
	bend(PE_OPTIONAL + 56, 4, 0x4100, -EINVAL, "a section ends beyond the image");
	bend(PE_OPTIONAL + 60, 4, 0x2000, -EINVAL, "headers longer than the file");
	bend(PE_OPTIONAL + 60, 4, 0x100, -EINVAL, "headers that end among the sections");
	bend(PE_OPTIONAL + 112 + 40, 4, PE_IMAGE - 4, -EINVAL, "relocations beyond the image");
	bend(PE_OPTIONAL + 112 + 44, 4, 0xffffffff, -EINVAL, "relocations that wrap");
	bend(s + 12, 4, 0, -EINVAL, "a section over the headers");
	bend(s + 12, 4, 0xfffff000, -EINVAL, "a section that wraps");
	bend(s + 40 + 12, 4, 0x1100, -EINVAL, "sections that overlap");
	bend(s + 8, 4, 0xffffffff, -EINVAL, "a section of 4 GiB");
	bend(s + 20, 4, 0xfff, -EINVAL, "a section's bytes end beyond the file");
	bend(s + 20, 4, 0xffffffff, -EINVAL, "they begin beyond it");
	bend(s + 16, 4, 0xffffffff, 0, "what is more in the file than in memory does not count");
}

static void bend_reloc(uint32_t at, unsigned int width, uint64_t value, int wanted,
		       const char *name)
{
	struct pe_image pe;

	pe_make(file, NULL);
	memcpy(file + at, &value, width);
	equal(parse(&pe), 0, "an image");
	equal(load(&pe), wanted, name);
}

static void test_relocations(void)
{
	struct pe_image pe;

	bend_reloc(0x800, 4, PE_IMAGE - 4, -EINVAL, "a relocation over the end");
	bend_reloc(0x800, 4, 0xfffffff8, -EINVAL, "a relocation that wraps");
	bend_reloc(0x804, 4, 7, -EINVAL, "a block shorter than its header");
	bend_reloc(0x804, 4, 13, -EINVAL, "a block longer than the table");
	bend_reloc(0x804, 4, 0, 0, "size 0 ends the table");
	bend_reloc(0x808, 2, 5 << 12, -ENOEXEC, "an unknown kind");
	bend_reloc(0x808, 2, 0, 0, "a filler");
	bend_reloc(PE_AT + 22, 2, 0x23, -ENOEXEC, "no relocations, and another place");
	pe_make(file, NULL);
	le64_store(file + PE_OPTIONAL + 24, (uint64_t)(uintptr_t)memory);
	le16_store(file + PE_AT + 22, 0x23);
	parse(&pe);
	equal(load(&pe), 0, "no relocations, at its place");
	/* It relocates its own table: the values that are used are those that were checked. */
	pe_make(file, NULL);
	le32_store(file + 0x800, PE_RELOC);
	le16_store(file + 0x808, 10 << 12 | 4);
	parse(&pe);
	load(&pe);
	ok(1, "a table that relocates itself does no harm");
}

/* Cut at every byte: refused or loaded, and nothing read beyond the end (which the sanitizer sees). */
static void test_cut(void)
{
	struct pe_image pe;
	uint64_t loaded = 0;

	for (uint64_t size = 0; size < PE_MAKE_SIZE; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		pe_make(file, NULL);
		memcpy(cut, file, size);
		loaded += !pe_parse(&pe, cut, size, size, PE_MACHINE_X86_64);
		free(cut);
	}
	equal(loaded, PE_MAKE_SIZE - 0xa00,
	      "a file cut before the end of its last section is refused");
}

/* The end of the file cannot be read: no section lies there, but a file that breaks off is not what was meant. */
static int read_but_end(const struct pe_source *source, uint64_t offset, void *to, uint64_t size)
{
	return offset + size == source->size ? -EILSEQ : read_file(source, offset, to, size);
}

static void test_end(void)
{
	struct pe_source source = {.read = read_but_end, .size = sizeof(file)};
	struct pe_image pe;

	pe_make(file, NULL);
	equal(parse(&pe), 0, "an image");
	equal(pe_load(&pe, &source, memory), -EILSEQ, "a file that breaks off is not loaded");
	source.size = 0xa00; /* its last section's end */
	source.read = read_file;
	equal(pe_load(&pe, &source, memory), 0, "nothing is behind the sections");
}

int main(void)
{
	test_end();
	test_good();
	test_refused();
	test_relocations();
	test_cut();
	return tap_done();
}
