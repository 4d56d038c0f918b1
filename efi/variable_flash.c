/* SPDX-License-Identifier: BSD-2-Clause */
/* The variable store in flash as a whole: which area counts, and when the next one is due; see variable_flash.h. */
#include "efi/variable_flash.h"

#include <string.h>

#include "lib/bytes.h"

#define FV_SIGNATURE 40 /* "_FVH" in a firmware volume's header (PI 1.7, volume 3, 3.2.1) */
#define FV_MAGIC UINT32_C(0x4856465f)
#define LOOK 4096 /* bytes by which strangers are told apart */

/* ---- the start ---- */

static bool filled(const struct cfi_flash *flash, uint64_t from, uint64_t to, uint32_t with)
{
	while (from < to && cfi_flash_read(flash, from) == with)
		from += 4;
	return from >= to;
}

/* As many areas as there is room for, large ones first. */
static bool lay_out(struct variable_flash *log)
{
	for (uint32_t area = VARIABLE_AREA_MAX; area >= VARIABLE_AREA_MIN; area /= 2) {
		uint32_t stride = area > log->flash.block ? area : log->flash.block;
		uint64_t areas = log->flash.size / stride;

		if (areas < 2)
			continue;
		log->area = area;
		log->stride = stride;
		log->areas = areas > VARIABLE_AREAS_MAX ? VARIABLE_AREAS_MAX : (uint32_t)areas;
		return true;
	}
	return false;
}

/* The area with the highest number, which goes around: false when none has a number. */
static bool choose(struct variable_flash *log)
{
	for (uint32_t i = 0; i < log->areas; i++) {
		uint32_t sequence = variable_log_sequence(log, i);

		if (sequence && (!log->sequence || (int32_t)(sequence - log->sequence) > 0)) {
			log->sequence = sequence;
			log->current = i;
		}
	}
	return log->sequence;
}

/* What lies in a bank that has no area of ours. The first write of a header may have been cut off: nothing is behind it then. */
static enum variable_flash_state judge(const struct variable_flash *log)
{
	const struct cfi_flash *flash = &log->flash;

	if (filled(flash, 0, LOOK, 0))
		return VARIABLE_FLASH_ZERO;
	if (filled(flash, VARIABLE_AREA_HEADERS, log->area, UINT32_MAX)) {
		for (uint32_t i = 1; i < log->areas; i++)
			if (!filled(flash, (uint64_t)i * log->stride,
				    (uint64_t)i * log->stride + log->area, UINT32_MAX))
				return VARIABLE_FLASH_FOREIGN;
		return VARIABLE_FLASH_READY;
	}
	return cfi_flash_read(flash, FV_SIGNATURE) == FV_MAGIC ? VARIABLE_FLASH_EDK2
							       : VARIABLE_FLASH_FOREIGN;
}

/* The first area of a blank bank. */
static int make(struct variable_flash *log)
{
	int error = filled(&log->flash, 0, log->area, UINT32_MAX) ? 0 : variable_log_erase(log, 0);

	if (!error)
		error = variable_log_seal(log, 0, 1);
	log->sequence = 1;
	log->used = VARIABLE_AREA_HEADERS;
	return error;
}

static enum variable_flash_state open_bank(struct variable_flash *log, struct variable_store *store,
					   struct variable_flash_report *report)
{
	enum variable_flash_state state;
	int error;

	if (!lay_out(log))
		return VARIABLE_FLASH_SMALL;
	if (choose(log)) {
		variable_log_read(log, store, report);
		error = variable_log_seal(log, log->current, log->sequence);
	} else {
		state = judge(log);
		if (state != VARIABLE_FLASH_READY)
			return state;
		error = make(log);
	}
	return error ? VARIABLE_FLASH_READ_ONLY : VARIABLE_FLASH_READY;
}

void variable_flash_mount(struct variable_flash *log, struct variable_store *store,
			  struct variable_flash_report *report)
{
	*report = (struct variable_flash_report){0};
	log->area = log->current = log->sequence = log->used = 0;
	report->state = open_bank(log, store, report);
	if (report->state != VARIABLE_FLASH_READY)
		log->area = 0;
	for (struct variable_record *record = variable_store_next(store, NULL); record;
	     record = variable_store_next(store, record))
		report->variables++;
}

/* ---- changes ---- */

/* A record of memory as the change that makes it. */
static struct variable_change change_of(const struct variable_record *record)
{
	return (struct variable_change){
		.name = variable_record_name(record),
		.guid = &record->guid,
		.attributes = record->attributes,
		.flags = record->flags,
		.data = {{variable_record_data(record), record->data_size}},
	};
}

/* Whether flash keeps it. */
static bool is_kept(const struct variable_record *record)
{
	return record->attributes & EFI_VARIABLE_NON_VOLATILE &&
	       !(record->flags & VARIABLE_UNSAVED);
}

uint64_t variable_flash_room(const void *context)
{
	const struct variable_flash *log = context;

	return log->area - VARIABLE_AREA_HEADERS;
}

uint64_t variable_flash_live(const struct variable_store *store)
{
	uint64_t size = 0;

	for (struct variable_record *record = variable_store_next(store, NULL); record;
	     record = variable_store_next(store, record)) {
		struct variable_change change = change_of(record);

		size += is_kept(record) ? variable_log_size(&change) : 0;
	}
	return size;
}

static uint64_t data_size(const struct variable_change *change)
{
	return (uint64_t)change->data[0].size + change->data[1].size;
}

/* All that memory has, but for what changes, and the change, in the next area. */
static int reclaim(struct variable_flash *log, const struct variable_store *store,
		   const struct variable_record *old, const struct variable_change *change)
{
	struct variable_place place = {
		.area = (log->current + 1) % log->areas,
		.sequence = log->sequence + 1 ? log->sequence + 1 : 1,
		.offset = VARIABLE_AREA_HEADERS,
	};
	int error = variable_log_erase(log, place.area);

	for (struct variable_record *record = variable_store_next(store, NULL); record && !error;
	     record = variable_store_next(store, record)) {
		struct variable_change each = change_of(record);

		if (record == old || !is_kept(record))
			continue;
		error = variable_log_append(log, &place, &each);
		place.offset += (uint32_t)variable_log_size(&each);
	}
	if (!error && data_size(change)) {
		error = variable_log_append(log, &place, change);
		place.offset += (uint32_t)variable_log_size(change);
	}
	if (!error)
		error = variable_log_seal(log, place.area, place.sequence);
	if (error)
		return error;
	log->current = place.area;
	log->sequence = place.sequence;
	log->used = place.offset;
	return 0;
}

static int append(struct variable_flash *log, const struct variable_change *change)
{
	struct variable_place place = {log->current, log->sequence, log->used};

	log->used += (uint32_t)variable_log_size(change);
	return variable_log_append(log, &place, change);
}

efi_status variable_flash_write(void *context, const struct variable_store *store,
				const struct variable_change *change)
{
	struct variable_flash *log = context;
	uint64_t size = variable_log_size(change);
	const struct variable_record *old = variable_store_find(store, change->name, change->guid);
	struct variable_change before = {0};
	uint64_t live = variable_flash_live(store);
	int error;

	if (old && is_kept(old)) {
		before = change_of(old);
		live -= variable_log_size(&before);
	} else if (!data_size(change)) {
		return EFI_SUCCESS; /* flash has nothing that could go */
	}
	if (data_size(change) && live + size > variable_flash_room(log))
		return EFI_OUT_OF_RESOURCES;
	error = log->used + size <= log->area ? append(log, change)
					      : reclaim(log, store, old, change);
	return error ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}
