/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the file that a device path names, for LoadImage (UEFI 2.10, 7.4.1). */
#ifndef EFI_IMAGE_SOURCE_H
#define EFI_IMAGE_SOURCE_H

#include "efi/efi.h"

struct efi_file_buffer {
	void *data; /* the caller frees it by efi_free_pool */
	uint64_t size;
	efi_handle device;
};

/*
 * Tries EFI_SIMPLE_FILE_SYSTEM_PROTOCOL, then EFI_LOAD_FILE2_PROTOCOL unless `boot_policy`, then
 * EFI_LOAD_FILE_PROTOCOL. EFI_NOT_FOUND: none serves the path; EFI_OUT_OF_RESOURCES; what the file system returned.
 */
efi_status efi_image_source_read(struct efi_device_path_protocol *path, BOOLEAN boot_policy,
				 struct efi_file_buffer *file);

#endif
