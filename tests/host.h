/* SPDX-License-Identifier: BSD-2-Clause */
/* See host.c. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include <stdint.h>

/* A log_sink. */
void host_log(const char *text, uint64_t size);

#endif
