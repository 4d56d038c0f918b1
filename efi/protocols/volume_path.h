/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of files. Those of fs/ are absolute: "\\", or parts with a backslash before each. What EFI's callers name starts from an open
 * directory, and may have "." and ".." in it.
 */
#ifndef EFI_PROTOCOLS_VOLUME_PATH_H
#define EFI_PROTOCOLS_VOLUME_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "efi/efi.h"
#include "fs/fs.h"

/* Drops the last part of a path of `length` characters: its new length; 0: the root. */
uint64_t volume_path_parent(const CHAR16 *path, uint64_t length);

/*
 * Where `name` leads from the directory that the first `length` characters of `from` name (0: the root). False: nowhere, or the way is too
 * long; *path holds anything.
 */
bool volume_path_follow(const CHAR16 *from, uint64_t length, const CHAR16 *name,
			CHAR16 path[FS_PATH_MAX + 1]);

#endif
