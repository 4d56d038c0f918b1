/* SPDX-License-Identifier: BSD-2-Clause */
/* Variable services (UEFI 2.10, 8.2) while boot services are there: the status of each error, attributes, enumeration. */
#include "tests/efi-apps/app.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE
#define APPEND EFI_VARIABLE_APPEND_WRITE
#define TIMED EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS
#define NAME_MAX 256

static struct efi_guid mine = EFI_GUID(4f1d9c02, 77b3, 4a60, 9d, 18, 20, 5b, c6, e1, 33, 7a);
static struct efi_guid global = EFI_GLOBAL_VARIABLE;
static struct efi_guid signatures = EFI_IMAGE_SECURITY_DATABASE_GUID;
static uint8_t large[64 * 1024];

static efi_status set(const CHAR16 *name, struct efi_guid *guid, uint32_t attributes,
		      const char *text)
{
	uint64_t size = 0;

	while (text && text[size])
		size++;
	return rs->SetVariable((CHAR16 *)(uintptr_t)name, guid, attributes, size,
			       (void *)(uintptr_t)text);
}

static int has(const CHAR16 *name, const char *text)
{
	char value[64];
	uint64_t size = sizeof(value), length = 0;

	while (text[length])
		length++;
	return !rs->GetVariable((CHAR16 *)(uintptr_t)name, &mine, NULL, &size, value) &&
	       size == length && !memcmp(value, text, size);
}

/* Whether somebody judges authenticated variables here: who does has a SetupMode. */
static int has_judge(void)
{
	uint64_t size = 0;

	return rs->GetVariable(u"SetupMode", &global, NULL, &size, NULL) == EFI_BUFFER_TOO_SMALL;
}

static void check_get(void)
{
	uint32_t attributes = 0;
	uint64_t size = 0;
	char data[8];

	is(set(u"a", &mine, BS | RT, "hello"), EFI_SUCCESS, "set: a volatile one");
	is(rs->GetVariable(NULL, &mine, NULL, &size, data), EFI_INVALID_PARAMETER, "get: no name");
	is(rs->GetVariable(u"a", NULL, NULL, &size, data), EFI_INVALID_PARAMETER, "get: no GUID");
	is(rs->GetVariable(u"a", &mine, NULL, NULL, data), EFI_INVALID_PARAMETER, "get: no size");
	is(rs->GetVariable(u"none", &mine, NULL, &size, data), EFI_NOT_FOUND, "get: none");
	is(rs->GetVariable(u"a", &global, NULL, &size, data), EFI_NOT_FOUND, "get: another GUID");
	is(rs->GetVariable(u"a", &mine, &attributes, &size, NULL), EFI_BUFFER_TOO_SMALL,
	   "get: size 0 without a buffer");
	ok(size == 5 && attributes == (BS | RT), "get: size and attributes all the same");
	is(rs->GetVariable(u"a", &mine, NULL, &size, NULL), EFI_INVALID_PARAMETER,
	   "get: enough, but nowhere");
	size = sizeof(data);
	is(rs->GetVariable(u"a", &mine, NULL, &size, data), EFI_SUCCESS, "get: it");
	ok(size == 5 && !memcmp(data, "hello", 5), "get: what was set");
}

static void check_set_errors(void)
{
	is(set(NULL, &mine, BS, "x"), EFI_INVALID_PARAMETER, "set: no name");
	is(set(u"", &mine, BS, "x"), EFI_INVALID_PARAMETER, "set: empty name");
	is(set(u"a", NULL, BS, "x"), EFI_INVALID_PARAMETER, "set: no GUID");
	is(rs->SetVariable(u"b", &mine, BS, 1, NULL), EFI_INVALID_PARAMETER, "set: no data");
	is(set(u"b", &mine, RT, "x"), EFI_INVALID_PARAMETER, "set: at run time only");
	is(set(u"b", &mine, NV | RT, "x"), EFI_INVALID_PARAMETER, "set: at run time only, kept");
	is(set(u"b", &mine, BS | EFI_VARIABLE_HARDWARE_ERROR_RECORD, "x"), EFI_INVALID_PARAMETER,
	   "set: half an error record");
	is(set(u"b", &mine, NV | BS | 0x10, "x"), EFI_UNSUPPORTED, "set: the reserved kind");
	is(set(u"b", &mine, NV | BS | TIMED | 0x80, "x"), EFI_INVALID_PARAMETER,
	   "set: both authentications");
	if (app_is_cadastre())
		is(set(u"b", &mine, NV | BS | TIMED, "x"),
		   has_judge() ? EFI_SECURITY_VIOLATION : EFI_INVALID_PARAMETER,
		   "set: authenticated");
	is(set(u"b", &mine, BS | 0x100, "x"), EFI_INVALID_PARAMETER, "set: an unknown attribute");
	is(set(u"b", &mine, BS, ""), EFI_NOT_FOUND, "set: delete nothing");
	is(set(u"b", &mine, 0, "x"), EFI_NOT_FOUND, "set: delete nothing by attributes");
	is(rs->SetVariable(u"b", &mine, BS, 1 << 30, large), EFI_INVALID_PARAMETER,
	   "set: larger than any");
	is(set(u"a", &mine, BS, "x"), EFI_INVALID_PARAMETER, "set: fewer attributes");
	is(set(u"a", &mine, NV | BS | RT, "x"), EFI_INVALID_PARAMETER, "set: more attributes");
	ok(has(u"a", "hello"), "set: refused and unchanged");
}

static void check_set(void)
{
	is(set(u"a", &mine, BS | RT, "twenty"), EFI_SUCCESS, "set: longer");
	ok(has(u"a", "twenty"), "set: is so");
	is(set(u"a", &mine, BS | RT | APPEND, " one"), EFI_SUCCESS, "append");
	ok(has(u"a", "twenty one"), "append: behind it");
	is(set(u"a", &mine, BS | RT | APPEND, ""), EFI_SUCCESS, "append: nothing");
	ok(has(u"a", "twenty one"), "append: changes nothing");
	is(set(u"b", &mine, BS | APPEND, "new"), EFI_SUCCESS, "append: to nothing");
	ok(has(u"b", "new"), "append: makes it");
	is(set(u"c", &mine, BS | APPEND, ""), EFI_SUCCESS, "append: nothing to nothing");
	ok(!has(u"c", ""), "append: makes nothing");
	is(set(u"a", &mine, BS | RT, ""), EFI_SUCCESS, "delete: by size");
	is(set(u"b", &mine, 0, "x"), EFI_SUCCESS, "delete: by attributes");
	ok(!has(u"a", "twenty one") && !has(u"b", "new"), "delete: both gone");
	is(set(u"kept", &mine, NV | BS | RT, "kept"), EFI_SUCCESS, "set: a non-volatile one");
	ok(has(u"kept", "kept"), "set: is there");
	is(set(u"kept", &mine, NV | BS | RT, "new"), EFI_SUCCESS, "set: another value");
	ok(has(u"kept", "new"), "set: is that");
	is(set(u"kept", &mine, NV | BS | RT, ""), EFI_SUCCESS, "delete: it");
}

/* The attributes that table 3.1 gives to globally defined variables; # is any digit. */
static const struct {
	CHAR16 name[27];
	uint32_t attributes;
} table[] = {
	{u"Boot####", NV | BS | RT},
	{u"BootCurrent", BS | RT},
	{u"BootNext", NV | BS | RT},
	{u"BootOptionSupport", BS | RT},
	{u"BootOrder", NV | BS | RT},
	{u"ConIn", NV | BS | RT},
	{u"ConInDev", BS | RT},
	{u"ConOut", NV | BS | RT},
	{u"ConOutDev", BS | RT},
	{u"ErrOut", NV | BS | RT},
	{u"ErrOutDev", BS | RT},
	{u"Key####", NV | BS | RT},
	{u"Lang", NV | BS | RT},
	{u"LangCodes", BS | RT},
	{u"OsIndications", NV | BS | RT},
	{u"OsIndicationsSupported", BS | RT},
	{u"PlatformLang", NV | BS | RT},
	{u"PlatformLangCodes", BS | RT},
	{u"PlatformRecovery####", BS | RT},
	{u"SetupMode", BS | RT},
	{u"SecureBoot", BS | RT},
	{u"SignatureSupport", BS | RT},
	{u"Timeout", NV | BS | RT},
	{u"VendorKeys", BS | RT},
};

static int matches(const CHAR16 *pattern, const CHAR16 *name)
{
	while (*pattern && (*pattern == *name || (*pattern == '#' && *name)))
		pattern++, name++;
	return !*pattern && !*name;
}

static void check_global(void)
{
	static const CHAR16 *const must[] = {
		u"PlatformLang", u"PlatformLangCodes", u"ConIn",   u"ConOut",
		u"ErrOut",	 u"ConInDev",	       u"Timeout", u"OsIndicationsSupported"};
	CHAR16 name[NAME_MAX] = {0};
	struct efi_guid guid;
	uint64_t size = sizeof(name);
	uint32_t attributes, wrong = 0, missing = 0;

	while (!rs->GetNextVariableName(&size, name, &guid)) {
		size = 0;
		if (!memcmp(&guid, &global, sizeof(guid)) &&
		    rs->GetVariable(name, &guid, &attributes, &size, NULL) == EFI_BUFFER_TOO_SMALL)
			for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
				wrong += matches(table[i].name, name) &&
					 attributes != table[i].attributes;
		size = sizeof(name);
	}
	is(wrong, 0, "global variables: attributes");
	for (uint32_t i = 0; i < sizeof(must) / sizeof(must[0]); i++) {
		size = 0;
		missing += rs->GetVariable((CHAR16 *)(uintptr_t)must[i], &global, NULL, &size,
					   NULL) != EFI_BUFFER_TOO_SMALL;
	}
	is(missing, 0, "global variables: those that loaders read");
	is(set(u"PlatformLangCodes", &global, BS | RT, "xx"), EFI_WRITE_PROTECTED,
	   "global variables: a read-only one");
	is(set(u"Timeout", &global, BS | RT, "xx"), EFI_INVALID_PARAMETER,
	   "global variables: other attributes");
	is(set(u"NotInTheSpecification", &global, BS | RT, "xx"), EFI_INVALID_PARAMETER,
	   "global variables: one that there is not");
	is(set(u"db", &signatures, NV | BS | RT, "xx"), EFI_INVALID_PARAMETER,
	   "signatures: without authentication");
}

/* The names in our GUID in the order of enumeration, one letter each. */
static const char *ours(void)
{
	static char letters[64];
	CHAR16 name[NAME_MAX] = {0};
	struct efi_guid guid;
	uint64_t size = sizeof(name);
	uint32_t count = 0;

	while (!rs->GetNextVariableName(&size, name, &guid)) {
		if (!memcmp(&guid, &mine, sizeof(guid)) && count < sizeof(letters) - 1)
			letters[count++] = (char)name[0];
		size = sizeof(name);
	}
	letters[count] = 0;
	return letters;
}

static void check_next(void)
{
	CHAR16 name[NAME_MAX] = {0};
	struct efi_guid guid = mine;
	uint64_t size = sizeof(name);
	const char *all;

	is(rs->GetNextVariableName(NULL, name, &guid), EFI_INVALID_PARAMETER, "next: no size");
	is(rs->GetNextVariableName(&size, NULL, &guid), EFI_INVALID_PARAMETER, "next: no name");
	is(rs->GetNextVariableName(&size, name, NULL), EFI_INVALID_PARAMETER, "next: no GUID");
	size = 2;
	is(rs->GetNextVariableName(&size, name, &guid), EFI_BUFFER_TOO_SMALL, "next: too small");
	ok(size > 2, "next: so much it would be");
	name[0] = 'x';
	size = 2;
	is(rs->GetNextVariableName(&size, name, &guid), EFI_INVALID_PARAMETER,
	   "next: a name without an end");
	name[1] = 0;
	size = sizeof(name);
	is(rs->GetNextVariableName(&size, name, &mine), EFI_INVALID_PARAMETER, "next: of none");
	set(u"a", &mine, BS, "1");
	set(u"b", &mine, BS, "2");
	set(u"c", &mine, BS, "3");
	all = ours();
	ok(all[0] && all[1] && all[2] && !all[3], "next: three, each once");
	if (app_is_cadastre()) {
		set(u"b", &mine, BS, "much longer than it was");
		ok(!memcmp(ours(), "abc", 4), "next: a change keeps the place");
		set(u"a", &mine, BS, "");
		ok(!memcmp(ours(), "bc", 3), "next: the rest stays in order");
	}
	set(u"a", &mine, 0, "");
	set(u"b", &mine, 0, "");
	set(u"c", &mine, 0, "");
	ok(!ours()[0], "next: none of ours");
}

static void check_query(void)
{
	uint64_t all = 0, left = 0, one = 0, before;

	is(rs->QueryVariableInfo(BS, NULL, &left, &one), EFI_INVALID_PARAMETER, "query: nowhere");
	is(rs->QueryVariableInfo(0, &all, &left, &one), EFI_INVALID_PARAMETER,
	   "query: no attributes");
	is(rs->QueryVariableInfo(NV, &all, &left, &one), EFI_INVALID_PARAMETER, "query: no access");
	is(rs->QueryVariableInfo(RT, &all, &left, &one), EFI_INVALID_PARAMETER,
	   "query: run time only");
	is(rs->QueryVariableInfo(NV | BS | RT, &all, &left, &one), EFI_SUCCESS, "query: kept ones");
	ok(all >= left && one && one <= all, "query: sizes make sense");
	is(rs->QueryVariableInfo(BS, &all, &left, &one), EFI_SUCCESS, "query: volatile ones");
	before = left;
	is(rs->SetVariable(u"a", &mine, BS, 100, large), EFI_SUCCESS, "query: 100 bytes are set");
	rs->QueryVariableInfo(BS, &all, &left, &one);
	ok(left + 100 <= before, "query: and are less");
	rs->SetVariable(u"a", &mine, 0, 0, NULL);
}

/* As much as there is room for. */
static void check_full(void)
{
	CHAR16 name[2] = {'A', 0};
	efi_status status = EFI_SUCCESS;

	while (name[0] < 'z' && !status) {
		status = rs->SetVariable(name, &mine, BS, 16 * 1024, large);
		name[0]++;
	}
	is(status, EFI_OUT_OF_RESOURCES, "full: said so");
	for (; name[0] >= 'A'; name[0]--)
		rs->SetVariable(name, &mine, 0, 0, NULL);
	ok(!ours()[0], "full: all deleted");
	is(set(u"a", &mine, BS, "x"), EFI_SUCCESS, "full: and there is room again");
	set(u"a", &mine, 0, "");
}

void app_main(void)
{
	check_get();
	check_set_errors();
	check_set();
	check_global();
	check_next();
	check_query();
	if (app_is_cadastre())
		check_full();
}
