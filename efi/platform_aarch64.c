/* SPDX-License-Identifier: BSD-2-Clause */
/* What efi/ must know of AArch64: platform.h. */
#include "efi/pe.h"
#include "efi/platform.h"

uint64_t efi_platform_runtime_granule(void)
{
	return 65536; /* UEFI 2.10, 2.3.6.1 */
}

uint16_t efi_platform_machine(void)
{
	return PE_MACHINE_AARCH64;
}
