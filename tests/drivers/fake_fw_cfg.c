/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_fw_cfg.h. As in QEMU, what is read beyond the end of an item is zeros. */
#include "tests/drivers/fake_fw_cfg.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lib/bytes.h"

#define FIRST_FILE 0x20
#define ENTRY_SIZE 64

struct item {
	uint32_t key;
	const uint8_t *bytes;
	uint8_t *writable;
	size_t size;
	uint64_t number;
};

static struct item items[FAKE_FW_CFG_FILES_MAX];
static unsigned int used;
static uint8_t directory[FAKE_FW_CFG_FILES_MAX * ENTRY_SIZE];
static uint32_t files;
static struct fw_cfg *device;
static int left = -1, reads, writes;

void fake_fw_cfg_start(struct fw_cfg *fw)
{
	memset(directory, 0, sizeof(directory));
	used = files = 0;
	reads = writes = 0;
	left = -1;
	device = fw;
	*fw = (struct fw_cfg){.base = 0x510, .directory = directory, .current = FW_CFG_NO_ITEM};
}

static struct item *add_item(uint32_t key, const void *bytes, size_t size)
{
	struct item *item = &items[used++];

	assert(used <= FAKE_FW_CFG_FILES_MAX);
	*item = (struct item){.key = key, .bytes = bytes, .size = size};
	return item;
}

static struct item *add_file(const char *name, const void *bytes, size_t size)
{
	uint8_t *entry = directory + (size_t)files * ENTRY_SIZE;
	uint32_t key = FIRST_FILE + files++;

	be32_store(entry, (uint32_t)size);
	entry[4] = (uint8_t)(key >> 8);
	entry[5] = (uint8_t)key;
	strncpy((char *)entry + 8, name, FW_CFG_NAME_MAX);
	device->files = files;
	return add_item(key, bytes, size);
}

void fake_fw_cfg_file(const char *name, const void *bytes, size_t size)
{
	add_file(name, bytes, size);
}

void fake_fw_cfg_writable(const char *name, void *bytes, size_t size)
{
	add_file(name, bytes, size)->writable = bytes;
}

void fake_fw_cfg_item(uint32_t key, const void *bytes, size_t size)
{
	add_item(key, bytes, size);
}

void fake_fw_cfg_number(uint32_t key, uint64_t number, size_t size)
{
	struct item *item = add_item(key, NULL, size);

	item->number = number;
	item->bytes = (const uint8_t *)&item->number;
}

static uint8_t *entry_of(const char *name)
{
	for (uint32_t i = 0; i < files; i++)
		if (strncmp((char *)directory + i * ENTRY_SIZE + 8, name, FW_CFG_NAME_MAX) == 0)
			return directory + (size_t)i * ENTRY_SIZE;
	return NULL;
}

void fake_fw_cfg_pretend(const char *name, uint32_t size)
{
	be32_store(entry_of(name), size);
}

void fake_fw_cfg_fail_after(int transfers)
{
	left = transfers;
}

int fake_fw_cfg_reads(void)
{
	return reads;
}

int fake_fw_cfg_writes(void)
{
	return writes;
}

static struct item *find_item(uint32_t key)
{
	for (unsigned int i = 0; i < used; i++)
		if (items[i].key == key)
			return &items[i];
	return NULL;
}

/* The item of a transfer: 0, -EINVAL or -EIO. */
static int begin(const struct fw_cfg_item *item, uint64_t offset, uint64_t size,
		 struct item **found)
{
	if (offset > item->size || size > item->size - offset)
		return -EINVAL;
	if (left == 0)
		return -EIO;
	left -= left > 0;
	*found = find_item(item->key);
	return 0;
}

int fw_cfg_read(struct fw_cfg *fw, const struct fw_cfg_item *item, uint64_t offset, void *to,
		uint64_t size)
{
	struct item *from;
	uint64_t have;
	int error = begin(item, offset, size, &from);

	(void)fw;
	if (error)
		return error;
	reads++;
	memset(to, 0, size);
	have = from && offset < from->size ? from->size - offset : 0;
	if (have)
		memcpy(to, from->bytes + offset, have < size ? have : size);
	return 0;
}

int fw_cfg_write(struct fw_cfg *fw, const struct fw_cfg_item *item, uint64_t offset,
		 const void *from, uint64_t size)
{
	struct item *to;
	int error = begin(item, offset, size, &to);

	(void)fw;
	if (error)
		return error;
	if (!to || !to->writable || offset + size > to->size)
		return -EIO;
	writes++;
	memcpy(to->writable + offset, from, size);
	return 0;
}

int fw_cfg_probe(struct fw_cfg *fw)
{
	return fw->base ? 0 : -ENODEV;
}

int fw_cfg_count_files(struct fw_cfg *fw, uint32_t *count)
{
	if (!fw->base || left == 0)
		return -EIO;
	*count = files;
	return 0;
}

int fw_cfg_read_directory(struct fw_cfg *fw, void *buffer, uint32_t count)
{
	if (left == 0)
		return -EIO;
	memcpy(buffer, directory, (size_t)count * ENTRY_SIZE);
	fw->directory = buffer;
	fw->files = count;
	return 0;
}

int fw_cfg_find(const struct fw_cfg *fw, const char *name, struct fw_cfg_item *item)
{
	const uint8_t *entry = fw->directory && fw->files ? entry_of(name) : NULL;

	if (!entry)
		return -ENOENT;
	*item = (struct fw_cfg_item){.key = be16_load(entry + 4), .size = be32_load(entry)};
	return 0;
}

int fw_cfg_has_folder(const struct fw_cfg *fw, const char *folder)
{
	for (uint32_t i = 0; i < fw->files; i++)
		if (!strncmp((const char *)directory + (size_t)i * ENTRY_SIZE + 8, folder,
			     strlen(folder)))
			return 1;
	return 0;
}

uint64_t fw_cfg_number(struct fw_cfg *fw, uint32_t key, uint32_t size)
{
	const struct fw_cfg_item item = {.key = key, .size = size};
	uint64_t number = 0;

	return fw_cfg_read(fw, &item, 0, &number, size) ? 0 : number;
}
