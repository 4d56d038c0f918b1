/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of images share: EFI set up, a PE image in memory whose entry is a function of the test. */
#ifndef TESTS_EFI_IMAGES_H
#define TESTS_EFI_IMAGES_H

#include "efi/api.h"
#include "efi/image.h"
#include "efi/table.h"
#include "tests/efi/machine.h"
#include "tests/efi/pe_make.h"
#include "tests/tap.h"

static const struct efi_setup setup;
static uint8_t file[PE_MAKE_SIZE];
static int ran;

static inline void start_efi(void)
{
	machine_start(4096);
	equal(efi_init(&setup), EFI_SUCCESS, "EFI is set up");
	ran = 0;
}

static inline efi_status load(efi_handle *image)
{
	return efi_load_image(0, efi_firmware_handle(), NULL, file, sizeof(file), image);
}

static inline efi_handle must_load(const void *entry)
{
	efi_handle image = NULL;

	pe_make(file, entry);
	if (load(&image))
		ok(0, "an image is loaded");
	return image;
}

#endif
