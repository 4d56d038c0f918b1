/* SPDX-License-Identifier: BSD-2-Clause */
/* See file_info.h. */
#include "efi/protocols/file_info.h"

#include <string.h>

#include "efi/protocols/string16.h"

enum efi_file_info_kind efi_file_info_kind(const struct efi_guid *type)
{
	static const struct efi_guid kinds[] = {
		[EFI_FILE_INFO_FILE] = EFI_FILE_INFO_ID,
		[EFI_FILE_INFO_VOLUME] = EFI_FILE_SYSTEM_INFO_ID,
		[EFI_FILE_INFO_LABEL] = EFI_FILE_SYSTEM_VOLUME_LABEL_ID,
	};
	uint32_t kind = 0;

	while (kind < EFI_FILE_INFO_OTHER && !efi_guid_same(type, &kinds[kind]))
		kind++;
	return kind;
}

/* A structure, and a text behind it, to a buffer that has room for both. */
static efi_status answer(const void *head, uint64_t head_size, const CHAR16 *text, uint64_t *size,
			 void *buffer)
{
	uint64_t text_size = (string16_length(text) + 1) * sizeof(*text);
	uint64_t room = *size;

	*size = head_size + text_size;
	if (room < *size)
		return EFI_BUFFER_TOO_SMALL;
	if (!buffer)
		return EFI_INVALID_PARAMETER;
	if (head_size)
		memcpy(buffer, head, head_size);
	memcpy((uint8_t *)buffer + head_size, text, text_size);
	return EFI_SUCCESS;
}

static struct efi_time time_of(const struct fs_time *time)
{
	return (struct efi_time){
		.Year = time->year,
		.Month = time->month,
		.Day = time->day,
		.Hour = time->hour,
		.Minute = time->minute,
		.Second = time->second,
		.TimeZone = time->year ? EFI_UNSPECIFIED_TIMEZONE : 0,
	};
}

efi_status efi_file_info_tell(const struct fs_info *from, uint64_t *size, void *buffer)
{
	const struct efi_file_info info = {
		.Size = sizeof(info) + (string16_length(from->name) + 1) * sizeof(CHAR16),
		.FileSize = from->size,
		.PhysicalSize = from->allocated,
		.CreateTime = time_of(&from->created),
		.LastAccessTime = time_of(&from->accessed),
		.ModificationTime = time_of(&from->modified),
		.Attribute = from->attributes,
	};

	return answer(&info, sizeof(info), from->name, size, buffer);
}

/* 13.5.17; the structure ends at its label, not where C would pad it. */
static efi_status system_info(const struct fs_volume_info *from, uint64_t *size, void *buffer)
{
	const struct efi_file_system_info info = {
		.Size = EFI_FILE_SYSTEM_LABEL_AT +
			(string16_length(from->label) + 1) * sizeof(CHAR16),
		.ReadOnly = from->read_only,
		.VolumeSize = from->size,
		.FreeSpace = from->free,
		.BlockSize = from->block_size,
	};

	return answer(&info, EFI_FILE_SYSTEM_LABEL_AT, from->label, size, buffer);
}

efi_status efi_file_info_tell_volume(const struct fs_volume_info *from,
				     enum efi_file_info_kind kind, uint64_t *size, void *buffer)
{
	if (kind == EFI_FILE_INFO_VOLUME)
		return system_info(from, size, buffer);
	return answer(NULL, 0, from->label, size, buffer);
}
