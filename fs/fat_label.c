/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The label of a volume, which FAT has twice (Microsoft's FAT specification 1.03): as an entry of the root directory, which FatFs
 * reads and writes, and in the boot sector, where fsck.fat wants the same.
 */
#include <errno.h>
#include <string.h>

#include "fs/fat_volume.h"
#include "lib/bytes.h"

#define CHARS 11
#define NONE "NO NAME    "
#define SIGNATURE 0x29 /* before serial number and label */
#define BACKUP_AT 50 /* of FAT32: the sector that the boot sector is in again; 0, 0xffff: none */

/* Where the signature is; the label follows it and 4 bytes of serial number. */
static uint32_t signature_at(const struct fat_volume *volume)
{
	return volume->drive->fat.fs_type == FS_FAT32 ? 66 : 38;
}

/* Of the boot sector: 0; -ENOENT: there is none; -EIO. */
static int read_boot(struct fat_volume *volume, uint16_t *label)
{
	uint8_t head[90];
	const uint8_t *at = head + signature_at(volume);
	uint32_t length = CHARS;
	int error = fat_cached_read(volume, 0, sizeof(head), head);

	if (error)
		return error;
	if (*at != SIGNATURE || !memcmp(at + 5, NONE, CHARS))
		return -ENOENT;
	while (length && at[5 + length - 1] == ' ')
		length--;
	for (uint32_t i = 0; i < length; i++)
		label[i] = ff_oem2uni(at[5 + i], FF_CODE_PAGE);
	label[length] = 0;
	return 0;
}

static int write_boot(struct fat_volume *volume, uint64_t sector, const uint8_t *label)
{
	const uint64_t at = sector * volume->sector_size + signature_at(volume);
	uint8_t signature;
	int error = fat_cached_read(volume, at, 1, &signature);

	if (error || signature != SIGNATURE)
		return error;
	return fat_cached_write(volume, at + 5, CHARS, label);
}

/* What the root directory has; 0 or -errno. */
static int read_root(struct fat_volume *volume, uint16_t *label)
{
	DWORD serial;

	return fat_error(&volume->fs, f_getlabel(fat_path_drive(&volume->fs), label, &serial));
}

int fat_label_read(struct fat_volume *volume, uint16_t *label)
{
	int error = read_root(volume, label);

	if (error || label[0])
		return error;
	error = read_boot(volume, label);
	return error == -ENOENT ? 0 : error;
}

int fat_label_write(struct fat_volume *volume, const uint16_t *label)
{
	uint16_t text[FS_LABEL_MAX + 1] = {0};
	uint8_t bytes[CHARS], backup[2] = {0};
	int error = fat_error(&volume->fs, f_setlabel(fat_path(&volume->fs, 0, label)));

	if (!error)
		error = read_root(volume, text); /* as FatFs has made it: in upper case */
	if (error)
		return error;
	memcpy(bytes, NONE, CHARS);
	if (text[0])
		memset(bytes, ' ', CHARS);
	for (uint32_t i = 0; i < CHARS && text[i]; i++)
		bytes[i] = (uint8_t)ff_uni2oem(text[i], FF_CODE_PAGE);
	error = write_boot(volume, 0, bytes);
	if (!error && volume->drive->fat.fs_type == FS_FAT32)
		error = fat_cached_read(volume, BACKUP_AT, sizeof(backup), backup);
	if (!error && le16_load(backup) && le16_load(backup) != UINT16_MAX)
		error = write_boot(volume, le16_load(backup), bytes);
	return error ? error : block_flush(volume->fs.block);
}
