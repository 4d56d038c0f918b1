/* SPDX-License-Identifier: BSD-2-Clause */
/* See volume_info.h. */
#include "efi/protocols/volume_info.h"

#include <string.h>

#include "efi/protocols/string16.h"
#include "efi/protocols/volume.h"

static const struct efi_guid file_info_guid = EFI_FILE_INFO_ID;
static const struct efi_guid system_info_guid = EFI_FILE_SYSTEM_INFO_ID;
static const struct efi_guid label_guid = EFI_FILE_SYSTEM_VOLUME_LABEL_ID;

#define LABEL_AT offsetof(struct efi_file_system_info, VolumeLabel)

/* ---- telling ---- */

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

efi_status efi_volume_file_info(const struct fs_info *from, uint64_t *size, void *buffer)
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
		.Size = LABEL_AT + (string16_length(from->label) + 1) * sizeof(CHAR16),
		.ReadOnly = from->read_only,
		.VolumeSize = from->size,
		.FreeSpace = from->free,
		.BlockSize = from->block_size,
	};

	return answer(&info, LABEL_AT, from->label, size, buffer);
}

efi_status efi_volume_get_info(struct fs_file *file, const struct efi_guid *type, uint64_t *size,
			       void *buffer)
{
	struct fs_volume_info volume;
	struct fs_info info;
	int error;

	if (efi_guid_same(type, &file_info_guid)) {
		error = fs_info(file, &info);
		return error ? efi_volume_status(error) : efi_volume_file_info(&info, size, buffer);
	}
	if (!efi_guid_same(type, &system_info_guid) && !efi_guid_same(type, &label_guid))
		return EFI_UNSUPPORTED;
	error = fs_volume_info(file->fs, &volume);
	if (error)
		return efi_volume_status(error);
	if (efi_guid_same(type, &system_info_guid))
		return system_info(&volume, size, buffer);
	return answer(NULL, 0, volume.label, size, buffer);
}

/* ---- changing ---- */

/* Whether a text that begins at `at` of a buffer ends in it. */
static bool ends(const void *buffer, uint64_t at, uint64_t size)
{
	for (; at + sizeof(CHAR16) <= size; at += sizeof(CHAR16))
		if (!*(const CHAR16 *)(const void *)((const uint8_t *)buffer + at))
			return true;
	return false;
}

efi_status efi_volume_check_info(const struct efi_guid *type, uint64_t size, const void *buffer,
				 const CHAR16 **label)
{
	const struct efi_file_info *info = buffer;
	const struct efi_file_system_info *system = buffer;
	uint64_t at = 0;

	*label = NULL;
	if (efi_guid_same(type, &file_info_guid))
		at = sizeof(*info);
	else if (efi_guid_same(type, &system_info_guid))
		at = LABEL_AT;
	else if (!efi_guid_same(type, &label_guid))
		return EFI_UNSUPPORTED;
	if (size < at || !ends(buffer, at, size))
		return EFI_BAD_BUFFER_SIZE;
	if (at == sizeof(*info))
		return info->Attribute & ~EFI_FILE_VALID_ATTR ? EFI_INVALID_PARAMETER : EFI_SUCCESS;
	*label = at ? system->VolumeLabel : buffer;
	return EFI_SUCCESS;
}

static bool is_time(const struct efi_time *time)
{
	return time->Year || time->Month || time->Day || time->Hour || time->Minute || time->Second;
}

static bool same_time(const struct fs_time *a, const struct fs_time *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day &&
	       a->hour == b->hour && a->minute == b->minute && a->second == b->second;
}

static bool same_name(const CHAR16 *a, const CHAR16 *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

efi_status efi_volume_compare(struct fs_file *file, const struct efi_file_info *wanted,
			      struct efi_volume_change *change)
{
	const struct efi_time *time = &wanted->ModificationTime;
	struct fs_info info;
	int error = fs_info(file, &info);

	if (error)
		return efi_volume_status(error);
	*change = (struct efi_volume_change){
		.name = !same_name(wanted->FileName, info.name),
		.size = wanted->FileSize != info.size,
		.attributes = wanted->Attribute != info.attributes,
		.time = {time->Year, time->Month, time->Day, time->Hour, time->Minute,
			 time->Second},
	};
	change->modified = is_time(time) && !same_time(&change->time, &info.modified);
	if ((wanted->Attribute ^ info.attributes) & EFI_FILE_DIRECTORY)
		return EFI_ACCESS_DENIED;
	if (change->size && file->directory)
		return EFI_ACCESS_DENIED;
	if (!file->writable && (change->size || change->name || change->modified))
		return EFI_ACCESS_DENIED;
	return EFI_SUCCESS;
}
