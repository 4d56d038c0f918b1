/* SPDX-License-Identifier: BSD-2-Clause */
/* Where variables are kept; see variable_store.h. */
#include <string.h>

#include "efi/variable_store.h"

#define ALIGNED(size) (((size) + 7) & ~UINT64_C(7))

void variable_store_start(struct variable_store *store, void *base, uint32_t size)
{
	*store = (struct variable_store){.base = base, .size = size};
}

struct variable_record *variable_store_next(const struct variable_store *store,
					    const struct variable_record *record)
{
	const uint8_t *at = record ? (const uint8_t *)record + record->size : store->base;

	return at < store->base + store->used ? (struct variable_record *)(uintptr_t)at : NULL;
}

static uint64_t name_size(const CHAR16 *name)
{
	uint64_t length = 0;

	while (name[length++])
		;
	return length * sizeof(CHAR16);
}

struct variable_record *variable_store_find(const struct variable_store *store, const CHAR16 *name,
					    const struct efi_guid *guid)
{
	uint64_t size = name_size(name);
	struct variable_record *record = NULL;

	while ((record = variable_store_next(store, record)))
		if (record->name_size == size && !memcmp(&record->guid, guid, sizeof(*guid)) &&
		    !memcmp(record + 1, name, size))
			break;
	return record;
}

/* Makes the `old` bytes at `at` into `new` ones, moving what lies behind them. */
static void resize(struct variable_store *store, uint8_t *at, uint32_t old, uint32_t new)
{
	uint8_t *behind = at + old;

	memmove(at + new, behind, (uint64_t)(store->base + store->used - behind));
	store->used += new - old;
}

static void fill(struct variable_record *record, uint32_t size,
		 const struct variable_change *change)
{
	uint64_t names = name_size(change->name);
	uint8_t *data = (uint8_t *)(record + 1) + names;

	/* The first part may be the old data, which is where it belongs. */
	if (change->data[0].size && change->data[0].bytes != data)
		memmove(data, change->data[0].bytes, change->data[0].size);
	if (change->data[1].size)
		memcpy(data + change->data[0].size, change->data[1].bytes, change->data[1].size);
	memcpy(record + 1, change->name, names);
	*record = (struct variable_record){
		.size = size,
		.attributes = change->attributes,
		.data_size = change->data[0].size + change->data[1].size,
		.name_size = (uint16_t)names,
		.flags = change->flags,
		.guid = *change->guid,
	};
}

efi_status variable_store_write(struct variable_store *store, const struct variable_change *change)
{
	struct variable_record *record = variable_store_find(store, change->name, change->guid);
	uint32_t old = record ? record->size : 0;
	uint64_t data = (uint64_t)change->data[0].size + change->data[1].size;
	uint64_t new = data ? ALIGNED(sizeof(*record) + name_size(change->name) + data) : 0;
	uint8_t *at = record ? (uint8_t *)record : store->base + store->used;
	efi_status status;

	if (name_size(change->name) > UINT16_MAX || new > store->size ||
	    store->used - old + new > store->size)
		return EFI_OUT_OF_RESOURCES;
	if (store->backend && change->attributes & EFI_VARIABLE_NON_VOLATILE &&
	    !(change->flags & VARIABLE_UNSAVED)) {
		status = store->backend->write(store->backend->context, store, change);
		if (EFI_ERROR(status))
			return status;
	}
	resize(store, at, old, (uint32_t) new);
	if (new)
		fill((struct variable_record *)(void *)at, (uint32_t) new, change);
	return EFI_SUCCESS;
}
