/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system table and what hangs on it; see table.h. The system table and the list of configuration tables
 * outlive boot services, so they are runtime services data; the boot services table is our own.
 */
#include <string.h>

#include "efi/event.h"
#include "efi/exit.h"
#include "efi/handle.h"
#include "efi/image.h"
#include "efi/memory.h"
#include "efi/pool.h"
#include "efi/runtime.h"
#include "efi/table.h"
#include "lib/crc32.h"

#define FIRMWARE_VENDOR u"Cadastre"
#define FIRMWARE_REVISION 0x00010000
#define CONFIGURATION_SPARE 16 /* room for tables that is made at a time */

/* The name of the firmware's own handle, so that it exists; nothing is behind it. */
static const struct efi_guid firmware_guid =
	EFI_GUID(5f2c2a4d, 8f3e, 4d1b, 9c, 61, 7e, 0a, 41, d8, 25, c3);

struct tables {
	struct efi_system_table system;
	CHAR16 vendor[sizeof(FIRMWARE_VENDOR) / sizeof(CHAR16)];
};

static struct tables *tables;
static uint64_t configuration_room;
static efi_handle firmware;
static bool sealed; /* the CRCs are kept right from efi_table_seal on */

static struct efi_boot_services boot_services = {
	.Hdr =
		{
			.Signature = EFI_BOOT_SERVICES_SIGNATURE,
			.Revision = EFI_2_100_SYSTEM_TABLE_REVISION,
			.HeaderSize = sizeof(struct efi_boot_services),
		},
	.RaiseTPL = efi_raise_tpl,
	.RestoreTPL = efi_restore_tpl,
	.AllocatePages = efi_allocate_pages,
	.FreePages = efi_free_pages,
	.GetMemoryMap = efi_get_memory_map,
	.AllocatePool = efi_allocate_pool,
	.FreePool = efi_free_pool,
	.CreateEvent = efi_create_event,
	.SetTimer = efi_set_timer,
	.WaitForEvent = efi_wait_for_event,
	.SignalEvent = efi_signal_event,
	.CloseEvent = efi_close_event,
	.CheckEvent = efi_check_event,
	.InstallProtocolInterface = efi_install_protocol_interface,
	.ReinstallProtocolInterface = efi_reinstall_protocol_interface,
	.UninstallProtocolInterface = efi_uninstall_protocol_interface,
	.HandleProtocol = efi_handle_protocol,
	.RegisterProtocolNotify = efi_register_protocol_notify,
	.LocateHandle = efi_locate_handle,
	.LocateDevicePath = efi_locate_device_path,
	.InstallConfigurationTable = efi_install_configuration_table,
	.LoadImage = efi_load_image,
	.StartImage = efi_start_image,
	.Exit = efi_exit,
	.UnloadImage = efi_unload_image,
	.ExitBootServices = efi_exit_boot_services,
	.GetNextMonotonicCount = efi_get_next_monotonic_count,
	.Stall = efi_stall,
	.SetWatchdogTimer = efi_set_watchdog_timer,
	.ConnectController = efi_connect_controller,
	.DisconnectController = efi_disconnect_controller,
	.OpenProtocol = efi_open_protocol,
	.CloseProtocol = efi_close_protocol,
	.OpenProtocolInformation = efi_open_protocol_information,
	.ProtocolsPerHandle = efi_protocols_per_handle,
	.LocateHandleBuffer = efi_locate_handle_buffer,
	.LocateProtocol = efi_locate_protocol,
	.InstallMultipleProtocolInterfaces = efi_install_multiple_protocol_interfaces,
	.UninstallMultipleProtocolInterfaces = efi_uninstall_multiple_protocol_interfaces,
	.CalculateCrc32 = efi_calculate_crc32,
	.CopyMem = efi_copy_mem,
	.SetMem = efi_set_mem,
	.CreateEventEx = efi_create_event_ex,
};

struct efi_system_table *efi_system_table(void)
{
	return tables ? &tables->system : NULL;
}

efi_handle efi_firmware_handle(void)
{
	return firmware;
}

static void seal(struct efi_table_header *header)
{
	header->CRC32 = 0;
	header->CRC32 = crc32_more(0, header, header->HeaderSize);
}

void efi_table_seal(void)
{
	sealed = true;
	if (tables->system.BootServices)
		seal(&tables->system.BootServices->Hdr);
	seal(&tables->system.RuntimeServices->Hdr);
	seal(&tables->system.Hdr);
}

efi_status efi_table_start(void)
{
	struct tables *fresh;
	efi_status status;
	void *block;

	status = efi_allocate_pool(EfiRuntimeServicesData, sizeof(*fresh), &block);
	if (EFI_ERROR(status))
		return status;
	fresh = memset(block, 0, sizeof(*fresh));
	memcpy(fresh->vendor, FIRMWARE_VENDOR, sizeof(fresh->vendor));
	fresh->system.Hdr = (struct efi_table_header){
		.Signature = EFI_SYSTEM_TABLE_SIGNATURE,
		.Revision = EFI_2_100_SYSTEM_TABLE_REVISION,
		.HeaderSize = sizeof(fresh->system),
	};
	fresh->system.FirmwareVendor = fresh->vendor;
	fresh->system.FirmwareRevision = FIRMWARE_REVISION;
	fresh->system.BootServices = &boot_services;
	/* Before anything of boot services data: then all that runtime services keep lies together. */
	status = efi_runtime_claim();
	if (!EFI_ERROR(status)) {
		status = efi_install_protocol_interface(&firmware, &firmware_guid,
							EFI_NATIVE_INTERFACE, NULL);
		if (EFI_ERROR(status))
			efi_runtime_release();
	}
	if (EFI_ERROR(status)) {
		efi_free_pool(fresh);
		return EFI_OUT_OF_RESOURCES;
	}
	fresh->system.RuntimeServices = efi_runtime_start(&fresh->system);
	efi_handle_set_firmware(firmware);
	tables = fresh;
	return EFI_SUCCESS;
}

void efi_table_exit_boot_services(void)
{
	struct efi_system_table *system = &tables->system;

	system->ConsoleInHandle = NULL;
	system->ConIn = NULL;
	system->ConsoleOutHandle = NULL;
	system->ConOut = NULL;
	system->StandardErrorHandle = NULL;
	system->StdErr = NULL;
	system->BootServices = NULL;
	seal(&system->Hdr);
}

/* ---- configuration tables ---- */

static struct efi_configuration_table *configuration_find(const struct efi_guid *guid)
{
	struct efi_configuration_table *entry = tables->system.ConfigurationTable;

	for (uint64_t i = 0; i < tables->system.NumberOfTableEntries; i++)
		if (efi_guid_same(&entry[i].VendorGuid, guid))
			return &entry[i];
	return NULL;
}

void *efi_configuration_table(const struct efi_guid *guid)
{
	struct efi_configuration_table *entry = tables ? configuration_find(guid) : NULL;

	return entry ? entry->VendorTable : NULL;
}

static efi_status configuration_grow(void)
{
	struct efi_system_table *system = &tables->system;
	uint64_t count = system->NumberOfTableEntries;
	struct efi_configuration_table *old = system->ConfigurationTable;
	void *block;

	if (count < configuration_room)
		return EFI_SUCCESS;
	if (EFI_ERROR(efi_allocate_pool(EfiRuntimeServicesData,
					(count + CONFIGURATION_SPARE) * sizeof(*old), &block)))
		return EFI_OUT_OF_RESOURCES;
	/* The allocation itself may have changed the list: the memory attributes table is in it. */
	old = system->ConfigurationTable;
	count = system->NumberOfTableEntries;
	if (old) {
		memcpy(block, old, count * sizeof(*old));
		efi_free_pool(old);
	}
	system->ConfigurationTable = block;
	configuration_room = count + CONFIGURATION_SPARE;
	return EFI_SUCCESS;
}

static efi_status configuration_set(const struct efi_guid *guid, void *table)
{
	struct efi_system_table *system = &tables->system;
	struct efi_configuration_table *entry = configuration_find(guid);
	efi_status status;

	if (entry && table) {
		entry->VendorTable = table;
	} else if (entry) {
		uint64_t after = (uint64_t)(system->ConfigurationTable +
					    --system->NumberOfTableEntries - entry);

		memmove(entry, entry + 1, after * sizeof(*entry));
	} else if (table) {
		status = configuration_grow();
		if (EFI_ERROR(status))
			return status;
		entry = &system->ConfigurationTable[system->NumberOfTableEntries++];
		entry->VendorGuid = *guid;
		entry->VendorTable = table;
	} else {
		return EFI_NOT_FOUND;
	}
	if (sealed)
		seal(&system->Hdr);
	return EFI_SUCCESS;
}

efi_status EFIAPI efi_install_configuration_table(const struct efi_guid *Guid, void *Table)
{
	efi_status status;
	struct efi_guid guid;
	efi_tpl tpl;

	if (!Guid || !tables)
		return EFI_INVALID_PARAMETER;
	guid = *Guid;
	tpl = efi_lock();
	status = configuration_set(&guid, Table);
	efi_unlock(tpl);
	if (!EFI_ERROR(status))
		efi_event_signal_group(&guid);
	return status;
}

void efi_table_reset(void)
{
	tables = NULL;
	sealed = false;
	configuration_room = 0;
	firmware = NULL;
	efi_handle_set_firmware(NULL);
}
