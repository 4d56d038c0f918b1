/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HII package list that an image brings in its resource section (UEFI 2.10, 7.4.1, 9.6.1): LoadImage puts it on the
 * image's handle under EFI_HII_PACKAGE_LIST_PROTOCOL_GUID.
 */
#ifndef EFI_IMAGE_HII_H
#define EFI_IMAGE_HII_H

#include "efi/pe.h"

/* The list in an image that pe_load has laid out at `memory`; NULL: there is none, or none that lies within the image. */
struct efi_hii_package_list_header *image_hii_find(const struct pe_image *pe, uint8_t *memory);

#endif
