/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The globally defined variables that the firmware makes (UEFI 2.10, 3.3), with the attributes that the table there asks for.
 * Lang and LangCodes are deprecated, and not made. What a person may have changed (a language, a time-out, which consoles) is only made when it is not there.
 */
#define LOG_PREFIX "efi"

#include "efi/device_path.h"
#include "efi/protocols/console.h"
#include "efi/protocols/install.h"
#include "efi/runtime/config.h"
#include "efi/table.h"
#include "lib/log.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE

static struct efi_guid global_guid = EFI_GLOBAL_VARIABLE;
static efi_status failure;

/* A default is not kept: it is made again at the next start, until somebody sets it. */
static void make(const CHAR16 *name, uint32_t attributes, const void *data, uint64_t size)
{
	struct variable_change change = {
		.name = name,
		.guid = &global_guid,
		.attributes = attributes,
		.flags = attributes & NV ? VARIABLE_UNSAVED : VARIABLE_READ_ONLY,
		.data = {{data, (uint32_t)size}},
	};
	efi_status status = efi_runtime_set_variable(&change);

	if (EFI_ERROR(status))
		failure = status;
}

static void make_default(const CHAR16 *name, uint32_t attributes, const void *data, uint64_t size)
{
	uint64_t have = 0;

	/* A size of 0 is too small for any variable. */
	if (efi_system_table()->RuntimeServices->GetVariable((CHAR16 *)(uintptr_t)name,
							     &global_guid, NULL, &have,
							     NULL) != EFI_BUFFER_TOO_SMALL)
		make(name, attributes, data, size);
}

/*
 * 3.3 and 32.2: SecureBoot tells whether images are verified before they start, which they are not here, whatever keys a uefi-vars
 * device has and whatever it makes of that. Its SetupMode and its keys are as it says.
 */
static void deny_secure_boot(void)
{
	static const uint8_t off;
	uint8_t claimed = 0;
	uint64_t size = sizeof(claimed);

	if (efi_system_table()->RuntimeServices->GetVariable((CHAR16 *)(uintptr_t)u"SecureBoot",
							     &global_guid, NULL, &size,
							     &claimed) == EFI_NOT_FOUND)
		return;
	if (claimed)
		log_warn("the uefi-vars device has Secure Boot switched on, but no image is "
			 "verified: SecureBoot is 0");
	make(u"SecureBoot", BS | RT, &off, sizeof(off));
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
	deny_secure_boot();
	make(u"PlatformLangCodes", BS | RT, language, sizeof(language));
	/* 3.3: what is not supported is replaced, and nothing else is. */
	make(u"PlatformLang", NV | BS | RT, language, sizeof(language));
	make_default(u"Timeout", NV | BS | RT, &timeout, sizeof(timeout));
	make(u"OsIndicationsSupported", BS | RT, &os_indications, sizeof(os_indications));
	make(u"BootOptionSupport", BS | RT, &boot_options, sizeof(boot_options));
	if (efi_system_table()->ConIn) {
		make_default(u"ConIn", NV | BS | RT, path, size);
		make(u"ConInDev", BS | RT, path, size);
		make_default(u"ConOut", NV | BS | RT, path, size);
		make(u"ConOutDev", BS | RT, path, size);
		make_default(u"ErrOut", NV | BS | RT, path, size);
		make(u"ErrOutDev", BS | RT, path, size);
	}
	return failure;
}
