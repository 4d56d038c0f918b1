/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that were found, for a person. */
#define LOG_PREFIX "pci"

#include <stdio.h>

#include "drivers/pci_internal.h"
#include "lib/log.h"

#define RANGES_TEXT_MAX 200 /* bytes of a function's ranges when printed */

static void print_function(const struct pci_host *host, const struct pci_function *function)
{
	static const char *const windows[] = {"I/O", "memory", "prefetchable"};
	uint32_t id = pci_id(host, function);
	char text[RANGES_TEXT_MAX] = "";
	int used = 0;

	for (int i = 0; i < function->ranges && used < RANGES_TEXT_MAX; i++) {
		const struct pci_range *range = &host->ranges[function->first_range + i];
		const char *kind = range->index >= PCI_WINDOW_IO
					   ? windows[range->index - PCI_WINDOW_IO]
				   : range->flags & PCI_RANGE_IO ? "I/O"
								 : "memory";

		if (!range->size)
			continue;
		used += snprintf(text + used, sizeof(text) - (size_t)used, ", %s 0x%lx+0x%lx", kind,
				 range->base, range->size);
	}
	log_info(PCI_NAME " %04x:%04x class %06x%s%s", PCI_NAME_OF(function), id & 0xffff, id >> 16,
		 function->class, text, function->flags & PCI_OFF ? ", off" : "");
}

void pci_print(const struct pci_host *host)
{
	for (int i = 0; i < host->functions_used; i++)
		print_function(host, &host->functions[i]);
}
