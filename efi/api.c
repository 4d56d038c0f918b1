/* SPDX-License-Identifier: BSD-2-Clause */
/* The way into EFI from boot/; see api.h. */
#define LOG_PREFIX "efi"

#include <errno.h>
#include <string.h>

#include "efi/api.h"
#include "efi/debug_image.h"
#include "efi/device_path.h"
#include "efi/event.h"
#include "efi/handle.h"
#include "efi/image.h"
#include "efi/memory_attributes.h"
#include "efi/pool.h"
#include "efi/protocols.h"
#include "efi/runtime.h"
#include "efi/table.h"
#include "lib/log.h"

#define BOOT_WATCHDOG 300 /* seconds: UEFI 2.10, 3.1.2 */
#define WATCHDOG_CODE 0

static const struct efi_guid attribute_guid = EFI_MEMORY_ATTRIBUTE_PROTOCOL_GUID;
static const struct efi_guid ready_group = EFI_EVENT_GROUP_READY_TO_BOOT;
static const struct efi_guid after_ready_group = EFI_EVENT_GROUP_AFTER_READY_TO_BOOT;
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

/* False for ever when efi_init ran out of memory half way. */
static bool ready;

efi_status efi_init(const struct efi_setup *setup)
{
	efi_handle handle = NULL;
	efi_status status;
	void *place;

	if (efi_system_table())
		return ready ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
	efi_platform_irq_enable();
	/* Holds the pool of what others will have an operating system reclaim beside our own tables of that type. */
	if (EFI_ERROR(efi_allocate_pool(EfiACPIReclaimMemory, 0, &place)))
		return EFI_OUT_OF_RESOURCES;
	status = efi_table_start();
	if (EFI_ERROR(status)) {
		efi_free_pool(place);
		return status;
	}
	efi_image_prepare();
	efi_memory_attributes_start();
	efi_debug_image_start();
	if (!setup->hide_memory_attribute)
		status = efi_install_protocol_interface(&handle, &attribute_guid,
							EFI_NATIVE_INTERFACE,
							&efi_memory_attribute_protocol);
	if (!EFI_ERROR(status))
		status = efi_protocols_install();
	for (uint32_t i = 0; i < setup->table_count && !EFI_ERROR(status); i++) {
		struct efi_configuration_table table = setup->tables[i];

		status = efi_install_configuration_table(&table.VendorGuid, table.VendorTable);
	}
	efi_table_seal();
	ready = !EFI_ERROR(status);
	return status;
}

void efi_tick(void)
{
	efi_event_tick();
}

bool efi_recognise(const void *head, uint64_t size)
{
	struct pe_image pe;

	return pe_parse(&pe, head, size, UINT64_MAX, efi_platform_machine()) != -ENOEXEC;
}

/* What of a path follows the device that has it, and that device. */
static void split_path(const struct efi_app *app, struct efi_image_request *request)
{
	struct efi_device_path_protocol *rest = app->path;

	request->path = app->path;
	request->file_path = app->path;
	if (!app->path)
		return;
	if (!EFI_ERROR(efi_locate_device_path(&path_guid, &rest, &request->device)))
		request->file_path = rest;
}

static efi_status set_options(struct efi_loaded_image_protocol *loaded, const struct efi_app *app)
{
	efi_status status;

	if (!app->load_options_size)
		return EFI_SUCCESS;
	status = efi_allocate_pool(EfiBootServicesData, app->load_options_size,
				   &loaded->LoadOptions);
	if (EFI_ERROR(status))
		return status;
	memcpy(loaded->LoadOptions, app->load_options, app->load_options_size);
	loaded->LoadOptionsSize = app->load_options_size;
	return EFI_SUCCESS;
}

static efi_status start(efi_handle image, void (*starting)(void))
{
	void *options = efi_image_loaded(image)->LoadOptions;
	CHAR16 *exit_data = NULL;
	efi_status status;

	efi_event_signal_group(&ready_group);
	efi_event_signal_group(&after_ready_group);
	efi_runtime_ready_to_boot();
	efi_set_watchdog_timer(BOOT_WATCHDOG, WATCHDOG_CODE, 0, NULL);
	starting();
	status = efi_start_image(image, NULL, &exit_data);
	efi_protocols_leave();
	efi_set_watchdog_timer(0, WATCHDOG_CODE, 0, NULL);
	if (exit_data)
		efi_free_pool(exit_data);
	/* An image that is still there with an error has not begun: there was no stack for it. */
	if (EFI_ERROR(status) && efi_image_is(image))
		efi_unload_image(image);
	if (options && !efi_image_is(image))
		efi_free_pool(options);
	return status;
}

static const char *reason(efi_status status)
{
	switch (status) {
	case EFI_UNSUPPORTED:
		return "it is no EFI image for this machine, or must run where something else is";
	case EFI_LOAD_ERROR:
		return "the file is damaged";
	case EFI_OUT_OF_RESOURCES:
		return "there is not enough memory; give the machine more (-m)";
	case EFI_INCOMPATIBLE_VERSION:
		return "it is a driver, and only applications are booted";
	default:
		return "the file cannot be read";
	}
}

/*
 * Loads an application, and gives it its options. EFI_INCOMPATIBLE_VERSION: it is a driver, which Driver#### would be for, not what is
 * booted (UEFI 2.10, 3.1).
 */
static efi_status load(const struct efi_app *app, const struct efi_image_request *request,
		       efi_handle *image)
{
	efi_status status = efi_image_load(request, image);

	if (EFI_ERROR(status))
		return status;
	status = efi_image_loaded(*image)->ImageCodeType == EfiLoaderCode
			 ? set_options(efi_image_loaded(*image), app)
			 : EFI_INCOMPATIBLE_VERSION;
	if (EFI_ERROR(status))
		efi_unload_image(*image);
	return status;
}

efi_status efi_run_image(const struct efi_app *app)
{
	struct efi_image_request request = {
		.source = app->source,
		.head = app->head,
		.head_size = app->head_size,
		.parent = efi_firmware_handle(),
	};
	efi_handle image;
	efi_status status;

	split_path(app, &request);
	status = load(app, &request, &image);
	if (EFI_ERROR(status)) {
		log_error("%s (%lu bytes) cannot be loaded: %s (status 0x%lx)", app->name,
			  app->source->size, reason(status), status & ~EFI_ERROR_BIT);
		return status;
	}
	return start(image, app->starting);
}
