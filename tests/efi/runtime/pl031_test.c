/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/runtime/services.c efi/runtime/store.c efi/runtime/time.c efi/runtime/rtc_pl031.c */
/* test-sources: efi/runtime/reset_psci.c efi/variable.c efi/variable_store.c efi/variable_flash.c */
/* test-sources: efi/variable_log.c efi/variable_device.c drivers/uefi_vars.c drivers/cfi_flash.c tests/drivers/flash_model.c tests/drivers/fake_uefi_vars.c lib/crc32.c */
/* Runtime services on Arm's machine: seconds and dates, PSCI. */
#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <time.h>

#include "efi/runtime/internal.h"
#include "tests/drivers/fake_uefi_vars.h"
#include "tests/drivers/flash_model.h"
#include "tests/tap.h"

extern struct runtime_door runtime_door;

static uint32_t clock_seconds;
static uint32_t call_conduit, call_function;
static jmp_buf halted;

uint32_t register_read32(uint64_t address)
{
	return address == 0x9010000 ? clock_seconds : 0;
}

void register_write32(uint64_t address, uint32_t value)
{
	if (address == 0x9010008)
		clock_seconds = value;
}

void firmware_call(uint32_t conduit, uint32_t function)
{
	call_conduit = conduit;
	call_function = function;
}

void processor_halt(void)
{
	longjmp(halted, 1);
}

efi_status EFIAPI runtime_set_virtual_address_map(uint64_t size, uint64_t each, uint32_t version,
						  struct efi_memory_descriptor *map)
{
	(void)size;
	(void)each;
	(void)version;
	(void)map;
	return EFI_UNSUPPORTED;
}

efi_status EFIAPI runtime_convert_pointer(uint64_t disposition, void **address)
{
	(void)disposition;
	(void)address;
	return EFI_UNSUPPORTED;
}

static struct efi_runtime_services *rt;
static uint8_t store[8192] __attribute__((aligned(8)));

static void start(uint64_t rtc, uint32_t psci)
{
	struct runtime_start given = {
		.machine = {.rtc = rtc, .psci = psci},
		.variables = store,
		.variables_size = sizeof(store),
	};

	runtime_door.start(&given, &(struct runtime_store){0});
	rt = runtime_door.services;
}

static void test_clock(void)
{
	struct efi_time time;
	struct efi_time set = {2106, 2, 7, 6, 28, 15, 0, 5, -60, 0, 0};
	int bad = 0;

	start(0x9010000, 1);
	tap_seed();
	for (int i = 0; i < 20000; i++) {
		struct tm tm;
		time_t seconds;

		clock_seconds = (uint32_t)tap_random();
		seconds = clock_seconds;
		gmtime_r(&seconds, &tm);
		bad += rt->GetTime(&time, NULL) || time.Year != tm.tm_year + 1900 ||
		       time.Month != tm.tm_mon + 1 || time.Day != tm.tm_mday ||
		       time.Hour != tm.tm_hour || time.Minute != tm.tm_min ||
		       time.Second != tm.tm_sec;
		clock_seconds = 0;
		bad += rt->SetTime(&time) || clock_seconds != (uint32_t)seconds;
	}
	equal(bad, 0, "dates are those of the library");
	equal(rt->SetTime(&set), EFI_SUCCESS, "the last second");
	equal(clock_seconds, UINT32_MAX, "is that");
	rt->GetTime(&time, NULL);
	equal(time.TimeZone, -60, "the time zone is remembered");
	set.Second++;
	equal(rt->SetTime(&set), EFI_INVALID_PARAMETER, "one more");
	set.Year = 1969;
	equal(rt->SetTime(&set), EFI_INVALID_PARAMETER, "before the first");
	start(0, 0);
	equal(rt->GetTime(&time, NULL), EFI_UNSUPPORTED, "no clock");
	set.Year = 2000;
	equal(rt->SetTime(&set), EFI_UNSUPPORTED, "no clock");
}

static void reset(uint32_t type)
{
	call_function = 0;
	if (!setjmp(halted))
		rt->ResetSystem(type, EFI_SUCCESS, 0, NULL);
}

static void test_reset(void)
{
	start(0, 2);
	reset(EfiResetShutdown);
	ok(call_function == 0x84000008 && call_conduit == 2, "off");
	reset(EfiResetCold);
	ok(call_function == 0x84000009, "reset");
	start(0, 0);
	reset(EfiResetCold);
	equal(call_function, 0, "no PSCI: a halt");
}

/* GetVariable and the others are those of efi/variable.c: once each, before and after the exit. */
static void test_variables(void)
{
	static struct efi_guid guid = {1, 2, 3, {4}};
	static const char text[] = "x";
	CHAR16 name[16] = {0};
	uint64_t size = sizeof(name);
	uint64_t numbers[3];
	struct variable_change own = {
		.name = u"own", .guid = &guid, .attributes = 2, .data = {{text, 1}}};
	uint32_t high;

	start(0, 0);
	equal(rt->SetVariable(u"a", &guid, 6, 1, (void *)(uintptr_t)text), EFI_SUCCESS, "set");
	equal(runtime_door.set_variable(&own), EFI_SUCCESS, "the firmware's");
	equal(rt->GetNextVariableName(&size, name, &guid), EFI_SUCCESS, "next");
	equal(name[0], 'a', "is it");
	equal(rt->QueryVariableInfo(6, &numbers[0], &numbers[1], &numbers[2]), EFI_SUCCESS,
	      "query");
	runtime_door.exit_boot_services(&(struct runtime_exit){0});
	size = sizeof(name);
	equal(rt->GetVariable(u"a", &guid, NULL, &size, name), EFI_SUCCESS, "at run time");
	equal(rt->GetVariable(u"own", &guid, NULL, &size, name), EFI_NOT_FOUND, "hidden");
	equal(rt->SetVariable(u"a", &guid, 6, 1, name), EFI_UNSUPPORTED, "cannot be set");
	equal(rt->GetNextHighMonotonicCount(&high), EFI_UNSUPPORTED, "nor counted");
}

/* A uefi-vars device in the place of flash: told of what happens, and written to at run time. */
static void test_device(void)
{
	static uint8_t exchange[UEFI_VARS_BUFFER] __attribute__((aligned(8)));
	static struct efi_guid guid = {1, 2, 3, {4}};
	const struct runtime_start given = {.machine = {.uefi_vars = FAKE_UEFI_VARS_BASE,
							.flash = FLASH_MODEL_BASE,
							.flash_size = 1 << 20,
							.flash_width = 4},
					    .variables = store,
					    .variables_size = sizeof(store),
					    .exchange = exchange};
	struct runtime_store found;
	char data[8] = "kept";
	uint64_t size = sizeof(data);
	uint32_t high;

	fake_uefi_vars_start();
	runtime_door.start(&given, &found);
	ok(!found.device && found.base == FAKE_UEFI_VARS_BASE && found.size == 32,
	   "it works, and is to be mapped");
	ok(found.room == 256 * 1024 && found.used < 100, "it has room");
	equal(rt->SetVariable(u"a", &guid, 7, 4, data), EFI_SUCCESS, "set");
	runtime_door.ready_to_boot();
	ok(fake_uefi_vars.ready && !fake_uefi_vars.exited, "it is told");
	runtime_door.exit_boot_services(&(struct runtime_exit){0});
	ok(fake_uefi_vars.exited, "of each stage");
	equal(rt->GetVariable(u"a", &guid, NULL, &size, data), EFI_SUCCESS, "at run time");
	equal(rt->SetVariable(u"a", &guid, 7, 1, data), EFI_SUCCESS, "set then");
	equal(fake_uefi_vars_find(u"a", &guid)->size, 1, "is kept");
	equal(rt->GetNextHighMonotonicCount(&high), EFI_SUCCESS, "and counted");
	equal(high, 1, "once");
	runtime_door.start(&given, &found);
	equal(rt->GetNextHighMonotonicCount(&high), EFI_SUCCESS, "and again");
	equal(high, 2, "at the next start");
	fake_uefi_vars.magic = 0;
	runtime_door.start(&given, &found);
	ok(found.device == -ENODEV && !found.size, "one that is none");
	equal(found.report.state, VARIABLE_FLASH_NONE, "does not lead to flash");
	equal(rt->SetVariable(u"a", &guid, 7, 1, data), EFI_SUCCESS, "variables are in memory");
	runtime_door.exit_boot_services(&(struct runtime_exit){0});
	equal(rt->SetVariable(u"a", &guid, 7, 1, data), EFI_UNSUPPORTED, "alone");
}

int main(void)
{
	test_clock();
	test_reset();
	test_variables();
	test_device();
	return tap_done();
}
