/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_PARTITION_INFO_PROTOCOL (UEFI 2.10, 13.18): a partition's entry in its table. */
#include <string.h>

#include "efi/protocols/volume.h"

_Static_assert(sizeof(struct efi_partition_info_protocol) == 16 + PARTITION_GPT_ENTRY, "13.18");

void efi_partition_info_make(struct efi_volume *volume, enum partition_scheme scheme)
{
	struct efi_partition_info_protocol *info = &volume->partition_info;

	*info = (struct efi_partition_info_protocol){
		.Revision = EFI_PARTITION_INFO_PROTOCOL_REVISION,
		.Type = PARTITION_TYPE_OTHER,
		.System = volume->partition->is_system,
	};
	if (scheme == PARTITION_GPT) {
		info->Type = PARTITION_TYPE_GPT;
		memcpy(info->Info, volume->partition->entry.gpt, PARTITION_GPT_ENTRY);
	} else if (scheme == PARTITION_MBR) {
		info->Type = PARTITION_TYPE_MBR;
		memcpy(info->Info, volume->partition->entry.mbr, PARTITION_MBR_RECORD);
	}
}
