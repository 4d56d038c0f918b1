/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be booted inside of an EFI session, as a list in the order in which it is tried. Sources (boot/choice.c has the
 * array) add to it one after the other, each no more than is needed next: a disk whose turn does not come is not started.
 */
#ifndef BOOT_CHOICE_H
#define BOOT_CHOICE_H

#include "boards/board.h"
#include "efi/api.h"

#define CHOICE_TITLE_SIZE 120 /* bytes with the NUL */

enum {
	CHOICE_BY_HAND = 1, /* is not tried by itself */
	CHOICE_HIDDEN = 2, /* is not on the menu */
};

struct boot_choice {
	struct boot_choice *next;
	char title[CHOICE_TITLE_SIZE]; /* for a person, in messages and on the menu */
	uint32_t flags; /* CHOICE_… */
	/*
	 * Boots it. 0: what was started has returned, which was said; -errno: nothing was started, and one line has said which
	 * choice, what was tried, and why not.
	 */
	int (*boot)(const struct boot_choice *choice);
	struct efi_disk_volume volume; /* what it lies on, where that is known; else zero */
	void *context; /* its source's own, which outlives the list */
};

/* Adds a copy to the end of the list, for sources. 0 or -ENOMEM. */
int choice_add(const struct boot_choice *choice);
/* How many there are in the list by now. */
uint32_t choice_count(void);

/* The choice behind `after` (NULL: the first), for which sources are asked if need be. NULL: there is no more. */
const struct boot_choice *choice_next(struct machine *machine, const struct boot_choice *after);

/* Leaves all sources out but that of recovery, when none has been asked yet. */
void choice_only_recovery(void);

/* Tries one after the other; returns when none is left. */
void choice_try_all(struct machine *machine);

#endif
