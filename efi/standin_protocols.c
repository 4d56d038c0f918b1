/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for efi/protocols/ until that is there: a console that writes. Not built when efi/protocols/protocols.c exists. */
#include "efi/handle.h"
#include "efi/protocol/text.h"
#include "efi/protocols.h"
#include "efi/protocols/devices.h"
#include "efi/table.h"

static efi_status EFIAPI output(struct efi_simple_text_output_protocol *This, CHAR16 *String)
{
	(void)This;
	for (; *String; String++) {
		char c = *String < 128 ? (char)*String : '?';

		if (c != '\r')
			efi_devices()->console_write(&c, 1);
	}
	return EFI_SUCCESS;
}

static struct efi_simple_text_output_mode mode = {.MaxMode = 1};
static struct efi_simple_text_output_protocol out = {.OutputString = output, .Mode = &mode};

efi_status efi_protocols_install(void)
{
	static const struct efi_guid guid = EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL_GUID;
	struct efi_system_table *table = efi_system_table();
	efi_status status =
		efi_install_protocol_interface(&table->ConsoleOutHandle, &guid, EFI_NATIVE_INTERFACE, &out);

	table->StandardErrorHandle = table->ConsoleOutHandle;
	table->ConOut = table->StdErr = &out;
	return status;
}
