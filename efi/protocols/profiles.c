/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that say what this firmware conforms to (UEFI 2.10, 4.6.5) and which runtime services stay (4.6.2). */
#include <string.h>

#include "efi/pool.h"
#include "efi/protocol/tables.h"
#include "efi/protocols/install.h"
#include "efi/runtime/config.h"
#include "efi/table.h"

static const struct efi_guid conformance_guid = EFI_CONFORMANCE_PROFILES_TABLE_GUID;
static const struct efi_guid properties_guid = EFI_RT_PROPERTIES_TABLE_GUID;

/* struct efi_conformance_profiles_table with one profile */
static const struct {
	uint16_t version;
	uint16_t count;
	struct efi_guid profiles[1];
} conformance = {EFI_CONFORMANCE_PROFILES_TABLE_VERSION,
		 1,
		 {EFI_CONFORMANCE_PROFILES_UEFI_SPEC_GUID}};

/* A table that an operating system reads after ExitBootServices. */
static efi_status install(const struct efi_guid *guid, const void *table, uint64_t size)
{
	void *block;
	efi_status status = efi_allocate_pool(EfiRuntimeServicesData, size, &block);

	if (EFI_ERROR(status))
		return status;
	memcpy(block, table, size);
	status = efi_install_configuration_table(guid, block);
	if (EFI_ERROR(status))
		efi_free_pool(block);
	return status;
}

efi_status efi_profiles_install(void)
{
	struct efi_rt_properties_table properties = {
		.Version = EFI_RT_PROPERTIES_TABLE_VERSION,
		.Length = sizeof(properties),
		.RuntimeServicesSupported = efi_runtime_supported(),
	};
	efi_status status = install(&conformance_guid, &conformance, sizeof(conformance));

	if (EFI_ERROR(status))
		return status;
	return install(&properties_guid, &properties, sizeof(properties));
}
