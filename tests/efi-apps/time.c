/* SPDX-License-Identifier: BSD-2-Clause */
/* Time services (UEFI 2.10, 8.3), the monotonic counter and capsules: each status that can be had here. */
#include "efi/protocol/tables.h"
#include "tests/efi-apps/app.h"

static const struct efi_guid properties_guid = EFI_RT_PROPERTIES_TABLE_GUID;

static uint32_t supported(void)
{
	for (uint64_t i = 0; i < app_system->NumberOfTableEntries; i++) {
		const struct efi_configuration_table *entry = &app_system->ConfigurationTable[i];

		if (!memcmp(&entry->VendorGuid, &properties_guid, sizeof(properties_guid)))
			return ((const struct efi_rt_properties_table *)entry->VendorTable)
				->RuntimeServicesSupported;
	}
	return 0x3fff; /* 4.6.2: without the table all are */
}

static void check_get(void)
{
	struct efi_time_capabilities can = {0};
	struct efi_time time = {0};

	is(rs->GetTime(NULL, &can), EFI_INVALID_PARAMETER, "get: nowhere");
	is(rs->GetTime(&time, NULL), EFI_SUCCESS, "get: without capabilities");
	is(rs->GetTime(&time, &can), EFI_SUCCESS, "get: with capabilities");
	ok(time.Year >= 2024 && time.Year < 2100 && time.Month >= 1 && time.Month <= 12 &&
		   time.Day >= 1 && time.Day <= 31 && time.Hour < 24 && time.Minute < 60 &&
		   time.Second < 60,
	   "get: a date of these days");
	ok(can.Resolution >= 1, "get: a resolution");
}

static void check_range(void)
{
	static const struct {
		const char *name;
		struct efi_time time;
	} bad[] = {
		{"set: year 1899", {.Year = 1899, .Month = 1, .Day = 1}},
		{"set: year 10000", {.Year = 10000, .Month = 1, .Day = 1}},
		{"set: month 0", {.Year = 2024, .Month = 0, .Day = 1}},
		{"set: month 13", {.Year = 2024, .Month = 13, .Day = 1}},
		{"set: day 0", {.Year = 2024, .Month = 1, .Day = 0}},
		{"set: 29 February 2023", {.Year = 2023, .Month = 2, .Day = 29}},
		{"set: 31 April", {.Year = 2024, .Month = 4, .Day = 31}},
		{"set: hour 24", {.Year = 2024, .Month = 1, .Day = 1, .Hour = 24}},
		{"set: minute 60", {.Year = 2024, .Month = 1, .Day = 1, .Minute = 60}},
		{"set: second 60", {.Year = 2024, .Month = 1, .Day = 1, .Second = 60}},
		{"set: nanosecond 10^9",
		 {.Year = 2024, .Month = 1, .Day = 1, .Nanosecond = 1000000000}},
		{"set: time zone 1441", {.Year = 2024, .Month = 1, .Day = 1, .TimeZone = 1441}},
		{"set: daylight 4", {.Year = 2024, .Month = 1, .Day = 1, .Daylight = 4}},
	};

	is(rs->SetTime(NULL), EFI_INVALID_PARAMETER, "set: nothing");
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct efi_time time = bad[i].time;

		is(rs->SetTime(&time), EFI_INVALID_PARAMETER, bad[i].name);
	}
}

static int same(const struct efi_time *a, const struct efi_time *b)
{
	/* A second may have passed. */
	return a->Year == b->Year && a->Month == b->Month && a->Day == b->Day &&
	       a->Hour == b->Hour && a->Minute == b->Minute &&
	       (a->Second == b->Second || a->Second + 1 == b->Second);
}

static void check_set(void)
{
	static const struct efi_time times[] = {
		{.Year = 2024, .Month = 2, .Day = 29, .Hour = 0, .Minute = 30, .Second = 10},
		{.Year = 1999, .Month = 12, .Day = 31, .Hour = 12, .Minute = 59, .Second = 58},
		{.Year = 2100, .Month = 1, .Day = 1, .Hour = 23, .Minute = 0, .Second = 0},
	};
	struct efi_time was, now;
	uint32_t bad = 0;

	rs->GetTime(&was, NULL);
	for (uint32_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct efi_time time = times[i];

		time.TimeZone = -120;
		time.Daylight = EFI_TIME_ADJUST_DAYLIGHT;
		bad += rs->SetTime(&time) || rs->GetTime(&now, NULL) || !same(&time, &now);
		bad += now.TimeZone != -120 || now.Daylight != EFI_TIME_ADJUST_DAYLIGHT;
	}
	is(bad, 0, "set: dates come back, with zone and daylight");
	/* 0 is a zone, too: UTC. */
	is(rs->SetTime(&was), EFI_SUCCESS, "set: as it was");
	is(rs->GetTime(&now, NULL), EFI_SUCCESS, "set: as it was, read");
	ok(now.Year == was.Year && now.Month == was.Month, "set: is so");
}

static void check_wakeup(void)
{
	struct efi_time time = {.Year = 2030, .Month = 1, .Day = 1};
	BOOLEAN enabled, pending;

	is(rs->GetWakeupTime(NULL, &pending, &time), EFI_INVALID_PARAMETER, "wake: nowhere 1");
	is(rs->GetWakeupTime(&enabled, NULL, &time), EFI_INVALID_PARAMETER, "wake: nowhere 2");
	is(rs->GetWakeupTime(&enabled, &pending, NULL), EFI_INVALID_PARAMETER, "wake: nowhere 3");
	is(rs->SetWakeupTime(1, NULL), EFI_INVALID_PARAMETER, "wake: at no time");
	if (!(supported() & EFI_RT_SUPPORTED_GET_WAKEUP_TIME))
		is(rs->GetWakeupTime(&enabled, &pending, &time), EFI_UNSUPPORTED,
		   "wake: get, as the properties say");
	if (!(supported() & EFI_RT_SUPPORTED_SET_WAKEUP_TIME)) {
		is(rs->SetWakeupTime(1, &time), EFI_UNSUPPORTED,
		   "wake: set, as the properties say");
		is(rs->SetWakeupTime(0, NULL), EFI_UNSUPPORTED, "wake: off, as the properties say");
	}
	time.Month = 0;
	is(rs->SetWakeupTime(1, &time), EFI_INVALID_PARAMETER, "wake: in no month");
}

static void check_count(void)
{
	uint64_t first = 0, second = 0;
	uint32_t high = 0, next = 0;

	is(bs->GetNextMonotonicCount(NULL), EFI_INVALID_PARAMETER, "count: nowhere");
	is(bs->GetNextMonotonicCount(&first), EFI_SUCCESS, "count: one");
	is(bs->GetNextMonotonicCount(&second), EFI_SUCCESS, "count: another");
	ok(second == first + 1, "count: is the next");
	is(rs->GetNextHighMonotonicCount(NULL), EFI_INVALID_PARAMETER, "count: high, nowhere");
	is(rs->GetNextHighMonotonicCount(&high), EFI_SUCCESS, "count: high");
	is(rs->GetNextHighMonotonicCount(&next), EFI_SUCCESS, "count: high again");
	ok(next == high + 1 && high >= second >> 32, "count: is one more");
}

static void check_capsules(void)
{
	struct efi_capsule_header header = {
		.CapsuleGuid = EFI_GUID(4f1d9c02, 77b3, 4a60, 9d, 18, 20, 5b, c6, e1, 33, 7a),
		.HeaderSize = sizeof(header),
		.CapsuleImageSize = sizeof(header)};
	struct efi_capsule_header *list[] = {&header};
	uint64_t size = 0;
	uint32_t type = 0;

	is(rs->UpdateCapsule(list, 0, 0), EFI_INVALID_PARAMETER, "capsules: none");
	is(rs->UpdateCapsule(list, 1, 0), EFI_UNSUPPORTED, "capsules: of no known kind");
	header.Flags = CAPSULE_FLAGS_POPULATE_SYSTEM_TABLE;
	is(rs->UpdateCapsule(list, 1, 0), EFI_INVALID_PARAMETER, "capsules: flags that exclude");
	header.Flags = 0;
	is(rs->QueryCapsuleCapabilities(list, 1, NULL, &type), EFI_INVALID_PARAMETER,
	   "capsules: nowhere");
	is(rs->QueryCapsuleCapabilities(list, 1, &size, &type), EFI_UNSUPPORTED, "capsules: query");
}

void app_main(void)
{
	check_get();
	check_range();
	check_set();
	check_wakeup();
	check_count();
	check_capsules();
}
