/* SPDX-License-Identifier: BSD-2-Clause */
/* See short_path.h. */
#include "efi/short_path.h"

#include <stdbool.h>
#include <string.h>

#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/pool.h"

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

static bool is_partition(const struct efi_device_path_protocol *node)
{
	return node->Type == MEDIA_DEVICE_PATH && node->SubType == MEDIA_HARDDRIVE_DP &&
	       efi_device_path_length(node) == sizeof(struct efi_dp_harddrive);
}

/*
 * Whether two nodes mean one partition: the signature says so, and where that is the disk's (MBR), the number. Where it begins
 * does not count: it may have been moved.
 */
static bool same_partition(const struct efi_device_path_protocol *a,
			   const struct efi_device_path_protocol *b)
{
	struct efi_dp_harddrive x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x.SignatureType != NO_DISK_SIGNATURE && x.SignatureType == y.SignatureType &&
	       x.MBRType == y.MBRType && !memcmp(x.Signature, y.Signature, sizeof(x.Signature)) &&
	       (x.SignatureType == SIGNATURE_TYPE_GUID || x.PartitionNumber == y.PartitionNumber);
}

/* Whether the last node of a path is the partition. */
static bool ends_in(const struct efi_device_path_protocol *path,
		    const struct efi_device_path_protocol *partition)
{
	const struct efi_device_path_protocol *last = path;

	if (!efi_device_path_size(path))
		return false;
	for (; !efi_device_path_is_end(path); path = efi_device_path_next(path))
		last = path;
	return is_partition(last) && same_partition(last, partition);
}

/* `path` behind the device's path `of`, but for its first node, which is there already. */
static struct efi_device_path_protocol *join(const struct efi_device_path_protocol *of,
					     const struct efi_device_path_protocol *path)
{
	uint64_t before = efi_device_path_instance_size(of);
	uint64_t skipped = efi_device_path_length(path);
	uint64_t rest = efi_device_path_size(path) - skipped;
	uint8_t *full = efi_new(before + rest);

	if (!full)
		return NULL;
	memcpy(full, of, before);
	memcpy(full + before, (const uint8_t *)path + skipped, rest);
	return (void *)full;
}

struct efi_device_path_protocol *efi_short_path_expand(const struct efi_device_path_protocol *path)
{
	struct efi_device_path_protocol *full = NULL;
	efi_handle *handles;
	uint64_t count;

	if (!efi_device_path_size(path) || !is_partition(path) ||
	    EFI_ERROR(efi_locate_handle_buffer(ByProtocol, &path_guid, NULL, &count, &handles)))
		return NULL;
	for (uint64_t i = 0; i < count && !full; i++) {
		const struct efi_device_path_protocol *of =
			efi_handle_interface(handles[i], &path_guid);

		if (of && ends_in(of, path))
			full = join(of, path);
	}
	efi_free_pool(handles);
	return full;
}
