/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot images of discs: the boot record of an ISO 9660 volume names a catalogue, whose entries tell where images lie ("El
 * Torito" Bootable CD-ROM Format Specification 1.0). Each is a partition, the EFI one (platform 0xef) a system one.
 */
#define LOG_PREFIX "el torito"

#include <errno.h>
#include <string.h>

#include "fs/partition.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define UNIT 2048 /* addresses count in these, whatever a sector is */
#define VIRTUAL_SECTOR 512 /* sizes of images count in these */
#define DESCRIPTORS_AT 16
#define DESCRIPTORS_MAX 64

#define DESCRIPTOR_BOOT 0
#define DESCRIPTOR_END 255
#define CATALOGUE_AT 0x47

#define ENTRY 32
#define ENTRIES (UNIT / ENTRY)
#define ENTRY_VALIDATION 0x01
#define ENTRY_BOOTABLE 0x88
#define ENTRY_HEADER 0x90
#define ENTRY_LAST_HEADER 0x91
#define ENTRY_EXTENSION 0x44
#define PLATFORM_EFI 0xef

static int read_unit(struct block *disk, uint64_t unit, uint8_t *to)
{
	int error = block_read_bytes(disk, unit * UNIT, UNIT, to);

	return error == -EINVAL ? -ENODEV : error;
}

/* Finds the catalogue: 0; -ENODEV: this is no disc with one. */
static int find_catalogue(struct block *disk, uint8_t *buffer, uint64_t *at)
{
	for (uint32_t i = 0; i < DESCRIPTORS_MAX; i++) {
		int error = read_unit(disk, DESCRIPTORS_AT + i, buffer);

		if (error || memcmp(buffer + 1, "CD001", 5) || buffer[0] == DESCRIPTOR_END)
			return error ? error : -ENODEV;
		if (buffer[0] == DESCRIPTOR_BOOT &&
		    !memcmp(buffer + 7, "EL TORITO SPECIFICATION", 23)) {
			*at = le32_load(buffer + CATALOGUE_AT);
			return 0;
		}
	}
	return -ENODEV;
}

/* 2.1: the sum of all 16-bit words is 0. */
static bool is_catalogue(const uint8_t *entry)
{
	uint16_t sum = 0;

	for (int i = 0; i < ENTRY; i += 2)
		sum = (uint16_t)(sum + le16_load(entry + i));
	return entry[0] == ENTRY_VALIDATION && entry[30] == 0x55 && entry[31] == 0xaa && !sum;
}

/* Many programs write that an image has no sector, or one: then it may reach to the end of the disc. */
static int add(struct partition_table *table, struct block *disk, uint32_t number,
	       const uint8_t *entry, uint8_t platform)
{
	uint64_t start = (uint64_t)le32_load(entry + 8) * UNIT;
	uint64_t size = (uint64_t)le16_load(entry + 6) * VIRTUAL_SECTOR;
	uint64_t end = disk->sectors * disk->sector_size;
	struct partition *partition;
	int error;

	if (size <= VIRTUAL_SECTOR && start < end)
		size = end - start;
	size = (size + disk->sector_size - 1) / disk->sector_size * disk->sector_size;
	error = partition_add(table, disk, number, start / disk->sector_size,
			      size / disk->sector_size, &partition);
	if (partition)
		partition->is_system = platform == PLATFORM_EFI;
	return error;
}

/* The entries behind the validation entry: the default one, then sections of them, each with a header. */
static int add_entries(struct block *disk, const uint8_t *catalogue, struct partition_table *table)
{
	uint8_t platform = catalogue[1];
	uint32_t number = 0;

	for (uint32_t i = 1; i < ENTRIES; i++) {
		const uint8_t *entry = catalogue + i * ENTRY;
		int error = 0;

		if (entry[0] == ENTRY_HEADER || entry[0] == ENTRY_LAST_HEADER)
			platform = entry[1];
		else if (entry[0] == ENTRY_BOOTABLE)
			error = add(table, disk, number++, entry, platform);
		else if (entry[0] != ENTRY_EXTENSION && i > 1)
			break;
		if (error)
			return error;
	}
	return 0;
}

int el_torito_read(struct block *disk, struct partition_table *table)
{
	uint8_t buffer[UNIT];
	uint64_t at;
	int error;

	if (disk->sector_size > UNIT)
		return -ENODEV;
	error = find_catalogue(disk, buffer, &at);
	if (!error)
		error = read_unit(disk, at, buffer);
	if (error)
		return error;
	if (!is_catalogue(buffer)) {
		log_warn("%s: there is no boot catalogue at 0x%lx: the disc is damaged", disk->name,
			 at * UNIT);
		return -ENODEV;
	}
	table->scheme = PARTITION_EL_TORITO;
	return add_entries(disk, buffer, table);
}
