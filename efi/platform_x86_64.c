/* SPDX-License-Identifier: BSD-2-Clause */
/* What efi/ must know of x86-64: platform.h. */
#include "arch/arch.h"
#include "efi/pe.h"
#include "efi/platform.h"

uint64_t efi_platform_runtime_granule(void)
{
	return EFI_PAGE_SIZE;
}

uint16_t efi_platform_machine(void)
{
	return PE_MACHINE_X86_64;
}

void efi_platform_code_sync(uint64_t base, uint64_t size)
{
	arch_code_sync(base, size);
}
