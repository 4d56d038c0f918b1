/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/bootorder.c tests/host.c */
/* Any text as QEMU's bootorder: what follows the controller lies in the text. */
#include <stdlib.h>
#include <string.h>

#include "boot/bootorder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function functions[] = {
		{.address = 3 << 3, .bridge = PCI_NONE},
		{.address = 1 << 8 | 5 << 3 | 1, .bridge = 0},
	};
	struct pci_host host = {.functions = functions, .functions_used = 2};
	const struct device devices[] = {
		{.bus = DEVICE_PCI, .host = &host, .function = 0},
		{.bus = DEVICE_PCI, .host = &host, .function = 1},
		{.bus = DEVICE_MMIO, .registers = 0xa003e00},
	};
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	for (uint32_t i = 0; i < 3; i++) {
		const char *rest = NULL;

		if (bootorder_of(text, &devices[i], &rest) != BOOTORDER_NONE &&
		    (rest <= text || rest > text + strlen(text)))
			abort();
	}
	free(text);
	return 0;
}
