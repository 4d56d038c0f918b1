/* SPDX-License-Identifier: BSD-2-Clause */
/* Loaded images and what gives files to load (UEFI 2.10, chapters 9, 13.1, 13.2). */
#ifndef EFI_PROTOCOL_IMAGE_H
#define EFI_PROTOCOL_IMAGE_H

#include "efi/efi.h"

/* 9.1: EFI_LOADED_IMAGE_PROTOCOL */
#define EFI_LOADED_IMAGE_PROTOCOL_GUID \
	EFI_GUID(5b1b31a1, 9562, 11d2, 8e, 3f, 00, a0, c9, 69, 72, 3b)
#define EFI_LOADED_IMAGE_PROTOCOL_REVISION 0x1000
struct efi_loaded_image_protocol {
	uint32_t Revision;
	efi_handle ParentHandle;
	struct efi_system_table *SystemTable;

	efi_handle DeviceHandle;
	struct efi_device_path_protocol *FilePath;
	void *Reserved;

	uint32_t LoadOptionsSize;
	void *LoadOptions;

	void *ImageBase;
	uint64_t ImageSize;
	uint32_t ImageCodeType;
	uint32_t ImageDataType;
	efi_status(EFIAPI *Unload)(efi_handle ImageHandle);
};
_Static_assert(sizeof(struct efi_loaded_image_protocol) == 96, "9.1");

/* 13.1: EFI_LOAD_FILE_PROTOCOL, 13.2: EFI_LOAD_FILE2_PROTOCOL */
#define EFI_LOAD_FILE_PROTOCOL_GUID EFI_GUID(56ec3091, 954c, 11d2, 8e, 3f, 00, a0, c9, 69, 72, 3b)
#define EFI_LOAD_FILE2_PROTOCOL_GUID EFI_GUID(4006c0c1, fcb3, 403e, 99, 6d, 4a, 6c, 87, 24, e0, 6d)
struct efi_load_file_protocol {
	efi_status(EFIAPI *LoadFile)(struct efi_load_file_protocol *This,
				     struct efi_device_path_protocol *FilePath, BOOLEAN BootPolicy,
				     uint64_t *BufferSize, void *Buffer);
};

#endif
