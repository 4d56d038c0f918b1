/* SPDX-License-Identifier: BSD-2-Clause */
/* See image_pages.h. */
#include "efi/image_pages.h"

#include "efi/memory.h"
#include "efi/platform.h"
#include "lib/bytes.h"

#define IMAGE_ALIGN_MAX MIB(2)

/* 7.2, table 7.5: what an image's pages are by the kind of image. */
static void set_types(struct efi_loaded_image_protocol *loaded, uint16_t subsystem)
{
	switch (subsystem) {
	case PE_SUBSYSTEM_BOOT_DRIVER:
		loaded->ImageCodeType = EfiBootServicesCode;
		loaded->ImageDataType = EfiBootServicesData;
		break;
	case PE_SUBSYSTEM_RUNTIME_DRIVER:
		loaded->ImageCodeType = EfiRuntimeServicesCode;
		loaded->ImageDataType = EfiRuntimeServicesData;
		break;
	default:
		loaded->ImageCodeType = EfiLoaderCode;
		loaded->ImageDataType = EfiLoaderData;
		break;
	}
}

efi_status image_pages_claim(struct efi_loaded_image_protocol *loaded, const struct pe_image *pe)
{
	uint64_t align = pe->alignment > IMAGE_ALIGN_MAX ? IMAGE_ALIGN_MAX : pe->alignment;
	struct efi_pages_request request = {
		.pages = (pe->size + PAGE_SIZE - 1) / PAGE_SIZE,
		.align = align,
	};
	uint64_t base = pe->base;
	efi_status status;

	set_types(loaded, pe->subsystem);
	request.props = efi_memory_policy(loaded->ImageCodeType, MEM_OWNER_EFI, "EFI image");
	request.props.attrs = MEM_RW;
	if (pe->relocatable) {
		status = efi_pages_claim(&request, &base);
	} else {
		/* It runs where it was linked, or nowhere. */
		status = efi_allocate_pages(AllocateAddress, loaded->ImageCodeType, request.pages,
					    &base);
		if (status == EFI_NOT_FOUND)
			status = EFI_UNSUPPORTED;
	}
	if (EFI_ERROR(status))
		return status;
	loaded->ImageBase = (void *)(uintptr_t)base;
	loaded->ImageSize = request.pages * PAGE_SIZE;
	return EFI_SUCCESS;
}

static efi_status protect(const struct efi_loaded_image_protocol *loaded, uint64_t from,
			  uint64_t to, uint8_t attrs)
{
	uint64_t base = (uint64_t)(uintptr_t)loaded->ImageBase;

	if (from >= to)
		return EFI_SUCCESS;
	return efi_pages_protect(base + from, (to - from) / PAGE_SIZE, MEM_OWNER_EFI, attrs);
}

/*
 * The one policy of rights in images. When all sections begin on pages each gets its own, and the headers may be
 * read. An image with smaller alignment (Linux 6.1 on x86, old shims) has one set of rights for all, which
 * must be all of them.
 */
static efi_status protect_sections(const struct efi_loaded_image_protocol *loaded,
				   const struct pe_image *pe)
{
	struct pe_section section;
	efi_status status;
	uint64_t end;

	if (!pe_sections_are_aligned(pe))
		return protect(loaded, 0, loaded->ImageSize, MEM_R | MEM_W | MEM_X);
	end = align_up(pe->headers_size, PAGE_SIZE);
	status = protect(loaded, 0, end, MEM_R);
	for (uint16_t i = 0; i < pe->section_count && !EFI_ERROR(status); i++) {
		pe_section_get(pe, i, &section);
		if (!section.size)
			continue;
		end = align_up((uint64_t)section.offset + section.size, PAGE_SIZE);
		status = protect(loaded, section.offset, end, section.rights);
	}
	return status;
}

/* What may be executed has just been written as data. */
static void sync_code(const struct efi_loaded_image_protocol *loaded, const struct pe_image *pe)
{
	uint64_t base = (uint64_t)(uintptr_t)loaded->ImageBase;
	struct pe_section section;

	if (!pe_sections_are_aligned(pe)) {
		efi_platform_code_sync(base, pe->size);
		return;
	}
	for (uint16_t i = 0; i < pe->section_count; i++) {
		pe_section_get(pe, i, &section);
		if (section.rights & MEM_X)
			efi_platform_code_sync(base + section.offset, section.size);
	}
}

efi_status image_pages_protect(const struct efi_loaded_image_protocol *loaded,
			       const struct pe_image *pe)
{
	efi_status status = protect_sections(loaded, pe);

	if (!EFI_ERROR(status))
		sync_code(loaded, pe);
	return status;
}
