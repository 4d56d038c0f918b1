/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* test-sources: efi/protocols/hii_database.c efi/protocols/hii_string.c efi/protocols/hii_package.c */
/* test-sources: efi/protocols/hii_config.c efi/protocols/hii_block.c efi/protocols/collation.c efi/protocols/devices.c */
/* The HII database, its strings, configuration routing, and collation. */
#include "efi/image_hii.h"
#include "efi/protocol/misc.h"
#include "efi/protocols/hii.h"
#include "lib/bytes.h"
#include "tests/efi/protocols/common.h"

static const struct efi_hii_database_protocol *db;
static const struct efi_hii_string_protocol *strings;
static const struct efi_hii_config_routing_protocol *routing;

static void start(void)
{
	machine_start(4096);
	ok(!efi_table_start() && !efi_hii_install() && !efi_collation_install(), "installed");
	db = locate((struct efi_guid)EFI_HII_DATABASE_PROTOCOL_GUID);
	strings = locate((struct efi_guid)EFI_HII_STRING_PROTOCOL_GUID);
	routing = locate((struct efi_guid)EFI_HII_CONFIG_ROUTING_PROTOCOL_GUID);
}

/* ---- a list to begin with ---- */

static uint8_t list[1024];
static uint32_t list_size;

static void put(const void *bytes, uint32_t size)
{
	memcpy(list + list_size, bytes, size);
	list_size += size;
	le32_store(list + 16, list_size);
}

static void put_byte(uint8_t byte)
{
	put(&byte, 1);
}

static void put_wide(const CHAR16 *text)
{
	do
		put(text, 2);
	while (*text++);
}

static uint32_t begin_package(const char *language)
{
	uint32_t at = list_size;
	uint8_t header[46] = {0};
	uint32_t size = 46 + (uint32_t)strlen(language) + 1;

	le32_store(header + 4, size);
	le32_store(header + 8, size);
	le16_store(header + 44, 1);
	put(header, 46);
	put(language, size - 46);
	return at;
}

static void end_package(uint32_t at)
{
	put_byte(EFI_HII_SIBT_END);
	le32_store(list + at, (list_size - at) | 4u << 24);
}

/* English: 1 name, 2 "two", 3 none, 4 "four" narrow, 5 = 2, 6 "six", 7 "seven". French: 1 name, 2 "deux". */
static void make_list(void)
{
	static const uint8_t skip[] = {EFI_HII_SIBT_SKIP1, 1};
	static const uint8_t duplicate[] = {EFI_HII_SIBT_DUPLICATE, 2, 0};
	static const uint8_t several[] = {EFI_HII_SIBT_STRINGS_UCS2, 2, 0};
	static const uint8_t extension[] = {EFI_HII_SIBT_EXT2, 0x40, 6, 0, 0, 0};
	static const uint8_t guid_package[] = {24, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9,
					       9,  9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4};
	static const uint8_t end[] = {4, 0, 0, EFI_HII_PACKAGE_END};
	uint32_t at;

	list_size = 20;
	memset(list, 0, sizeof(list));
	list[0] = 0x77;
	at = begin_package("en-US");
	put_byte(EFI_HII_SIBT_STRING_UCS2);
	put_wide(u"English");
	put_byte(EFI_HII_SIBT_STRING_UCS2);
	put_wide(u"two");
	put(skip, sizeof(skip));
	put_byte(EFI_HII_SIBT_STRING_SCSU);
	put("four", 5);
	put(duplicate, sizeof(duplicate));
	put(extension, sizeof(extension));
	put(several, sizeof(several));
	put_wide(u"six");
	put_wide(u"seven");
	end_package(at);
	at = begin_package("fr-FR");
	put_byte(EFI_HII_SIBT_STRING_UCS2);
	put_wide(u"Fran\u00e7ais");
	put_byte(EFI_HII_SIBT_STRING_UCS2);
	put_wide(u"deux");
	end_package(at);
	put(guid_package, sizeof(guid_package));
	put(end, sizeof(end));
}

static efi_hii_handle published(efi_handle driver)
{
	efi_hii_handle handle = NULL;

	make_list();
	equal(db->NewPackageList(db, (void *)list, driver, &handle), EFI_SUCCESS, "published");
	return handle;
}

static const char *string(efi_hii_handle handle, const char *language, efi_string_id id)
{
	CHAR16 text[64];
	uint64_t size = sizeof(text);
	efi_status status = strings->GetString(strings, language, handle, id, text, &size, NULL);

	if (status == EFI_NOT_FOUND)
		return "not found";
	if (status == EFI_INVALID_LANGUAGE)
		return "invalid language";
	return status ? "error" : narrow(text);
}

static void test_get_string(void)
{
	CHAR16 text[64];
	uint64_t size = 0;
	efi_hii_handle handle;

	start();
	handle = published(NULL);
	text_equal(string(handle, "en-US", 1), "English", "1");
	text_equal(string(handle, "en-us", 2), "two", "2");
	text_equal(string(handle, "en-US", 3), "not found", "3");
	text_equal(string(handle, "en-US", 4), "four", "4");
	text_equal(string(handle, "en-US", 5), "two", "5");
	text_equal(string(handle, "en-US", 6), "six", "6");
	text_equal(string(handle, "en-US", 7), "seven", "7");
	text_equal(string(handle, "en-US", 8), "not found", "8");
	text_equal(string(handle, "fr-FR", 2), "deux", "French 2");
	text_equal(string(handle, "fr-FR", 4), "invalid language", "French 4");
	text_equal(string(handle, "de", 4), "invalid language", "German");
	text_equal(string((void *)list, "en-US", 1), "not found", "no such list");
	equal(strings->GetString(strings, "en-US", handle, 7, NULL, &size, NULL),
	      EFI_BUFFER_TOO_SMALL, "size?");
	equal(size, 12, "so large");
	equal(strings->GetString(NULL, "en-US", handle, 7, text, &size, NULL),
	      EFI_INVALID_PARAMETER, "This");
	equal(strings->GetString(strings, NULL, handle, 7, text, &size, NULL),
	      EFI_INVALID_PARAMETER, "no language");
	equal(strings->GetString(strings, "en-US", NULL, 7, text, &size, NULL),
	      EFI_INVALID_PARAMETER, "no list");
	equal(strings->GetString(strings, "en-US", handle, 0, text, &size, NULL),
	      EFI_INVALID_PARAMETER, "no identifier");
	equal(strings->GetString(strings, "en-US", handle, 7, text, NULL, NULL),
	      EFI_INVALID_PARAMETER, "no size");
	equal(strings->GetString(strings, "en-US", handle, 7, NULL, &size, NULL),
	      EFI_INVALID_PARAMETER, "no buffer");
}

static void test_new_strings(void)
{
	efi_hii_handle handle;
	efi_string_id id;

	start();
	handle = published(NULL);
	equal(strings->NewString(strings, handle, &id, "en-US", NULL, u"new", NULL), EFI_SUCCESS,
	      "a new one");
	equal(id, 8, "behind the last");
	text_equal(string(handle, "en-US", 8), "new", "is there");
	text_equal(string(handle, "en-US", 7), "seven", "as are the others");
	equal(strings->NewString(strings, handle, &id, "fr-FR", NULL, u"neuf", NULL), EFI_SUCCESS,
	      "a French one");
	equal(id, 9, "has an identifier of its own");
	text_equal(string(handle, "en-US", 9), "invalid language", "that English lacks");
	equal(strings->NewString(strings, handle, &id, "de", u"Deutsch", u"neu", NULL), EFI_SUCCESS,
	      "a German one");
	text_equal(string(handle, "de", id), "neu", "is there");
	text_equal(string(handle, "de", (efi_string_id)(id - 1)), "Deutsch", "and so is its name");
	equal(strings->NewString(strings, (void *)list, &id, "de", NULL, u"x", NULL), EFI_NOT_FOUND,
	      "no such list");
	equal(strings->NewString(strings, handle, NULL, "de", NULL, u"x", NULL),
	      EFI_INVALID_PARAMETER, "no identifier");
	equal(strings->NewString(strings, handle, &id, NULL, NULL, u"x", NULL),
	      EFI_INVALID_PARAMETER, "no language");
	equal(strings->NewString(strings, handle, &id, "de", NULL, NULL, NULL),
	      EFI_INVALID_PARAMETER, "no string");
	equal(strings->SetString(strings, handle, 2, "en-US", u"changed", NULL), EFI_SUCCESS,
	      "set");
	text_equal(string(handle, "en-US", 2), "changed", "is");
	text_equal(string(handle, "en-US", 5), "two", "its duplicate is not");
	equal(strings->SetString(strings, handle, 2, "en-US", u"again", NULL), EFI_SUCCESS,
	      "again");
	text_equal(string(handle, "en-US", 2), "again", "is");
	equal(strings->SetString(strings, handle, 3, "en-US", u"x", NULL), EFI_NOT_FOUND, "none");
	equal(strings->SetString(strings, handle, 4, "fr-FR", u"x", NULL), EFI_NOT_FOUND, "none");
	equal(strings->SetString(strings, handle, 2, "en-US", NULL, NULL), EFI_INVALID_PARAMETER,
	      "no string");
	equal(strings->SetString(strings, handle, 2, NULL, u"x", NULL), EFI_INVALID_PARAMETER,
	      "no language");
}

static void test_languages(void)
{
	uint64_t size = 0;
	efi_hii_handle handle;
	efi_string_id id;
	char languages[64];

	start();
	handle = published(NULL);
	equal(strings->NewString(strings, handle, &id, "de", NULL, u"neu", NULL), EFI_SUCCESS,
	      "a language more");
	equal(strings->GetLanguages(strings, handle, NULL, &size), EFI_BUFFER_TOO_SMALL, "size?");
	equal(size, 15, "so large");
	equal(strings->GetLanguages(strings, handle, languages, &size), EFI_SUCCESS, "languages");
	text_equal(languages, "en-US;fr-FR;de", "are these");
	equal(strings->GetLanguages(strings, handle, languages, NULL), EFI_INVALID_PARAMETER,
	      "no size");
	equal(strings->GetLanguages(strings, list, languages, &size), EFI_NOT_FOUND,
	      "no such list");
	size = 0;
	equal(strings->GetSecondaryLanguages(strings, handle, "de", NULL, &size),
	      EFI_BUFFER_TOO_SMALL, "secondary languages");
	equal(size, 1, "none, in one byte");
	equal(strings->GetSecondaryLanguages(strings, handle, "de", languages, &size), EFI_SUCCESS,
	      "given");
	ok(!*languages, "an empty list");
	size = 0;
	equal(strings->GetSecondaryLanguages(strings, handle, "xx", NULL, &size),
	      EFI_INVALID_LANGUAGE, "no such language");
	equal(strings->GetSecondaryLanguages(strings, list, "de", NULL, &size), EFI_NOT_FOUND,
	      "no such list");
	equal(strings->GetSecondaryLanguages(strings, handle, NULL, NULL, &size),
	      EFI_INVALID_PARAMETER, "no language");
}

static int events[16];

static efi_status EFIAPI heard(uint8_t type, const struct efi_guid *guid,
			       const struct efi_hii_package_header *package, efi_hii_handle handle,
			       uint64_t event)
{
	(void)type;
	(void)guid;
	(void)package;
	(void)handle;
	events[event]++;
	return EFI_SUCCESS;
}

static const struct efi_guid nines = {0x09090909, 0x0909, 0x0909, {9, 9, 9, 9, 9, 9, 9, 9}};

/* Who wants to hear of changes does, until it says so or its code goes; in the end nothing is left. */
static void test_notify(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_hii_handle handle;
	efi_hii_handle other;
	efi_handle driver = NULL;
	efi_handle registered[2];
	uint8_t out[2048];
	uint64_t size = sizeof(out);

	start();
	before = machine_snapshot();
	memset(events, 0, sizeof(events));
	equal(db->RegisterPackageNotify(db, 4, NULL, heard, 15, &registered[0]), EFI_SUCCESS,
	      "strings");
	equal(db->RegisterPackageNotify(db, 1, &nines, heard, 1, &registered[1]), EFI_SUCCESS,
	      "a GUID's");
	equal(db->RegisterPackageNotify(db, 1, NULL, heard, 1, &driver), EFI_INVALID_PARAMETER,
	      "no GUID");
	equal(db->RegisterPackageNotify(db, 4, &nines, heard, 1, &driver), EFI_INVALID_PARAMETER,
	      "a GUID too many");
	equal(db->RegisterPackageNotify(db, 4, NULL, NULL, 1, &driver), EFI_INVALID_PARAMETER,
	      "no function");
	equal(db->RegisterPackageNotify(db, 4, NULL, heard, 1, NULL), EFI_INVALID_PARAMETER,
	      "no handle");
	handle = published(registered[0]);
	equal(events[EFI_HII_DATABASE_NOTIFY_NEW_PACK], 3, "three packages were heard of");
	other = published(NULL);
	ok(handle != other, "lists differ");
	equal(db->GetPackageListHandle(db, handle, &driver), EFI_SUCCESS, "whose?");
	ok(driver == registered[0], "the driver's");
	equal(db->GetPackageListHandle(db, NULL, &driver), EFI_INVALID_PARAMETER, "no list");
	equal(db->GetPackageListHandle(db, handle, NULL), EFI_INVALID_PARAMETER, "nowhere");
	equal(db->ExportPackageLists(db, handle, &size, (void *)out), EFI_SUCCESS, "exported");
	equal(db->UpdatePackageList(db, other, (void *)out), EFI_SUCCESS, "updated");
	equal(db->RemovePackageList(db, NULL), EFI_NOT_FOUND, "remove none");
	equal(db->RemovePackageList(db, handle), EFI_SUCCESS, "remove");
	equal(db->RemovePackageList(db, handle), EFI_NOT_FOUND, "twice");
	equal(db->RemovePackageList(db, other), EFI_SUCCESS, "the other");
	ok(events[2] && events[4] && events[8], "all kinds of events were heard");
	equal(db->UnregisterPackageNotify(db, list), EFI_INVALID_PARAMETER, "no handle");
	equal(db->UnregisterPackageNotify(db, efi_firmware_handle()), EFI_NOT_FOUND, "another's");
	equal(db->UnregisterPackageNotify(db, registered[0]), EFI_SUCCESS, "unregistered");
	efi_hii_forget_code((uintptr_t)heard, 1);
	equal(db->UnregisterPackageNotify(db, registered[1]), EFI_INVALID_PARAMETER,
	      "its code goes, and so does it");
	after = machine_snapshot();
	ok(before.pools == after.pools && before.handles == after.handles, "nothing left");
}

static void test_lists(void)
{
	static const struct efi_guid tens = {0x0a, 0, 0, {0}};
	efi_hii_handle handle;
	efi_hii_handle other;
	efi_hii_handle found[4];
	uint64_t size = 0;

	start();
	equal(db->ListPackageLists(db, 0, NULL, &size, NULL), EFI_NOT_FOUND, "an empty database");
	handle = published(NULL);
	other = published(NULL);
	equal(db->NewPackageList(db, NULL, NULL, &handle), EFI_INVALID_PARAMETER, "no packages");
	equal(db->NewPackageList(db, (void *)list, NULL, NULL), EFI_INVALID_PARAMETER, "no handle");
	size = 8;
	equal(db->ListPackageLists(db, 0, NULL, &size, found), EFI_BUFFER_TOO_SMALL, "list: two");
	equal(size, 16, "need so much");
	equal(db->ListPackageLists(db, 4, NULL, &size, found), EFI_SUCCESS, "by type");
	ok(found[0] == handle && found[1] == other, "these");
	equal(db->ListPackageLists(db, 1, &nines, &size, found), EFI_SUCCESS, "by GUID");
	equal(db->ListPackageLists(db, 1, &tens, &size, found), EFI_NOT_FOUND, "by another");
	equal(db->ListPackageLists(db, 2, NULL, &size, found), EFI_NOT_FOUND, "no forms");
	equal(db->ListPackageLists(db, 1, NULL, &size, found), EFI_INVALID_PARAMETER, "no GUID");
	equal(db->ListPackageLists(db, 4, NULL, NULL, found), EFI_INVALID_PARAMETER, "no size");
}

static void test_export(void)
{
	efi_hii_handle handle;
	efi_hii_handle other;
	uint8_t out[2048];
	uint64_t size = 0;

	start();
	equal(db->ExportPackageLists(db, NULL, &size, NULL), EFI_NOT_FOUND,
	      "an empty database has nothing to export");
	handle = published(NULL);
	other = published(NULL);
	equal(db->ExportPackageLists(db, handle, &size, NULL), EFI_BUFFER_TOO_SMALL, "export?");
	equal(size, list_size, "as large as it came");
	size = sizeof(out);
	equal(db->ExportPackageLists(db, handle, &size, (void *)out), EFI_SUCCESS, "exported");
	ok(!memcmp(out, list, list_size), "is what came");
	size = sizeof(out);
	equal(db->ExportPackageLists(db, NULL, &size, (void *)out), EFI_SUCCESS, "all");
	equal(size, 2 * list_size, "twice that");
	equal(db->ExportPackageLists(db, list, &size, (void *)out), EFI_NOT_FOUND, "no such list");
	equal(db->ExportPackageLists(db, handle, NULL, NULL), EFI_INVALID_PARAMETER, "no size");
	/* A changed list is written anew, and can be read again. */
	strings->SetString(strings, handle, 4, "en-US", u"vier", NULL);
	size = sizeof(out);
	equal(db->ExportPackageLists(db, handle, &size, (void *)out), EFI_SUCCESS, "changed");
	equal(db->UpdatePackageList(db, other, (void *)out), EFI_SUCCESS, "updated");
	text_equal(string(other, "en-US", 4), "vier", "changed there");
	text_equal(string(other, "en-US", 7), "seven", "kept there");
	text_equal(string(other, "en-US", 3), "not found", "and no more");
	text_equal(string(other, "fr-FR", 2), "deux", "and the other language");
	equal(db->UpdatePackageList(db, list, (void *)out), EFI_NOT_FOUND, "no such list");
	equal(db->UpdatePackageList(db, other, NULL), EFI_INVALID_PARAMETER, "no packages");
}

static void test_keyboards(void)
{
	uint16_t small = 0;

	start();
	equal(db->FindKeyboardLayouts(db, &small, NULL), EFI_NOT_FOUND, "no keyboards");
	equal(db->FindKeyboardLayouts(db, NULL, NULL), EFI_INVALID_PARAMETER, "no size");
	equal(db->GetKeyboardLayout(db, NULL, &small, NULL), EFI_NOT_FOUND, "no layout");
	equal(db->GetKeyboardLayout(db, NULL, NULL, NULL), EFI_INVALID_PARAMETER, "no size");
	equal(db->SetKeyboardLayout(db, &nines), EFI_NOT_FOUND, "no layout");
	equal(db->SetKeyboardLayout(db, NULL), EFI_INVALID_PARAMETER, "no GUID");
}

static void test_hostile(void)
{
	struct snapshot before;
	struct snapshot after;
	efi_hii_handle handle;
	uint32_t good = 0;

	start();
	tap_seed();
	make_list();
	before = machine_snapshot();
	for (int i = 0; i < 5000; i++) {
		uint32_t at = 16 + (uint32_t)tap_below(list_size - 16);
		uint8_t was = list[at];
		uint32_t size = list_size;
		uint8_t *copy;

		list[at] = (uint8_t)tap_random();
		if (tap_below(4) == 0) {
			size = 20 + (uint32_t)tap_below(list_size - 20);
			le32_store(list + 16, size);
		}
		if (le32_load(list + 16) > size)
			le32_store(list + 16, size);
		copy = malloc(size);
		memcpy(copy, list, size);
		if (!db->NewPackageList(db, (void *)copy, NULL, &handle)) {
			good++;
			string(handle, "en-US", 6);
			db->RemovePackageList(db, handle);
		}
		free(copy);
		list[at] = was;
		le32_store(list + 16, list_size);
	}
	after = machine_snapshot();
	ok(before.pools == after.pools, "damaged lists leave nothing");
	ok(good > 0, "and some are still good");
	for (uint64_t n = 1; n < 50; n++) {
		machine_fail_at(n);
		if (!db->NewPackageList(db, (void *)list, NULL, &handle))
			break;
		machine_fail_at(0);
		after = machine_snapshot();
		if (before.pools != after.pools)
			ok(0, "a leak");
	}
	machine_fail_at(0);
	db->RemovePackageList(db, handle);
	after = machine_snapshot();
	ok(before.pools == after.pools, "nor does a lack of memory");
}

static void test_routing(void)
{
	CHAR16 *progress;
	CHAR16 *results;

	start();
	equal(routing->ExtractConfig(routing, u"GUID=00&NAME=00&PATH=7fff0400", &progress,
				     &results),
	      EFI_NOT_FOUND, "no driver");
	equal(routing->ExtractConfig(routing, u"x", &progress, &results), EFI_INVALID_PARAMETER,
	      "no string");
	equal(routing->ExtractConfig(routing, NULL, &progress, &results), EFI_INVALID_PARAMETER,
	      "none");
	equal(routing->ExtractConfig(routing, u"GUID=00&PATH=0101", &progress, &results),
	      EFI_NOT_FOUND, "no path");
	equal(routing->RouteConfig(routing, u"GUID=00&NAME=00&PATH=7fff0400", &progress),
	      EFI_NOT_FOUND, "no driver");
	equal(routing->RouteConfig(routing, NULL, &progress), EFI_INVALID_PARAMETER, "none");
	equal(routing->ExportConfig(routing, &results), EFI_SUCCESS, "export");
	ok(!*results, "is empty");
	efi_free_pool(results);
	equal(routing->ExportConfig(routing, NULL), EFI_INVALID_PARAMETER, "nowhere");
}

static void test_image(void)
{
	static uint8_t image[4096];
	struct pe_image pe = {.size = sizeof(image), .resources = 0x400, .resources_size = 0x200};
	uint8_t *rsrc = image + 0x400;

	make_list();
	ok(!image_hii_find(&pe, image), "an image without resources");
	le16_store(rsrc + 12, 1);
	le32_store(rsrc + 16, 0x80000100);
	le32_store(rsrc + 20, 0x80000020);
	le16_store(rsrc + 0x100, 3);
	memcpy(rsrc + 0x102, u"HII", 6);
	le16_store(rsrc + 0x20 + 14, 1);
	le32_store(rsrc + 0x20 + 20, 0x80000040);
	le16_store(rsrc + 0x40 + 14, 1);
	le32_store(rsrc + 0x40 + 20, 0x60);
	le32_store(rsrc + 0x60, 0x800);
	le32_store(rsrc + 0x64, list_size);
	memcpy(image + 0x800, list, list_size);
	ok((uint8_t *)image_hii_find(&pe, image) == image + 0x800, "a list");
	tap_seed();
	for (int i = 0; i < 20000; i++) {
		static uint8_t hurt[4096];
		uint8_t *copy;

		memcpy(hurt, image, sizeof(hurt));
		for (int j = 0; j < 3; j++)
			hurt[0x400 + tap_below(0x110)] = (uint8_t)tap_random();
		pe.size = tap_below(4) ? sizeof(hurt) : 0x400 + (uint32_t)tap_below(0xc00);
		pe.resources_size = (uint32_t)tap_below(pe.size - 0x400 + 1);
		copy = malloc(pe.size);
		memcpy(copy, hurt, pe.size);
		image_hii_find(&pe, copy);
		free(copy);
	}
	ok(1, "damaged images are read within their bounds");
}

static void test_collation(void)
{
	struct efi_unicode_collation_protocol *c;
	CHAR16 text[] = u"aB\u00e9\u00d7";
	char fat[12];

	start();
	c = locate((struct efi_guid)EFI_UNICODE_COLLATION_PROTOCOL2_GUID);
	ok(c->StriColl(c, u"ABC", u"abc") == 0, "equal");
	ok(c->StriColl(c, u"a", u"B") < 0, "less");
	ok(c->StriColl(c, u"b", u"A") > 0, "more");
	ok(c->StriColl(c, u"ab", u"a") > 0, "longer");
	ok(c->MetaiMatch(c, u"file.EFI", u"*.efi"), "*.efi");
	ok(!c->MetaiMatch(c, u"file.txt", u"*.efi"), "not *.efi");
	ok(c->MetaiMatch(c, u"aXbXc", u"a*x?"), "going back to a star");
	ok(c->MetaiMatch(c, u"abc", u"a?c"), "?");
	ok(!c->MetaiMatch(c, u"ac", u"a?c"), "? is one");
	ok(c->MetaiMatch(c, u"fs7:", u"fs[0-9]:"), "[0-9]");
	ok(c->MetaiMatch(c, u"b", u"[AB]"), "[AB]");
	ok(!c->MetaiMatch(c, u"c", u"[AB]"), "not [AB]");
	ok(!c->MetaiMatch(c, u"", u"[AB"), "nothing and an open set");
	ok(c->MetaiMatch(c, u"", u"*"), "nothing and a star");
	ok(c->MetaiMatch(c, u"", u""), "nothing and nothing");
	ok(!c->MetaiMatch(c, u"a", u""), "something and nothing");
	c->StrUpr(c, text);
	ok(!memcmp(text, u"AB\u00c9\u00d7", 8), "upper");
	c->StrLwr(c, text);
	ok(!memcmp(text, u"ab\u00e9\u00d7", 8), "lower");
	c->FatToStr(c, 3, "ABCD", text);
	ok(!memcmp(text, u"ABC", 8), "from FAT");
	ok(!c->StrToFat(c, u"na me.x", 11, fat) && !strcmp(fat, "NAMEX"), "to FAT");
	ok(c->StrToFat(c, u"a+\u20ac", 11, fat) && !strcmp(fat, "A__"), "what FAT lacks");
}

int main(void)
{
	test_get_string();
	test_new_strings();
	test_languages();
	test_notify();
	test_lists();
	test_export();
	test_keyboards();
	test_hostile();
	test_routing();
	test_image();
	test_collation();
	return tap_done();
}
