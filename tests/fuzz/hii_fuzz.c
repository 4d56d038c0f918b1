/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c efi/protocols/hii_database.c efi/protocols/hii_string.c efi/protocols/hii_package.c */
/* test-sources: efi/protocols/hii_config.c efi/protocols/hii_block.c efi/protocols/devices.c */
/*
 * HII package lists from anywhere: taken in, read, changed, written out, taken in again, removed. Nothing beyond a list is read,
 * nothing leaks, and what was written is a list. The interface trusts the length that a list says; it is made right here.
 */
#include <stdlib.h>

#include "efi/protocols/hii.h"
#include "lib/bytes.h"
#include "tests/efi/protocols/common.h"

#define LIST_MAX 65536
#define IDS 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct efi_hii_database_protocol *database;
static struct efi_hii_string_protocol *strings;

static void start(void)
{
	machine_start(4096);
	if (efi_table_start() || efi_hii_install())
		abort();
	database = locate((struct efi_guid)EFI_HII_DATABASE_PROTOCOL_GUID);
	strings = locate((struct efi_guid)EFI_HII_STRING_PROTOCOL_GUID);
}

static void read_strings(efi_hii_handle handle)
{
	static char languages[LIST_MAX];
	static CHAR16 text[LIST_MAX];
	uint64_t size = sizeof(languages);

	if (strings->GetLanguages(strings, handle, languages, &size))
		return;
	for (char *language = strtok(languages, ";"); language; language = strtok(NULL, ";")) {
		char secondary[HII_LANGUAGE_MAX];

		size = sizeof(secondary);
		strings->GetSecondaryLanguages(strings, handle, language, secondary, &size);
		for (efi_string_id id = 0; id < IDS; id++) {
			size = sizeof(text);
			strings->GetString(strings, language, handle, id, text, &size, NULL);
		}
		strings->SetString(strings, handle, 2, language, u"changed", NULL);
	}
}

static void use(efi_hii_handle handle)
{
	struct efi_hii_package_list_header *copy;
	uint64_t size = 0;
	efi_string_id id;

	read_strings(handle);
	strings->NewString(strings, handle, &id, "xx", u"name", u"new", NULL);
	database->ExportPackageLists(database, handle, &size, NULL);
	copy = malloc(size);
	if (database->ExportPackageLists(database, handle, &size, copy) ||
	    copy->PackageLength != size || database->UpdatePackageList(database, handle, copy))
		abort();
	free(copy);
	read_strings(handle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	efi_hii_handle handle;
	uint64_t used;
	uint8_t *list;

	if (!database)
		start();
	if (size < sizeof(struct efi_hii_package_list_header) || size > LIST_MAX)
		return 0;
	used = efi_pool_used(EfiBootServicesData);
	list = memcpy(malloc(size), data, size);
	le32_store(list + 16, (uint32_t)size);
	if (!database->NewPackageList(database, (void *)list, NULL, &handle)) {
		use(handle);
		if (database->RemovePackageList(database, handle))
			abort();
	}
	free(list);
	if (efi_pool_used(EfiBootServicesData) != used)
		abort();
	return 0;
}
