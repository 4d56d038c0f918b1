/* SPDX-License-Identifier: BSD-2-Clause */
/* One area of the variable store in flash; see variable_flash.h. What it reads may be anything. */
#include <errno.h>
#include <string.h>

#include "efi/variable_flash.h"
#include "efi/variable.h"
#include "lib/bytes.h"
#include "lib/crc32.h"

#define BLANK UINT32_MAX
#define START UINT32_C(0x52615643)
#define COMMIT UINT32_C(0x54694d43)
#define NAME_MAX 4096 /* bytes */
#define PIECE 256
#define KEPT                                                           \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
	 EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_HARDWARE_ERROR_RECORD)

struct header {
	char magic[8];
	uint32_t sequence;
	uint32_t area;
	uint32_t reserved[3];
	uint32_t sum; /* of what is above */
};
_Static_assert(sizeof(struct header) * 2 == VARIABLE_AREA_HEADERS, "the format of the flash");
static const char magic[8] = "CadVars";

static void fetch(const struct variable_flash *log, uint64_t offset, void *to, uint32_t size)
{
	for (uint32_t at = 0; at < size; at += 4)
		le32_store((uint8_t *)to + at, cfi_flash_read(&log->flash, offset + at));
}

static uint64_t place_of(const struct variable_flash *log, uint32_t area, uint32_t offset)
{
	return (uint64_t)area * log->stride + offset;
}

/* ---- the header ---- */

uint32_t variable_log_sequence(const struct variable_flash *log, uint32_t area)
{
	for (uint32_t copy = 0; copy < 2; copy++) {
		struct header header;

		fetch(log, place_of(log, area, copy * (uint32_t)sizeof(header)), &header,
		      sizeof(header));
		if (!memcmp(header.magic, magic, sizeof(magic)) && header.area == log->area &&
		    header.sum == crc32_more(0, &header, offsetof(struct header, sum)))
			return header.sequence;
	}
	return 0;
}

int variable_log_seal(const struct variable_flash *log, uint32_t area, uint32_t sequence)
{
	struct header header = {.sequence = sequence, .area = log->area};
	int error;

	memcpy(header.magic, magic, sizeof(magic));
	header.sum = crc32_more(0, &header, offsetof(struct header, sum));
	error = cfi_flash_write(&log->flash, place_of(log, area, 0), &header, sizeof(header));
	if (error)
		return error;
	return cfi_flash_write(&log->flash, place_of(log, area, sizeof(header)), &header,
			       sizeof(header));
}

int variable_log_erase(const struct variable_flash *log, uint32_t area)
{
	int error = 0;

	for (uint32_t at = 0; at < log->area && !error; at += log->flash.block)
		error = cfi_flash_erase(&log->flash, place_of(log, area, at));
	return error;
}

/* ---- writing a record ---- */

static uint32_t name_size(const CHAR16 *name)
{
	uint32_t length = 0;

	while (name[length++])
		;
	return length * (uint32_t)sizeof(CHAR16);
}

uint64_t variable_log_size(const struct variable_change *change)
{
	return align_up(sizeof(struct variable_flash_record) + name_size(change->name) +
				(uint64_t)change->data[0].size + change->data[1].size,
			8);
}

static uint32_t sum_of(const struct variable_flash_record *record, uint32_t sequence,
		       uint32_t offset)
{
	uint32_t seed[2] = {sequence, offset};

	return crc32_more(crc32_more(0, seed, sizeof(seed)), &record->attributes,
			  offsetof(struct variable_flash_record, commit) -
				  offsetof(struct variable_flash_record, attributes));
}

/* Bytes on their way to flash, which takes them by words. */
struct stream {
	const struct variable_flash *log;
	uint64_t to;
	uint32_t count;
	int error;
	uint8_t piece[PIECE];
};

static void flush(struct stream *stream)
{
	while (stream->count % 8)
		stream->piece[stream->count++] = 0xff;
	if (!stream->error && stream->count)
		stream->error = cfi_flash_write(&stream->log->flash, stream->to, stream->piece,
						stream->count);
	stream->to += stream->count;
	stream->count = 0;
}

static void put(struct stream *stream, const void *bytes, uint64_t size)
{
	const uint8_t *byte = bytes;

	while (size--) {
		stream->piece[stream->count++] = *byte++;
		if (stream->count == PIECE)
			flush(stream);
	}
}

static int write_body(const struct variable_flash *log, uint64_t to,
		      const struct variable_change *change)
{
	struct stream stream = {.log = log, .to = to};

	put(&stream, change->name, name_size(change->name));
	for (int i = 0; i < 2; i++)
		put(&stream, change->data[i].bytes, change->data[i].size);
	flush(&stream);
	return stream.error;
}

int variable_log_append(const struct variable_flash *log, const struct variable_place *place,
			const struct variable_change *change)
{
	uint64_t to = place_of(log, place->area, place->offset);
	const uint32_t commit = offsetof(struct variable_flash_record, commit);
	const uint32_t none = 0;
	struct variable_flash_record record = {
		.start = START,
		.data_size = change->data[0].size + change->data[1].size,
		.name_size = (uint16_t)name_size(change->name),
		.flags = change->flags & VARIABLE_READ_ONLY,
		.guid = *change->guid,
		.commit = COMMIT,
	};
	int error;

	record.attributes = record.data_size ? change->attributes : 0;
	record.body_sum = crc32_more(0, change->name, record.name_size);
	for (int i = 0; i < 2; i++)
		record.body_sum =
			crc32_more(record.body_sum, change->data[i].bytes, change->data[i].size);
	record.sum = sum_of(&record, place->sequence, place->offset);
	error = cfi_flash_write(&log->flash, to, &record.start, sizeof(record.start));
	if (!error)
		error = cfi_flash_write(&log->flash, to + sizeof(record.start), &record.sum,
					commit - (uint32_t)sizeof(record.start));
	if (!error)
		error = write_body(log, to + sizeof(record), change);
	if (!error)
		error = cfi_flash_write(&log->flash, to + commit, &record.commit,
					sizeof(record.commit));
	/* What failed half way must not count at the next start either. */
	if (error && cfi_flash_write(&log->flash, to + commit, &none, sizeof(none)))
		error = -EIO;
	return error;
}

/* ---- reading them ---- */

/* What is found at a place. */
enum kind { END, NOISE, TORN, DAMAGED, GOOD };

/* A name that ends where its size says, and not before. */
static bool name_is_good(const CHAR16 *name, uint32_t size)
{
	uint32_t length = size / sizeof(CHAR16);

	if (size % sizeof(CHAR16) || length < 2 || size > NAME_MAX)
		return false;
	for (uint32_t i = 0; i < length; i++)
		if (!name[i] != (i == length - 1))
			return false;
	return true;
}

static bool fits(const struct variable_flash *log, uint32_t at,
		 const struct variable_flash_record *record)
{
	return record->data_size <= VARIABLE_SIZE_MAX && record->name_size <= NAME_MAX &&
	       align_up(sizeof(*record) + record->name_size + (uint64_t)record->data_size, 8) <=
		       log->area - at;
}

/* Attributes and data that SetVariable could have left. */
static bool makes_sense(const struct variable_flash_record *record)
{
	uint32_t attributes = record->attributes;

	if (!attributes || !record->data_size)
		return !attributes && !record->data_size;
	return !(attributes & ~KEPT) && attributes & EFI_VARIABLE_NON_VOLATILE &&
	       attributes & EFI_VARIABLE_BOOTSERVICE_ACCESS;
}

static enum kind look(const struct variable_flash *log, uint32_t at,
		      struct variable_flash_record *record)
{
	uint64_t from = place_of(log, log->current, at);
	const void *body = (const void *)(uintptr_t)(log->flash.base + from + sizeof(*record));

	fetch(log, from, record, sizeof(*record));
	if (record->start == BLANK)
		return END;
	if (record->start != START || record->sum != sum_of(record, log->sequence, at) ||
	    !fits(log, at, record))
		return NOISE;
	if (record->commit != COMMIT)
		return TORN;
	if (record->body_sum !=
		    crc32_more(0, body, (uint64_t)record->name_size + record->data_size) ||
	    !name_is_good(body, record->name_size) || !makes_sense(record))
		return DAMAGED;
	return GOOD;
}

/* Behind the last eight bytes of the area that are not blank. Four at a time, because most of it is. */
static uint32_t find_end(const struct variable_flash *log)
{
	const uint64_t blank = UINT64_MAX;
	const volatile uint64_t *start =
		(const volatile void *)(uintptr_t)(log->flash.base +
						   place_of(log, log->current,
							    VARIABLE_AREA_HEADERS));
	const volatile uint64_t *at = start + (log->area - VARIABLE_AREA_HEADERS) / sizeof(*at);

	while (at - start >= 4 && (at[-1] & at[-2] & at[-3] & at[-4]) == blank)
		at -= 4;
	while (at > start && at[-1] == blank)
		at--;
	return VARIABLE_AREA_HEADERS + (uint32_t)(at - start) * (uint32_t)sizeof(*at);
}

static int take(const struct variable_flash *log, uint32_t at,
		const struct variable_flash_record *record, struct variable_store *store)
{
	const uint8_t *body =
		(const uint8_t *)(uintptr_t)(log->flash.base + place_of(log, log->current, at) +
					     sizeof(*record));
	struct variable_change change = {
		.name = (const void *)body,
		.guid = &record->guid,
		.attributes = record->attributes,
		.flags = record->flags & VARIABLE_READ_ONLY,
		.data = {{body + record->name_size, record->data_size}},
	};

	return EFI_ERROR(variable_store_write(store, &change)) ? 1 : 0;
}

void variable_log_read(struct variable_flash *log, struct variable_store *store,
		       struct variable_flash_report *report)
{
	uint32_t end = find_end(log);
	uint32_t at = VARIABLE_AREA_HEADERS;
	bool lost = false; /* in something whose size is not known */

	while (at < end && at + sizeof(struct variable_flash_record) <= log->area) {
		struct variable_flash_record record;
		enum kind kind = look(log, at, &record);

		if (kind == END || kind == NOISE) {
			if (!lost && record.commit == COMMIT)
				report->damaged++;
			else if (!lost)
				report->torn++;
			lost = true;
			at += 8;
			continue;
		}
		lost = false;
		report->torn += kind == TORN;
		report->damaged += kind == DAMAGED;
		if (kind == GOOD)
			report->damaged += (uint32_t)take(log, at, &record, store);
		at += (uint32_t)align_up(
			sizeof(record) + record.name_size + (uint64_t)record.data_size, 8);
	}
	log->used = at > end ? at : end;
}
