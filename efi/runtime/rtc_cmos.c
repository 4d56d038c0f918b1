/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC's clock (MC146818): BCD or binary, 12 or 24 hours, as its register B says. A reading counts when no update was under
 * way and a second one is equal. Part of the runtime region.
 */
#include "efi/runtime/internal.h"

#define SECONDS 0x00
#define MINUTES 0x02
#define HOURS 0x04
#define WEEKDAY 0x06
#define DAY_OF_MONTH 0x07
#define MONTH 0x08
#define YEAR 0x09
#define REGISTER_A 0x0a
#define UPDATE_IN_PROGRESS 0x80
#define REGISTER_B 0x0b
#define SET 0x80
#define BINARY 0x04
#define HOURS_24 0x02
#define PM 0x80
#define TRIES 100000 /* an update takes 2 ms at most, a port access about a microsecond */

struct fields {
	uint8_t second, minute, hour, day, month, year, century;
};

static uint8_t get(uint8_t index)
{
	port_out8(runtime.given.machine.rtc_port, index);
	return port_in8((uint16_t)(runtime.given.machine.rtc_port + 1));
}

static void put(uint8_t index, uint8_t value)
{
	port_out8(runtime.given.machine.rtc_port, index);
	port_out8((uint16_t)(runtime.given.machine.rtc_port + 1), value);
}

/* What is no BCD number becomes one that no field may have. */
static uint8_t from_bcd(uint8_t value)
{
	return value >> 4 > 9 || (value & 15) > 9 ? 0xff
						  : (uint8_t)((value >> 4) * 10 + (value & 15));
}

static uint8_t to_bcd(uint8_t value)
{
	return (uint8_t)(value / 10 << 4 | value % 10);
}

static bool wait_for_update(void)
{
	for (int i = 0; i < TRIES; i++)
		if (!(get(REGISTER_A) & UPDATE_IN_PROGRESS))
			return true;
	return false;
}

static void read_fields(struct fields *f)
{
	uint8_t century = (uint8_t)runtime.given.machine.rtc_century;

	*f = (struct fields){
		.second = get(SECONDS),
		.minute = get(MINUTES),
		.hour = get(HOURS),
		.day = get(DAY_OF_MONTH),
		.month = get(MONTH),
		.year = get(YEAR),
		.century = century ? get(century) : 0,
	};
}

static bool same(const struct fields *a, const struct fields *b)
{
	return a->second == b->second && a->minute == b->minute && a->hour == b->hour &&
	       a->day == b->day && a->month == b->month && a->year == b->year &&
	       a->century == b->century;
}

static bool read_stable(struct fields *f)
{
	struct fields again;

	for (int i = 0; i < 10; i++) {
		if (!wait_for_update())
			return false;
		read_fields(f);
		if (!wait_for_update())
			return false;
		read_fields(&again);
		if (same(f, &again))
			return true;
	}
	return false;
}

/* The fields as numbers, by register B. */
static void decode(struct fields *f, uint8_t b)
{
	bool pm = !(b & HOURS_24) && f->hour & PM;

	if (!(b & HOURS_24))
		f->hour &= (uint8_t)~PM;
	if (!(b & BINARY))
		*f = (struct fields){from_bcd(f->second), from_bcd(f->minute), from_bcd(f->hour),
				     from_bcd(f->day),	  from_bcd(f->month),  from_bcd(f->year),
				     from_bcd(f->century)};
	if (b & HOURS_24)
		return;
	/* Twelve is the first hour of either half. */
	f->hour = f->hour < 1 || f->hour > 12 ? 0xff : (uint8_t)(f->hour % 12 + (pm ? 12 : 0));
}

efi_status rtc_read(struct efi_time *time)
{
	struct fields f;

	if (!runtime.given.machine.rtc_port)
		return EFI_UNSUPPORTED;
	if (!read_stable(&f))
		return EFI_DEVICE_ERROR;
	decode(&f, get(REGISTER_B));
	if (f.year > 99 || f.century > 99)
		return EFI_DEVICE_ERROR;
	/* A clock without a century counts from 1970 to 2069. */
	time->Year = (uint16_t)(f.year + (f.century ? f.century * 100 : f.year < 70 ? 2000 : 1900));
	time->Month = f.month;
	time->Day = f.day;
	time->Hour = f.hour;
	time->Minute = f.minute;
	time->Second = f.second;
	return EFI_SUCCESS;
}

static void put_number(uint8_t index, uint8_t value, uint8_t b)
{
	put(index, b & BINARY ? value : to_bcd(value));
}

efi_status rtc_write(const struct efi_time *time)
{
	uint8_t century = (uint8_t)runtime.given.machine.rtc_century;
	uint8_t hour = time->Hour;
	uint8_t pm = 0;
	uint8_t b;

	if (!runtime.given.machine.rtc_port)
		return EFI_UNSUPPORTED;
	if (!century && (time->Year < 1970 || time->Year > 2069))
		return EFI_INVALID_PARAMETER;
	if (!wait_for_update())
		return EFI_DEVICE_ERROR;
	b = get(REGISTER_B) & (uint8_t)~SET;
	put(REGISTER_B, b | SET); /* no updates while the fields are not of one time */
	put_number(SECONDS, time->Second, b);
	put_number(MINUTES, time->Minute, b);
	if (!(b & HOURS_24)) {
		pm = hour >= 12 ? PM : 0;
		hour = (uint8_t)(hour % 12 ? hour % 12 : 12);
	}
	put(HOURS, (uint8_t)((b & BINARY ? hour : to_bcd(hour)) | pm));
	/* 1970-01-01 was a Thursday; the clock's week begins with Sunday, 1. */
	put_number(WEEKDAY, (uint8_t)((time_to_seconds(time) / 86400 + 7 * 4000 + 4) % 7 + 1), b);
	put_number(DAY_OF_MONTH, time->Day, b);
	put_number(MONTH, time->Month, b);
	put_number(YEAR, (uint8_t)(time->Year % 100), b);
	if (century)
		put_number(century, (uint8_t)(time->Year / 100), b);
	put(REGISTER_B, b);
	return EFI_SUCCESS;
}
