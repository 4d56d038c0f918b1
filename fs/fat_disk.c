/* SPDX-License-Identifier: BSD-2-Clause */
/* What FatFs asks of the machine: sectors, memory, the time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/fat_volume.h"

/* ---- the cache ---- */

static int fill(struct fat_volume *volume, uint64_t offset)
{
	uint64_t end = volume->sectors * volume->sector_size;
	uint64_t size = end - offset < FAT_CACHE_SIZE ? end - offset : FAT_CACHE_SIZE;
	int error;

	volume->drive->cached = UINT64_MAX;
	error = block_read_bytes(volume->fs.block, offset, size, volume->drive->cache);
	if (error)
		return error;
	volume->drive->cached = offset;
	volume->drive->cached_size = (uint32_t)size;
	return 0;
}

int fat_cached_read(struct fat_volume *volume, uint64_t offset, uint32_t size, void *to)
{
	uint8_t *at = to;

	while (size) {
		uint64_t from = offset % FAT_CACHE_SIZE;
		uint32_t piece;

		if (offset >= volume->sectors * volume->sector_size)
			return -EIO;
		if (volume->drive->cached != offset - from) {
			int error = fill(volume, offset - from);

			if (error)
				return error;
		}
		if (from >= volume->drive->cached_size)
			return -EIO;
		piece = volume->drive->cached_size - (uint32_t)from;
		piece = piece < size ? piece : size;
		memcpy(at, volume->drive->cache + from, piece);
		offset += piece;
		size -= piece;
		at += piece;
	}
	return 0;
}

/* What is written is in the cache too. */
static void update(struct fat_volume *volume, uint64_t offset, uint64_t size, const uint8_t *from)
{
	uint64_t start = volume->drive->cached, end;

	if (start == UINT64_MAX || offset >= start + volume->drive->cached_size ||
	    offset + size <= start)
		return;
	end = start + volume->drive->cached_size;
	if (offset > start)
		start = offset;
	if (offset + size < end)
		end = offset + size;
	memcpy(volume->drive->cache + (start - volume->drive->cached), from + (start - offset),
	       end - start);
}

int fat_cached_write(struct fat_volume *volume, uint64_t offset, uint64_t size, const void *from)
{
	int error;

	update(volume, offset, size, from);
	error = block_write_bytes(volume->fs.block, offset, size, from);
	if (error) {
		volume->drive->cached = UINT64_MAX;
		volume->drive->failed = true;
	}
	return error;
}

/* ---- FatFs' diskio.h ---- */

DSTATUS disk_initialize(BYTE drive)
{
	return disk_status(drive);
}

DSTATUS disk_status(BYTE drive)
{
	const struct fat_volume *volume = fat_drive_volume(drive);

	if (!volume)
		return STA_NOINIT;
	return volume->fs.block->read_only ? STA_PROTECT : 0;
}

DRESULT disk_read(BYTE drive, BYTE *to, LBA_t sector, UINT count)
{
	struct fat_volume *volume = fat_drive_volume(drive);
	uint64_t offset = (uint64_t)sector * volume->sector_size;
	uint32_t size = count * volume->sector_size;
	int error;

	if (sector > volume->sectors || count > volume->sectors - sector)
		return RES_ERROR;
	if (size < FAT_CACHE_SIZE)
		error = fat_cached_read(volume, offset, size, to);
	else
		error = block_read_bytes(volume->fs.block, offset, size, to);
	return error ? RES_ERROR : RES_OK;
}

DRESULT disk_write(BYTE drive, const BYTE *from, LBA_t sector, UINT count)
{
	struct fat_volume *volume = fat_drive_volume(drive);
	uint64_t offset = (uint64_t)sector * volume->sector_size;
	uint64_t size = (uint64_t)count * volume->sector_size;

	if (sector > volume->sectors || count > volume->sectors - sector)
		return RES_ERROR;
	return fat_cached_write(volume, offset, size, from) ? RES_ERROR : RES_OK;
}

DRESULT disk_ioctl(BYTE drive, BYTE command, void *buffer)
{
	struct fat_volume *volume = fat_drive_volume(drive);

	switch (command) {
	case CTRL_SYNC:
		return block_flush(volume->fs.block) ? RES_ERROR : RES_OK;
	case GET_SECTOR_SIZE:
		*(WORD *)buffer = (WORD)volume->sector_size;
		return RES_OK;
	default:
		return RES_PARERR;
	}
}

/* ---- FatFs' ff.h ---- */

void *ff_memalloc(UINT size)
{
	return malloc(size);
}

void ff_memfree(void *block)
{
	free(block);
}

/* Packed as in a directory entry: years from 1980, seconds in twos. */
DWORD get_fattime(void)
{
	struct fs_time now;

	fs_now(&now);
	if (now.year < 1980 || now.year > 2107)
		now = (struct fs_time){.year = 1980, .month = 1, .day = 1};
	return (DWORD)(now.year - 1980) << 25 | (DWORD)now.month << 21 | (DWORD)now.day << 16 |
	       (DWORD)now.hour << 11 | (DWORD)now.minute << 5 | (DWORD)now.second >> 1;
}
