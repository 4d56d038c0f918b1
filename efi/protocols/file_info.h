/* SPDX-License-Identifier: BSD-2-Clause */
/* What EFI_FILE_PROTOCOL.GetInfo and Read tell of files and volumes, as UEFI 2.10 lays it out (13.5.16 to 13.5.18). */
#ifndef EFI_PROTOCOLS_FILE_INFO_H
#define EFI_PROTOCOLS_FILE_INFO_H

#include "efi/protocol/media.h"
#include "fs/fs.h"

/* What of struct efi_file_system_info comes before its label, where C would pad it. */
#define EFI_FILE_SYSTEM_LABEL_AT offsetof(struct efi_file_system_info, VolumeLabel)

enum efi_file_info_kind {
	EFI_FILE_INFO_FILE, /* struct efi_file_info */
	EFI_FILE_INFO_VOLUME, /* struct efi_file_system_info */
	EFI_FILE_INFO_LABEL, /* the volume's label, alone */
	EFI_FILE_INFO_OTHER, /* none that we know */
};

enum efi_file_info_kind efi_file_info_kind(const struct efi_guid *type);

/*
 * Tell what a file or a volume is; `kind`: EFI_FILE_INFO_VOLUME or EFI_FILE_INFO_LABEL. *size becomes what it takes.
 * EFI_BUFFER_TOO_SMALL; EFI_INVALID_PARAMETER: no buffer (nothing is written).
 */
efi_status efi_file_info_tell(const struct fs_info *from, uint64_t *size, void *buffer);
efi_status efi_file_info_tell_volume(const struct fs_volume_info *from,
				     enum efi_file_info_kind kind, uint64_t *size, void *buffer);

#endif
