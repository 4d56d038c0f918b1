/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fw_cfg by DMA (QEMU docs/specs/fw_cfg.rst, "Guest-side DMA Interface"). A transfer is described by
 * {control, length, address}, all big-endian; the device is done when only the error bit may be left in
 * control. An item is read in sequence, and selecting it starts at its beginning again, so the driver
 * remembers where it is: reading on costs one transfer.
 */
#include "drivers/fw_cfg.h"

#include <errno.h>
#include <string.h>

#include "arch/arch.h"
#include "lib/bytes.h"

#define DMA_ERROR 0x01u
#define DMA_READ 0x02u
#define DMA_SKIP 0x04u
#define DMA_SELECT 0x08u
#define DMA_WRITE 0x10u

#define DMA_ID UINT64_C(0x51454d5520434647) /* "QEMU CFG" */
#define DMA_LENGTH_MAX UINT64_C(0x40000000) /* one transfer: `length` has 32 bits */
#define DMA_POLLS_MAX 10000000 /* QEMU finishes before the access that starts a transfer returns */

#define ENTRY_SIZE 64
#define ENTRY_KEY 4
#define ENTRY_NAME 8

struct dma_descriptor {
	uint32_t control;
	uint32_t length;
	uint64_t address;
};
_Static_assert(sizeof(struct dma_descriptor) == 16, "laid out by fw_cfg.rst");

static int transfer(struct fw_cfg *fw, uint32_t control, uint64_t address, uint64_t length)
{
	struct dma_descriptor descriptor __attribute__((aligned(16)));
	volatile uint32_t *state = &descriptor.control;

	descriptor.length = __builtin_bswap32((uint32_t)length);
	descriptor.address = __builtin_bswap64(address);
	*state = __builtin_bswap32(control);
	arch_dma_barrier();
	fw_cfg_dma_start(fw, (uint64_t)(uintptr_t)&descriptor);
	for (uint32_t polls = 0; *state & ~__builtin_bswap32(DMA_ERROR); polls++)
		if (polls == DMA_POLLS_MAX)
			return -EIO;
	arch_dma_barrier();
	return *state ? -EIO : 0;
}

/* Brings the device to `offset` of the item, then moves `size` bytes, in pieces that fit a transfer. */
static int move(struct fw_cfg *fw, uint32_t direction, const struct fw_cfg_item *item,
		uint64_t offset, uint64_t address, uint64_t size)
{
	uint64_t at = fw->offset, end = offset + size;
	uint32_t select = 0;

	if (end > item->size || end < offset)
		return -EINVAL;
	if (fw->current != item->key || at > offset) {
		select = item->key << 16 | DMA_SELECT;
		at = 0;
	}
	fw->current = FW_CFG_NO_ITEM; /* until we know that all went well */
	while (at < end) {
		int skips = at < offset;
		uint64_t length = (skips ? offset : end) - at;

		if (length > DMA_LENGTH_MAX)
			length = DMA_LENGTH_MAX;
		if (transfer(fw, select | (skips ? DMA_SKIP : direction), address + (at - offset),
			     length))
			return -EIO;
		select = 0;
		at += length;
	}
	fw->offset = at;
	if (!select)
		fw->current = item->key;
	return 0;
}

int fw_cfg_read(struct fw_cfg *fw, const struct fw_cfg_item *item, uint64_t offset, void *to,
		uint64_t size)
{
	return move(fw, DMA_READ, item, offset, (uint64_t)(uintptr_t)to, size);
}

int fw_cfg_write(struct fw_cfg *fw, const struct fw_cfg_item *item, uint64_t offset,
		 const void *from, uint64_t size)
{
	return move(fw, DMA_WRITE, item, offset, (uint64_t)(uintptr_t)from, size);
}

int fw_cfg_probe(struct fw_cfg *fw)
{
	fw->directory = NULL;
	fw->files = 0;
	fw->current = FW_CFG_NO_ITEM;
	fw->offset = 0;
	if (fw->base && fw_cfg_dma_id(fw) == DMA_ID)
		return 0;
	fw->base = 0;
	return -ENODEV;
}

uint64_t fw_cfg_number(struct fw_cfg *fw, uint32_t key, uint32_t size)
{
	const struct fw_cfg_item item = {.key = key, .size = size};
	uint64_t number = 0;

	if (!fw->base || fw_cfg_read(fw, &item, 0, &number, size))
		return 0;
	return number;
}

int fw_cfg_count_files(struct fw_cfg *fw, uint32_t *files)
{
	const struct fw_cfg_item item = {.key = FW_CFG_FILE_DIR, .size = 4};
	uint32_t count;

	if (!fw->base || fw_cfg_read(fw, &item, 0, &count, sizeof(count)))
		return -EIO;
	count = __builtin_bswap32(count);
	if (count > FW_CFG_FILES_MAX)
		return -EINVAL;
	*files = count;
	return 0;
}

int fw_cfg_read_directory(struct fw_cfg *fw, void *buffer, uint32_t files)
{
	const struct fw_cfg_item item = {.key = FW_CFG_FILE_DIR,
					 .size = 4 + (uint64_t)files * ENTRY_SIZE};

	if (fw_cfg_read(fw, &item, 4, buffer, (uint64_t)files * ENTRY_SIZE))
		return -EIO;
	fw->directory = buffer;
	fw->files = files;
	return 0;
}

int fw_cfg_has_folder(const struct fw_cfg *fw, const char *folder)
{
	const char *name = (const char *)fw->directory + ENTRY_NAME;

	for (uint32_t i = 0; i < fw->files; i++, name += ENTRY_SIZE)
		if (*name == *folder && !strncmp(name, folder, strlen(folder)))
			return 1;
	return 0;
}

int fw_cfg_find(const struct fw_cfg *fw, const char *name, struct fw_cfg_item *item)
{
	size_t last = strlen(name) - 1;
	const uint8_t *at, *end;

	if (last >= FW_CFG_NAME_MAX || !fw->files)
		return -ENOENT;
	/* The last letter first: names share their beginnings (opt/…, etc/…), seldom their length. */
	at = fw->directory + ENTRY_NAME + last;
	end = at + (uint64_t)fw->files * ENTRY_SIZE;
	do {
		const uint8_t *entry = at - last - ENTRY_NAME;

		if (at[0] != (uint8_t)name[last] || at[1] ||
		    memcmp(entry + ENTRY_NAME, name, last) != 0)
			continue;
		item->size = be32_load(entry);
		item->key = be16_load(entry + ENTRY_KEY);
		return 0;
	} while ((at += ENTRY_SIZE) < end);
	return -ENOENT;
}
