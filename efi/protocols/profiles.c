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

/*
 * No profile: without the table an operating system would take it that all of UEFI 2.10, 2.6 is here, but PCI buses have no
 * EFI_PCI_IO_PROTOCOL; and EBBR's profiles ask for a boot manager that reads Boot####.
 */
static const struct efi_conformance_profiles_table conformance = {
	.Version = EFI_CONFORMANCE_PROFILES_TABLE_VERSION,
};

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
