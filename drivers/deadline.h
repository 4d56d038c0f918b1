/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for a device, for a bounded time. */
#ifndef DRIVERS_DEADLINE_H
#define DRIVERS_DEADLINE_H

#include <stdbool.h>

#include "arch/arch.h"

struct deadline {
	uint64_t start; /* arch_ticks() */
	uint64_t ns;
};

static inline struct deadline deadline_in(uint32_t milliseconds)
{
	return (struct deadline){arch_ticks(), milliseconds * UINT64_C(1000000)};
}

/* Whether it is too late; if not, lets others run for a moment. */
static inline bool deadline_passed(const struct deadline *deadline)
{
	if (arch_ticks_to_ns(arch_ticks() - deadline->start) > deadline->ns)
		return true;
	arch_relax();
	return false;
}

#endif
