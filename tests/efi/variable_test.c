/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/variable.c efi/variable_store.c */
/* test-sources: efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/* Variable services: each status code of UEFI 2.10, 8.2, and the store's order and limits. */
#include <string.h>

#include "efi/variable.h"
#include "tests/tap.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE
#define HR EFI_VARIABLE_HARDWARE_ERROR_RECORD
#define APPEND EFI_VARIABLE_APPEND_WRITE

static const struct efi_guid mine = EFI_GUID(11111111, 2222, 3333, 44, 44, 55, 55, 66, 66, 77, 77);
static const struct efi_guid other = EFI_GUID(11111111, 2222, 3333, 44, 44, 55, 55, 66, 66, 77, 78);
static const struct efi_guid errors = EFI_HARDWARE_ERROR_VARIABLE;
static const struct efi_guid signatures = EFI_IMAGE_SECURITY_DATABASE_GUID;
static const struct efi_guid global = EFI_GLOBAL_VARIABLE;

static uint8_t arena[64 * 1024] __attribute__((aligned(8)));
static struct variables v;

static void start(uint32_t size)
{
	v = (struct variables){0};
	variable_store_start(&v.store, arena, size);
}

static efi_status set(const CHAR16 *name, uint32_t attributes, const char *data)
{
	return variable_set(&v, name, &mine, attributes, strlen(data), data);
}

/* The value of a variable as text, "-" when there is none. */
static const char *get(const CHAR16 *name)
{
	static char value[4096];
	uint64_t size = sizeof(value) - 1;

	if (variable_get(&v, name, &mine, NULL, &size, value))
		return "-";
	value[size] = 0;
	return value;
}

static void test_get(void)
{
	uint32_t attributes = 0;
	uint64_t size = 0;
	char data[8];

	start(4096);
	equal(set(u"a", BS | NV, "hello"), EFI_SUCCESS, "set");
	equal(variable_get(&v, u"a", &mine, &attributes, &size, NULL), EFI_BUFFER_TOO_SMALL,
	      "size?");
	ok(size == 5 && attributes == (BS | NV), "size and attributes");
	size = 4;
	equal(variable_get(&v, u"a", &mine, NULL, &size, data), EFI_BUFFER_TOO_SMALL, "too small");
	equal(size, 5, "and the size");
	equal(variable_get(&v, u"a", &mine, NULL, &size, NULL), EFI_INVALID_PARAMETER, "no Data");
	equal(variable_get(&v, u"a", &mine, NULL, &size, data), EFI_SUCCESS, "got");
	ok(!memcmp(data, "hello", 5), "it");
	equal(variable_get(&v, NULL, &mine, NULL, &size, data), EFI_INVALID_PARAMETER, "no name");
	equal(variable_get(&v, u"a", NULL, NULL, &size, data), EFI_INVALID_PARAMETER, "no GUID");
	equal(variable_get(&v, u"a", &mine, NULL, NULL, data), EFI_INVALID_PARAMETER, "no size");
	equal(variable_get(&v, u"a", &other, NULL, &size, data), EFI_NOT_FOUND, "another GUID");
	equal(variable_get(&v, u"A", &mine, NULL, &size, data), EFI_NOT_FOUND, "another name");
	equal(variable_get(&v, u"", &mine, NULL, &size, data), EFI_NOT_FOUND, "an empty name");
}

static void test_set(void)
{
	static char large[VARIABLE_SIZE_MAX + 1];
	CHAR16 name[2] = {'a', 0};

	start(4096);
	equal(variable_set(&v, NULL, &mine, BS, 1, "x"), EFI_INVALID_PARAMETER, "no name");
	equal(variable_set(&v, u"", &mine, BS, 1, "x"), EFI_INVALID_PARAMETER, "empty name");
	equal(variable_set(&v, u"a", NULL, BS, 1, "x"), EFI_INVALID_PARAMETER, "no GUID");
	equal(variable_set(&v, u"a", &mine, BS, 1, NULL), EFI_INVALID_PARAMETER, "no data");
	equal(variable_set(&v, u"a", &mine, BS, sizeof(large), large), EFI_INVALID_PARAMETER,
	      "too large");
	equal(set(u"a", RT, "x"), EFI_INVALID_PARAMETER, "run time only");
	equal(set(u"a", NV | RT, "x"), EFI_INVALID_PARAMETER, "run time only, kept");
	equal(set(u"a", HR | BS, "x"), EFI_INVALID_PARAMETER, "half an error record");
	equal(set(u"HwErrRec0001", HR | NV | BS | RT, "x"), EFI_INVALID_PARAMETER,
	      "an error record of another");
	equal(variable_set(&v, u"HwErrRec0001", &errors, HR | NV | BS | RT, 1, "x"), EFI_SUCCESS,
	      "an error record");
	equal(variable_set(&v, u"HwErrRec000g", &errors, HR | NV | BS | RT, 1, "x"),
	      EFI_INVALID_PARAMETER, "by another name");
	equal(variable_set(&v, u"HwErrRec0001", &errors, 0, 0, NULL), EFI_SUCCESS, "deleted");
	equal(variable_set(&v, u"HwErrRec0001", &errors, NV | BS | RT, 1, "x"),
	      EFI_INVALID_PARAMETER, "by other attributes");
	equal(set(u"a", BS | 0x10, "x"), EFI_UNSUPPORTED, "count-based authentication");
	equal(set(u"a", BS | 0x80, "x"), EFI_UNSUPPORTED, "enhanced authentication");
	equal(set(u"a", BS | 0x20, "x"), EFI_INVALID_PARAMETER, "time-based authentication");
	equal(set(u"a", BS | 0xa0, "x"), EFI_INVALID_PARAMETER, "two authentications");
	equal(set(u"a", BS | 0x100, "x"), EFI_INVALID_PARAMETER, "an unknown attribute");
	equal(set(u"a", BS, ""), EFI_NOT_FOUND, "deleting nothing");
	equal(set(u"a", 0, "x"), EFI_NOT_FOUND, "deleting nothing, by attributes");
	equal(v.store.used, 0, "nothing is there");
	equal(set(u"a", BS, "one"), EFI_SUCCESS, "made");
	equal(set(u"a", BS | RT, "two"), EFI_INVALID_PARAMETER, "other attributes");
	equal(set(u"a", BS | NV, "two"), EFI_INVALID_PARAMETER, "other attributes");
	equal(set(u"a", BS | RT, ""), EFI_INVALID_PARAMETER, "nor to delete it");
	ok(!strcmp(get(u"a"), "one"), "unchanged");
	equal(set(u"a", BS, "twenty"), EFI_SUCCESS, "changed");
	ok(!strcmp(get(u"a"), "twenty"), "is longer");
	equal(set(u"a", BS | APPEND, " one"), EFI_SUCCESS, "appended");
	ok(!strcmp(get(u"a"), "twenty one"), "behind it");
	equal(set(u"a", BS | APPEND, ""), EFI_SUCCESS, "nothing appended");
	ok(!strcmp(get(u"a"), "twenty one"), "changes nothing");
	equal(set(u"a", BS | RT | APPEND, "x"), EFI_INVALID_PARAMETER, "appended as another");
	equal(set(u"b", BS | APPEND, "new"), EFI_SUCCESS, "appended to nothing");
	ok(!strcmp(get(u"b"), "new"), "makes it");
	equal(set(u"c", BS | APPEND, ""), EFI_SUCCESS, "nothing to nothing");
	ok(!strcmp(get(u"c"), "-"), "makes nothing");
	equal(set(u"a", BS, ""), EFI_SUCCESS, "deleted by size");
	equal(set(u"b", 0, "x"), EFI_SUCCESS, "deleted by attributes");
	equal(v.store.used, 0, "all gone");
	memset(large, 'x', sizeof(large));
	equal(variable_set(&v, u"big", &mine, BS, 4096 - 32 - 8, large), EFI_SUCCESS,
	      "all the room");
	equal(set(u"a", BS, "x"), EFI_OUT_OF_RESOURCES, "no room");
	equal(variable_set(&v, u"big", &mine, BS | APPEND, 1, large), EFI_OUT_OF_RESOURCES,
	      "nor to append");
	equal(variable_set(&v, u"big", &mine, BS, 4096 - 32 - 8, large), EFI_SUCCESS, "replaced");
	start(sizeof(arena));
	equal(variable_set(&v, name, &mine, BS, VARIABLE_SIZE_MAX, large), EFI_SUCCESS,
	      "the limit");
	equal(variable_set(&v, name, &mine, BS | APPEND, 1, large), EFI_OUT_OF_RESOURCES,
	      "and one more");
}

static void test_global(void)
{
	struct variable_change own = {.name = u"PlatformLangCodes",
				      .guid = &global,
				      .attributes = BS | RT,
				      .flags = VARIABLE_READ_ONLY,
				      .data = {{"en", 3}}};
	char data[4];
	uint64_t size = sizeof(data);

	start(4096);
	equal(variable_set_own(&v, &own), EFI_SUCCESS, "the firmware's");
	equal(variable_get(&v, u"PlatformLangCodes", &global, NULL, &size, data), EFI_SUCCESS,
	      "is");
	equal(variable_set(&v, u"PlatformLangCodes", &global, BS | RT, 1, "x"), EFI_WRITE_PROTECTED,
	      "read-only");
	equal(variable_set(&v, u"PlatformLangCodes", &global, 0, 0, NULL), EFI_WRITE_PROTECTED,
	      "not to be deleted");
	equal(variable_set(&v, u"ConInDev", &global, BS | RT, 1, "x"), EFI_WRITE_PROTECTED,
	      "nor to be made");
	equal(variable_set(&v, u"PlatformLangCodes", &mine, BS, 1, "x"), EFI_SUCCESS,
	      "under another GUID it is free");
	equal(variable_set(&v, u"PlatformLang", &global, BS, 3, "en"), EFI_INVALID_PARAMETER,
	      "wrong attributes");
	equal(variable_set(&v, u"PlatformLang", &global, NV | BS | RT, 3, "en"), EFI_SUCCESS,
	      "right ones");
	equal(variable_set(&v, u"PlatformLang", &global, NV | BS | RT | APPEND, 1, "x"),
	      EFI_SUCCESS, "and appended");
	equal(variable_set(&v, u"Boot0A0F", &global, BS | RT, 3, "en"), EFI_INVALID_PARAMETER,
	      "a boot option has attributes");
	equal(variable_set(&v, u"Boot0A0F", &global, NV | BS | RT, 3, "en"), EFI_SUCCESS, "these");
	equal(variable_set(&v, u"Boot0A0f", &global, NV | BS | RT, 3, "en"), EFI_INVALID_PARAMETER,
	      "what is no boot option is nothing");
	equal(variable_set(&v, u"Mine", &global, NV | BS | RT, 3, "en"), EFI_INVALID_PARAMETER,
	      "nobody's");
	equal(variable_set(&v, u"Mine", &global, 0, 0, NULL), EFI_NOT_FOUND, "nothing to delete");
	equal(variable_set(&v, u"PK", &global, NV | BS | RT, 3, "en"), EFI_INVALID_PARAMETER,
	      "no secure boot without authentication");
	equal(variable_set(&v, u"PK", &global, NV | BS | RT | 0x20, 3, "en"), EFI_INVALID_PARAMETER,
	      "nor with");
	equal(variable_set(&v, u"db", &signatures, NV | BS | RT, 3, "en"), EFI_INVALID_PARAMETER,
	      "no signatures");
	equal(set(u"OsRecovery0001", NV | BS | RT, "x"), EFI_INVALID_PARAMETER,
	      "no recovery of a system");
	equal(variable_set(&v, u"SetupMode", &global, BS | RT, 1, "x"), EFI_WRITE_PROTECTED,
	      "the firmware's");
	own.name = u"own";
	own.guid = &mine;
	variable_set_own(&v, &own);
	equal(set(u"own", BS | RT, "x"), EFI_WRITE_PROTECTED, "any read-only one");
	own.data[0].size = 0;
	equal(variable_set_own(&v, &own), EFI_SUCCESS, "the firmware may delete it");
	ok(!strcmp(get(u"own"), "-"), "gone");
}

/* All names by enumeration, one letter each. */
static const char *names(void)
{
	static char all[256];
	CHAR16 name[64] = {0};
	struct efi_guid guid;
	uint64_t size = sizeof(name);
	char *to = all;

	while (!variable_next(&v, &size, name, &guid)) {
		*to++ = (char)name[0];
		size = sizeof(name);
	}
	*to = 0;
	return all;
}

static void test_next(void)
{
	CHAR16 name[8] = {0};
	struct efi_guid guid = mine;
	uint64_t size = sizeof(name);

	start(4096);
	equal(variable_next(&v, &size, name, &guid), EFI_NOT_FOUND, "none at all");
	set(u"a", BS, "1");
	set(u"b", BS, "2");
	set(u"c", BS, "3");
	equal(variable_next(&v, NULL, name, &guid), EFI_INVALID_PARAMETER, "no size");
	equal(variable_next(&v, &size, NULL, &guid), EFI_INVALID_PARAMETER, "no name");
	equal(variable_next(&v, &size, name, NULL), EFI_INVALID_PARAMETER, "no GUID");
	size = 0;
	equal(variable_next(&v, &size, name, &guid), EFI_INVALID_PARAMETER, "no room for an end");
	size = 2;
	equal(variable_next(&v, &size, name, &guid), EFI_BUFFER_TOO_SMALL, "no room for the name");
	ok(size == 4 && !name[0], "so much is needed");
	equal(variable_next(&v, &size, name, &guid), EFI_SUCCESS, "the first");
	ok(name[0] == 'a' && !name[1] && size == 4, "is a");
	size = 2;
	equal(variable_next(&v, &size, name, &guid), EFI_INVALID_PARAMETER,
	      "a name without an end");
	name[0] = 'x';
	size = sizeof(name);
	equal(variable_next(&v, &size, name, &guid), EFI_INVALID_PARAMETER, "no such variable");
	ok(!strcmp(names(), "abc"), "in the order in which they were made");
	set(u"b", BS, "longer than it was before");
	ok(!strcmp(names(), "abc"), "a change keeps the place");
	set(u"b", BS, "s");
	ok(!strcmp(names(), "abc"), "a shorter one too");
	set(u"d", BS, "4");
	set(u"a", 0, "");
	ok(!strcmp(names(), "bcd"), "made at the end, deleted");
	/* Between two steps others come and go. */
	name[0] = 'b';
	name[1] = 0;
	set(u"c", BS, "much, much longer");
	set(u"e", BS, "5");
	set(u"d", 0, "");
	size = sizeof(name);
	equal(variable_next(&v, &size, name, &guid), EFI_SUCCESS, "after b");
	equal(name[0], 'c', "comes c");
	size = sizeof(name);
	equal(variable_next(&v, &size, name, &guid), EFI_SUCCESS, "after c");
	equal(name[0], 'e', "comes e");
	size = sizeof(name);
	equal(variable_next(&v, &size, name, &guid), EFI_NOT_FOUND, "and that was all");
}

static efi_status backend_status;
static uint32_t backend_calls;

static efi_status backend_write(void *context, const struct variable_store *store,
				const struct variable_change *change)
{
	(void)store;
	(void)context;
	(void)change;
	backend_calls++;
	return backend_status;
}

static uint64_t backend_room(const void *context)
{
	(void)context;
	return 2000;
}

static uint64_t backend_live(const struct variable_store *store)
{
	(void)store;
	return 1500;
}

static void test_runtime(void)
{
	struct variable_backend backend = {
		.write = backend_write, .room = backend_room, .live = backend_live};
	uint64_t n, all, left, one;

	start(4096);
	v.store.backend = &backend;
	set(u"a", BS, "1");
	equal(backend_calls, 0, "a volatile one is not kept");
	set(u"b", NV | BS | RT, "2");
	equal(backend_calls, 1, "a non-volatile one is");
	set(u"c", BS | RT, "3");
	set(u"d", NV | BS, "4");
	backend_status = EFI_DEVICE_ERROR;
	equal(set(u"b", NV | BS | RT, "x"), EFI_DEVICE_ERROR, "the flash is broken");
	ok(!strcmp(get(u"b"), "2"), "and all is as before");
	equal(set(u"b", 0, ""), EFI_DEVICE_ERROR, "also for deleting");
	backend_status = EFI_SUCCESS;
	v.at_runtime = true;
	ok(!strcmp(names(), "bc"), "at run time some are hidden");
	ok(!strcmp(get(u"a"), "-") && !strcmp(get(u"c"), "3"), "also from GetVariable");
	equal(set(u"b", NV | BS | RT, "x"), EFI_UNSUPPORTED, "a store that cannot be written then");
	backend.at_runtime = true;
	equal(set(u"b", NV | BS | RT, "x"), EFI_SUCCESS, "one that can");
	equal(set(u"c", BS | RT, "x"), EFI_WRITE_PROTECTED, "a volatile one");
	equal(set(u"c", 0, ""), EFI_WRITE_PROTECTED, "nor deleted");
	equal(set(u"d", NV | BS, "x"), EFI_INVALID_PARAMETER, "one that is hidden");
	equal(set(u"none", 0, ""), EFI_NOT_FOUND, "one that is not");
	equal(set(u"e", BS | RT, "x"), EFI_INVALID_PARAMETER, "a new volatile one");
	equal(set(u"e", NV | BS, "x"), EFI_INVALID_PARAMETER, "a new hidden one");
	equal(set(u"e", NV | BS | RT, "x"), EFI_SUCCESS, "a new good one");
	equal(variable_query(&v, NV | BS, &n, &n, &n), EFI_INVALID_PARAMETER, "query the hidden");
	equal(variable_query(&v, NV | BS | RT, &n, &n, &n), EFI_SUCCESS, "and the others");
	equal(variable_query(&v, NV | BS | RT, &all, &left, &one), EFI_SUCCESS, "and again");
	ok(all == 2000 && left == 500 && one == 500 - 64, "as the backend says");
	equal(variable_query(&v, BS | RT, &all, &left, &one), EFI_SUCCESS, "volatile ones");
	equal(all, 4096, "as memory has it");
	v.store.backend = NULL;
	equal(set(u"b", NV | BS | RT, "x"), EFI_UNSUPPORTED, "no backend at all");
}

static void test_query(void)
{
	uint64_t all;
	uint64_t left;
	uint64_t largest;

	start(4096);
	equal(variable_query(&v, BS, NULL, &left, &largest), EFI_INVALID_PARAMETER, "nowhere to");
	equal(variable_query(&v, BS, &all, NULL, &largest), EFI_INVALID_PARAMETER, "nowhere to");
	equal(variable_query(&v, BS, &all, &left, NULL), EFI_INVALID_PARAMETER, "nowhere to");
	equal(variable_query(&v, 0, &all, &left, &largest), EFI_INVALID_PARAMETER, "no attributes");
	equal(variable_query(&v, RT, &all, &left, &largest), EFI_INVALID_PARAMETER,
	      "run time only");
	equal(variable_query(&v, NV, &all, &left, &largest), EFI_INVALID_PARAMETER, "no access");
	equal(variable_query(&v, BS | 0x20, &all, &left, &largest), EFI_UNSUPPORTED,
	      "authenticated");
	equal(variable_query(&v, BS | APPEND, &all, &left, &largest), EFI_SUCCESS, "append");
	equal(variable_query(&v, RT | 0x100, &all, &left, &largest), EFI_UNSUPPORTED,
	      "invalid and unknown");
	equal(variable_query(&v, BS | HR, &all, &left, &largest), EFI_INVALID_PARAMETER,
	      "half an error record");
	equal(variable_query(&v, BS | NV, &all, &left, &largest), EFI_SUCCESS, "fine");
	ok(all == 4096 && left == 4096 && largest == 4096 - 32, "empty");
	set(u"abc", BS, "12345678");
	variable_query(&v, BS | NV, &all, &left, &largest);
	ok(left == 4096 - 32 - 8 - 8, "48 bytes less");
}

int main(void)
{
	test_get();
	test_set();
	test_global();
	test_next();
	test_runtime();
	test_query();
	return tap_done();
}
