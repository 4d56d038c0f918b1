/* SPDX-License-Identifier: BSD-2-Clause */
/* See volume_info.h. */
#include "efi/protocols/volume_info.h"

#include "efi/protocols/file_info.h"
#include "efi/protocols/volume.h"

efi_status efi_volume_get_info(struct fs_file *file, const struct efi_guid *type, uint64_t *size,
			       void *buffer)
{
	const enum efi_file_info_kind kind = efi_file_info_kind(type);
	struct fs_volume_info volume;
	struct fs_info info;
	int error;

	if (kind == EFI_FILE_INFO_OTHER)
		return EFI_UNSUPPORTED;
	error = kind == EFI_FILE_INFO_FILE ? fs_info(file, &info)
					   : fs_volume_info(file->fs, &volume);
	if (error)
		return efi_volume_status(error);
	return kind == EFI_FILE_INFO_FILE ? efi_file_info_tell(&info, size, buffer)
					  : efi_file_info_tell_volume(&volume, kind, size, buffer);
}

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
	static const uint64_t text_at[] = {
		[EFI_FILE_INFO_FILE] = sizeof(struct efi_file_info),
		[EFI_FILE_INFO_VOLUME] = EFI_FILE_SYSTEM_LABEL_AT,
		[EFI_FILE_INFO_LABEL] = 0,
	};
	const enum efi_file_info_kind kind = efi_file_info_kind(type);
	const struct efi_file_info *info = buffer;

	*label = NULL;
	if (kind == EFI_FILE_INFO_OTHER)
		return EFI_UNSUPPORTED;
	if (size < text_at[kind] || !ends(buffer, text_at[kind], size))
		return EFI_BAD_BUFFER_SIZE;
	if (kind == EFI_FILE_INFO_FILE)
		return info->Attribute & ~EFI_FILE_VALID_ATTR ? EFI_INVALID_PARAMETER : EFI_SUCCESS;
	*label = (const CHAR16 *)(const void *)((const uint8_t *)buffer + text_at[kind]);
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
