/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protocols of the firmware, one a file: each puts its interface on a handle. EFI_OUT_OF_RESOURCES, or EFI_SUCCESS,
 * also when its device is not there. protocols.c lists them.
 */
#ifndef EFI_PROTOCOLS_INSTALL_H
#define EFI_PROTOCOLS_INSTALL_H

#include "efi/efi.h"
#include "efi/protocols/devices.h"

efi_status efi_device_path_utilities_install(void);
efi_status efi_device_path_to_text_install(void);
efi_status efi_device_path_from_text_install(void);
efi_status efi_console_install(void);
efi_status efi_variables_install(void);
efi_status efi_decompress_install(void);
efi_status efi_rng_install(void);
/* Somebody asks for this protocol: if it is the one of random numbers, a device for it is looked for. */
void efi_rng_asked_for(const struct efi_guid *guid);
efi_status efi_initrd_install(void);
efi_status efi_file_system_install(void);
efi_status efi_collation_install(void);
efi_status efi_hii_install(void);
efi_status efi_profiles_install(void);

#endif
