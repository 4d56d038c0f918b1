/* SPDX-License-Identifier: BSD-2-Clause */
/* The HII database, its strings, configuration routing (UEFI 2.10, 34.3, 34.8, 35.4), and collation (21.1). */
#include "efi/protocol/hii.h"
#include "efi/protocol/misc.h"
#include "tests/efi-apps/app.h"

static const struct efi_guid database_guid = EFI_HII_DATABASE_PROTOCOL_GUID;
static const struct efi_guid string_guid = EFI_HII_STRING_PROTOCOL_GUID;
static const struct efi_guid routing_guid = EFI_HII_CONFIG_ROUTING_PROTOCOL_GUID;
static const struct efi_guid collation_guid = EFI_UNICODE_COLLATION_PROTOCOL2_GUID;
static struct efi_hii_database_protocol *database;
static struct efi_hii_string_protocol *strings;

/* One package of two strings in English: the language's name, and a greeting. */
static struct {
	struct efi_guid guid;
	uint32_t size;
	uint32_t string_package, header_size, string_offset;
	CHAR16 window[16];
	efi_string_id name;
	char language[9];
	struct {
		uint8_t type;
		CHAR16 text[8];
	} __attribute__((packed)) english;
	struct {
		uint8_t type;
		CHAR16 text[6];
	} __attribute__((packed)) greeting;
	uint8_t end;
	uint32_t end_package;
} __attribute__((packed)) list = {
	.guid = EFI_GUID(0b1f6a51, 5d1c, 4c6e, 8f, 5c, 2a, 90, 11, 22, 33, 41),
	.name = 1,
	.language = "en-US;de",
	.english = {EFI_HII_SIBT_STRING_UCS2, u"English"},
	.greeting = {EFI_HII_SIBT_STRING_UCS2, u"hello"},
	.end = EFI_HII_SIBT_END,
	.end_package = 4 | (uint32_t)EFI_HII_PACKAGE_END << 24,
};

static uint64_t notified;

static efi_status EFIAPI note(uint8_t type, const struct efi_guid *guid,
			      const struct efi_hii_package_header *package, efi_hii_handle handle,
			      uint64_t event)
{
	(void)type;
	(void)guid;
	(void)package;
	(void)handle;
	(void)event;
	notified++;
	return EFI_SUCCESS;
}

static void make_list(void)
{
	uint32_t strings_size = (uint32_t)(offsetof(__typeof__(list), end_package) -
					   offsetof(__typeof__(list), string_package));

	list.size = sizeof(list);
	list.string_package = strings_size | (uint32_t)EFI_HII_PACKAGE_STRINGS << 24;
	list.header_size = list.string_offset =
		(uint32_t)(offsetof(__typeof__(list), english) -
			   offsetof(__typeof__(list), string_package));
}

static efi_hii_handle check_lists(void)
{
	struct efi_hii_package_list_header *header = (void *)&list;
	efi_hii_handle handle = NULL, handles[32];
	efi_handle watch = NULL, driver = NULL;
	static uint8_t copy[512];
	uint64_t size;

	is(database->NewPackageList(database, NULL, app_handle, &handle), EFI_INVALID_PARAMETER,
	   "new list: none");
	is(database->NewPackageList(database, header, app_handle, NULL), EFI_INVALID_PARAMETER,
	   "new list: no place");
	is(database->RegisterPackageNotify(database, EFI_HII_PACKAGE_TYPE_GUID, NULL, note,
					   EFI_HII_DATABASE_NOTIFY_NEW_PACK, &watch),
	   EFI_INVALID_PARAMETER, "notify: of a GUID, and none");
	is(database->RegisterPackageNotify(database, EFI_HII_PACKAGE_STRINGS, NULL, note,
					   EFI_HII_DATABASE_NOTIFY_NEW_PACK, NULL),
	   EFI_INVALID_PARAMETER, "notify: no place");
	is(database->RegisterPackageNotify(database, EFI_HII_PACKAGE_STRINGS, NULL, note,
					   EFI_HII_DATABASE_NOTIFY_NEW_PACK, &watch),
	   EFI_SUCCESS, "notify: of new strings");
	is(database->NewPackageList(database, header, app_handle, &handle), EFI_SUCCESS,
	   "new list");
	is(notified, 1, "notify: called");
	is(database->UnregisterPackageNotify(database, watch), EFI_SUCCESS, "notify: no more");
	ok(EFI_ERROR(database->UnregisterPackageNotify(database, watch)), "notify: twice");
	is(database->GetPackageListHandle(database, handle, NULL), EFI_INVALID_PARAMETER,
	   "driver: no place");
	is(database->GetPackageListHandle(database, handle, &driver), EFI_SUCCESS, "driver");
	ok(driver == app_handle, "driver: it is we");
	is(database->ListPackageLists(database, EFI_HII_PACKAGE_TYPE_ALL, NULL, NULL, handles),
	   EFI_INVALID_PARAMETER, "lists: no size");
	size = 0;
	is(database->ListPackageLists(database, EFI_HII_PACKAGE_TYPE_ALL, NULL, &size, NULL),
	   EFI_BUFFER_TOO_SMALL, "lists: too small");
	is(database->ListPackageLists(database, EFI_HII_PACKAGE_TYPE_GUID, NULL, &size, NULL),
	   EFI_INVALID_PARAMETER, "lists: of a GUID, and none");
	is(database->ExportPackageLists(database, handle, NULL, (void *)copy),
	   EFI_INVALID_PARAMETER, "export: no size");
	size = 0;
	is(database->ExportPackageLists(database, handle, &size, NULL), EFI_BUFFER_TOO_SMALL,
	   "export: too small");
	is(size, sizeof(list), "export: says how much");
	is(database->ExportPackageLists(database, handle, &size, (void *)copy), EFI_SUCCESS,
	   "export");
	ok(!memcmp(copy, &list, sizeof(list)), "export: as it came");
	is(database->ExportPackageLists(database, (efi_hii_handle)&list, &size, (void *)copy),
	   EFI_NOT_FOUND, "export: what is none");
	is(database->UpdatePackageList(database, handle, NULL), EFI_INVALID_PARAMETER,
	   "update: by nothing");
	is(database->UpdatePackageList(database, (efi_hii_handle)&list, header), EFI_NOT_FOUND,
	   "update: what is none");
	is(database->UpdatePackageList(database, handle, header), EFI_SUCCESS, "update");
	return handle;
}

static void check_strings(efi_hii_handle handle)
{
	CHAR16 text[16];
	char languages[32];
	efi_string_id id = 0;
	uint64_t size = 0;

	is(strings->GetString(strings, "en-US", handle, 2, text, NULL, NULL), EFI_INVALID_PARAMETER,
	   "string: no size");
	is(strings->GetString(strings, NULL, handle, 2, text, &size, NULL), EFI_INVALID_PARAMETER,
	   "string: no language");
	is(strings->GetString(strings, "en-US", handle, 2, NULL, &size, NULL), EFI_BUFFER_TOO_SMALL,
	   "string: too small");
	is(size, 12, "string: says how much");
	is(strings->GetString(strings, "en-US", handle, 2, text, &size, NULL), EFI_SUCCESS,
	   "string");
	ok(!memcmp(text, u"hello", 12), "string: it is");
	size = sizeof(text);
	is(strings->GetString(strings, "en-US", handle, 99, text, &size, NULL), EFI_NOT_FOUND,
	   "string: no such");
	is(strings->GetString(strings, "de", handle, 2, text, &size, NULL), EFI_INVALID_LANGUAGE,
	   "string: not in that language");
	is(strings->NewString(strings, handle, NULL, "en-US", NULL, u"new", NULL),
	   EFI_INVALID_PARAMETER, "new string: no place");
	is(strings->NewString(strings, handle, &id, "en-US", NULL, NULL, NULL),
	   EFI_INVALID_PARAMETER, "new string: none");
	is(strings->NewString(strings, (efi_hii_handle)&list, &id, "en-US", NULL, u"new", NULL),
	   EFI_NOT_FOUND, "new string: nowhere");
	is(strings->NewString(strings, handle, &id, "en-US", NULL, u"new", NULL), EFI_SUCCESS,
	   "new string");
	size = sizeof(text);
	is(strings->GetString(strings, "en-US", handle, id, text, &size, NULL), EFI_SUCCESS,
	   "new string: read");
	is(strings->SetString(strings, handle, id, NULL, u"newer", NULL), EFI_INVALID_PARAMETER,
	   "set string: no language");
	is(strings->SetString(strings, handle, 99, "en-US", u"newer", NULL), EFI_NOT_FOUND,
	   "set string: no such");
	is(strings->SetString(strings, handle, id, "en-US", u"newer", NULL), EFI_SUCCESS,
	   "set string");
	is(strings->GetLanguages(strings, handle, languages, NULL), EFI_INVALID_PARAMETER,
	   "languages: no size");
	size = 0;
	is(strings->GetLanguages(strings, handle, NULL, &size), EFI_BUFFER_TOO_SMALL,
	   "languages: too small");
	is(strings->GetLanguages(strings, handle, languages, &size), EFI_SUCCESS, "languages");
	ok(size == 6 && !memcmp(languages, "en-US", 6), "languages: English");
	is(strings->GetLanguages(strings, (efi_hii_handle)&list, languages, &size), EFI_NOT_FOUND,
	   "languages: of nothing");
	is(strings->GetSecondaryLanguages(strings, handle, "de", languages, &size),
	   EFI_INVALID_LANGUAGE, "secondary languages: of one that is not there");
	is(strings->GetSecondaryLanguages(strings, (efi_hii_handle)&list, "en-US", languages,
					  &size),
	   EFI_NOT_FOUND, "secondary languages: of nothing");
	is(strings->GetSecondaryLanguages(strings, handle, NULL, languages, &size),
	   EFI_INVALID_PARAMETER, "secondary languages: of no language");
	size = 0;
	is(strings->GetSecondaryLanguages(strings, handle, "en-US", NULL, &size),
	   EFI_BUFFER_TOO_SMALL, "secondary languages: too small");
	is(strings->GetSecondaryLanguages(strings, handle, "en-US", languages, &size), EFI_SUCCESS,
	   "secondary languages");
	ok(size == 3 && !memcmp(languages, "de", 3), "secondary languages: German");
}

#define HEADER u"GUID=516a1f0b1c5d6e4c8f5c2a9011223341&NAME=0041&PATH=7fff0400"

/* Whether a text is this one; frees it. */
static int text_is(efi_string text, const CHAR16 *wanted)
{
	efi_string at = text;
	int same;

	while (at && *at && *at == *wanted)
		at++, wanted++;
	same = at && !*at && !*wanted;
	if (text)
		bs->FreePool(text);
	return same;
}

static void check_blocks(struct efi_hii_config_routing_protocol *routing)
{
	static CHAR16 request[] = HEADER u"&OFFSET=1&WIDTH=2",
		      beyond[] = HEADER u"&OFFSET=3&WIDTH=2";
	static CHAR16 response[] = HEADER u"&OFFSET=1&WIDTH=2&VALUE=1234",
		      strange[] = HEADER u"&Fred=1";
	uint8_t block[4] = {0x11, 0x22, 0x33, 0x44};
	efi_string progress = NULL, text = NULL;
	uint64_t size = sizeof(block);

	is(routing->BlockToConfig(routing, request, block, size, &text, &progress), EFI_SUCCESS,
	   "block: to a string");
	ok(!*progress && text_is(text, HEADER u"&OFFSET=1&WIDTH=2&VALUE=3322"), "block: its value");
	is(routing->BlockToConfig(routing, beyond, block, size, &text, &progress), EFI_DEVICE_ERROR,
	   "block: beyond its end");
	is(routing->BlockToConfig(routing, strange, block, size, &text, &progress),
	   EFI_INVALID_PARAMETER, "block: no place in it");
	is(routing->BlockToConfig(routing, NULL, block, size, &text, &progress),
	   EFI_INVALID_PARAMETER, "block: no request");
	is(routing->ConfigToBlock(routing, response, block, &size, &progress), EFI_SUCCESS,
	   "block: from a string");
	ok(block[0] == 0x11 && block[1] == 0x34 && block[2] == 0x12 && block[3] == 0x44,
	   "block: the lowest byte first");
	is(size, 2, "block: the last byte that was changed");
	size = 2;
	is(routing->ConfigToBlock(routing, response, block, &size, &progress), EFI_BUFFER_TOO_SMALL,
	   "block: too small");
	is(size, 3, "block: how large it must be");
}

static void check_alternatives(struct efi_hii_config_routing_protocol *routing)
{
	static CHAR16 all[] = HEADER u"&A=1&" HEADER u"&ALTCFG=0001&A=2";
	efi_string text = NULL;

	is(routing->GetAltCfg(routing, all, NULL, NULL, NULL, NULL, &text), EFI_SUCCESS,
	   "alternatives: the current settings");
	ok(text_is(text, HEADER u"&A=1"), "alternatives: their text");
	is(routing->GetAltCfg(routing, all, NULL, NULL, NULL, (efi_string)(uintptr_t)u"\1", &text),
	   EFI_SUCCESS, "alternatives: another");
	ok(text_is(text, HEADER u"&A=2"), "alternatives: its text");
	is(routing->GetAltCfg(routing, all, NULL, NULL, NULL, (efi_string)(uintptr_t)u"\2", &text),
	   EFI_NOT_FOUND, "alternatives: none");
}

static void check_routing(void)
{
	struct efi_hii_config_routing_protocol *routing = NULL;
	efi_string progress = NULL, results = NULL;
	CHAR16 request[] = HEADER;

	bs->LocateProtocol(&routing_guid, NULL, (void **)&routing);
	ok(routing != NULL, "routing: it is there");
	if (!routing)
		return;
	is(routing->ExtractConfig(routing, request, NULL, &results), EFI_INVALID_PARAMETER,
	   "routing: no progress");
	is(routing->ExtractConfig(routing, request, &progress, NULL), EFI_INVALID_PARAMETER,
	   "routing: no place");
	is(routing->ExtractConfig(routing, request, &progress, &results), EFI_NOT_FOUND,
	   "routing: to nobody");
	is(routing->RouteConfig(routing, NULL, &progress), EFI_INVALID_PARAMETER,
	   "routing: nothing");
	is(routing->RouteConfig(routing, request, &progress), EFI_NOT_FOUND,
	   "routing: a setting to nobody");
	check_blocks(routing);
	check_alternatives(routing);
}

static void check_collation(void)
{
	struct efi_unicode_collation_protocol *c = NULL;
	CHAR16 text[16] = u"MiXed";
	char fat[16];

	bs->LocateProtocol(&collation_guid, NULL, (void **)&c);
	ok(c != NULL, "collation: it is there");
	if (!c)
		return;
	is(c->StriColl(c, u"Alpha", u"aLPHA"), 0, "collation: in either case");
	ok(c->StriColl(c, u"alpha", u"beta") < 0, "collation: before");
	ok(c->StriColl(c, u"b", u"alpha") > 0, "collation: behind");
	ok(c->MetaiMatch(c, u"startup.nsh", u"*.NSH"), "match: a star");
	ok(c->MetaiMatch(c, u"fs0", u"f?[0-9]"), "match: a set");
	ok(!c->MetaiMatch(c, u"fs0", u"f?[1-9]"), "match: not in the set");
	c->StrUpr(c, text);
	ok(!memcmp(text, u"MIXED", 12), "collation: capitals");
	c->StrLwr(c, text);
	ok(!memcmp(text, u"mixed", 12), "collation: small letters");
	c->FatToStr(c, 8, (char *)(uintptr_t) "KERNEL", text);
	ok(!memcmp(text, u"KERNEL", 14), "FAT: to a string");
	ok(!c->StrToFat(c, u"kernel", 16, fat) && !memcmp(fat, "KERNEL", 6), "FAT: from one");
	ok(c->StrToFat(c, u"a+b", 16, fat) && !memcmp(fat, "A_B", 3), "FAT: not all can be");
}

void app_main(void)
{
	efi_hii_handle handle;

	bs->LocateProtocol(&database_guid, NULL, (void **)&database);
	bs->LocateProtocol(&string_guid, NULL, (void **)&strings);
	ok(database && strings, "the protocols are there");
	if (!database || !strings)
		return;
	make_list();
	handle = check_lists();
	check_strings(handle);
	is(database->RemovePackageList(database, handle), EFI_SUCCESS, "remove");
	is(database->RemovePackageList(database, handle), EFI_NOT_FOUND, "remove: twice");
	check_routing();
	check_collation();
}
