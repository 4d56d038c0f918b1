/* SPDX-License-Identifier: BSD-2-Clause */
/* Which entries of the map belong to handles of devices, and to which; see efi/disks.h. */
#define LOG_PREFIX "efi"

#include <string.h>

#include "efi/device_path.h"
#include "efi/disks.h"
#include "efi/handle.h"
#include "lib/log.h"
#include "mem/memmap.h"

#define PATH_TEXT_SIZE 256

static void print_handle(const struct mem_region *region, efi_handle handle)
{
	static const struct efi_guid guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
	char path[PATH_TEXT_SIZE];

	efi_device_path_print(efi_handle_interface(handle, &guid), path, sizeof(path));
	log_info("%s at 0x%lx: handle %02X, %s", efi_handle_device(handle)->name, region->base,
		 efi_handle_number(handle), path);
}

void efi_devices_print(void)
{
	struct mem_region region;

	if (log_level() < LOG_INFO)
		return;
	memmap_first(memmap_system(), &region);
	do {
		char tag[DEVICE_NAME_SIZE] = {0};
		efi_handle handle = NULL;

		memcpy(tag, region.props.tag, MEM_TAG_MAX);
		while (*tag && (handle = efi_handle_of_device(tag, handle)))
			print_handle(&region, handle);
	} while (memmap_next(memmap_system(), &region));
}
