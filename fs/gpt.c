/* SPDX-License-Identifier: BSD-2-Clause */
/* GUID partition tables (UEFI 2.10, 5.3): two headers with a table each, all of them with check sums. */
#define LOG_PREFIX "gpt"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/partition.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/log.h"

#define SIGNATURE UINT64_C(0x5452415020494645) /* "EFI PART" */
#define HEADER_MIN 92
#define ENTRIES_MAX 4096
#define ENTRY_MAX 4096
#define DISC_SECTOR 2048
#define PRIMARY_AT 1

/* 5.3.2 */
#define HEADER_SIZE 12
#define HEADER_CRC 16
#define HEADER_MY_LBA 24
#define HEADER_ALTERNATE 32
#define HEADER_ENTRIES_AT 72
#define HEADER_ENTRIES 80
#define HEADER_ENTRY_SIZE 84
#define HEADER_ENTRIES_CRC 88

/* 5.3.3 */
#define ENTRY_TYPE 0
#define ENTRY_FIRST 32
#define ENTRY_LAST 40

static const uint8_t unused_type[16];
/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B */
static const uint8_t system_type[16] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
					0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};

/* UAPI.1: BC13C2FF-59E6-4262-A352-B275FD6F7172 */
static const uint8_t extended_boot_type[16] = {0xff, 0xc2, 0x13, 0xbc, 0xe6, 0x59, 0x62, 0x42,
					       0xa3, 0x52, 0xb2, 0x75, 0xfd, 0x6f, 0x71, 0x72};

struct gpt {
	uint64_t at; /* the header's sector */
	uint64_t alternate;
	uint64_t entries_at;
	uint32_t entries, entry_size;
	uint8_t *table;
};

/* Checks a header: NULL, or what is wrong with it. */
static const char *check_header(uint8_t *sector, const struct block *disk, struct gpt *gpt)
{
	uint32_t size = le32_load(sector + HEADER_SIZE), crc = le32_load(sector + HEADER_CRC);

	if (le64_load(sector) != SIGNATURE)
		return "there is none";
	if (size < HEADER_MIN || size > disk->sector_size)
		return "its size makes no sense";
	le32_store(sector + HEADER_CRC, 0);
	if (crc32_more(0, sector, size) != crc)
		return "its check sum is wrong";
	if (le64_load(sector + HEADER_MY_LBA) != gpt->at)
		return "it belongs elsewhere";
	gpt->alternate = le64_load(sector + HEADER_ALTERNATE);
	gpt->entries_at = le64_load(sector + HEADER_ENTRIES_AT);
	gpt->entries = le32_load(sector + HEADER_ENTRIES);
	gpt->entry_size = le32_load(sector + HEADER_ENTRY_SIZE);
	if (gpt->entry_size < PARTITION_GPT_ENTRY || gpt->entry_size > ENTRY_MAX ||
	    gpt->entry_size & (gpt->entry_size - 1) || gpt->entries > ENTRIES_MAX ||
	    gpt->entries_at > disk->sectors)
		return "the shape of its table makes no sense";
	return NULL;
}

/* Reads header and table at gpt->at: 0; -EILSEQ: damaged, *why says how; -EIO; -ENOMEM. */
static int read_one(struct block *disk, struct gpt *gpt, const char **why)
{
	uint8_t *sector = malloc(disk->sector_size);
	uint32_t crc, size;
	int error;

	*why = "it cannot be read";
	if (!sector)
		return -ENOMEM;
	error = block_read(disk, gpt->at, 1, sector);
	if (!error) {
		*why = check_header(sector, disk, gpt);
		error = *why ? -EILSEQ : 0;
	}
	crc = le32_load(sector + HEADER_ENTRIES_CRC);
	free(sector);
	if (error)
		return error;
	size = gpt->entries * gpt->entry_size;
	gpt->table = malloc(size);
	if (!gpt->table)
		return -ENOMEM;
	*why = "its table does not lie on the disk, or cannot be read";
	error = block_read_bytes(disk, gpt->entries_at * disk->sector_size, size, gpt->table);
	if (!error && crc32_more(0, gpt->table, size) != crc) {
		*why = "its table's check sum is wrong";
		error = -EILSEQ;
	}
	if (error) {
		free(gpt->table);
		gpt->table = NULL;
	}
	return error;
}

static int add_entries(struct block *disk, const struct gpt *gpt, struct partition_table *table)
{
	for (uint32_t i = 0; i < gpt->entries; i++) {
		const uint8_t *entry = gpt->table + (uint64_t)i * gpt->entry_size;
		uint64_t first = le64_load(entry + ENTRY_FIRST);
		uint64_t last = le64_load(entry + ENTRY_LAST);
		struct partition *partition;
		int error;

		if (!memcmp(entry + ENTRY_TYPE, unused_type, sizeof(unused_type)))
			continue;
		error = partition_add(table, disk, i + 1, first, last - first + 1, &partition);
		if (error)
			return error;
		if (!partition)
			continue;
		memcpy(partition->entry.gpt, entry, PARTITION_GPT_ENTRY);
		partition->is_system =
			!memcmp(entry + ENTRY_TYPE, system_type, sizeof(system_type));
		partition->is_extended_boot =
			!memcmp(entry + ENTRY_TYPE, extended_boot_type, sizeof(extended_boot_type));
	}
	return 0;
}

/* The primary table, or else the one at the end of the disk. If neither is good, that is damage where the MBR has promised one. */
static int read_either(struct block *disk, struct gpt *gpt, bool promised)
{
	const char *why, *why_backup;
	int error;

	*gpt = (struct gpt){.at = PRIMARY_AT};
	error = read_one(disk, gpt, &why);
	if (!error || error == -ENOMEM)
		return error;
	*gpt = (struct gpt){.at = disk->sectors - 1};
	error = read_one(disk, gpt, &why_backup);
	if (!error)
		log_warn(
			"%s: the primary table is damaged (%s): using the one at the end of the disk",
			disk->name, why);
	else if (error != -ENOMEM && promised)
		log_error("%s: both tables are damaged (the primary: %s; the backup: %s): not used",
			  disk->name, why, why_backup);
	return error;
}

int gpt_read(struct block *disk, struct partition_table *table)
{
	struct gpt gpt, backup;
	uint8_t sector[512];
	int protective, error;
	const char *why;

	if (disk->sectors < 3)
		return -ENODEV;
	error = block_read_bytes(disk, 0, sizeof(sector), sector);
	if (error)
		return error;
	protective = mbr_is_protective(sector);
	if (!protective) /* somebody else's; a damaged MBR (-1) is none of ours */
		return -ENODEV;
	/* What a disc promises is for those who copy it to a disk: its tables count in other sectors. */
	error = read_either(disk, &gpt, protective > 0 && disk->sector_size != DISC_SECTOR);
	if (error)
		return error == -ENOMEM ? error : -ENODEV;
	table->scheme = PARTITION_GPT;
	error = add_entries(disk, &gpt, table);
	free(gpt.table);
	if (error || gpt.at != PRIMARY_AT)
		return error;
	backup = (struct gpt){.at = gpt.alternate};
	error = read_one(disk, &backup, &why);
	free(backup.table);
	if (error == -ENOMEM)
		return error;
	if (error)
		log_warn("%s: the backup table at sector %lu is damaged (%s); the primary is well",
			 disk->name, gpt.alternate, why);
	return 0;
}
