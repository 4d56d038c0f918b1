/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/runtime/services.c efi/runtime/store.c efi/runtime/address.c efi/runtime/time.c efi/runtime/rtc_cmos.c */
/* test-sources: efi/runtime/reset_acpi.c efi/variable.c efi/variable_store.c efi/variable_flash.c */
/* test-sources: efi/variable_log.c efi/variable_device.c drivers/uefi_vars.c drivers/cfi_flash.c tests/drivers/flash_model.c tests/drivers/fake_uefi_vars.c lib/crc32.c */
/* Runtime services on a PC: the clock in all of its formats, ACPI reset, virtual addresses. */
#include <setjmp.h>
#include <string.h>

#include "efi/runtime/internal.h"
#include "lib/bytes.h"
#include "tests/tap.h"

/* What runtime.ld makes. */
extern uint8_t region_start[4096], region_end[1];
extern uint64_t region_rela[3], region_rela_end[1];
extern struct runtime_door runtime_door;
__asm__(".data\n.balign 4096\n.global region_start\nregion_start: .zero 4096\n"
	".global region_end\nregion_end: .zero 16\n"
	".global region_rela\nregion_rela: .quad 16, 8, 0\n"
	".global region_rela_end\nregion_rela_end: .quad 0\n.text\n");

/* ---- the machine ---- */

static uint8_t cmos[128];
static uint8_t cmos_index;
static int updating; /* so many looks at register A say that an update is under way */
static int ticks; /* so many readings of the seconds find them one later */
static uint16_t last_port, last_value;
static jmp_buf halted;

uint8_t port_in8(uint16_t port)
{
	if (port != 0x71)
		return 0xff;
	if (cmos_index == 0x0a && updating) {
		updating--;
		return 0x80;
	}
	if (cmos_index == 0 && ticks) {
		ticks--;
		return cmos[0]++;
	}
	return cmos[cmos_index];
}

void port_out8(uint16_t port, uint8_t value)
{
	if (port == 0x70)
		cmos_index = value & 127;
	else if (port == 0x71)
		cmos[cmos_index] = value;
	else {
		last_port = port;
		last_value = value;
	}
}

void port_out16(uint16_t port, uint16_t value)
{
	last_port = port;
	last_value = value;
}

void processor_halt(void)
{
	longjmp(halted, 1);
}

static int locks, resets;

static efi_tpl lock(void)
{
	locks++;
	return 0;
}

static void unlock(efi_tpl tpl)
{
	(void)tpl;
	locks--;
}

static void before_reset(void)
{
	resets++;
}

static uint8_t store[8192] __attribute__((aligned(8)));
static struct efi_runtime_services *rt;
static struct efi_system_table *table = (struct efi_system_table *)(void *)(region_start + 64);

static void start(void)
{
	static struct runtime_start given = {
		.machine = {.rtc_port = 0x70,
			    .rtc_century = 0x32,
			    .reset_port = 0xcf9,
			    .reset_value = 0x0f,
			    .pm1_control_port = 0x604,
			    .sleep_type = 5},
		.variables = store,
		.variables_size = sizeof(store),
		.lock = lock,
		.unlock = unlock,
		.before_reset = before_reset,
	};

	given.table = table;
	runtime_door.start(&given, &(struct runtime_store){0});
	rt = runtime_door.services;
	memset(cmos, 0, sizeof(cmos));
}

/* ---- the clock ---- */

static void clock_is(uint8_t b, const char *wanted)
{
	struct efi_time_capabilities can;
	struct efi_time time;
	char text[64];

	cmos[0x0b] = b;
	equal(rt->GetTime(&time, &can), EFI_SUCCESS, "the time");
	sprintf(text, "%04d-%02d-%02d %02d:%02d:%02d", time.Year, time.Month, time.Day, time.Hour,
		time.Minute, time.Second);
	if (!ok(!strcmp(text, wanted), wanted))
		printf("#   is %s\n", text);
	ok(can.Resolution == 1 && can.SetsToZero && time.Nanosecond == 0, "in seconds");
}

static void test_clock(void)
{
	start();
	memcpy(cmos, "\x56\x00\x34\x00\x12\x00\x05\x29\x02\x24", 10);
	cmos[0x32] = 0x20;
	clock_is(0x02, "2024-02-29 12:34:56");
	clock_is(0x00, "2024-02-29 00:34:56"); /* twelve without the afternoon's bit is midnight */
	cmos[4] = 0x92;
	clock_is(0x00, "2024-02-29 12:34:56");
	memcpy(cmos, "\x38\x00\x22\x00\x0c\x00\x05\x1d\x02\x18", 10);
	cmos[0x32] = 20;
	clock_is(0x06, "2024-02-29 12:34:56"); /* binary, and so is the century */
}

static void test_formats(void)
{
	static const uint8_t modes[] = {0x00, 0x02, 0x04, 0x06};
	struct efi_time time = {2024, 2, 29, 0, 34, 56, 0, 0, 60, 1, 0};
	struct efi_time back;
	int bad = 0;

	start();
	for (int i = 0; i < 4; i++)
		for (uint8_t hour = 0; hour < 24; hour++) {
			cmos[0x0b] = modes[i];
			time.Hour = hour;
			if (rt->SetTime(&time) || rt->GetTime(&back, NULL) ||
			    memcmp(&time, &back, sizeof(time)) || cmos[0x0b] != modes[i])
				bad++;
		}
	equal(bad, 0, "each hour in each format comes back");
	equal(cmos[6], 5, "it was a Thursday");
	cmos[0x0b] = 0x02;
	time.Hour = 23;
	rt->SetTime(&time);
	ok(cmos[4] == 0x23 && cmos[0] == 0x56 && cmos[9] == 0x24 && cmos[0x32] == 0x20, "in BCD");
	cmos[0x0b] = 0x00;
	rt->SetTime(&time);
	equal(cmos[4], 0x91, "eleven in the evening");
	cmos[0x0b] = 0x02;
	rt->SetTime(&time);
	updating = 5;
	clock_is(0x02, "2024-02-29 23:34:56");
	ticks = 2;
	equal(rt->GetTime(&back, NULL), EFI_SUCCESS, "it ticks meanwhile");
	updating = 1 << 30;
	equal(rt->GetTime(&back, NULL), EFI_DEVICE_ERROR, "it never ends to update");
	equal(rt->SetTime(&time), EFI_DEVICE_ERROR, "nor for setting");
	updating = 0;
	cmos[0x0b] = 0x82;
	equal(rt->SetTime(&time), EFI_SUCCESS, "a clock that somebody has left standing");
	equal(cmos[0x0b], 0x02, "goes again");
	cmos[8] = 0x13;
	equal(rt->GetTime(&back, NULL), EFI_DEVICE_ERROR, "a thirteenth month");
	cmos[8] = 0x0b;
	equal(rt->GetTime(&back, NULL), EFI_DEVICE_ERROR, "a digit that is none");
	cmos[8] = 0x02;
	cmos[9] = 0xf0;
	equal(rt->GetTime(&back, NULL), EFI_DEVICE_ERROR, "in the year");
	cmos[9] = 0x24;
	cmos[0x0b] = 0x00;
	cmos[4] = 0x00;
	equal(rt->GetTime(&back, NULL), EFI_DEVICE_ERROR, "hour 0 of twelve");
	cmos[4] = 0x93;
	equal(rt->GetTime(&back, NULL), EFI_DEVICE_ERROR, "hour 13 of twelve");
	cmos[0x0b] = 0x02;
	runtime.given.machine.rtc_century = 0;
	rt->SetTime(&time);
	clock_is(0x02, "2024-02-29 23:34:56");
	time.Year = 1969;
	equal(rt->SetTime(&time), EFI_INVALID_PARAMETER, "before the clock's time");
	runtime.given.machine.rtc_port = 0;
	equal(rt->GetTime(&back, NULL), EFI_UNSUPPORTED, "no clock");
	time.Year = 2024;
	equal(rt->SetTime(&time), EFI_UNSUPPORTED, "none to set");
}

static void test_time_arguments(void)
{
	static const struct {
		struct efi_time time;
		const char *name;
	} bad[] = {
		{{1899, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, "year"},
		{{10000, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, "year"},
		{{2024, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, "month"},
		{{2024, 13, 1, 0, 0, 0, 0, 0, 0, 0, 0}, "month"},
		{{2024, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "day"},
		{{2023, 2, 29, 0, 0, 0, 0, 0, 0, 0, 0}, "day"},
		{{2100, 2, 29, 0, 0, 0, 0, 0, 0, 0, 0}, "day"},
		{{2024, 4, 31, 0, 0, 0, 0, 0, 0, 0, 0}, "day"},
		{{2024, 1, 1, 24, 0, 0, 0, 0, 0, 0, 0}, "hour"},
		{{2024, 1, 1, 0, 60, 0, 0, 0, 0, 0, 0}, "minute"},
		{{2024, 1, 1, 0, 0, 60, 0, 0, 0, 0, 0}, "second"},
		{{2024, 1, 1, 0, 0, 0, 0, 1000000000, 0, 0, 0}, "nanosecond"},
		{{2024, 1, 1, 0, 0, 0, 0, 0, 1441, 0, 0}, "time zone"},
		{{2024, 1, 1, 0, 0, 0, 0, 0, -1441, 0, 0}, "time zone"},
		{{2024, 1, 1, 0, 0, 0, 0, 0, 0, 4, 0}, "daylight"}, /* the last: see below */
	};
	struct efi_time time;
	BOOLEAN yes;

	start();
	equal(rt->GetTime(NULL, NULL), EFI_INVALID_PARAMETER, "no time");
	equal(rt->SetTime(NULL), EFI_INVALID_PARAMETER, "no time");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		time = bad[i].time;
		equal(rt->SetTime(&time), EFI_INVALID_PARAMETER, bad[i].name);
	}
	equal(rt->GetWakeupTime(&yes, &yes, &time), EFI_UNSUPPORTED, "no alarm");
	equal(rt->GetWakeupTime(NULL, &yes, &time), EFI_INVALID_PARAMETER, "nowhere");
	equal(rt->GetWakeupTime(&yes, NULL, &time), EFI_INVALID_PARAMETER, "nowhere");
	equal(rt->GetWakeupTime(&yes, &yes, NULL), EFI_INVALID_PARAMETER, "nowhere");
	equal(rt->SetWakeupTime(1, &time), EFI_INVALID_PARAMETER, "at no time");
	time.Daylight = 0;
	equal(rt->SetWakeupTime(1, &time), EFI_UNSUPPORTED, "no alarm");
	equal(rt->SetWakeupTime(1, NULL), EFI_INVALID_PARAMETER, "no time");
	equal(rt->SetWakeupTime(0, NULL), EFI_UNSUPPORTED, "nothing to turn off");
	equal(locks, 0, "locks are all given back");
}

static void test_capsules(void)
{
	struct efi_capsule_header header = {.HeaderSize = sizeof(header),
					    .CapsuleImageSize = sizeof(header)};
	struct efi_capsule_header *capsule = &header;
	uint64_t size = 0;
	uint32_t high = 0;

	start();
	equal(rt->UpdateCapsule(&capsule, 1, 0), EFI_UNSUPPORTED, "no capsules");
	equal(rt->UpdateCapsule(&capsule, 0, 0), EFI_INVALID_PARAMETER, "not one");
	equal(rt->UpdateCapsule(NULL, 1, 0), EFI_INVALID_PARAMETER, "nowhere");
	header.Flags = CAPSULE_FLAGS_PERSIST_ACROSS_RESET | CAPSULE_FLAGS_INITIATE_RESET;
	equal(rt->UpdateCapsule(&capsule, 1, 0), EFI_UNSUPPORTED, "nor after a reset");
	header.Flags = CAPSULE_FLAGS_INITIATE_RESET;
	equal(rt->UpdateCapsule(&capsule, 1, 0), EFI_INVALID_PARAMETER, "that loses them");
	header.Flags = CAPSULE_FLAGS_POPULATE_SYSTEM_TABLE;
	equal(rt->UpdateCapsule(&capsule, 1, 0), EFI_INVALID_PARAMETER, "a table without one");
	header.Flags = 0;
	header.CapsuleImageSize--;
	equal(rt->UpdateCapsule(&capsule, 1, 0), EFI_INVALID_PARAMETER, "smaller than itself");
	header.CapsuleImageSize++;
	equal(rt->QueryCapsuleCapabilities(&capsule, 1, &size, &high), EFI_UNSUPPORTED, "none");
	equal(rt->QueryCapsuleCapabilities(&capsule, 0, &size, &high), EFI_INVALID_PARAMETER,
	      "of none");
	equal(rt->QueryCapsuleCapabilities(&capsule, 1, &size, NULL), EFI_INVALID_PARAMETER,
	      "where");
	equal(rt->QueryCapsuleCapabilities(&capsule, 1, NULL, &high), EFI_INVALID_PARAMETER,
	      "where");
}

static void test_count(void)
{
	uint32_t high = 0;
	uint32_t again = 0;

	start();
	equal(rt->GetNextHighMonotonicCount(NULL), EFI_INVALID_PARAMETER, "no count");
	equal(rt->GetNextHighMonotonicCount(&high), EFI_SUCCESS, "a count");
	equal(rt->GetNextHighMonotonicCount(&again), EFI_SUCCESS, "another");
	ok(again == high + 1, "is one more");
	equal(locks, 0, "locks are all given back");
}

static void reset(uint32_t type)
{
	last_port = 0;
	if (!setjmp(halted))
		rt->ResetSystem(type, EFI_SUCCESS, 0, NULL);
}

static void test_reset(void)
{
	start();
	reset(EfiResetCold);
	ok(last_port == 0xcf9 && last_value == 0x0f && resets == 1, "cold");
	reset(EfiResetWarm);
	ok(last_port == 0xcf9 && resets == 2, "warm");
	reset(EfiResetPlatformSpecific);
	equal(last_port, 0xcf9, "of some kind");
	reset(EfiResetShutdown);
	ok(last_port == 0x604 && last_value == (5 << 10 | 1 << 13), "off");
	runtime_door.exit_boot_services(&(struct runtime_exit){0});
	reset(EfiResetCold);
	ok(last_port == 0xcf9 && resets == 4, "at run time nobody is told");
}

/* ---- virtual addresses ---- */

static uint64_t event_saw;
static efi_status event_status;

static void EFIAPI event(efi_event e, void *context)
{
	void *pointer = region_start + 100;
	void *null = NULL;

	(void)e;
	(void)context;
	event_status = rt->ConvertPointer(0, &pointer);
	event_saw = (uint64_t)(uintptr_t)pointer;
	equal(rt->ConvertPointer(0, NULL), EFI_INVALID_PARAMETER, "convert: no pointer");
	equal(rt->ConvertPointer(0, &null), EFI_INVALID_PARAMETER, "convert: NULL");
	equal(rt->ConvertPointer(EFI_OPTIONAL_PTR, &null), EFI_SUCCESS, "convert: NULL, allowed");
	pointer = (void *)8;
	equal(rt->ConvertPointer(0, &pointer), EFI_NOT_FOUND, "convert: not in the map");
}

/* The map of one descriptor each, in this order. */
enum { REGION, STORE, SERVICES, STRANGER };

/* A runtime driver at offset 2048 with two pointers, of which it will have changed the second. */
static struct efi_runtime_image *make_driver(void)
{
	static uint64_t block[16];
	struct efi_runtime_image *driver = (void *)block;
	uint8_t *at = region_start + 2048;

	driver->base = (uint64_t)(uintptr_t)at;
	driver->count = 2;
	for (uint64_t i = 0; i < 2; i++) {
		driver->pointers[i].at = 100 + 9 * i;
		driver->pointers[i].value = driver->base + i;
		le64_store(at + 100 + 9 * i, driver->base + i);
	}
	le64_store(at + 109, 7);
	return driver;
}

static void test_virtual(void)
{
	struct efi_runtime_image *driver = make_driver();
	uint64_t base = (uint64_t)(uintptr_t)region_start;
	uint64_t rest = ((uint64_t)(uintptr_t)store) & ~UINT64_C(4095);
	struct efi_memory_descriptor map[4] = {
		{.PhysicalStart = base, .VirtualStart = 0xf0000000, .NumberOfPages = 2},
		{.PhysicalStart = rest, .VirtualStart = 0xe0000000, .NumberOfPages = 3},
		{.PhysicalStart = (uint64_t)(uintptr_t)runtime_door.services & ~UINT64_C(4095),
		 .VirtualStart = 0xd0000000,
		 .NumberOfPages = 1},
		{.PhysicalStart = 0x1000, .VirtualStart = 0xc0000000, .NumberOfPages = 4},
	};
	struct efi_runtime_event events = {.notify = event};
	struct runtime_exit at_exit = {.events = &events, .images = driver, .map_count = 3};
	struct efi_runtime_services *services;
	void *pointer = region_start;

	start();
	for (int i = 0; i < 3; i++) {
		map[i].Attribute = EFI_MEMORY_RUNTIME;
		at_exit.map[i] = map[i];
	}
	memset(table, 0, sizeof(*table));
	table->Hdr.HeaderSize = sizeof(*table);
	table->RuntimeServices = rt;
	table->FirmwareVendor = (CHAR16 *)(void *)(region_start + 32);
	*(uint64_t *)(void *)(region_start + 16) = 0x1234;
	equal(rt->SetVirtualAddressMap(sizeof(map), 40, 1, map), EFI_UNSUPPORTED, "too early");
	equal(rt->ConvertPointer(0, &pointer), EFI_UNSUPPORTED, "too early");
	equal(rt->ConvertPointer(0, NULL), EFI_INVALID_PARAMETER, "and of nothing");
	runtime_door.exit_boot_services(&at_exit);
	equal(rt->SetVirtualAddressMap(sizeof(map), 39, 1, map), EFI_INVALID_PARAMETER, "size");
	equal(rt->SetVirtualAddressMap(sizeof(map), 48, 1, map), EFI_INVALID_PARAMETER, "sizes");
	equal(rt->SetVirtualAddressMap(sizeof(map), 40, 2, map), EFI_INVALID_PARAMETER, "version");
	equal(rt->SetVirtualAddressMap(sizeof(map), 40, 1, NULL), EFI_INVALID_PARAMETER, "no map");
	map[STORE].Attribute = 0;
	equal(rt->SetVirtualAddressMap(sizeof(map), 40, 1, map), EFI_NO_MAPPING,
	      "without the store");
	map[STORE].Attribute = EFI_MEMORY_RUNTIME;
	map[STORE].NumberOfPages--;
	equal(rt->SetVirtualAddressMap(sizeof(map), 40, 1, map), EFI_NO_MAPPING, "with half of it");
	map[STORE].NumberOfPages++;
	map[STRANGER].Attribute = EFI_MEMORY_RUNTIME;
	equal(rt->SetVirtualAddressMap(sizeof(map), 40, 1, map), EFI_NOT_FOUND, "with a stranger");
	map[STRANGER].Attribute = 0;
	equal(event_saw, 0, "no event was told");
	services = rt;
	equal(services->SetVirtualAddressMap(sizeof(map), 40, 1, map), EFI_SUCCESS, "complete");
	ok(!event_status && event_saw == 0xf0000000 + 100, "events were told, and may convert");
	equal(*(uint64_t *)(void *)(region_start + 16), 0x1234 + 0xf0000000 - base, "relocated");
	equal(le64_load(region_start + 2148), 0xf0000000 + 2048, "so is a driver's pointer");
	equal(le64_load(region_start + 2157), 7, "but not what it has changed itself");
	equal((uintptr_t)table->FirmwareVendor, 0xf0000000 + 32, "the table's pointers");
	equal((uintptr_t)table->RuntimeServices, 0xd0000000 + ((uintptr_t)services & 4095),
	      "and services");
	equal((uintptr_t)runtime.variables.store.base, 0xe0000000 + ((uintptr_t)store & 4095),
	      "and variables");
	equal(services->SetVirtualAddressMap(sizeof(map), 40, 1, map), EFI_UNSUPPORTED, "twice");
	equal(services->ConvertPointer(0, &pointer), EFI_UNSUPPORTED, "too late");
}

int main(void)
{
	test_clock();
	test_formats();
	test_time_arguments();
	test_capsules();
	test_count();
	test_reset();
	test_virtual();
	return tap_done();
}
