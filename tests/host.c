/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware's sources want from the machine, for host programs: assertions end the program, and the log,
 * where lib/log.c is linked as well, goes to standard output once a test has called log_set_sink(host_log).
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/assert.h"
#include "tests/host.h"

void assert_failed(const char *expression, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
	abort();
}

void host_log(const char *text, uint64_t size)
{
	fwrite(text, 1, size, stdout);
}
