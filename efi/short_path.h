/* SPDX-License-Identifier: BSD-2-Clause */
/* Short-form device paths (UEFI 2.10, 3.1.2, 10.4.6): those that begin with a partition, wherever its disk is. */
#ifndef EFI_SHORT_PATH_H
#define EFI_SHORT_PATH_H

#include "efi/protocol/device_path.h"

/*
 * The full path, with the device that the partition is found on in front; the caller frees it by efi_free_pool. NULL: the
 * path is no short one, or no partition is that one, or there is no memory.
 */
struct efi_device_path_protocol *efi_short_path_expand(const struct efi_device_path_protocol *path);

#endif
