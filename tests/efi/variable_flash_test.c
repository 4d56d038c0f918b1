/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/variable.c efi/variable_store.c efi/variable_flash.c efi/variable_log.c drivers/cfi_flash.c */
/* test-sources: tests/drivers/flash_model.c lib/crc32.c */
/* test-sources: efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/* Variables in flash: they last, a power cut at each single change leaves the old value or the new one, damage costs what it hits. */
#include "efi/variable_flash.h"

#include <string.h>

#include "efi/variable.h"
#include "tests/drivers/flash_model.h"
#include "tests/tap.h"

#define KEEP (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)
#define VOLATILE EFI_VARIABLE_BOOTSERVICE_ACCESS

static const struct efi_guid guid = EFI_GUID(11111111, 2222, 3333, 44, 44, 55, 55, 66, 66, 77, 77);
static uint8_t arena[56 * 1024] __attribute__((aligned(8)));
static struct variables v;
static struct variable_flash log_;
static struct variable_flash_report report;

static const struct variable_backend backend = {.write = variable_flash_write,
						.room = variable_flash_room,
						.live = variable_flash_live,
						.context = &log_,
						.at_runtime = true};

/* As at the start of the machine. */
static enum variable_flash_state mount(void)
{
	flash_model_on();
	memset(&v, 0, sizeof(v));
	memset(arena, 0x5a, sizeof(arena));
	variable_store_start(&v.store, arena, sizeof(arena));
	log_ = (struct variable_flash){.flash = {.base = FLASH_MODEL_BASE}};
	if (cfi_flash_probe(&log_.flash, FLASH_MODEL_BASE, flash_model.width))
		return VARIABLE_FLASH_NONE;
	variable_flash_mount(&log_, &v.store, &report);
	if (report.state == VARIABLE_FLASH_READY)
		v.store.backend = &backend;
	return report.state;
}

static efi_status set(const CHAR16 *name, uint32_t attributes, const char *data, uint32_t size)
{
	return variable_set(&v, name, &guid, attributes, size, data);
}

static efi_status put(const CHAR16 *name, const char *text)
{
	return set(name, KEEP, text, (uint32_t)strlen(text));
}

static const char *get(const CHAR16 *name)
{
	static char value[VARIABLE_SIZE_MAX + 1];
	uint64_t size = sizeof(value) - 1;

	if (variable_get(&v, name, &guid, NULL, &size, value))
		return "-";
	value[size] = 0;
	return value;
}

static int is(const CHAR16 *name, const char *text)
{
	return !strcmp(get(name), text);
}

/* ---- they last ---- */

static void test_last(uint32_t block, uint32_t width, uint32_t lanes)
{
	uint64_t all, left, one, before;
	uint32_t attributes;

	flash_model_start(1 << 19, block, width, lanes);
	equal(mount(), VARIABLE_FLASH_READY, "a blank bank");
	equal(report.variables + report.damaged + report.torn, 0, "has nothing");
	equal(put(u"a", "one"), EFI_SUCCESS, "set");
	equal(set(u"v", VOLATILE, "x", 1), EFI_SUCCESS, "a volatile one");
	equal(put(u"b", "two"), EFI_SUCCESS, "set");
	equal(put(u"a", "another"), EFI_SUCCESS, "changed");
	equal(set(u"b", KEEP | EFI_VARIABLE_APPEND_WRITE, "+", 1), EFI_SUCCESS, "appended");
	equal(put(u"c", "gone"), EFI_SUCCESS, "set");
	equal(put(u"c", ""), EFI_SUCCESS, "deleted");
	equal(mount(), VARIABLE_FLASH_READY, "after a reset");
	ok(is(u"a", "another") && is(u"b", "two+") && is(u"c", "-") && is(u"v", "-"), "all right");
	ok(report.variables == 2 && !report.damaged && !report.torn, "and said so");
	left = 0;
	variable_get(&v, u"a", &guid, &attributes, &left, NULL);
	equal(attributes, KEEP, "with attributes");
	equal(variable_query(&v, KEEP, &all, &before, &one), EFI_SUCCESS, "query");
	equal(all, sizeof(arena), "what has room in memory as well");
	put(u"a", "an other");
	put(u"a", "another");
	variable_query(&v, KEEP, &all, &left, &one);
	equal(left, before, "what is overwritten is not lost");
	equal(flash_model.misuse, 0, "no strange commands");
}

/* More changes than there is room for: the areas take turns. */
static void test_reclaim(void)
{
	static char text[3000];
	uint32_t seen[VARIABLE_AREAS_MAX] = {0};
	struct variable_change own = {.name = u"own",
				      .guid = &guid,
				      .attributes = KEEP,
				      .flags = VARIABLE_READ_ONLY,
				      .data = {{"own", 3}}};
	struct variable_change fresh = {.name = u"default",
					.guid = &guid,
					.attributes = KEEP,
					.flags = VARIABLE_UNSAVED,
					.data = {{"new", 3}}};
	int bad = 0;

	flash_model_start(1 << 19, 1 << 12, 4, 2);
	mount();
	put(u"first", "kept");
	equal(variable_set_own(&v, &own), EFI_SUCCESS, "the firmware's");
	equal(variable_set_own(&v, &fresh), EFI_SUCCESS, "a default");
	for (uint32_t i = 0; i < 500; i++) {
		memset(text, (int)('a' + i % 26), sizeof(text) - 1);
		bad += put(i % 2 ? u"odd" : u"even", text) != EFI_SUCCESS;
		seen[log_.current]++;
	}
	equal(bad, 0, "500 changes of 3 KB");
	ok(seen[0] > 90 && seen[1] > 90 && seen[2] > 90 && seen[3] > 90, "in all areas alike");
	ok(log_.sequence >= 12, "around several times");
	mount();
	ok(is(u"first", "kept") && get(u"odd")[0] == 'a' + 499 % 26 &&
		   get(u"even")[0] == 'a' + 498 % 26,
	   "the last ones count");
	equal(put(u"own", "mine"), EFI_WRITE_PROTECTED, "the firmware's is still its own");
	ok(is(u"default", "-"), "a default is not kept");
	variable_set_own(&v, &fresh);
	equal(put(u"default", "set"), EFI_SUCCESS, "until somebody sets it");
	mount();
	ok(is(u"default", "set"), "then it is");
	/* Full: said so, and all is as it was. */
	for (CHAR16 name[2] = {'A', 0}; name[0] < 'Z' && !bad; name[0]++)
		bad = set(name, KEEP, text, sizeof(text)) == EFI_OUT_OF_RESOURCES;
	equal(bad, 1, "there is an end");
	mount();
	ok(is(u"first", "kept"), "nothing is lost by it");
	equal(put(u"A", ""), EFI_SUCCESS, "deleting goes");
	equal(set(u"B", KEEP, text, 1000), EFI_SUCCESS, "and makes room");
	equal(flash_model.misuse, 0, "no strange commands");
}

/* ---- the power goes ---- */

/* The value of step i of its variable. */
static void value_of(uint32_t i, char *text)
{
	uint32_t size = i * 37 % 1200 + (i % 7 == 3 ? 0 : 1);

	if (i % 11 == 10)
		size = 0; /* a deletion */
	memset(text, (int)('a' + i % 26), size);
	text[size] = 0;
}

static void name_of(uint32_t i, CHAR16 *name)
{
	name[0] = (CHAR16)('A' + i % 5);
	name[1] = 0;
}

static struct {
	char text[1300];
} expected[5];

static int others_are_right(uint32_t changed)
{
	for (uint32_t i = 0; i < 5; i++) {
		CHAR16 name[2];

		name_of(i, name);
		if (i != changed && !is(name, expected[i].text[0] ? expected[i].text : "-"))
			return 0;
	}
	return 1;
}

/* Whether the change was made before the power went, at the `cut`-th write from now. */
static int put_until(uint64_t cut, const CHAR16 *name, const char *text)
{
	flash_model.cut_at = flash_model.changes + cut;
	if (setjmp(flash_model.power))
		return 0;
	put(name, text);
	return 1;
}

/* One change, cut at each of its writes in turn: how often the outcome was neither. */
static uint32_t cut_step(uint32_t step, uint64_t *cuts)
{
	static uint8_t before[1 << 19];
	const struct variable_flash was = log_;
	char text[1300];
	CHAR16 name[2];
	uint32_t bad = 0, at = step % 5;

	name_of(step, name);
	value_of(step, text);
	memcpy(before, flash_model_bytes(), flash_model.size);
	for (uint64_t cut = 1;; cut++) {
		const char *old = expected[at].text[0] ? expected[at].text : "-";
		const char *new = text[0] ? text : "-";
		int whole;

		memcpy(flash_model_bytes(), before, flash_model.size);
		mount();
		if (log_.used != was.used || log_.sequence != was.sequence)
			bad++;
		whole = put_until(cut, name, text);
		flash_model.cut_at = 0;
		if (mount() != VARIABLE_FLASH_READY || report.damaged ||
		    !(is(name, new) || (!whole && is(name, old))) || !others_are_right(at))
			bad++;
		if (whole)
			break;
		(*cuts)++;
		/* And it goes on from there. */
		if (cut % 16 == 0 && (put(name, text) == EFI_DEVICE_ERROR ||
				      (mount(), !is(name, new)) || !others_are_right(at)))
			bad++;
	}
	memcpy(expected[at].text, text, sizeof(text));
	return bad;
}

/* Begins near the end of an area, so that reclaiming is among it, with blocks and words of either machine. */
static void test_cuts(uint32_t block, uint32_t width, uint32_t lanes, uint32_t steps)
{
	uint64_t cuts = 0;
	uint32_t bad = 0, sequence;
	char text[1100] = "";

	flash_model_start(1 << 17, block, width, lanes);
	memset(expected, 0, sizeof(expected));
	mount();
	memset(text, 'x', sizeof(text) - 1);
	while (log_.used + 1500 < log_.area)
		put(u"filler", text);
	mount();
	sequence = log_.sequence;
	for (uint32_t step = 0; step < steps; step++)
		bad += cut_step(step, &cuts);
	equal(bad, 0, "either the old value or the new one");
	ok(log_.sequence > sequence, "reclaiming was among it");
	equal(flash_model.misuse, 0, "no strange commands");
	printf("# %lu cuts\n", (unsigned long)cuts);
}

static int start_until(uint64_t cut)
{
	flash_model.cut_at = cut;
	if (setjmp(flash_model.power))
		return 0;
	mount();
	put(u"a", "1");
	return 1;
}

/* The very first writes: whatever is left of them, the bank is ours and can be used. */
static void test_first(void)
{
	uint32_t bad = 0;
	uint64_t cut = 0;
	int whole;

	do {
		flash_model_start(1 << 18, 1 << 12, 1, 1);
		whole = start_until(++cut);
		flash_model.cut_at = 0;
		bad += mount() != VARIABLE_FLASH_READY || report.damaged ||
		       put(u"b", "2") != EFI_SUCCESS || mount() != VARIABLE_FLASH_READY ||
		       !is(u"b", "2") || (whole && !is(u"a", "1"));
	} while (!whole);
	equal(bad, 0, "a bank that was never finished");
	ok(cut > 100, "at each write");
}

/* ---- damage and strangers ---- */

static void test_damage(void)
{
	static const CHAR16 *const names[] = {u"a", u"b", u"c", u"d", u"e"};
	uint32_t ends[6], wrong = 0, untold = 0;
	uint8_t *memory;

	flash_model_start(1 << 19, 1 << 18, 4, 2);
	memory = flash_model_bytes();
	mount();
	for (int i = 0; i < 5; i++) {
		ends[i] = log_.used;
		put(names[i], "some value");
	}
	ends[5] = log_.used;
	/* Each byte of the middle record in turn: the others are there, and it is its value or nothing. */
	for (uint32_t at = ends[2]; at < ends[3]; at++) {
		uint8_t was = memory[at];

		memory[at] ^= 0x55;
		mount();
		for (int i = 0; i < 5; i++)
			wrong += i == 2 ? !is(names[i], "some value") && !is(names[i], "-")
					: !is(names[i], "some value");
		untold += is(u"c", "-") && !report.damaged && !report.torn;
		memory[at] = was;
	}
	equal(wrong, 0, "damage of a byte costs the one variable");
	equal(untold, 0, "and is told");
	memset(memory + ends[1], 0xff, ends[2] - ends[1]);
	mount();
	ok(is(u"a", "some value") && is(u"b", "-") && is(u"c", "some value") &&
		   is(u"e", "some value"),
	   "one that is blank");
	equal(report.damaged + report.torn, 1, "is told");
	memset(memory + ends[3], 0, ends[4] - ends[3]);
	mount();
	ok(is(u"c", "some value") && is(u"d", "-") && is(u"e", "some value"), "one that is zero");
	equal(put(u"d", "again"), EFI_SUCCESS, "and goes on");
	mount();
	ok(is(u"d", "again") && is(u"e", "some value"), "as if nothing had been");
	memory[3] ^= 1;
	mount();
	ok(report.state == VARIABLE_FLASH_READY && is(u"a", "some value"), "a header has a copy");
}

/* A record at another place, or of another area, is none. */
static void test_moved(void)
{
	uint8_t *memory;
	uint32_t from;

	flash_model_start(1 << 19, 1 << 18, 4, 2);
	memory = flash_model_bytes();
	mount();
	from = log_.used;
	put(u"a", "1");
	memcpy(memory + log_.used + 1024, memory + from, log_.used - from);
	put(u"a", "2");
	mount();
	ok(is(u"a", "2"), "not the copy");
}

static void test_strangers(void)
{
	uint8_t *memory;

	flash_model_start(1 << 19, 1 << 12, 1, 1);
	memory = flash_model_bytes();
	memset(memory, 0, 1 << 19);
	equal(mount(), VARIABLE_FLASH_ZERO, "all zero");
	memset(memory, 0xff, 1 << 19);
	memset(memory, 0, 64);
	memcpy(memory + 40, "_FVH", 4);
	memory[100] = 7;
	equal(mount(), VARIABLE_FLASH_EDK2, "EDK2's");
	memcpy(memory + 40, "____", 4);
	equal(mount(), VARIABLE_FLASH_FOREIGN, "somebody's");
	memset(memory, 0xff, 256);
	memory[300000] = 7;
	equal(mount(), VARIABLE_FLASH_FOREIGN, "something far behind");
	ok(flash_model.changes == 0, "nothing was written");
	equal(put(u"a", "1"), EFI_SUCCESS, "what is set lives in memory");
	flash_model_start(1 << 16, 1 << 12, 1, 1);
	equal(mount(), VARIABLE_FLASH_SMALL, "too small");
	flash_model_start(1 << 17, 1 << 12, 1, 1);
	equal(mount(), VARIABLE_FLASH_READY, "two small areas will do");
	put(u"a", "1");
	flash_model.read_only = true;
	equal(mount(), VARIABLE_FLASH_READ_ONLY, "read-only");
	ok(is(u"a", "1") && !log_.area, "is read");
	flash_model.read_only = false;
	mount();
	flash_model.stuck = true;
	equal(put(u"a", "2"), EFI_DEVICE_ERROR, "flash that breaks");
	ok(is(u"a", "1"), "has not changed it");
	flash_model.stuck = false;
	equal(put(u"a", "3"), EFI_SUCCESS, "and works again");
	mount();
	ok(is(u"a", "3"), "behind the broken place");
	equal(flash_model.misuse, 0, "no strange commands");
}

int main(void)
{
	test_last(1 << 18, 4, 2);
	test_last(1 << 12, 1, 1);
	test_reclaim();
	test_cuts(1 << 16, 4, 2, 25);
	test_cuts(1 << 12, 1, 1, 11);
	test_first();
	test_damage();
	test_moved();
	test_strangers();
	return tap_done();
}
