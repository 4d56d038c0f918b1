/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The globally defined variables that the firmware makes (UEFI 2.10, 3.3), with the attributes that the table there asks for.
 * Lang and LangCodes are deprecated, and not made. What a person may have changed (a language, a time-out, which consoles) is only made when it is not there.
 */
#include "efi/device_path.h"
#include "efi/protocols/console.h"
#include "efi/protocols/install.h"
#include "efi/runtime/config.h"
#include "efi/table.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE

static struct efi_guid global_guid = EFI_GLOBAL_VARIABLE;
static efi_status failure;

static void set(const CHAR16 *name, uint32_t attributes, const void *data, uint64_t size)
{
	struct variable_change change = {
		.name = name,
		.guid = &global_guid,
		.attributes = attributes,
		.read_only = !(attributes & NV),
		.data = {{data, (uint32_t)size}},
	};
	uint64_t have = 0;
	efi_status status;

	/* A size of 0 is too small for any variable. */
	if (attributes & NV && efi_system_table()->RuntimeServices->GetVariable(
				       (CHAR16 *)(uintptr_t)name, &global_guid, NULL, &have,
				       NULL) == EFI_BUFFER_TOO_SMALL)
		return;
	status = efi_runtime_set_variable(&change);
	if (EFI_ERROR(status))
		failure = status;
}

efi_status efi_variables_install(void)
{
	static const char language[] = "en";
	static const uint16_t timeout = 0;
	/* Nothing that an operating system could ask for is supported; keys and application options neither. */
	static const uint64_t os_indications = 0;
	static const uint32_t boot_options = 0;
	const struct efi_device_path_protocol *path = efi_console_path();
	uint64_t size = efi_device_path_size(path);

	failure = EFI_SUCCESS;
	set(u"PlatformLangCodes", BS | RT, language, sizeof(language));
	set(u"PlatformLang", NV | BS | RT, language, sizeof(language));
	set(u"Timeout", NV | BS | RT, &timeout, sizeof(timeout));
	set(u"OsIndicationsSupported", BS | RT, &os_indications, sizeof(os_indications));
	set(u"BootOptionSupport", BS | RT, &boot_options, sizeof(boot_options));
	if (efi_system_table()->ConIn) {
		set(u"ConIn", NV | BS | RT, path, size);
		set(u"ConInDev", BS | RT, path, size);
		set(u"ConOut", NV | BS | RT, path, size);
		set(u"ConOutDev", BS | RT, path, size);
		set(u"ErrOut", NV | BS | RT, path, size);
		set(u"ErrOutDev", BS | RT, path, size);
	}
	return failure;
}
