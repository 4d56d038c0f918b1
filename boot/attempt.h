/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One try to boot something. What is claimed for the attempt comes back byte for byte when it fails.
 */
#ifndef BOOT_ATTEMPT_H
#define BOOT_ATTEMPT_H

#include <stdint.h>

#include "boot/options.h"

/* Opens an attempt: claims from here on may live until it fails. There is one at a time. */
void attempt_begin(const char *entry, const struct options *options);
/* Ends it: all that lives for the attempt is free again. */
void attempt_failed(void);
/*
 * The last thing before a kernel's first instruction: prints, at log level info, the map, what is entered where, and the
 * stage times (opt/cadastre/log=json: the map as JSON lines).
 */
void attempt_hand_over(const char *what, uint64_t entry);

#endif
