/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/linux_x86_elf.c lib/log.c tests/host.c */
/* Any bytes as an ELF kernel, and as notes. */
#include <stdlib.h>

#include "boot/linux_x86_elf.h"
#include "lib/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_kernel elf;
	uint64_t loaded = 0;

	elf_pvh_entry(data, size);
	if (!elf_recognise(data, size) || elf_headers(data, size < 4096 ? size : 4096, size, &elf))
		return 0;
	for (uint32_t i = 0; i < elf.count; i++) {
		const struct elf_segment *s = &elf.segments[i];

		if (s->offset > size || s->file_size > size - s->offset || s->file_size > s->size ||
		    !s->size || s->base + s->size > GIB(4))
			abort();
		loaded += s->size;
	}
	if (!elf.count || elf.count > ELF_SEGMENTS_MAX || loaded > GIB(4) ||
	    elf.notes_offset + elf.notes_size > size)
		abort();
	if (elf.notes_size)
		elf_pvh_entry(data + elf.notes_offset, elf.notes_size);
	return 0;
}
