/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools (UEFI 2.10, 7.2.4, 7.2.5): chunks of pages by memory type, small blocks inside. Every operation costs the same
 * whatever else is allocated. Everything that efi/ allocates for itself comes from here too.
 */
#ifndef EFI_POOL_H
#define EFI_POOL_H

#include <stdbool.h>

#include "efi/efi.h"

/*
 * Blocks are aligned to 16 bytes. EFI_INVALID_PARAMETER: Buffer is NULL, or PoolType may not be asked for (see
 * efi_allocate_pages); EFI_OUT_OF_RESOURCES. Size 0 gives a block of its own, as small as there are.
 */
efi_status EFIAPI efi_allocate_pool(uint32_t PoolType, uint64_t Size, void **Buffer);
/* EFI_INVALID_PARAMETER: Buffer is no block of a pool, or has been freed. */
efi_status EFIAPI efi_free_pool(void *Buffer);

/* A block of boot services data, zeroed; NULL: out of memory. */
void *efi_new(uint64_t size);

/* Bytes in blocks of a type, headers included; and of the pages below them. For tests and the map's print. */
uint64_t efi_pool_used(uint32_t type);
uint64_t efi_pool_claimed(uint32_t type);
/* 0, or the number of the rule broken, for tests: walks every block of every type. */
int efi_pool_check(void);
/* For tests: forgets all pools (the map they lay in is gone). */
void efi_pool_reset(void);

#endif
