/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program headers of an ELF kernel for x86, 32 or 64 bits, checked (System V ABI, chapters 4
 * and 5), and the PVH entry among its notes (Xen, docs/misc/pvh.pandoc). Pure C.
 */
#ifndef BOOT_LINUX_X86_ELF_H
#define BOOT_LINUX_X86_ELF_H

#include <stddef.h>
#include <stdint.h>

#define ELF_SEGMENTS_MAX 16

struct elf_segment {
	uint64_t offset, file_size; /* bytes in the file */
	uint64_t base,
		size; /* physical address, bytes in memory: what the file does not have is zero */
};

struct elf_kernel {
	struct elf_segment segments
		[ELF_SEGMENTS_MAX]; /* as the file has them; sizes are not 0, all below 4 GiB */
	uint32_t count;
	uint64_t notes_offset, notes_size; /* the note segment with the most bytes; size 0: none */
};

/* 1 when the file is an ELF file of any kind. */
int elf_recognise(const uint8_t *head, size_t size);

/*
 * Checks the first `size` bytes of a file of `file_size` bytes, which hold all program headers. 0
 * and *kernel; -ENOEXEC: not an x86 executable; -EINVAL: damaged. A failure has logged one line.
 */
int elf_headers(const uint8_t *head, size_t size, uint64_t file_size, struct elf_kernel *kernel);

/* The PVH entry among notes of `size` bytes; 0 when there is none. */
uint64_t elf_pvh_entry(const uint8_t *notes, uint64_t size);

#endif
