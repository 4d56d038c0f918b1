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
	static const struct disk_driver scsi = {.kind = DISK_SCSI}, nvme = {.kind = DISK_NVME};
	const struct disk_controller controllers[] = {
		{.device = {.bus = DEVICE_PCI, .host = &host, .function = 0}, .driver = &scsi},
		{.device = {.bus = DEVICE_PCI, .host = &host, .function = 1}, .driver = &nvme},
		{.device = {.bus = DEVICE_MMIO, .registers = 0xa003e00}, .driver = &scsi},
	};
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	for (uint32_t i = 0; i < 3; i++) {
		const char *rest = NULL;
		uint32_t line = bootorder_of(text, 0, &controllers[i], &rest);

		if (line == BOOTORDER_NONE)
			continue;
		if (rest < text || rest > text + strlen(text))
			abort();
		for (enum disk_kind kind = DISK_SINGLE; kind <= DISK_SATA; kind++) {
			uint16_t target = 0, lun = 0;

			if (bootorder_disk(rest, kind, &target, &lun) && kind == DISK_SINGLE)
				abort();
		}
		if (bootorder_of(text, line + 1, &controllers[i], &rest) <= line)
			abort();
	}
	free(text);
	return 0;
}
