/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the runtime region share. */
#ifndef EFI_RUNTIME_INTERNAL_H
#define EFI_RUNTIME_INTERNAL_H

#include "efi/runtime/runtime.h"

/* The region's state: one object. Pointers in it are converted by SetVirtualAddressMap. */
struct runtime_state {
	struct runtime_start given;
	struct variables variables;
	struct variable_flash flash; /* or the device of `variables` keeps them, or nothing does */
	struct runtime_exit at_exit;
	bool virtual_map; /* SetVirtualAddressMap has been called */
	/* The map while SetVirtualAddressMap runs, else NULL. */
	const uint8_t *map;
	uint64_t map_size, descriptor_size;
	/* 8.3.2: SetTime's, which no clock keeps. */
	int16_t time_zone;
	uint8_t daylight;
	uint32_t high_count;
};
extern struct runtime_state runtime;

/* Finds the device or the flash, and lets the variables be kept there: store.c. */
void runtime_store_start(struct runtime_store *store);

/* ---- the clock: time.c over rtc_pl031.c or rtc_cmos.c ---- */
/*
 * 8.3.1, 8.3.2. EFI_INVALID_PARAMETER: Time is NULL, or, to be set, out of range or of what the clock can hold;
 * EFI_DEVICE_ERROR: the clock does not answer, or holds no date; EFI_UNSUPPORTED: there is none. The callers hold a lock.
 */
efi_status runtime_get_time(struct efi_time *Time, struct efi_time_capabilities *Capabilities);
efi_status runtime_set_time(struct efi_time *Time);
/* Whether each field is in the range that 8.3.1 gives it, and the day is of the month. */
bool time_is_valid(const struct efi_time *time);

/* Date and time of the clock: year, month, day, hour, minute, second. EFI_UNSUPPORTED: no clock; EFI_DEVICE_ERROR. */
efi_status rtc_read(struct efi_time *time);
/* EFI_INVALID_PARAMETER: a date that the clock cannot hold. */
efi_status rtc_write(const struct efi_time *time);

/* Seconds since 1970 of a date (UTC), and back. */
int64_t time_to_seconds(const struct efi_time *time);
void time_from_seconds(struct efi_time *time, uint64_t seconds);

/* ---- the end: reset_psci.c or reset_acpi.c. Does not return when the machine obeys. ---- */
void reset_machine(uint32_t type);

/* ---- registers: port_x86_64.c or port_aarch64.c; a test plays them ---- */
uint8_t port_in8(uint16_t port);
void port_out8(uint16_t port, uint8_t value);
void port_out16(uint16_t port, uint16_t value);
uint32_t register_read32(uint64_t address);
void register_write32(uint64_t address, uint32_t value);
void firmware_call(uint32_t conduit, uint32_t function);
void processor_halt(void);

/* ---- address.c ---- */
efi_status EFIAPI runtime_set_virtual_address_map(uint64_t MemoryMapSize, uint64_t DescriptorSize,
						  uint32_t DescriptorVersion,
						  struct efi_memory_descriptor *VirtualMap);
efi_status EFIAPI runtime_convert_pointer(uint64_t DebugDisposition, void **Address);

#endif
