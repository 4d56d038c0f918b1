/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/variables.c efi/protocols/profiles.c efi/protocols/console.c efi/protocols/text_input.c */
/* test-sources: efi/protocols/text_output.c efi/protocols/keys.c efi/protocols/devices.c efi/variable.c efi/variable_store.c */
/* test-sources: efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/* The variables and tables that the firmware publishes. */
#include "efi/device_path.h"
#include "efi/protocol/tables.h"
#include "efi/protocols/console.h"
#include "efi/runtime/config.h"
#include "efi/variable.h"
#include "tests/efi/protocols/common.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE

static uint8_t store[8192] __attribute__((aligned(8)));
static struct variables variables;
static struct efi_guid global = EFI_GLOBAL_VARIABLE;

static efi_status EFIAPI get_variable(CHAR16 *name, struct efi_guid *guid, uint32_t *attributes,
				      uint64_t *size, void *data)
{
	return variable_get(&variables, name, guid, attributes, size, data);
}

efi_status efi_runtime_set_variable(const struct variable_change *change)
{
	return variable_set_own(&variables, change);
}

uint32_t efi_runtime_supported(void)
{
	return 0x1234;
}

static void console_write(const char *bytes, uint64_t size)
{
	(void)bytes;
	(void)size;
}

static int console_read(void)
{
	return -1;
}

static void is(const CHAR16 *name, uint32_t attributes, const void *data, uint64_t size)
{
	uint8_t value[256];
	uint64_t room = sizeof(value);
	uint32_t a = 0;
	efi_status status = variable_get(&variables, name, &global, &a, &room, value);

	ok(!status && a == attributes && room == size && !memcmp(value, data, size), narrow(name));
	status = variable_set(&variables, name, &global, a, 1, "x");
	equal(status, attributes & NV ? EFI_SUCCESS : EFI_WRITE_PROTECTED, "may be written or not");
}

int main(void)
{
	static const struct efi_devices devices = {.console_write = console_write,
						   .console_read = console_read};
	static struct efi_runtime_services services = {.GetVariable = get_variable};
	const struct efi_device_path_protocol *path;
	const struct efi_rt_properties_table *properties;
	const struct efi_conformance_profiles_table *profiles;
	uint64_t size;
	uint8_t value[8];

	machine_start(4096);
	efi_devices_set(&devices);
	variable_store_start(&variables.store, store, sizeof(store));
	variable_set(&variables, u"Timeout", &global, NV | BS | RT, 2, "\7");
	ok(!efi_table_start() && !efi_console_install(), "a machine with a console");
	efi_system_table()->RuntimeServices = &services;
	equal(efi_variables_install(), EFI_SUCCESS, "published");
	path = efi_console_path();
	size = efi_device_path_size(path);
	equal(size, 20 + 19 + 20 + 4, "the console's path");
	ok(!memcmp((const uint8_t *)path + 20 + 19 + 4,
		   &(struct efi_guid)DEVICE_PATH_MESSAGING_VT_UTF8, 16),
	   "names its terminal");
	is(u"PlatformLang", NV | BS | RT, "en", 3);
	is(u"PlatformLangCodes", BS | RT, "en", 3);
	is(u"Timeout", NV | BS | RT, "\7", 2);
	is(u"OsIndicationsSupported", BS | RT, "\0\0\0\0\0\0\0", 8);
	is(u"BootOptionSupport", BS | RT, "\0\0\0", 4);
	is(u"ConIn", NV | BS | RT, path, size);
	is(u"ConInDev", BS | RT, path, size);
	is(u"ConOut", NV | BS | RT, path, size);
	is(u"ConOutDev", BS | RT, path, size);
	is(u"ErrOut", NV | BS | RT, path, size);
	is(u"ErrOutDev", BS | RT, path, size);
	size = sizeof(value);
	equal(variable_get(&variables, u"SecureBoot", &global, NULL, &size, value), EFI_NOT_FOUND,
	      "no Secure Boot");
	variable_set_own(&variables, &(struct variable_change){.name = u"SecureBoot",
							       .guid = &global,
							       .attributes = BS | RT,
							       .data = {{"\1", 1}}});
	equal(efi_variables_install(), EFI_SUCCESS, "published where there are keys");
	is(u"SecureBoot", BS | RT, "", 1);
	variable_store_start(&variables.store, store, 256);
	equal(efi_variables_install(), EFI_OUT_OF_RESOURCES, "no room");

	equal(efi_profiles_install(), EFI_SUCCESS, "tables");
	properties = efi_configuration_table(&(struct efi_guid)EFI_RT_PROPERTIES_TABLE_GUID);
	ok(properties && properties->Version == 1 && properties->Length == 8 &&
		   properties->RuntimeServicesSupported == 0x1234,
	   "runtime properties");
	profiles = efi_configuration_table(&(struct efi_guid)EFI_CONFORMANCE_PROFILES_TABLE_GUID);
	ok(profiles && profiles->Version == 1 && profiles->NumberOfProfiles == 0,
	   "no conformance profile is claimed");
	return tap_done();
}
