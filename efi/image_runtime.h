/* SPDX-License-Identifier: BSD-2-Clause */
/* The pointers in runtime drivers, which SetVirtualAddressMap moves with them (UEFI 2.10, 8.4.1). */
#ifndef EFI_IMAGE_RUNTIME_H
#define EFI_IMAGE_RUNTIME_H

#include "efi/pe.h"

/* A runtime driver; in memory of type runtime services data, as long as the driver is loaded. */
struct efi_runtime_image {
	struct efi_runtime_image *next;
	uint64_t base; /* where the image is */
	uint64_t count;
	struct efi_runtime_pointer {
		uint64_t at; /* offset in the image */
		uint64_t
			value; /* what it was: one that the driver has changed itself is left alone */
	} pointers[];
};

/* Notes an image that has just been laid out at `memory`. NULL: there is no memory. */
struct efi_runtime_image *efi_image_runtime_add(const struct pe_image *pe, const uint8_t *memory);
void efi_image_runtime_remove(struct efi_runtime_image *image);
/* The first one, or NULL. */
struct efi_runtime_image *efi_image_runtime(void);
/* For tests: forgets all. */
void efi_image_runtime_reset(void);

#endif
