/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/variable.c efi/variable_store.c efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/* Variable services over a uefi-vars device: what it keeps, what it judges, what is hidden from it; and one that lies. */
#include <errno.h>
#include <string.h>

#include "efi/variable.h"
#include "tests/drivers/fake_uefi_vars.h"
#include "tests/tap.h"

#define BS EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT EFI_VARIABLE_RUNTIME_ACCESS
#define NV EFI_VARIABLE_NON_VOLATILE
#define APPEND EFI_VARIABLE_APPEND_WRITE
#define SIGNED EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS
#define KEEP (NV | BS | RT)

static const struct efi_guid mine = EFI_GUID(11111111, 2222, 3333, 44, 44, 55, 55, 66, 66, 77, 77);
static const struct efi_guid global = EFI_GLOBAL_VARIABLE;
static const struct efi_guid signatures = EFI_IMAGE_SECURITY_DATABASE_GUID;
static const struct efi_guid own = VARIABLE_OWN_GUID;

static uint8_t arena[16 * 1024] __attribute__((aligned(8)));
static uint8_t buffer[UEFI_VARS_BUFFER] __attribute__((aligned(8)));
static uint8_t value[UEFI_VARS_BUFFER];
static struct variables v;
static struct variable_room room;

static int mount(void)
{
	v = (struct variables){0};
	variable_store_start(&v.store, arena, sizeof(arena));
	v.device = (struct variable_device){.link = {FAKE_UEFI_VARS_BASE, buffer, 0}};
	return variable_device_start(&v.device, &room);
}

static void start(void)
{
	fake_uefi_vars_start();
	equal(mount(), 0, "the device starts");
}

static efi_status set(const CHAR16 *name, uint32_t attributes, const char *data)
{
	return variable_set(&v, name, &mine, attributes, strlen(data), data);
}

/* The value of a variable as text, "-" when there is none, "!" when the device fails. */
static const char *get_of(const struct efi_guid *guid, const CHAR16 *name)
{
	uint64_t size = sizeof(value) - 1;
	efi_status status = variable_get(&v, name, guid, NULL, &size, value);

	if (EFI_ERROR(status))
		return status == EFI_NOT_FOUND ? "-" : "!";
	value[size] = 0;
	return (const char *)value;
}

static const char *get(const CHAR16 *name)
{
	return get_of(&mine, name);
}

/* What the device keeps of one of ours. */
static const struct fake_variable *kept(const CHAR16 *name)
{
	return fake_uefi_vars_find(name, &mine);
}

/* How often a variable comes, and how many there are. */
static uint32_t seen(const CHAR16 *wanted, uint32_t *all)
{
	CHAR16 name[FAKE_NAME] = {0};
	struct efi_guid guid;
	uint64_t size = sizeof(name), bytes = 0;
	uint32_t found = 0;

	while (wanted[bytes / 2])
		bytes += 2;
	*all = 0;
	while (variable_next(&v, &size, name, &guid) == EFI_SUCCESS && *all < 100) {
		found += size == bytes + 2 && !memcmp(name, wanted, size);
		++*all;
		size = sizeof(name);
	}
	return found;
}

static void test_keep(void)
{
	uint64_t size = 0;
	uint32_t attributes = 0, all;

	start();
	ok(room.all == 256 * 1024 && room.left < room.all, "its room");
	ok(fake_uefi_vars.end_of_dxe, "it knows that the firmware is there");
	equal(set(u"a", KEEP, "hello"), EFI_SUCCESS, "set");
	ok(kept(u"a") && kept(u"a")->attributes == KEEP, "the device has it");
	equal(v.store.used, 0, "and memory has not");
	equal(variable_get(&v, u"a", &mine, &attributes, &size, NULL), EFI_BUFFER_TOO_SMALL,
	      "size?");
	ok(size == 5 && attributes == KEEP, "size and attributes");
	equal(variable_get(&v, u"a", &mine, NULL, &size, NULL), EFI_INVALID_PARAMETER, "nowhere");
	size = 4;
	equal(variable_get(&v, u"a", &mine, NULL, &size, value), EFI_BUFFER_TOO_SMALL, "small");
	ok(size == 5 && !strcmp(get(u"a"), "hello"), "and the value");
	equal(set(u"b", BS, "volatile"), EFI_SUCCESS, "a volatile one");
	ok(!kept(u"b") && !strcmp(get(u"b"), "volatile"), "is in memory");
	ok(seen(u"a", &all) == 1 && all == 3, "each is seen once");
	ok(seen(u"b", &all) == 1 && seen(u"SetupMode", &all) == 1, "all of them");
	equal(set(u"a", KEEP | APPEND, " world"), EFI_SUCCESS, "appended");
	ok(!strcmp(get(u"a"), "hello world"), "by us: the device cannot");
	equal(set(u"c", KEEP | APPEND, "new"), EFI_SUCCESS, "appended to nothing");
	ok(!strcmp(get(u"c"), "new") && kept(u"c")->attributes == KEEP, "is set");
	equal(set(u"a", NV | BS, "x"), EFI_INVALID_PARAMETER, "other attributes");
	equal(set(u"a", BS, "x"), EFI_INVALID_PARAMETER, "not in memory either");
	equal(set(u"b", NV | BS, "x"), EFI_INVALID_PARAMETER, "nor the other way");
	equal(set(u"a", KEEP, ""), EFI_SUCCESS, "deleted");
	ok(!kept(u"a") && !strcmp(get(u"a"), "-"), "it is gone");
	equal(set(u"a", KEEP, ""), EFI_NOT_FOUND, "once");
	equal(set(u"c", 0, ""), EFI_SUCCESS, "deleted by attributes");
	ok(!kept(u"c"), "gone as well");
}

static void test_limits(void)
{
	static uint8_t large[UEFI_VARS_BUFFER + 1];
	static CHAR16 name[FAKE_NAME + 1];
	CHAR16 little[8] = {0};
	struct efi_guid guid;
	uint64_t size = sizeof(value), all, left, largest;

	start();
	equal(variable_set(&v, u"a", &mine, KEEP, 60000, large), EFI_SUCCESS, "a large one");
	equal(variable_get(&v, u"a", &mine, NULL, &size, value), EFI_SUCCESS, "comes back");
	equal(size, 60000, "whole");
	equal(variable_set(&v, u"a", &mine, KEEP | APPEND, 6000, large), EFI_OUT_OF_RESOURCES,
	      "no more than a message holds");
	equal(variable_set(&v, u"a", &mine, KEEP, 65530, large), EFI_OUT_OF_RESOURCES, "nor set");
	equal(variable_set(&v, u"a", &mine, KEEP, 65537, large), EFI_INVALID_PARAMETER,
	      "too large");
	equal(kept(u"a")->size, 60000, "it stays");
	equal(variable_query(&v, KEEP, &all, &left, &largest), EFI_SUCCESS, "room?");
	ok(all == 256 * 1024 && left < all - 60000 && largest == 65536, "as the device says");
	equal(variable_query(&v, BS, &all, &left, &largest), EFI_SUCCESS, "in memory?");
	equal(all, sizeof(arena), "as much as that is");
	for (uint32_t i = 0; i < FAKE_NAME - 1; i++)
		name[i] = 'n';
	equal(set(name, KEEP, "long"), EFI_SUCCESS, "a long name");
	ok(!strcmp(get(name), "long"), "is found");
	memcpy(little, u"a", 4);
	guid = mine;
	size = sizeof(little);
	equal(variable_next(&v, &size, little, &guid), EFI_BUFFER_TOO_SMALL, "no room for it");
	equal(size, 2 * FAKE_NAME, "so much is needed");
	ok(!memcmp(little, u"a", 4), "the name stays");
	fake_uefi_vars.storage = 4096;
	while (fake_uefi_vars.count > 1)
		set(fake_uefi_vars.variables[1].name, 0, "");
	equal(mount(), 0, "a small device");
	equal(set(u"s", KEEP, "small"), EFI_SUCCESS, "has a variable");
	ok(!strcmp(get(u"s"), "small"), "that can be read to a large buffer");
}

static void test_judge(void)
{
	uint32_t all;

	start();
	equal(variable_set(&v, u"db", &signatures, KEEP | SIGNED, 4, "NO:x"),
	      EFI_SECURITY_VIOLATION, "the device refuses a signature");
	equal(variable_set(&v, u"db", &signatures, KEEP, 1, "x"), EFI_INVALID_PARAMETER,
	      "one must be there");
	equal(variable_set(&v, u"db", &signatures, KEEP | SIGNED | APPEND, 4, "OK:x"), EFI_SUCCESS,
	      "it takes another, to append");
	ok(!strcmp(get_of(&signatures, u"db"), "x"), "and has the data alone");
	ok(!strcmp(get_of(&global, u"SetupMode"), "\1"), "without keys");
	equal(variable_set(&v, u"PK", &global, KEEP, 4, "OK:k"), EFI_INVALID_PARAMETER,
	      "a key without a signature");
	equal(variable_set(&v, u"PK", &global, KEEP | SIGNED, 4, "OK:k"), EFI_SUCCESS, "a key");
	ok(!strcmp(get_of(&global, u"SetupMode"), ""), "what that changes is seen");
	equal(variable_set(&v, u"PK", &global, KEEP | SIGNED, 0, NULL), EFI_SECURITY_VIOLATION,
	      "nobody deletes it");
	equal(variable_set(&v, u"PK", &global, 0, 0, NULL), EFI_SECURITY_VIOLATION, "in any way");
	ok(fake_uefi_vars_find(u"PK", &global), "it is there");
	equal(variable_set(&v, u"PK", &global, KEEP | SIGNED, 3, "OK:"), EFI_SUCCESS,
	      "but with a signature");
	ok(seen(u"PK", &all) == 0, "it goes");
	equal(variable_set(&v, u"SetupMode", &global, BS | RT, 1, ""), EFI_WRITE_PROTECTED,
	      "what the device makes");
	fake_uefi_vars_add(u"v", &mine, BS | RT, "x", 1);
	equal(set(u"v", BS | RT, "y"), EFI_WRITE_PROTECTED, "whatever it is");
	equal(variable_set(&v, u"count", &own, KEEP, 1, "x"), EFI_WRITE_PROTECTED,
	      "what the firmware has");
	equal(set(u"a", KEEP | 0x10, "x"), EFI_UNSUPPORTED, "another kind of signature");
}

/* What memory has hides what the device has of the same name. */
static void test_hide(void)
{
	struct variable_change change = {.name = u"SecureBoot",
					 .guid = &global,
					 .attributes = BS | RT,
					 .flags = VARIABLE_READ_ONLY,
					 .data = {{"0", 1}}};
	uint32_t all;

	start();
	fake_uefi_vars_add(u"SecureBoot", &global, BS | RT, "1", 1);
	fake_uefi_vars_add(u"last", &mine, KEEP, "1", 1);
	equal(variable_set_own(&v, &change), EFI_SUCCESS, "the firmware's word");
	ok(!strcmp(get_of(&global, u"SecureBoot"), "0"), "counts");
	ok(seen(u"SecureBoot", &all) == 1 && all == 3, "is seen once");
	equal(variable_set(&v, u"SecureBoot", &global, BS | RT, 1, "1"), EFI_WRITE_PROTECTED,
	      "and stays");
	change = (struct variable_change){.name = u"Timeout",
					  .guid = &global,
					  .attributes = KEEP,
					  .flags = VARIABLE_UNSAVED,
					  .data = {{"00", 2}}};
	equal(variable_set_own(&v, &change), EFI_SUCCESS, "a default");
	ok(!fake_uefi_vars_find(u"Timeout", &global), "is not kept");
	equal(variable_set(&v, u"Timeout", &global, KEEP | APPEND, 1, "1"), EFI_SUCCESS,
	      "until somebody changes it");
	ok(fake_uefi_vars_find(u"Timeout", &global) && !strcmp(get_of(&global, u"Timeout"), "001"),
	   "then it is");
	ok(seen(u"Timeout", &all) == 1, "once");
	equal(variable_set(&v, u"Timeout", &global, 0, 0, NULL), EFI_SUCCESS, "it goes");
	ok(!strcmp(get_of(&global, u"Timeout"), "-"), "everywhere");
}

static void test_runtime(void)
{
	uint32_t all;

	start();
	equal(set(u"a", KEEP, "a"), EFI_SUCCESS, "one for run time");
	equal(set(u"b", NV | BS, "b"), EFI_SUCCESS, "one that is not");
	variable_device_ready_to_boot(&v.device);
	ok(fake_uefi_vars.ready && !fake_uefi_vars.exited, "it is told what happens");
	variable_device_exit_boot_services(&v.device);
	ok(fake_uefi_vars.exited, "in order");
	v.at_runtime = true;
	ok(!strcmp(get(u"a"), "a") && !strcmp(get(u"b"), "-"), "it hides the other");
	ok(seen(u"b", &all) == 0 && all == 2, "from all");
	equal(set(u"a", KEEP, "c"), EFI_SUCCESS, "it can be changed");
	ok(!strcmp(get(u"a"), "c"), "it is");
	equal(set(u"n", KEEP, "n"), EFI_SUCCESS, "a new one");
	equal(set(u"n", KEEP, ""), EFI_SUCCESS, "deleted");
	equal(set(u"o", BS | RT, "n"), EFI_INVALID_PARAMETER, "none that is volatile");
	equal(set(u"b", KEEP, "n"), EFI_ACCESS_DENIED, "none that is there already");
	equal(variable_set(&v, u"SetupMode", &global, BS | RT, 1, ""), EFI_WRITE_PROTECTED,
	      "nor what the device makes");
}

/* ---- answers that are wrong ---- */

static uint32_t lie_at;
static uint64_t lie_value;

static void lie(uint8_t *message, uint64_t size)
{
	if (lie_at + 8 <= size)
		memcpy(message + lie_at, &lie_value, 8);
}

static void no_end(uint8_t *message, uint64_t size)
{
	if (message[24] == 2)
		memset(message + 64, 'x', size - 64);
}

static void tell(uint32_t at, uint64_t number)
{
	lie_at = at;
	lie_value = number;
	fake_uefi_vars.lie = lie;
}

static efi_status next_of(const CHAR16 *after)
{
	CHAR16 name[FAKE_NAME] = {0};
	struct efi_guid guid = mine;
	uint64_t size = sizeof(name);

	while (*after)
		name[(size - sizeof(name)) / 2] = *after++;
	return variable_next(&v, &size, name, &guid);
}

static void test_lies(void)
{
	uint64_t size, all, left, largest;

	start();
	equal(set(u"a", KEEP, "hello"), EFI_SUCCESS, "a variable");
	tell(56, 0);
	ok(!strcmp(get(u"a"), "!"), "no data");
	tell(56, UINT64_MAX);
	ok(!strcmp(get(u"a"), "!"), "more than there is room for");
	size = 0;
	equal(variable_get(&v, u"a", &mine, NULL, &size, NULL), EFI_DEVICE_ERROR,
	      "a size that no message has");
	equal(size, 0, "is not told");
	equal(set(u"a", KEEP, "x"), EFI_DEVICE_ERROR, "nor is that changed");
	size = 100;
	tell(56, 50);
	equal(variable_get(&v, u"a", &mine, NULL, &size, value), EFI_SUCCESS,
	      "within the room it may say anything");
	tell(32, 1);
	ok(!strcmp(get(u"a"), "!"), "a warning");
	equal(next_of(u""), EFI_DEVICE_ERROR, "of any kind");
	equal(set(u"b", KEEP, "x"), EFI_DEVICE_ERROR, "anywhere");
	tell(32, EFI_BUFFER_TOO_SMALL);
	equal(next_of(u""), EFI_DEVICE_ERROR, "a name that has room");
	tell(56, 0);
	equal(next_of(u""), EFI_DEVICE_ERROR, "one of no bytes");
	tell(64, 0);
	equal(next_of(u""), EFI_DEVICE_ERROR, "an empty one");
	fake_uefi_vars.lie = no_end;
	equal(next_of(u""), EFI_DEVICE_ERROR, "one without an end");
	tell(48, UINT64_MAX);
	equal(variable_query(&v, KEEP, &all, &left, &largest), EFI_DEVICE_ERROR,
	      "more left than all");
	tell(32, EFI_ABORTED);
	equal(variable_query(&v, KEEP, &all, &left, &largest), EFI_ABORTED, "an error is one");
	fake_uefi_vars.lie = NULL;
	fake_uefi_vars.busy = UINT32_MAX;
	ok(!strcmp(get(u"a"), "!") && next_of(u"") == EFI_DEVICE_ERROR, "no answer");
	equal(set(u"a", KEEP, "x"), EFI_DEVICE_ERROR, "to anything");
	equal(set(u"b", BS, "x"), EFI_DEVICE_ERROR, "whose it is is not known");
	fake_uefi_vars.busy = 0;
	ok(!strcmp(get(u"a"), "hello"), "the variable is as it was");
}

/* The same name again and again, which memory hides. */
static void repeat(uint8_t *message, uint64_t size)
{
	static const uint64_t right[] = {0};

	(void)size;
	if (message[24] != 2)
		return;
	memcpy(message + 32, right, 8);
	memcpy(message + 40, &mine, 16);
	memcpy(message + 64, u"b", 4);
	message[56] = 4;
	message[57] = 0;
}

static void test_start(void)
{
	start();
	equal(set(u"b", BS, "x"), EFI_SUCCESS, "a variable in memory");
	fake_uefi_vars.lie = repeat;
	equal(next_of(u"b"), EFI_DEVICE_ERROR, "a device that has it without an end");
	fake_uefi_vars_start();
	fake_uefi_vars.magic = 0;
	equal(mount(), -ENODEV, "no device");
	ok(!v.device.link.base && !v.device.link.buffer, "nothing of it stays");
	fake_uefi_vars_start();
	fake_uefi_vars.storage = 100;
	equal(mount(), -EIO, "one without room");
	fake_uefi_vars_start();
	fake_uefi_vars.refuses = 0x12;
	equal(mount(), -EIO, "one that wants no message");
	fake_uefi_vars_start();
	tell(32, EFI_UNSUPPORTED);
	equal(mount(), -EIO, "one that does not know how much it has");
	ok(!v.device.link.base, "nothing of it stays");
}

int main(void)
{
	test_keep();
	test_limits();
	test_judge();
	test_hide();
	test_runtime();
	test_lies();
	test_start();
	return tap_done();
}
