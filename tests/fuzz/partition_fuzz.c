/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: fs/partition.c fs/gpt.c fs/mbr.c fs/el_torito.c drivers/block.c tests/drivers/fake_block.c */
/* test-sources: lib/crc32.c lib/log.c tests/host.c */
/*
 * Disks that anyone may have made: every partition that is found lies on its disk. The first byte chooses the size of a sector; if
 * its bit 7 is set, the check sums of GPT's headers and tables are made right.
 */
#include <stdlib.h>
#include <string.h>

#include "fs/partition.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes the sums of the header at a sector right, if it can have any. */
static void mend(struct fake_block *disk, uint64_t sector)
{
	uint8_t *header = disk->data + sector * disk->block.sector_size;
	uint64_t bytes = disk->block.sectors * disk->block.sector_size;
	uint64_t at = le64_load(header + 72), size = le32_load(header + 12);
	uint64_t table = (uint64_t)le32_load(header + 80) * le32_load(header + 84);

	if (at < disk->block.sectors && table <= bytes - at * disk->block.sector_size)
		le32_store(header + 88,
			   crc32_more(0, disk->data + at * disk->block.sector_size, table));
	le32_store(header + 16, 0);
	if (size <= disk->block.sector_size)
		le32_store(header + 16, crc32_more(0, header, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t sizes[] = {512, 1024, 2048, 4096};
	struct partition_table table;
	struct fake_block disk;
	uint32_t sector;

	if (!size)
		return 0;
	log_set_level(LOG_ERROR);
	sector = sizes[data[0] & 3];
	fake_block_start(&disk, sector, (size - 1) / sector);
	memcpy(disk.data, data + 1, (size - 1) / sector * sector);
	if (data[0] & 0x80 && disk.block.sectors > 2) {
		mend(&disk, 1);
		mend(&disk, disk.block.sectors - 1);
	}
	if (!partition_read(&disk.block, &table))
		for (struct partition *p = table.first; p; p = p->next)
			if (!p->block.sectors || p->block.first >= disk.block.sectors ||
			    p->block.sectors > disk.block.sectors - p->block.first)
				abort();
	partition_free(&table);
	fake_block_end(&disk);
	return 0;
}
