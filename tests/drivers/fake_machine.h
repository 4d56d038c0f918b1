/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine around a device of a host test: a real map over memory at FAKE_RAM_BASE, one PCI function, a clock that goes on by a
 * millisecond at each look, and what was logged. The device itself is of another file, which has fake_device_read and
 * fake_device_write; what reaches it must be mapped as a device.
 */
#ifndef TESTS_DRIVERS_FAKE_MACHINE_H
#define TESTS_DRIVERS_FAKE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/disk.h"
#include "drivers/pci.h"
#include "mem/memmap.h"

#define FAKE_RAM_BASE UINT64_C(0x40000000)
#define FAKE_RAM_SIZE UINT64_C(0x1000000)
#define FAKE_BAR_BASE UINT64_C(0xfe000000)

extern struct memmap fake_map;
extern uint8_t fake_config[256]; /* configuration space of the PCI function */

/* An empty map but for the memory. */
void fake_machine_start(void);
/* A PCI function of a class, with one base address register, 64 bits wide, at FAKE_BAR_BASE. */
struct disk_buses fake_machine_pci(uint32_t class, uint8_t bar, uint64_t bar_size);
/* Whether the device may reach memory by itself. */
bool fake_machine_mastering(void);
/* What is at an address that a device was given. */
void *fake_machine_memory(uint64_t address);
/* Whether the last page of memory is claimed, under that name. */
bool fake_machine_claimed(const char *tag);

/* Looks for controllers there, and begins the log: the first one. */
struct disk_controller *fake_machine_find(const struct disk_buses *buses);
/* What is on a disk: no two sectors alike. */
void fake_machine_fill(uint8_t *data, uint32_t size);

/* Warnings and errors from here on are counted, and shown as comments. */
void fake_machine_log(void);
uint32_t fake_machine_lines(void);

/* The device's part. */
uint32_t fake_device_read(uint64_t address);
void fake_device_write(uint64_t address, uint32_t value);

#endif
