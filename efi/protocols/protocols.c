/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's own protocols, in the order in which they are installed. */
#include "efi/protocols.h"
#include "efi/handle.h"
#include "efi/protocol/media.h"
#include "efi/protocols/console.h"
#include "efi/protocols/devices.h"
#include "efi/protocols/hii.h"
#include "efi/protocols/console.h"
#include "efi/protocols/install.h"

static efi_status (*const protocols[])(void) = {
	efi_device_path_utilities_install,
	efi_device_path_to_text_install,
	efi_device_path_from_text_install,
	efi_console_install,
	efi_collation_install,
	efi_hii_install,
	efi_decompress_install,
	efi_rng_install,
	efi_initrd_install,
	efi_file_system_install,
	efi_variables_install,
	efi_profiles_install,
};

void efi_protocols_leave(void)
{
	efi_text_output_leave();
}

efi_status efi_protocols_install(void)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		efi_status status = protocols[i]();

		if (EFI_ERROR(status))
			return status;
	}
	return EFI_SUCCESS;
}

void efi_protocols_asked_for(const struct efi_guid *guid)
{
	static const struct efi_guid block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
	static const struct efi_guid file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

	efi_rng_asked_for(guid);
	if (efi_devices()->disks_look &&
	    (efi_guid_same(guid, &block_io_guid) || efi_guid_same(guid, &file_system_guid)))
		efi_devices()->disks_look();
}

void efi_protocols_forget_code(uint64_t base, uint64_t size)
{
	efi_text_input_forget_code(base, size);
	efi_hii_forget_code(base, size);
}
