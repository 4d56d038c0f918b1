/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line a message on the console, `prefix: text`, at four levels (docs/options.md,
 * opt/cadastre/log). Only after relocation: before it there is no static data, and
 * drivers/console.h prints the few last words there may be.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdarg.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Where characters go; `text` holds `size` bytes. Set once by boot/main.c, or by a test. */
typedef void log_sink(const char *text, uint64_t size);
void log_set_sink(log_sink *sink);
void log_set_level(enum log_level level);
enum log_level log_level(void);

/* Prints "prefix: " and the message, then a line end. The formats are those of newlib-nano's printf with 64-bit
 * numbers as %lu %lx %ld; never %zu, %llx or %jd. */
void log_print(enum log_level level, const char *prefix, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Text without prefix, line end or level check (tables on the console). */
void log_raw(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A file names itself once: #define LOG_PREFIX "fw_cfg". The level is checked here so that a silent boot
 * does not even evaluate the arguments. */
#define log_at(level, ...)                                           \
	do {                                                         \
		if ((level) <= log_level())                          \
			log_print((level), LOG_PREFIX, __VA_ARGS__); \
	} while (0)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

#endif
