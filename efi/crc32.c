/* SPDX-License-Identifier: BSD-2-Clause */
/* The CRC-32 of UEFI's tables and of GPT (reflected, polynomial 0x04c11db7), four bits at a time. */
#include "efi/table.h"

uint32_t efi_crc32(const void *data, uint64_t size)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *byte = data;
	uint32_t crc = UINT32_MAX;

	while (size--) {
		crc ^= *byte++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

efi_status EFIAPI efi_calculate_crc32(void *Data, uint64_t DataSize, uint32_t *Crc32)
{
	if (!Data || !DataSize || !Crc32)
		return EFI_INVALID_PARAMETER;
	*Crc32 = efi_crc32(Data, DataSize);
	return EFI_SUCCESS;
}
