/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console's handle: its device path, text input and output. It is ConIn, ConOut and StdErr of the system table, and
 * the variables of these names say so (variables.c).
 */
#include "efi/device_path.h"
#include "efi/handle.h"
#include "efi/protocols/console.h"
#include "efi/protocols/install.h"
#include "efi/table.h"

static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid input_guid = EFI_SIMPLE_TEXT_INPUT_PROTOCOL_GUID;
static const struct efi_guid input_ex_guid = EFI_SIMPLE_TEXT_INPUT_EX_PROTOCOL_GUID;
static const struct efi_guid output_guid = EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL_GUID;

#define NODE(type, subtype, object)                \
	{                                          \
		type, subtype,                     \
		{                                  \
			(uint8_t)sizeof(object), 0 \
		}                                  \
	}

/* A serial port that is not further described, with a terminal on it. */
static const struct {
	struct efi_device_path_protocol port;
	struct efi_guid port_guid;
	struct efi_dp_uart uart;
	struct efi_device_path_protocol terminal;
	uint8_t terminal_guid[16]; /* not aligned */
	struct efi_device_path_protocol end;
} __attribute__((packed)) some_path = {
	.port = NODE(HARDWARE_DEVICE_PATH, HW_VENDOR_DP, struct efi_dp_vendor),
	.port_guid = EFI_GUID(2b0e3a1c, 6d0f, 4f5e, 9b, 1d, 5e, 9a, 77, 40, c1, 83),
	.uart = {.Header = NODE(MESSAGING_DEVICE_PATH, MSG_UART_DP, struct efi_dp_uart),
		 .BaudRate = 115200,
		 .DataBits = 8,
		 .Parity = 1,
		 .StopBits = 1},
	.terminal = NODE(MESSAGING_DEVICE_PATH, MSG_VENDOR_DP, struct efi_dp_vendor),
	/* DEVICE_PATH_MESSAGING_VT_UTF8 */
	.terminal_guid = {0xd6, 0xa0, 0x15, 0xad, 0xec, 0x8b, 0xcf, 0x4a, 0xa0, 0x73, 0xd0, 0x1d,
			  0xe7, 0x7e, 0x2d, 0x88},
	.end = NODE(END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE,
		    struct efi_device_path_protocol),
};

const struct efi_device_path_protocol *efi_console_path(void)
{
	return efi_devices()->console_path ? efi_devices()->console_path : &some_path.port;
}

efi_status efi_console_install(void)
{
	struct efi_system_table *system = efi_system_table();
	efi_handle handle = NULL;
	efi_status status;

	if (!efi_devices()->console_write || !efi_devices()->console_read)
		return EFI_SUCCESS;
	efi_text_output_start();
	status = efi_text_input_start();
	if (EFI_ERROR(status))
		return status;
	status = efi_install_multiple_protocol_interfaces(
		&handle, &path_guid, efi_console_path(), &input_guid, &efi_text_input,
		&input_ex_guid, &efi_text_input_ex, &output_guid, &efi_text_output, (void *)NULL);
	if (EFI_ERROR(status))
		return status;
	efi_handle_set_device(handle, efi_devices()->console_device);
	system->ConsoleInHandle = handle;
	system->ConIn = &efi_text_input;
	system->ConsoleOutHandle = handle;
	system->ConOut = &efi_text_output;
	system->StandardErrorHandle = handle;
	system->StdErr = &efi_text_output;
	return EFI_SUCCESS;
}
