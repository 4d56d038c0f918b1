/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a kernel that no loader knows. */
#define LOG_PREFIX "boot"

#include "boot/loader.h"

#include <errno.h>
#include <stdio.h>

#include "lib/log.h"

#define NAMES_MAX 128 /* bytes of all formats' names */

int loader_unknown(const struct boot_request *request, const char *also)
{
	char names[NAMES_MAX] = "";
	int used = 0;

	for (int i = 0; loaders[i] && used < NAMES_MAX; i++)
		used += snprintf(names + used, (size_t)(NAMES_MAX - used), "%s%s", i ? ", " : "",
				 loaders[i]->name);
	log_error(
		"the kernel (%lu bytes) is of no format that this machine boots: give -kernel one of: %s%s",
		request->kernel.size, names, also);
	return -ENOEXEC;
}
