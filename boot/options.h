/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person may choose at run time, as files of fw_cfg: docs/options.md. */
#ifndef BOOT_OPTIONS_H
#define BOOT_OPTIONS_H

#include <stdbool.h>

#include "drivers/fw_cfg.h"
#include "lib/log.h"

enum on_fail { ON_FAIL_POWEROFF, ON_FAIL_HALT, ON_FAIL_REBOOT };

struct options {
	enum log_level log; /* opt/cadastre/log: error, warn (default), info, debug */
	bool json; /* … or json: as warn, and the map as JSON lines before hand-over */
	enum on_fail on_fail; /* opt/cadastre/on-fail: poweroff (default), halt, reboot */
	bool fault; /* opt/cadastre/debug=fault: provokes a fault, to see a report */
};

/* Reads all options. A value that nobody knows is reported and taken as the default. */
void options_read(struct fw_cfg *fw, struct options *options);

/*
 * The value of one option, by its file's name, among `values` (the default first, NULL last): its index. 0 when the file is not there, or
 * holds something else, which is reported. After options_read.
 */
int options_choose(struct fw_cfg *fw, const char *file, const char *const *values);

#endif
