/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What boot/ may call of EFI. Nothing of efi/ runs before efi_init, which boot/efi_app.c calls when the first EFI
 * image is about to start.
 */
#ifndef EFI_API_H
#define EFI_API_H

#include <stdbool.h>

#include "efi/device_path.h"
#include "efi/disks.h"
#include "efi/efi.h"
#include "efi/load_option.h"
#include "efi/pe.h"
#include "efi/platform.h"
#include "efi/pool.h"
#include "efi/protocol/tables.h"
#include "efi/protocol/text.h"
#include "efi/protocols/devices.h"
#include "efi/runtime/config.h"
#include "efi/short_path.h"
#include "efi/table.h"
#include "efi/text.h"

struct efi_setup {
	bool hide_memory_attribute; /* EFI_MEMORY_ATTRIBUTE_PROTOCOL is not installed */
	const struct efi_configuration_table
		*tables; /* that tell of the machine: ACPI, SMBIOS, devicetree */
	uint32_t table_count;
};

/*
 * Makes EFI: tables, handles, protocols. A second call does nothing. memmap_system() must be set.
 * EFI_OUT_OF_RESOURCES: nothing is left behind but what was claimed for protocols.
 */
efi_status efi_init(const struct efi_setup *setup);

/* An image to run, from wherever it comes. */
struct efi_app {
	const char *name; /* for the log */
	const struct pe_source *source; /* reads straight to where the image runs */
	const void *head; /* the first bytes of the file: with all of the headers */
	uint64_t head_size;
	struct efi_device_path_protocol *path; /* of the file; NULL: none */
	const void *load_options; /* any bytes; NULL: none */
	uint32_t load_options_size;
	void (*starting)(void); /* called when it is loaded and about to start */
};

/* What the timer's interrupt calls (efi/event.h): with interrupts off, all registers saved. */
void efi_tick(void);

/* Whether these first bytes of a file are an EFI image (well-formed or not) for this machine. */
bool efi_recognise(const void *head, uint64_t size);

/*
 * Loads and starts an image as the boot manager does (UEFI 2.10, 3.1): ReadyToBoot is signalled, the watchdog is set for five
 * minutes while it runs. Returns when the image has: its status, or that of LoadImage, or EFI_INCOMPATIBLE_VERSION: it is a driver, in
 * which case one line has said why, and app->starting has not been called. Does not return when an operating system takes over.
 */
efi_status efi_run_image(const struct efi_app *app);

#endif
