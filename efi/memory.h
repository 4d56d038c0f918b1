/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI's memory services as readings and claims of the machine's one map (UEFI 2.10, 7.2). There is no list of
 * allocations here: AllocatePages claims a region for MEM_OWNER_EFI, FreePages releases it, GetMemoryMap reads
 * the map in pages. What the firmware allocates for EFI's sake (pools) belongs to MEM_OWNER_FIRMWARE, so that
 * FreePages cannot be tricked into giving it back.
 */
#ifndef EFI_MEMORY_H
#define EFI_MEMORY_H

#include <stdbool.h>

#include "efi/efi.h"
#include "mem/memmap.h"

/*
 * 7.2.1. *Memory of AllocateMaxAddress is inclusive. Pages are those of the type's granule: runtime types, reserved memory and ACPI
 * NVS come in 64 KiB on AArch64 (2.3.6.1).
 * EFI_INVALID_PARAMETER: Type is none of the three; MemoryType is conventional, persistent or unaccepted memory or
 * in EfiMaxMemoryType … 0x6fffffff; Memory is NULL. EFI_NOT_FOUND: AllocateAddress and some byte of it is taken, no
 * RAM, not page-aligned or wraps, or 0 pages. EFI_OUT_OF_RESOURCES: there is no such room, or 0 pages.
 */
efi_status EFIAPI efi_allocate_pages(uint32_t Type, uint32_t MemoryType, uint64_t Pages,
				     uint64_t *Memory);
/*
 * 7.2.2. In part, or across allocations. EFI_INVALID_PARAMETER: not page-aligned, 0 pages or wraps, or begins within the
 * granule of its type; an end within one frees all of it. EFI_NOT_FOUND: some byte was not allocated by AllocatePages
 * (or has been freed). EFI_OUT_OF_RESOURCES: no node for the split.
 */
efi_status EFIAPI efi_free_pages(uint64_t Memory, uint64_t Pages);
/*
 * 7.2.3. EFI_BUFFER_TOO_SMALL with the size that would do now; EFI_INVALID_PARAMETER: MemoryMapSize is NULL, or it
 * would fit and MemoryMap is NULL. MapKey, DescriptorSize and DescriptorVersion may be NULL.
 */
efi_status EFIAPI efi_get_memory_map(uint64_t *MemoryMapSize, void *MemoryMap, uint64_t *MapKey,
				     uint64_t *DescriptorSize, uint32_t *DescriptorVersion);
/* 7.5.4, 7.5.5: overlap is allowed. */
void EFIAPI efi_copy_mem(void *Destination, void *Source, uint64_t Length);
void EFIAPI efi_set_mem(void *Buffer, uint64_t Size, uint8_t Value);

/* Whether AllocatePages and AllocatePool may be asked for this type. */
bool efi_memory_type_is_valid(uint32_t type);
bool efi_memory_type_is_runtime(uint32_t type);
/* The bytes that a type is allocated in, and aligned to: a page or the runtime granule. */
uint64_t efi_memory_granule(uint32_t type);

/*
 * The one policy of initial rights and of lives: what becomes of memory of a type before anybody has said anything.
 * Code types may be written and executed, until its owner protects it: loaders put their code there. Other
 * types may not be executed; loader data may, but only while the running image is not marked NX_COMPAT.
 */
struct mem_props efi_memory_policy(uint32_t type, enum mem_owner owner, const char *tag);
/* Tells the policy whether the image that runs now is marked NX_COMPAT; returns what was so before. */
bool efi_memory_set_strict(bool strict);

/* Where firmware-internal pages go. */
struct efi_pages_request {
	uint64_t pages;
	uint64_t align; /* bytes, 0: a page */
	struct mem_props props;
};
/* Claims pages anywhere: EFI_SUCCESS and *base, or EFI_OUT_OF_RESOURCES with all unchanged. */
efi_status efi_pages_claim(const struct efi_pages_request *request, uint64_t *base);
/* Gives pages back: EFI_SUCCESS, or as FreePages with all unchanged. */
efi_status efi_pages_release(uint64_t base, uint64_t pages, enum mem_owner owner);
/* Changes the rights of pages of `owner`: EFI_SUCCESS, or EFI_NOT_FOUND or EFI_OUT_OF_RESOURCES with all unchanged. */
efi_status efi_pages_change_attrs(uint64_t base, uint64_t pages, enum mem_owner owner,
				  struct mem_attrs_change change);
/* The same where all pages get these rights. */
efi_status efi_pages_protect(uint64_t base, uint64_t pages, enum mem_owner owner, uint8_t attrs);

/* Device registers that runtime services use: they are in GetMemoryMap with EFI_MEMORY_RUNTIME. */
#define EFI_RUNTIME_IO_MAX 4
efi_status efi_memory_add_runtime_io(uint64_t base, uint64_t size);

/*
 * GetMemoryMap's descriptors with EFI_MEMORY_RUNTIME, and what lies between them, neighbours made one: the first `room` of them are
 * written, all are counted.
 */
uint64_t efi_memory_runtime_map(struct efi_memory_descriptor *to, uint64_t room);

/* True when the map of now is the one that GetMemoryMap gave `key` for. */
bool efi_memory_key_is_current(uint64_t key);
/* ExitBootServices is done: every later call is refused with EFI_UNSUPPORTED. */
void efi_memory_freeze(void);
bool efi_memory_is_frozen(void);
/* For tests: as before the first EFI image. */
void efi_memory_reset(void);

#endif
