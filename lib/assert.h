/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions stay in release builds. They are for what only a bug of ours can make false; what
 * comes from outside is checked and refused.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

/* Says where, and does not return: on the machine by the fault path (arch_fault), on a host by abort. */
_Noreturn void assert_failed(const char *expression, const char *file, int line);

/* newlib's errno.h and string.h bring an assert of their own: have it before, and drop it. */
#include <errno.h>
#include <string.h>
#undef assert
#define assert(expression) ((expression) ? (void)0 : assert_failed(#expression, __FILE__, __LINE__))

#endif
