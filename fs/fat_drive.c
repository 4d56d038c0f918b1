/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FatFs' drives, of which there are FF_VOLUMES. A volume gets one when it is used; if all are taken, the volume that was
 * used least recently gives up its own, unless a file of it is open. Nothing is lost by that: FatFs holds nothing back of files that are
 * closed.
 */
#define LOG_PREFIX "fat"

#include <errno.h>
#include <stdlib.h>

#include "fs/fat_volume.h"
#include "lib/log.h"

static struct fat_volume *volumes[FF_VOLUMES]; /* who has a drive */
static uint64_t uses;

struct fat_volume *fat_drive_volume(uint8_t number)
{
	return number < FF_VOLUMES ? volumes[number] : NULL;
}

void fat_drive_release(struct fat_volume *volume)
{
	if (!volume->drive)
		return;
	f_mount(NULL, fat_path_drive(&volume->fs), 0);
	volumes[volume->drive->fat.pdrv] = NULL;
	free(volume->drive);
	volume->drive = NULL;
}

/* A drive that nobody has, perhaps not any more: FF_VOLUMES if there is none. */
static uint8_t find_free(void)
{
	uint8_t found = FF_VOLUMES;

	for (uint8_t i = 0; i < FF_VOLUMES; i++) {
		if (!volumes[i])
			return i;
		if (!volumes[i]->nodes &&
		    (found == FF_VOLUMES || volumes[i]->used < volumes[found]->used))
			found = i;
	}
	if (found < FF_VOLUMES)
		fat_drive_release(volumes[found]);
	return found;
}

int fat_drive_use(struct fat_volume *volume)
{
	struct fat_drive *drive;
	uint8_t number;
	int error;

	volume->used = ++uses;
	/* What could not be written is lost; what is on the disk can be read. */
	if (volume->drive && volume->drive->failed && !volume->nodes)
		fat_drive_release(volume);
	if (volume->drive)
		return 0;
	number = find_free();
	if (number == FF_VOLUMES) {
		log_error("%s: files are open on %d other FAT volumes: close those of one",
			  volume->fs.block->name, FF_VOLUMES);
		return -EMFILE;
	}
	drive = calloc(1, sizeof(*drive));
	if (!drive)
		return -ENOMEM;
	drive->cached = UINT64_MAX;
	drive->fat.pdrv = number;
	volumes[number] = volume;
	volume->drive = drive;
	error = fat_error(&volume->fs, f_mount(&drive->fat, fat_path_drive(&volume->fs), 1));
	if (!error && drive->fat.volbase) /* FatFs has found a partition table in there */
		error = -ENODEV;
	if (error)
		fat_drive_release(volume);
	return error;
}
