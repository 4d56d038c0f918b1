/* SPDX-License-Identifier: BSD-2-Clause */
/* Which loader knows a kernel: one of the machine's own formats, or that of EFI applications, which many kernels have as well. */
#define LOG_PREFIX "boot"

#include "boot/loader.h"

#include <errno.h>
#include <stdio.h>

#include "boot/efi_part.h"
#include "lib/log.h"

#define NAMES_MAX 128 /* bytes of all formats' names */

const struct loader *loader_find(const uint8_t *head, size_t size)
{
	for (int i = 0; loaders[i]; i++)
		if (loaders[i]->recognise(head, size))
			return loaders[i];
	return NULL;
}

static const struct loader *choose(const struct boot_request *request, const uint8_t *head,
				   size_t size)
{
	const struct loader *efi = efi_part_loader();
	const struct loader *loader;

	if (efi && !efi->recognise(head, size))
		efi = NULL;
	if (efi && efi_part_preferred(&request->machine->fw_cfg))
		return efi;
	loader = loader_find(head, size);
	return loader ? loader : efi;
}

static int refuse(const struct boot_request *request)
{
	const struct loader *efi = efi_part_loader();
	char names[NAMES_MAX] = "";
	int used = 0;

	for (int i = 0; loaders[i] && used < NAMES_MAX; i++)
		used += snprintf(names + used, (size_t)(NAMES_MAX - used), "%s%s", i ? ", " : "",
				 loaders[i]->name);
	log_error(
		"the kernel (%lu bytes) is of no format that this machine boots: give -kernel one of: %s%s%s",
		request->kernel.size, names, efi ? ", " : "", efi ? efi->name : "");
	return -ENOEXEC;
}

int loader_start(const struct boot_request *request, const uint8_t *head, size_t size)
{
	const struct loader *loader = choose(request, head, size);

	if (!loader)
		return refuse(request);
	log_info("kernel: %s, %lu KiB; initrd: %lu KiB; command line: %s", loader->name,
		 request->kernel.size >> 10, request->initrd.size >> 10, request->cmdline);
	return loader->boot(request, head, size);
}
