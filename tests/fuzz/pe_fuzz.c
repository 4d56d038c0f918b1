/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/pe.c efi/image_hii.c */
/*
 * Images that anyone may have made: whatever the bytes are, parsing reads no byte beyond the file, loading writes none beyond
 * the image, and the search for HII packages stays in it. The first byte chooses the machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "efi/image_hii.h"
#include "efi/protocol/hii.h"
#include "lib/bytes.h"

#define IMAGE_MAX (4u << 20) /* what is larger is parsed only */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_input(const struct pe_source *source, uint64_t offset, void *to, uint64_t size)
{
	if (offset > source->size || size > source->size - offset)
		return -EIO;
	memcpy(to, (const uint8_t *)source->context + offset, size);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pe_section section;
	const uint8_t *list;
	struct pe_image pe;
	uint8_t *memory;

	if (size < 2)
		return 0;
	if (pe_parse(&pe, data + 1, size - 1, size - 1,
		     data[0] & 1 ? PE_MACHINE_AARCH64 : PE_MACHINE_X86_64))
		return 0;
	for (uint16_t i = 0; i < pe.section_count; i++) {
		pe_section_get(&pe, i, &section);
		if (section.size && (uint64_t)section.offset + section.size > pe.size)
			abort();
	}
	if (pe_section_find(&pe, ".osrel", &section) && section.file_size &&
	    (uint64_t)section.file_offset + section.file_size > size - 1)
		abort();
	pe_sections_are_aligned(&pe);
	if (pe.size > IMAGE_MAX)
		return 0;
	memory = malloc(pe.size);
	if (!pe_load(&pe,
		     &(struct pe_source){.read = read_input, .context = data + 1, .size = size - 1},
		     memory)) {
		list = (const uint8_t *)image_hii_find(&pe, memory);
		/* All of what it says is its length lies in the image. */
		if (list && (uint64_t)(list - memory) + le32_load(list + 16) > pe.size)
			abort();
	}
	free(memory);
	return 0;
}
