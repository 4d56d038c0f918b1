/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's own protocols (efi/protocols/, one protocol a file, listed in one array in protocols.c). */
#ifndef EFI_PROTOCOLS_H
#define EFI_PROTOCOLS_H

#include "efi/efi.h"

/* Installs them all, once, from efi_init. A protocol whose device is not there is not installed; an error is
 * EFI_OUT_OF_RESOURCES. */
efi_status efi_protocols_install(void);
/* Somebody looks for handles with this protocol: one whose device has not been looked for is installed now, if there is the device. */
void efi_protocols_asked_for(const struct efi_guid *guid);
/* Drops what was registered with them to be called in [base, base + size): that code is going away. */
void efi_protocols_forget_code(uint64_t base, uint64_t size);
/* After an application that has ended: the console is again as others expect it. */
void efi_protocols_leave(void);

#endif
