/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of loaded images for debuggers; see debug_image.h. */
#include <string.h>

#include "efi/debug_image.h"
#include "efi/pool.h"
#include "efi/protocol/tables.h"
#include "efi/table.h"

#define SPARE 8 /* entries that are made at a time */

static const struct efi_guid guid = EFI_DEBUG_IMAGE_INFO_TABLE_GUID;
static struct efi_debug_image_info_table_header header;
static uint64_t room;

efi_status efi_debug_image_start(void)
{
	return efi_install_configuration_table(&guid, &header);
}

/* The entry for one more image, or NULL. A debugger that stops us in between sees UPDATE_IN_PROGRESS. */
static union efi_debug_image_info *entry_add(void)
{
	union efi_debug_image_info *old = header.EfiDebugImageInfoTable;
	union efi_debug_image_info *table;

	if (header.TableSize == room) {
		table = efi_new((room + SPARE) * sizeof(*table));
		if (!table)
			return NULL;
		if (old) {
			memcpy(table, old, room * sizeof(*table));
			efi_free_pool(old);
		}
		header.EfiDebugImageInfoTable = table;
		room += SPARE;
	}
	return &header.EfiDebugImageInfoTable[header.TableSize++];
}

void efi_debug_image_add(efi_handle handle, struct efi_loaded_image_protocol *loaded)
{
	struct efi_debug_image_info_normal *info = efi_new(sizeof(*info));
	union efi_debug_image_info *entry;

	if (!info)
		return;
	info->ImageInfoType = EFI_DEBUG_IMAGE_INFO_TYPE_NORMAL;
	info->LoadedImageProtocolInstance = loaded;
	info->ImageHandle = handle;
	header.UpdateStatus |= EFI_DEBUG_IMAGE_INFO_UPDATE_IN_PROGRESS;
	entry = entry_add();
	if (entry) {
		entry->NormalImage = info;
		header.UpdateStatus |= EFI_DEBUG_IMAGE_INFO_TABLE_MODIFIED;
	} else {
		efi_free_pool(info);
	}
	header.UpdateStatus &= ~(uint32_t)EFI_DEBUG_IMAGE_INFO_UPDATE_IN_PROGRESS;
}

void efi_debug_image_remove(efi_handle handle)
{
	union efi_debug_image_info *table = header.EfiDebugImageInfoTable;
	uint32_t at = 0;

	while (at < header.TableSize && table[at].NormalImage->ImageHandle != handle)
		at++;
	if (at == header.TableSize)
		return;
	header.UpdateStatus |= EFI_DEBUG_IMAGE_INFO_UPDATE_IN_PROGRESS;
	efi_free_pool(table[at].NormalImage);
	table[at] = table[--header.TableSize];
	if (!header.TableSize) {
		efi_free_pool(table);
		header.EfiDebugImageInfoTable = NULL;
		room = 0;
	}
	header.UpdateStatus |= EFI_DEBUG_IMAGE_INFO_TABLE_MODIFIED;
	header.UpdateStatus &= ~(uint32_t)EFI_DEBUG_IMAGE_INFO_UPDATE_IN_PROGRESS;
}

void efi_debug_image_forget(void)
{
	memset(&header, 0, sizeof(header));
	room = 0;
}
