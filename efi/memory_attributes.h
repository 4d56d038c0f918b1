/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map's rights, as EFI shows and changes them: EFI_MEMORY_ATTRIBUTES_TABLE (UEFI 2.10, 4.6.4) and
 * EFI_MEMORY_ATTRIBUTE_PROTOCOL (37.7).
 */
#ifndef EFI_MEMORY_ATTRIBUTES_H
#define EFI_MEMORY_ATTRIBUTES_H

#include "efi/protocol/misc.h"

/*
 * The table is written anew, and installed when it was not: after each change of a runtime region, from
 * efi_memory_attributes_start on. When there is no room for it, it is taken away: without it an operating system
 * maps runtime regions with all rights.
 */
void efi_memory_attributes_start(void);
void efi_memory_attributes_refresh(void);
/* Frees the table (after the last image has gone). */
void efi_memory_attributes_stop(void);
/* For tests: there never was one. */
void efi_memory_attributes_forget(void);

/*
 * The protocol; efi_init installs it unless it is to be hidden.
 * Get: EFI_INVALID_PARAMETER: Length 0, no Attributes; EFI_UNSUPPORTED: not page-aligned, or no RAM or registers
 * there; EFI_NO_MAPPING: the rights differ within the range.
 * Set, Clear: EFI_INVALID_PARAMETER: Length 0, Attributes 0 or other bits than RP, XP, RO; EFI_UNSUPPORTED: not page-aligned
 * or some byte is free or no RAM; EFI_ACCESS_DENIED: some byte is not EFI's but the firmware's or a device's;
 * EFI_OUT_OF_RESOURCES. Nothing has changed then.
 */
extern struct efi_memory_attribute_protocol efi_memory_attribute_protocol;

#endif
