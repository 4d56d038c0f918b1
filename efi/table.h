/* SPDX-License-Identifier: BSD-2-Clause */
/* The system table, the boot services table, configuration tables, and the services that belong nowhere else. */
#ifndef EFI_TABLE_H
#define EFI_TABLE_H

#include "efi/efi.h"

/* Makes the tables, without CRCs until efi_table_seal: EFI_SUCCESS or EFI_OUT_OF_RESOURCES. */
efi_status efi_table_start(void);
struct efi_system_table *efi_system_table(void);
/* The handle in whose name the firmware opens protocols, and the parent of the images that it loads. */
efi_handle efi_firmware_handle(void);
/* Computes the CRCs of the tables: at the end of efi_init, and after whatever changes one without
 * InstallConfigurationTable (consoles). */
void efi_table_seal(void);
/* 7.4.6: no consoles and no boot services in the system table any more. */
void efi_table_exit_boot_services(void);
void efi_table_reset(void);

/*
 * 7.5.6: adds, replaces, or removes (Table NULL). Events of the group Guid are signalled. EFI_INVALID_PARAMETER: Guid is
 * NULL; EFI_NOT_FOUND: nothing to remove; EFI_OUT_OF_RESOURCES.
 */
efi_status EFIAPI efi_install_configuration_table(const struct efi_guid *Guid, void *Table);
/* The table of a GUID, or NULL. */
void *efi_configuration_table(const struct efi_guid *guid);

/* 7.5.1: Timeout in seconds, 0: off. EFI_INVALID_PARAMETER: DataSize without WatchdogData. */
efi_status EFIAPI efi_set_watchdog_timer(uint64_t Timeout, uint64_t WatchdogCode, uint64_t DataSize,
					 CHAR16 *WatchdogData);
/* 7.5.2 */
efi_status EFIAPI efi_stall(uint64_t Microseconds);
/* 7.5.3: EFI_DEVICE_ERROR: runtime services give no high half; EFI_INVALID_PARAMETER. */
efi_status EFIAPI efi_get_next_monotonic_count(uint64_t *Count);
/* 7.5.7: EFI_INVALID_PARAMETER: Data or Crc32 is NULL, or DataSize is 0. */
efi_status EFIAPI efi_calculate_crc32(void *Data, uint64_t DataSize, uint32_t *Crc32);
#endif
