/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for efi/runtime/ until that is there: every service refuses. Not built when efi/runtime/ has sources. */
#include "efi/pool.h"
#include "efi/runtime.h"

static uint32_t high_count;

static efi_status EFIAPI unsupported(void)
{
	return EFI_UNSUPPORTED;
}

static efi_status EFIAPI not_found(void)
{
	return EFI_NOT_FOUND;
}

static efi_status EFIAPI next_high_count(uint32_t *high)
{
	*high = ++high_count;
	return EFI_SUCCESS;
}

struct efi_runtime_services *efi_runtime_start(struct efi_system_table *table)
{
	struct efi_runtime_services *services;
	void *block;

	(void)table;
	if (EFI_ERROR(efi_allocate_pool(EfiRuntimeServicesData, sizeof(*services), &block)))
		return NULL;
	services = block;
	for (uint64_t *at = block; at < (uint64_t *)(services + 1); at++)
		*at = (uint64_t)(uintptr_t)unsupported;
	services->Hdr = (struct efi_table_header){.Signature = EFI_RUNTIME_SERVICES_SIGNATURE,
						  .Revision = EFI_2_100_SYSTEM_TABLE_REVISION,
						  .HeaderSize = sizeof(*services)};
	services->GetVariable = (__typeof__(services->GetVariable))(uintptr_t)not_found;
	services->GetNextVariableName = (__typeof__(services->GetNextVariableName))(uintptr_t)not_found;
	services->GetNextHighMonotonicCount = next_high_count;
	return services;
}

void efi_runtime_exit_boot_services(void)
{
}
