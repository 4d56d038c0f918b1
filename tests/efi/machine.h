/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for tests of efi/: real memory at RAM_BASE with a map of it, a clock that stands still until it is moved, a
 * timer interrupt, and allocations that can be made to fail. It implements efi/platform.h.
 */
#ifndef TESTS_EFI_MACHINE_H
#define TESTS_EFI_MACHINE_H

#include <stdbool.h>

#include "efi/efi.h"
#include "mem/memmap.h"

#define RAM_BASE UINT64_C(0x40000000) /* below ASan's shadow, so that it may be mapped there */
#define RAM_SIZE UINT64_C(0x08000000)
#define FIRMWARE_SIZE UINT64_C(0x00100000) /* at the top of RAM */
#define UART_BASE UINT64_C(0x09000000)

/* A fresh machine; EFI is as before its start. The runtime granule is that of the architecture meant. */
void machine_start(uint64_t granule);
extern struct memmap machine_map;

/* Moves the clock, in units of 100 ns; the timer's interrupt comes when it is due, unless interrupts are off. */
void machine_run(uint64_t time);
/* Adds to the clock at each look at it (as a program that spins). */
void machine_clock_step(uint64_t step);
bool machine_interrupts_on(void);
uint64_t machine_alarm(void);

/* Lets the n-th allocation from now on fail (0: none), once; how many there have been since. */
void machine_fail_at(uint64_t n);
uint64_t machine_allocations(void);

/* What must be equal before and after something that left nothing behind. */
struct snapshot {
	uint64_t map; /* a hash of all regions */
	uint64_t pools;
	uint64_t handles;
	uint64_t events;
	uint64_t notifies;
};
struct snapshot machine_snapshot(void);
bool snapshot_same(const struct snapshot *a, const struct snapshot *b);

/* The calls of the platform that only end something. */
extern uint64_t machine_quiesced;
extern uint64_t machine_exited; /* efi_runtime_exit_boot_services */
extern uint64_t machine_readied; /* efi_runtime_ready_to_boot */
extern uint64_t machine_watchdog_code; /* UINT64_MAX until it bit */
extern uint16_t machine_pe;

/* Regions of the map, and how many of them have this tag. */
uint64_t machine_regions(void);
uint64_t machine_regions_tagged(const char *tag);

#endif
