/* SPDX-License-Identifier: BSD-2-Clause */
/* ExitBootServices (UEFI 2.10, 7.4.6): an operating system takes over. */
#ifndef EFI_EXIT_H
#define EFI_EXIT_H

#include <stdbool.h>

#include "efi/efi.h"

/*
 * EFI_INVALID_PARAMETER: ImageHandle is no image, or MapKey is not that of the map of now (the caller gets the map and tries
 * again: the notifications before the exit have run and may have changed it).
 */
efi_status EFIAPI efi_exit_boot_services(efi_handle ImageHandle, uint64_t MapKey);

bool efi_exit_done(void);
void efi_exit_reset(void);

#endif
