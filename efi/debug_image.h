/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of loaded images that a debugger reads: EFI_DEBUG_IMAGE_INFO_TABLE (UEFI 2.10, 18.4.3). */
#ifndef EFI_DEBUG_IMAGE_H
#define EFI_DEBUG_IMAGE_H

#include "efi/protocol/image.h"

/* Installs the table, empty. EFI_OUT_OF_RESOURCES. */
efi_status efi_debug_image_start(void);
/* An image has come or goes. When there is no memory it is not listed: nothing but a debugger misses it. */
void efi_debug_image_add(efi_handle handle, struct efi_loaded_image_protocol *loaded);
void efi_debug_image_remove(efi_handle handle);
/* For tests: the table is gone with the map. */
void efi_debug_image_forget(void);

#endif
