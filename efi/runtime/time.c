/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GetTime and SetTime (UEFI 2.10, 8.3) over a clock of dates. The clock's time is the caller's local time, and the time zone
 * is what SetTime was told, until the power goes. Part of the runtime region.
 */
#include "efi/runtime/internal.h"

#define YEAR_MIN 1900
#define YEAR_MAX 9999
#define DAY 86400

static bool leap(uint32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && leap(year) ? 1u : 0);
}

/* Days from 1970-01-01; years begin with March here, so that the leap day is the last. */
static int64_t days_of(int64_t year, uint32_t month, uint32_t day)
{
	uint32_t from_march = (month + 9) % 12;

	year -= month <= 2;
	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day -
	       1 - 719468;
}

int64_t time_to_seconds(const struct efi_time *time)
{
	return days_of(time->Year, time->Month, time->Day) * DAY + time->Hour * 3600 +
	       time->Minute * 60 + time->Second;
}

void time_from_seconds(struct efi_time *time, uint64_t seconds)
{
	uint64_t days = seconds / DAY;
	uint32_t year = 1970;
	uint32_t month = 1;
	uint32_t rest = (uint32_t)(seconds % DAY);

	/* 32 bits of seconds are 136 years. */
	for (; days >= 365u + leap(year); year++)
		days -= 365u + leap(year);
	for (; days >= days_in_month(year, month); month++)
		days -= days_in_month(year, month);
	time->Year = (uint16_t)year;
	time->Month = (uint8_t)month;
	time->Day = (uint8_t)(days + 1);
	time->Hour = (uint8_t)(rest / 3600);
	time->Minute = (uint8_t)(rest / 60 % 60);
	time->Second = (uint8_t)(rest % 60);
}

bool time_is_valid(const struct efi_time *time)
{
	return time->Year >= YEAR_MIN && time->Year <= YEAR_MAX && time->Month >= 1 &&
	       time->Month <= 12 && time->Day >= 1 &&
	       time->Day <= days_in_month(time->Year, time->Month) && time->Hour <= 23 &&
	       time->Minute <= 59 && time->Second <= 59 && time->Nanosecond <= 999999999 &&
	       ((time->TimeZone >= -1440 && time->TimeZone <= 1440) ||
		time->TimeZone == EFI_UNSPECIFIED_TIMEZONE) &&
	       !(time->Daylight & ~(EFI_TIME_ADJUST_DAYLIGHT | EFI_TIME_IN_DAYLIGHT));
}

efi_status runtime_get_time(struct efi_time *Time, struct efi_time_capabilities *Capabilities)
{
	struct efi_time time = {.TimeZone = runtime.time_zone, .Daylight = runtime.daylight};
	efi_status status;

	if (!Time)
		return EFI_INVALID_PARAMETER;
	status = rtc_read(&time);
	if (EFI_ERROR(status))
		return status;
	/* A clock that was never set may hold anything. */
	if (!time_is_valid(&time))
		return EFI_DEVICE_ERROR;
	*Time = time;
	if (Capabilities)
		*Capabilities = (struct efi_time_capabilities){
			.Resolution = 1, .Accuracy = 50000000, .SetsToZero = 1};
	return EFI_SUCCESS;
}

efi_status runtime_set_time(struct efi_time *Time)
{
	efi_status status;

	if (!Time || !time_is_valid(Time))
		return EFI_INVALID_PARAMETER;
	status = rtc_write(Time);
	if (EFI_ERROR(status))
		return status;
	runtime.time_zone = Time->TimeZone;
	runtime.daylight = Time->Daylight;
	return EFI_SUCCESS;
}
