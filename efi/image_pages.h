/* SPDX-License-Identifier: BSD-2-Clause */
/* The pages of an image (UEFI 2.10, 7.4.1): what type they are, where they lie, and how they may be touched. For efi/image.c. */
#ifndef EFI_IMAGE_PAGES_H
#define EFI_IMAGE_PAGES_H

#include "efi/pe.h"
#include "efi/protocol/image.h"

/*
 * Claims the pages of an image, to be written and not to be executed yet: its types, base and size in *loaded. EFI_UNSUPPORTED: it does
 * not run anywhere else than where something is; EFI_OUT_OF_RESOURCES. Then base and size are as before.
 */
efi_status image_pages_claim(struct efi_loaded_image_protocol *loaded, const struct pe_image *pe);

/* Gives the sections of an image that was put there their rights; what may be executed can be. EFI_OUT_OF_RESOURCES. */
efi_status image_pages_protect(const struct efi_loaded_image_protocol *loaded,
			       const struct pe_image *pe);

#endif
