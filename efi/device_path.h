/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading device paths (UEFI 2.10, 10.3.1). Paths come from outside: node lengths are not trusted. */
#ifndef EFI_DEVICE_PATH_H
#define EFI_DEVICE_PATH_H

#include <stdbool.h>

#include "efi/protocol/device_path.h"

#define EFI_DEVICE_PATH_NODES_MAX 256 /* a longer path is taken for garbage */

bool efi_device_path_is_end(const struct efi_device_path_protocol *node);
bool efi_device_path_is_end_of_instance(const struct efi_device_path_protocol *node);
const struct efi_device_path_protocol *efi_device_path_next(
	const struct efi_device_path_protocol *node);
/* Bytes with the end node; 0: malformed (a node shorter than its header, or too many nodes), or NULL. */
uint64_t efi_device_path_size(const struct efi_device_path_protocol *path);
/* Bytes of the first instance without its end node; 0 also when malformed. */
uint64_t efi_device_path_instance_size(const struct efi_device_path_protocol *path);
/* A copy in boot services data, or NULL. */
struct efi_device_path_protocol *efi_device_path_duplicate(
	const struct efi_device_path_protocol *path);

/*
 * The name of the file that the rest of a path means: its file nodes, joined by backslashes. False: it has other nodes, or none, or the
 * name and its NUL take more than `room` characters.
 */
bool efi_device_path_file_name(const struct efi_device_path_protocol *node, CHAR16 *name,
			       uint64_t room);
/* A path as people read it (10.6.1.2), in ASCII, cut to `size` bytes with the NUL; "?" when it is none, or there is no memory. */
void efi_device_path_print(const struct efi_device_path_protocol *path, char *to, uint64_t size);

#endif
