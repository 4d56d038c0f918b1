/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot services half of efi/ asks of the runtime half (efi/runtime/, linked apart). */
#ifndef EFI_RUNTIME_H
#define EFI_RUNTIME_H

#include "efi/efi.h"

/*
 * Sets runtime services up and returns their table (header filled in but for the CRC), in memory of type runtime services.
 * `table` is the system table, in runtime services data: SetVirtualAddressMap converts the pointers in it. NULL: no memory.
 */
struct efi_runtime_services *efi_runtime_start(struct efi_system_table *table);
/* ExitBootServices has succeeded: from here on services may be called at any address map. */
void efi_runtime_exit_boot_services(void);

#endif
