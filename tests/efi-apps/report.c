/* SPDX-License-Identifier: BSD-2-Clause */
/* Says in one line how the boot manager has started it: load options, its path, and the variables that tell of it. */
#include "efi/protocol/device_path.h"
#include "tests/efi-apps/app.h"

static struct efi_guid global_guid = EFI_GLOBAL_VARIABLE;

static void print_character(CHAR16 c)
{
	char text[2] = {c >= ' ' && c < 0x7f ? (char)c : '?', 0};

	app_print(text);
}

static void print_text(const CHAR16 *text, uint64_t characters)
{
	for (uint64_t i = 0; i < characters && text[i]; i++)
		print_character(text[i]);
}

/* Variables of up to 8 bytes. */
static void print_variable(const char *label, const CHAR16 *name)
{
	uint64_t value = 0, size = sizeof(value);

	app_print(label);
	if (rs->GetVariable((CHAR16 *)(uintptr_t)name, &global_guid, NULL, &size, &value))
		app_print("none");
	else
		app_print_hex(value);
}

void app_main(void)
{
	static const struct efi_guid loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	static const struct efi_guid text_guid = EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID;
	struct efi_device_path_to_text_protocol *to_text;
	struct efi_loaded_image_protocol *loaded;
	CHAR16 *path;

	if (bs->HandleProtocol(app_handle, &loaded_guid, (void **)&loaded) ||
	    bs->LocateProtocol(&text_guid, NULL, (void **)&to_text))
		return;
	app_print("report: options '");
	print_text(loaded->LoadOptions, loaded->LoadOptionsSize / sizeof(CHAR16));
	app_print("' file '");
	path = to_text->ConvertDevicePathToText(loaded->FilePath, 0, 0);
	if (path) {
		print_text(path, UINT64_MAX);
		bs->FreePool(path);
	}
	print_variable("' current ", u"BootCurrent");
	print_variable(" next ", u"BootNext");
	print_variable(" indications ", u"OsIndications");
	print_variable(" supported ", u"OsIndicationsSupported");
	print_variable(" applications ", u"BootOptionSupport");
	app_print(" end\n");
}
