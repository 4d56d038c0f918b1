/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot services half of efi/ asks of the runtime half (efi/runtime/, linked apart). */
#ifndef EFI_RUNTIME_H
#define EFI_RUNTIME_H

#include "efi/efi.h"

/* Memory for the region of runtime services. EFI_OUT_OF_RESOURCES. */
efi_status efi_runtime_claim(void);
/* Gives it back, when it will not be used. */
void efi_runtime_release(void);

/*
 * Sets runtime services up in the memory of efi_runtime_claim, and returns their table (header filled in but for the CRC).
 * `table` is the system table, in runtime services data: SetVirtualAddressMap converts the pointers in it.
 */
struct efi_runtime_services *efi_runtime_start(struct efi_system_table *table);
/* A boot option is about to be tried (7.1.4, EFI_EVENT_GROUP_READY_TO_BOOT). */
void efi_runtime_ready_to_boot(void);
/* ExitBootServices has succeeded: from here on services may be called at any address map. */
void efi_runtime_exit_boot_services(void);

#endif
