/* SPDX-License-Identifier: BSD-2-Clause */
/* See volume_path.h. */
#include "efi/protocols/volume_path.h"

#include <string.h>

#include "efi/device_path.h"
#include "efi/disks.h"
#include "efi/protocols/string16.h"

uint64_t volume_path_parent(const CHAR16 *path, uint64_t length)
{
	while (length && path[length - 1] != '\\')
		length--;
	return length ? length - 1 : 0;
}

/* Adds a part to a path of `length` characters, which has no backslash at its end; 0: there is no room, or no such place. */
static bool append(CHAR16 *path, uint64_t *length, const CHAR16 *part, uint64_t size)
{
	if (!size || string16_is(part, size, "."))
		return true;
	if (string16_is(part, size, "..")) {
		if (!*length)
			return false;
		*length = volume_path_parent(path, *length);
		return true;
	}
	if (size > FS_PATH_MAX - 1 - *length)
		return false;
	path[(*length)++] = '\\';
	memcpy(path + *length, part, size * sizeof(*part));
	*length += size;
	return true;
}

bool volume_path_follow(const CHAR16 *from, uint64_t length, const CHAR16 *name,
			CHAR16 path[FS_PATH_MAX + 1])
{
	if (*name == '\\')
		length = 0;
	memcpy(path, from, length * sizeof(*path));
	while (*name) {
		uint64_t size = 0;

		while (name[size] && name[size] != '\\')
			size++;
		if (!append(path, &length, name, size))
			return false;
		name += size;
		name += *name == '\\';
	}
	if (!length)
		path[length++] = '\\';
	path[length] = 0;
	return true;
}

bool efi_disk_file_name(const struct efi_device_path_protocol *rest, CHAR16 file[FS_PATH_MAX + 1])
{
	CHAR16 name[FS_PATH_MAX + 1];

	return efi_device_path_file_name(rest, name, FS_PATH_MAX + 1) &&
	       volume_path_follow(name, 0, name, file);
}
