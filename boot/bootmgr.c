/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/bootmgr.h"

#include <errno.h>

#include "boot/attempt.h"
#include "lib/log.h"

void bootmgr_run(struct machine *machine, const struct options *options)
{
	int tried = 0;

	for (const struct boot_entry *entry = boot_entries; entry->name; entry++) {
		int error;

		attempt_begin(entry->name, options);
		error = entry->boot(machine);
		attempt_failed();
		if (error == -ENOENT)
			continue;
		tried++;
		if (error)
			log_error("%s did not boot; its memory is given back", entry->name);
	}
	log_error(
		tried ? "no boot entry is left"
		      : "nothing to boot: no kernel was given, or an empty one (make run KERNEL=, qemu -kernel)");
}
