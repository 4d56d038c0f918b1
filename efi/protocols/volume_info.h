/* SPDX-License-Identifier: BSD-2-Clause */
/* What EFI_FILE_PROTOCOL tells of files and volumes (UEFI 2.10, 13.5.16 to 13.5.18), and takes to change. */
#ifndef EFI_PROTOCOLS_VOLUME_INFO_H
#define EFI_PROTOCOLS_VOLUME_INFO_H

#include <stdbool.h>

#include "efi/protocol/media.h"
#include "fs/fs.h"

/* As GetInfo: EFI_BUFFER_TOO_SMALL with *size; EFI_INVALID_PARAMETER: no buffer; EFI_UNSUPPORTED: another type. */
efi_status efi_volume_get_info(struct fs_file *file, const struct efi_guid *type, uint64_t *size,
			       void *buffer);

/*
 * Whether what SetInfo was given is well-formed; *label is the label it sets, or NULL: it is of a file. EFI_BAD_BUFFER_SIZE,
 * EFI_INVALID_PARAMETER, EFI_UNSUPPORTED: another type.
 */
efi_status efi_volume_check_info(const struct efi_guid *type, uint64_t size, const void *buffer,
				 const CHAR16 **label);

/* What SetInfo is to change of a file. */
struct efi_volume_change {
	bool name, size, attributes, modified;
	struct fs_time time;
};
/* EFI_ACCESS_DENIED: something that may not be changed, or not as the file is open. */
efi_status efi_volume_compare(struct fs_file *file, const struct efi_file_info *wanted,
			      struct efi_volume_change *change);

#endif
