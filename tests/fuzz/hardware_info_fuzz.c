/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/hardware_info.c */
/* Any file as QEMU's etc/hardware-info, in memory of exactly its size. */
#include <stdlib.h>
#include <string.h>

#include "boot/hardware_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file = malloc(size ? size : 1);

	memcpy(file, data, size);
	/* What is found lies in the file, behind a header. */
	if (hardware_info_find(file, size, HARDWARE_INFO_UEFI_VARS) && size < 24)
		abort();
	free(file);
	return 0;
}
