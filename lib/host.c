/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the map and its readings want from a machine, for host programs that link libcadastre-mem.a (make host): an
 * assertion that fails ends the program, and the log goes to standard output. A program that has an assert_failed of
 * its own gets neither.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/assert.h"
#include "lib/log.h"

_Noreturn void assert_failed(const char *expression, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
	abort();
}

static void to_stdout(const char *text, uint64_t size)
{
	fwrite(text, 1, size, stdout);
}

static __attribute__((constructor)) void start_log(void)
{
	log_set_sink(to_stdout);
}
