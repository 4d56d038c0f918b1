/* SPDX-License-Identifier: BSD-2-Clause */
/* What is called in which order, for tests of callbacks: each writes down a letter. */
#ifndef TESTS_EFI_TRACE_H
#define TESTS_EFI_TRACE_H

#include <string.h>

#include "tests/tap.h"

static char trace[64];

/* What does not fit is left out. */
static inline void trace_note(char letter)
{
	if (strlen(trace) + 1 < sizeof(trace))
		strncat(trace, &letter, 1);
}

/* The letters since it was asked last. */
static inline const char *traced(void)
{
	static char copy[sizeof(trace)];

	memcpy(copy, trace, sizeof(trace));
	trace[0] = 0;
	return copy;
}

#define traced_is(wanted, name)                     \
	do {                                        \
		const char *is = traced();          \
		if (!ok(!strcmp(is, wanted), name)) \
			printf("#   is %s\n", is);  \
	} while (0)

#endif
