/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/choice.h"

#include <errno.h>
#include <stdlib.h>

#include "boot/boot_option.h"
#include "boot/disk_choices.h"
#include "lib/log.h"

/* Where choices come from, in order. Each adds what it has next: 0; -ENOENT: it has no more; or another -errno. */
static int (*const sources[])(struct machine *machine) = {
	boot_option_next,
	boot_option_order,
	disk_choices_more,
	boot_option_recovery,
};
#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static struct boot_choice *first, *last;
static uint32_t count;
static uint32_t source; /* the one that is asked next */

int choice_add(const struct boot_choice *choice)
{
	struct boot_choice *copy = malloc(sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	*copy = *choice;
	copy->next = NULL;
	if (last)
		last->next = copy;
	else
		first = copy;
	last = copy;
	count++;
	return 0;
}

uint32_t choice_count(void)
{
	return count;
}

const struct boot_choice *choice_next(struct machine *machine, const struct boot_choice *after)
{
	struct boot_choice *const *place = after ? &after->next : &first;

	while (!*place && source < SOURCES) {
		int error = sources[source](machine);

		if (error)
			source++;
		if (error == -ENOMEM)
			log_error("there is not enough memory for all that could be booted");
	}
	return *place;
}

void choice_only_recovery(void)
{
	source = SOURCES - 1;
}

void choice_try_all(struct machine *machine)
{
	const struct boot_choice *choice = NULL;

	while ((choice = choice_next(machine, choice))) {
		if (choice->flags & CHOICE_BY_HAND)
			log_info("%s is only started by hand", choice->title);
		else if (choice->boot(choice))
			log_debug("%s was not started", choice->title);
	}
}
