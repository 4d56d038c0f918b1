/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes PE32+ images for tests: headers, a code section that jumps to a C function of the test, a data section with a
 * pointer that is relocated. Everything can be bent before the bytes are made.
 */
#ifndef TESTS_EFI_PE_MAKE_H
#define TESTS_EFI_PE_MAKE_H

#include <stdint.h>
#include <string.h>

#include "lib/bytes.h"

#define PE_MAKE_SIZE 0x1000u
#define PE_AT 0x40u
#define PE_OPTIONAL (PE_AT + 24)
#define PE_SECTIONS (PE_OPTIONAL + 112 + 16 * 8)
#define PE_TEXT 0x1000u /* in memory */
#define PE_DATA 0x2000u
#define PE_RELOC 0x4000u
#define PE_IMAGE 0x5000u
#define PE_BASE UINT64_C(0x10000000)

static inline void pe_section_make(uint8_t *file, unsigned int index, uint32_t offset,
				   uint32_t size, uint32_t file_offset, uint32_t file_size,
				   uint32_t flags)
{
	uint8_t *header = file + PE_SECTIONS + index * 40;

	le32_store(header + 8, size);
	le32_store(header + 12, offset);
	le32_store(header + 16, file_size);
	le32_store(header + 20, file_offset);
	le32_store(header + 36, flags);
}

/* mov rax, function; jmp rax. The data section holds the address of its own second word. */
static inline void pe_make(uint8_t file[PE_MAKE_SIZE], const void *function)
{
	memset(file, 0, PE_MAKE_SIZE);
	le16_store(file, 0x5a4d);
	le32_store(file + 0x3c, PE_AT);
	le32_store(file + PE_AT, 0x4550);
	le16_store(file + PE_AT + 4, 0x8664);
	le16_store(file + PE_AT + 6, 3);
	le16_store(file + PE_AT + 20, 112 + 16 * 8);
	le16_store(file + PE_AT + 22, 0x22);
	le16_store(file + PE_OPTIONAL, 0x20b);
	le32_store(file + PE_OPTIONAL + 16, PE_TEXT);
	le64_store(file + PE_OPTIONAL + 24, PE_BASE);
	le32_store(file + PE_OPTIONAL + 32, 0x1000);
	le32_store(file + PE_OPTIONAL + 36, 0x200);
	le32_store(file + PE_OPTIONAL + 56, PE_IMAGE);
	le32_store(file + PE_OPTIONAL + 60, 0x400);
	le16_store(file + PE_OPTIONAL + 68, 10);
	le16_store(file + PE_OPTIONAL + 70, 0x100);
	le32_store(file + PE_OPTIONAL + 108, 16);
	le32_store(file + PE_OPTIONAL + 112 + 5 * 8, PE_RELOC);
	le32_store(file + PE_OPTIONAL + 112 + 5 * 8 + 4, 12);
	pe_section_make(file, 0, PE_TEXT, 0x200, 0x400, 0x200, 0x60000020);
	pe_section_make(file, 1, PE_DATA, 0x1800, 0x600, 0x200, 0xc0000040);
	pe_section_make(file, 2, PE_RELOC, 0x200, 0x800, 0x200, 0x42000040);
	file[0x400] = 0x48;
	file[0x401] = 0xb8;
	le64_store(file + 0x402, (uint64_t)(uintptr_t)function);
	file[0x40a] = 0xff;
	file[0x40b] = 0xe0;
	le64_store(file + 0x600, PE_BASE + PE_DATA + 8);
	le32_store(file + 0x800, PE_DATA);
	le32_store(file + 0x804, 12);
	le16_store(file + 0x808, 10 << 12);
	le16_store(file + 0x80a, 0);
}

#endif
