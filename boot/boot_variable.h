/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables of the boot manager, above all those that are globally defined (UEFI 2.10, 3.3); an EFI session is open. */
#ifndef BOOT_BOOT_VARIABLE_H
#define BOOT_BOOT_VARIABLE_H

#include "efi/api.h"

#define BOOT_VARIABLE_KEPT \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define BOOT_VARIABLE_VOLATILE (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

/* A variable's data in a block of its own, aligned as malloc does; the caller frees it. NULL: there is none, or no memory. */
void *boot_variable_read(const CHAR16 *name, uint64_t *size);
/* The number of `size` bytes (2 or 8) that a variable holds; `otherwise` when it is not there or has another size. */
uint64_t boot_variable_number(const CHAR16 *name, uint64_t size, uint64_t otherwise);
/* Sets a variable in the firmware's name, or removes it (size 0), if it is there. A failure costs a line. */
void boot_variable_set(const CHAR16 *name, uint32_t attributes, const void *data, uint64_t size);

/* The same, of any variable. */
void *boot_variable_read_of(const struct efi_guid *guid, const CHAR16 *name, uint64_t *size);
void boot_variable_set_of(const struct efi_guid *guid, const CHAR16 *name, uint32_t attributes,
			  const void *data, uint64_t size);

#endif
