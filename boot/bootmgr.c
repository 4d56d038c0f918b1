/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/bootmgr.h"

#include <errno.h>
#include <stddef.h>

#include "boot/attempt.h"
#include "boot/fw_cfg_kernel.h"
#include "lib/log.h"

/* What there may be to boot, in the order in which it is tried. */
static const struct {
	const char *name;
	int (*boot)(struct machine *machine); /* -ENOENT: there is no such thing on this machine */
} entries[] = {
	{"QEMU's -kernel", fw_cfg_kernel_boot},
};

void bootmgr_run(struct machine *machine, const struct options *options)
{
	int tried = 0;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		int error;

		attempt_begin(entries[i].name, options);
		error = entries[i].boot(machine);
		attempt_failed();
		if (error == -ENOENT)
			continue;
		tried++;
		if (error)
			log_error("%s did not boot; its memory is given back", entries[i].name);
	}
	log_error(
		tried ? "no boot entry is left"
		      : "nothing to boot: no kernel was given, or an empty one (make run KERNEL=, qemu -kernel)");
}
