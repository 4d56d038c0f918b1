/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for a device, for a bounded time. */
#ifndef DRIVERS_DEADLINE_H
#define DRIVERS_DEADLINE_H

#include <stdbool.h>

#include "arch/arch.h"

struct deadline {
	uint64_t start; /* arch_ticks() */
	uint64_t ns;
	uint64_t look; /* ticks since the start, before which it is not too late */
};

static inline struct deadline deadline_in(uint32_t milliseconds)
{
	return (struct deadline){.start = arch_ticks(), .ns = milliseconds * UINT64_C(1000000)};
}

/*
 * Whether it is too late; if not, lets others run for a moment. Ticks become nanoseconds by a division or two, which is most of what a
 * poll costs: it is done again when a quarter more of them have passed, so a deadline is missed by no more than that.
 */
static inline bool deadline_passed(struct deadline *deadline)
{
	uint64_t ticks = arch_ticks() - deadline->start;

	if (ticks >= deadline->look) {
		if (arch_ticks_to_ns(ticks) > deadline->ns)
			return true;
		deadline->look = ticks + ticks / 4;
	}
	arch_relax();
	return false;
}

#endif
