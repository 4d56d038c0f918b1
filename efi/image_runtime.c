/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered of runtime drivers; see image_runtime.h. */
#include "efi/image_runtime.h"

#include "efi/efi.h"
#include "efi/pool.h"
#include "lib/bytes.h"

static struct efi_runtime_image *images;

struct efi_runtime_image *efi_image_runtime_add(const struct pe_image *pe, const uint8_t *memory)
{
	uint64_t count = pe_pointers(pe, memory, NULL, 0);
	struct efi_runtime_image *image;
	uint32_t *offsets;
	void *block;

	if (EFI_ERROR(efi_allocate_pool(EfiRuntimeServicesData,
					sizeof(*image) + count * sizeof(image->pointers[0]),
					&block)))
		return NULL;
	image = block;
	image->base = (uint64_t)(uintptr_t)memory;
	/* The offsets come to the end of the list, which is filled from its beginning: an entry is four times as large. */
	offsets = (uint32_t *)(void *)(image->pointers + count) - count;
	image->count = pe_pointers(pe, memory, offsets, count);
	for (uint64_t i = 0; i < image->count; i++) {
		uint32_t at = offsets[i];

		image->pointers[i].at = at;
		image->pointers[i].value = le64_load(memory + at);
	}
	image->next = images;
	images = image;
	return image;
}

void efi_image_runtime_remove(struct efi_runtime_image *image)
{
	struct efi_runtime_image **at = &images;

	while (*at != image)
		at = &(*at)->next;
	*at = image->next;
	efi_free_pool(image);
}

struct efi_runtime_image *efi_image_runtime(void)
{
	return images;
}

void efi_image_runtime_reset(void)
{
	images = NULL;
}
