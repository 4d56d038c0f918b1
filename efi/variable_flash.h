/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Non-volatile variables in flash: a log in one of a few areas of the bank, each of which is erased when its turn comes.
 *
 *   area:    | header | its copy | record | record | … | blank |
 *   record:  | start … what it is … sums | commit | name, data |
 *
 * A change appends a record: start first, what it is, commit last; the later record of a name counts, and one without data
 * deletes. When the area is full, what memory has goes to the next area with the change among it, and then its header, whose sequence
 * number makes it the one that counts. So a power cut at any write leaves the old value or the new one, never
 * neither, and erasing goes around all areas. Each record has sums of its own, which know its area's sequence and its place: damage
 * costs the variable that it hits.
 *
 * Memory (variable_store.h) holds everything that is read; flash is read at the start only. Part of the runtime region.
 */
#ifndef EFI_VARIABLE_FLASH_H
#define EFI_VARIABLE_FLASH_H

#include "drivers/cfi_flash.h"
#include "efi/variable_store.h"

#define VARIABLE_AREA_MAX (128 * 1024) /* bytes of an area that are used */
#define VARIABLE_AREA_MIN (64 * 1024)
#define VARIABLE_AREAS_MAX 4
#define VARIABLE_AREA_HEADERS 64

struct variable_flash {
	struct cfi_flash flash;
	uint32_t area; /* bytes of one that are used; 0: there is no store */
	uint32_t stride; /* from one to the next */
	uint32_t areas;
	uint32_t current; /* which one counts */
	uint32_t sequence; /* its number; 0: none has been made yet */
	uint32_t used; /* bytes of it */
};

/* How a record begins. The name, with its NUL, and the data follow, padded to 8 bytes. */
struct variable_flash_record {
	uint32_t start;
	uint32_t sum; /* of sequence, offset, and the rest up to commit */
	uint32_t attributes; /* 0: deleted */
	uint32_t data_size;
	uint16_t name_size;
	uint16_t flags; /* VARIABLE_READ_ONLY */
	uint32_t body_sum; /* of name and data */
	struct efi_guid guid;
	uint8_t time[16]; /* for authenticated variables, which are not supported: EFI_TIME, 0 */
	uint32_t commit;
	uint32_t blank;
};
_Static_assert(sizeof(struct variable_flash_record) == 64, "the format of the flash");

enum variable_flash_state {
	VARIABLE_FLASH_NONE, /* no flash */
	VARIABLE_FLASH_SMALL, /* no room for two areas */
	VARIABLE_FLASH_ZERO, /* all zero: flash that nobody keeps, or a file that nobody made blank */
	VARIABLE_FLASH_EDK2, /* a firmware volume */
	VARIABLE_FLASH_FOREIGN, /* something else */
	VARIABLE_FLASH_READ_ONLY, /* ours, or blank, but it cannot be written: what is in it was read */
	VARIABLE_FLASH_READY,
};

struct variable_flash_report {
	enum variable_flash_state state;
	uint32_t variables; /* that were found */
	uint32_t torn; /* writes that were cut off: nothing is lost */
	uint32_t damaged; /* records or pieces that are lost */
};

/*
 * Looks at the flash, whose geometry log->flash has, and puts its variables into the store, which has no backend yet. A blank bank is
 * made a store; what is not ours stays as it is. Unless the state is READY, log->area is 0.
 */
void variable_flash_mount(struct variable_flash *log, struct variable_store *store,
			  struct variable_flash_report *report);

/* A backend's write (variable_store.h), of a mounted log. */
efi_status variable_flash_write(void *context, const struct variable_store *store,
				const struct variable_change *change);

/* Bytes that all non-volatile variables may take, and those that they take now, as flash counts them. */
uint64_t variable_flash_room(const void *context);
uint64_t variable_flash_live(const struct variable_store *store);

/* ---- variable_log.c: one area ---- */

/* The sequence number of an area, 0 when it has no header that is right. */
uint32_t variable_log_sequence(const struct variable_flash *log, uint32_t area);
/* Reads the records of the current area into the store, and finds where it ends. */
void variable_log_read(struct variable_flash *log, struct variable_store *store,
		       struct variable_flash_report *report);
/* Bytes of a record. */
uint64_t variable_log_size(const struct variable_change *change);
/* Where a record goes. */
struct variable_place {
	uint32_t area, sequence, offset;
};
/* Writes a record into what is blank. 0 or -EIO: it does not count, and its place is spoiled. */
int variable_log_append(const struct variable_flash *log, const struct variable_place *place,
			const struct variable_change *change);
/* Erases an area. 0 or -EIO. */
int variable_log_erase(const struct variable_flash *log, uint32_t area);
/* Makes an erased area the one that counts; of the one that does already, tries whether it can be written. 0 or -EIO. */
int variable_log_seal(const struct variable_flash *log, uint32_t area, uint32_t sequence);

#endif
