/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images (UEFI 2.10, 7.4): loaded into pages of their own with the rights that their sections ask for, run on a stack
 * of their own, and gone without a trace when an application returns: what it allocated stays, by the specification.
 */
#ifndef EFI_IMAGE_H
#define EFI_IMAGE_H

#include <stdbool.h>

#include "efi/efi.h"
#include "efi/pe.h"
#include "efi/protocol/image.h"

#define EFI_STACK_SIZE (128 * 1024) /* 2.3.4, 2.3.6: at least this much */

/*
 * 7.4.1. EFI_INVALID_PARAMETER: ImageHandle is NULL, ParentImageHandle is no image; EFI_NOT_FOUND: neither SourceBuffer nor
 * DevicePath, or no file there; EFI_UNSUPPORTED: no image for this machine, or it needs an address that is
 * taken; EFI_LOAD_ERROR: it is damaged; EFI_OUT_OF_RESOURCES; what reading the file returned.
 */
efi_status EFIAPI efi_load_image(BOOLEAN BootPolicy, efi_handle ParentImageHandle,
				 struct efi_device_path_protocol *DevicePath, void *SourceBuffer,
				 uint64_t SourceSize, efi_handle *ImageHandle);
/*
 * 7.4.2: what the image returns or gives to Exit. EFI_INVALID_PARAMETER: no image, or started before;
 * EFI_OUT_OF_RESOURCES: no memory for a stack (the image stays loaded).
 */
efi_status EFIAPI efi_start_image(efi_handle ImageHandle, uint64_t *ExitDataSize,
				  CHAR16 **ExitData);
/* 7.4.3. EFI_UNSUPPORTED: it runs, or has started and has no Unload; EFI_INVALID_PARAMETER: no image; what Unload returned. */
efi_status EFIAPI efi_unload_image(efi_handle ImageHandle);
/* 7.4.5. Returns for an image that was not started (which is unloaded), or EFI_INVALID_PARAMETER: not the running image. */
efi_status EFIAPI efi_exit(efi_handle ImageHandle, efi_status ExitStatus, uint64_t ExitDataSize,
			   CHAR16 *ExitData);

/* Loads from a source that reads straight into place; the statuses of LoadImage. */
struct efi_image_request {
	const struct pe_source *source;
	const void *head; /* the first bytes of the file, headers included */
	uint64_t head_size;
	efi_handle parent; /* NULL: the firmware */
	efi_handle device; /* where the file is, or NULL */
	struct efi_device_path_protocol *path; /* all of it; NULL: none. Copied. */
	struct efi_device_path_protocol
		*file_path; /* what follows the device's; NULL: none. Copied. */
};
efi_status efi_image_load(const struct efi_image_request *request, efi_handle *image);

bool efi_image_is(efi_handle handle);
/* The loaded-image protocol of an image, or NULL. */
struct efi_loaded_image_protocol *efi_image_loaded(efi_handle handle);
/* The image that runs now, NULL: the firmware. */
efi_handle efi_image_current(void);
void efi_image_reset(void);
/* Claims the stack that images started by boot/ will have. EFI_OUT_OF_RESOURCES: each claims its own. */
efi_status efi_image_prepare(void);

#endif
