/* SPDX-License-Identifier: BSD-2-Clause */
/* Load options (UEFI 2.10, 3.1.3): what Boot#### and PlatformRecovery#### hold. Pure: anyone may have written them. */
#ifndef EFI_LOAD_OPTION_H
#define EFI_LOAD_OPTION_H

#include "efi/protocol/device_path.h"

#define LOAD_OPTION_ACTIVE 0x00000001u
#define LOAD_OPTION_HIDDEN 0x00000008u
#define LOAD_OPTION_CATEGORY 0x00001f00u
#define LOAD_OPTION_CATEGORY_BOOT 0x00000000u
#define LOAD_OPTION_CATEGORY_APP 0x00000100u

/* 3.1.4, and 8.5.4: what a boot manager can do, and be asked for. */
#define EFI_BOOT_OPTION_SUPPORT_APP 0x00000002u
#define EFI_OS_INDICATIONS_BOOT_TO_FW_UI UINT64_C(0x01)
#define EFI_OS_INDICATIONS_START_PLATFORM_RECOVERY UINT64_C(0x40)

/* Points into the variable's data. */
struct efi_load_option {
	uint32_t attributes; /* LOAD_OPTION_… */
	uint32_t optional_size; /* bytes; 0: there is none */
	const CHAR16 *description; /* NUL-terminated */
	const struct efi_device_path_protocol *path; /* the first one, complete; not aligned */
	const void *optional; /* what the image gets as its load options */
};

/*
 * Takes a variable's data apart, which is aligned to 2. 0; -EINVAL, *option unchanged: it is too short, the description
 * has no end, or there is no whole device path within FilePathListLength.
 */
int efi_load_option_parse(struct efi_load_option *option, const void *data, uint64_t size);

#endif
