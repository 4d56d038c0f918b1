/* SPDX-License-Identifier: BSD-2-Clause */
/* make EFI=no: the machine's own formats are all there are. */
#define LOG_PREFIX "boot"

#include "boot/loader.h"
#include "lib/log.h"

int loader_start(const struct boot_request *request, const uint8_t *head, size_t size)
{
	for (int i = 0; loaders[i]; i++)
		if (loaders[i]->recognise(head, size)) {
			log_info("kernel: %s, %lu KiB; initrd: %lu KiB; command line: %s",
				 loaders[i]->name, request->kernel.size >> 10,
				 request->initrd.size >> 10, request->cmdline);
			return loaders[i]->boot(request, head, size);
		}
	return loader_unknown(request, "");
}
