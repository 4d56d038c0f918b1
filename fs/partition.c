/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of partition tables, in the order in which they are looked for. */
#define LOG_PREFIX "partition"

#include "fs/partition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/log.h"

#define CD_SECTOR 2048

typedef int reader(struct block *disk, struct partition_table *table);

/* Images for discs often have an MBR besides, for when they are written to a disk: on a disc it counts last. */
static reader *const on_disks[] = {gpt_read, mbr_read, el_torito_read, NULL};
static reader *const on_discs[] = {gpt_read, el_torito_read, mbr_read, NULL};

int partition_read(struct block *disk, struct partition_table *table)
{
	reader *const *kind = disk->sector_size == CD_SECTOR ? on_discs : on_disks;

	for (; *kind; kind++) {
		int error;

		*table = (struct partition_table){.scheme = PARTITION_NONE};
		table->end = &table->first;
		error = (*kind)(disk, table);
		if (error != -ENODEV)
			return error;
		partition_free(table);
	}
	return 0;
}

void partition_free(struct partition_table *table)
{
	struct partition *partition;

	while ((partition = table->first)) {
		table->first = partition->next;
		free(partition);
	}
	table->end = &table->first;
	table->count = 0;
}

int partition_add(struct partition_table *table, struct block *disk, uint32_t number,
		  uint64_t first, uint64_t sectors, struct partition **added)
{
	struct partition *partition;

	*added = NULL;
	if (table->count == PARTITIONS_MAX) {
		log_warn("%s: partition %u is left out: there are more than %d", disk->name, number,
			 PARTITIONS_MAX);
		return 0;
	}
	partition = calloc(1, sizeof(*partition));
	if (!partition)
		return -ENOMEM;
	if (block_part(&partition->block, disk, first, sectors)) {
		log_warn("%s: partition %u (sectors %lu to %lu) is left out: the disk has %lu",
			 disk->name, number, first, first + sectors - 1, disk->sectors);
		free(partition);
		return 0;
	}
	partition->number = number;
	snprintf(partition->block.name, BLOCK_NAME_SIZE, "%.*s.%u", BLOCK_NAME_SIZE - 7, disk->name,
		 (uint16_t)number);
	*table->end = partition;
	table->end = &partition->next;
	table->count++;
	*added = partition;
	return 0;
}
