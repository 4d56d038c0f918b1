/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines are put together in one buffer and handed to the sink in one piece, so that a line is
 * written to the UART in few accesses.
 */
#include "lib/log.h"

#include <stdio.h>
#include <string.h>

#define LOG_LINE_MAX 256 /* bytes of a line; what is longer is cut */

static log_sink *sink;
static enum log_level level = LOG_WARN;

void log_set_sink(log_sink *to)
{
	sink = to;
}

void log_set_level(enum log_level to)
{
	level = to;
}

enum log_level log_level(void)
{
	return level;
}

/* Bytes that vsnprintf really left in a buffer of `size`. */
static uint64_t written(int result, uint64_t size)
{
	if (result < 0)
		return 0;
	return (uint64_t)result < size ? (uint64_t)result : size - 1;
}

void log_print(enum log_level at, const char *prefix, const char *format, ...)
{
	static const char *const names[] = {"error: ", "warning: ", "", ""};
	char line[LOG_LINE_MAX];
	uint64_t used;
	va_list arguments;

	if (!sink)
		return;
	used = written(snprintf(line, sizeof(line) - 1, "%s: %s", prefix, names[at]),
		       sizeof(line) - 1);
	va_start(arguments, format);
	used += written(vsnprintf(line + used, sizeof(line) - 1 - used, format, arguments),
			sizeof(line) - 1 - used);
	va_end(arguments);
	line[used++] = '\n';
	sink(line, used);
}

void log_raw(const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list arguments;
	uint64_t used;

	if (!sink)
		return;
	va_start(arguments, format);
	used = written(vsnprintf(line, sizeof(line), format, arguments), sizeof(line));
	va_end(arguments);
	sink(line, used);
}
