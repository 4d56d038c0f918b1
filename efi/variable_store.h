/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where variables are kept: records one after the other in a fixed piece of memory, in the order in which they were made.
 * A variable that changes keeps its place, so who enumerates sees each one once. Something that outlives a reset can stand
 * behind it (struct variable_backend). Part of the runtime region: calls nothing outside it.
 */
#ifndef EFI_VARIABLE_STORE_H
#define EFI_VARIABLE_STORE_H

#include <stdbool.h>

#include "efi/efi.h"

#define VARIABLE_READ_ONLY 1 /* only the firmware writes it */
#define VARIABLE_UNSAVED \
	2 /* a non-volatile one that the firmware makes anew at each start until somebody sets it */

/* A record: name (with its NUL) and data follow, padded to a multiple of 8 bytes. */
struct variable_record {
	uint32_t size; /* of all of it */
	uint32_t attributes; /* EFI_VARIABLE_… */
	uint32_t data_size;
	uint16_t name_size; /* bytes, with the NUL */
	uint16_t flags; /* VARIABLE_… */
	struct efi_guid guid;
};
_Static_assert(sizeof(struct variable_record) == 32, "records are aligned to 8");

/* What a variable is to become: name, attributes and all of its data, in two parts. No data: it goes. */
struct variable_change {
	const CHAR16 *name;
	const struct efi_guid *guid;
	uint32_t attributes;
	uint16_t flags;
	struct {
		const void *bytes;
		uint32_t size;
	} data[2];
};

struct variable_store;

/*
 * Keeps non-volatile variables. `write` comes before the change in memory, which is as it was, and may refuse it:
 * EFI_OUT_OF_RESOURCES, EFI_DEVICE_ERROR.
 */
struct variable_backend {
	efi_status (*write)(void *context, const struct variable_store *store,
			    const struct variable_change *change);
	/* Bytes that there are for all of them, and that those of the store take. */
	uint64_t (*room)(const void *context);
	uint64_t (*live)(const struct variable_store *store);
	void *context;
	bool at_runtime; /* may be called after ExitBootServices */
};

struct variable_store {
	uint8_t *base;
	uint32_t size;
	uint32_t used;
	const struct variable_backend *backend; /* NULL: everything is gone with the power */
};

/* Zero-based use of `size` bytes at `base`, aligned to 8. */
void variable_store_start(struct variable_store *store, void *base, uint32_t size);
struct variable_record *variable_store_find(const struct variable_store *store, const CHAR16 *name,
					    const struct efi_guid *guid);
/* The record after this one, or the first (NULL); NULL: there is none. */
struct variable_record *variable_store_next(const struct variable_store *store,
					    const struct variable_record *record);
/*
 * Makes, replaces (in its place) or removes: EFI_OUT_OF_RESOURCES or the backend's refusal, with all as it was. The backend learns
 * of non-volatile variables that are not VARIABLE_UNSAVED.
 */
efi_status variable_store_write(struct variable_store *store, const struct variable_change *change);

static inline const CHAR16 *variable_record_name(const struct variable_record *record)
{
	return (const CHAR16 *)(const void *)(record + 1);
}
static inline const void *variable_record_data(const struct variable_record *record)
{
	return (const uint8_t *)(record + 1) + record->name_size;
}

#endif
