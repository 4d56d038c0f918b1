/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's uefi-vars device (QEMU 10.0, docs/devel/uefi-vars.rst, include/hw/uefi/var-service-api.h): a message is put into a buffer and
 * a register written; the answer is in the buffer when that is done. The device fetches the buffer itself, or, where it asks
 * for that, has it sent and read back through a register, with a CRC-32C over both. Part of the runtime region
 * (efi/runtime/): it calls nothing but the two functions at the end, and works at any address.
 */
#ifndef DRIVERS_UEFI_VARS_H
#define DRIVERS_UEFI_VARS_H

#include <stdint.h>

#define UEFI_VARS_REGISTERS 32 /* bytes of them */
#define UEFI_VARS_BUFFER 65536 /* the largest that the device takes */

struct uefi_vars {
	uint64_t base; /* where the registers are mapped now */
	void *buffer; /* the same of the buffer, aligned to 8 */
	uint32_t by_register; /* not 0: the device wants no access to memory of its own */
};

/*
 * Resets the connection to the device whose base and buffer are given, at their physical addresses: UEFI_VARS_BUFFER bytes. What the
 * device keeps is not touched. 0; -ENODEV: no such device is there; -EIO: it does not do as it should.
 */
int uefi_vars_start(struct uefi_vars *device);

/*
 * Sends `size` bytes of the buffer and has as many of the answer there instead, rounded up to 4. 0; -EIO: the device refuses, does not answer
 * in time, or something was lost on the way; the buffer holds anything.
 */
int uefi_vars_exchange(const struct uefi_vars *device, uint32_t size);

/*
 * Registers of `width` bytes, 2 or 4; the machine's (efi/runtime/port_*.c), or a test's. What was written to memory before is there for the
 * device, and what it has written is there for who reads after.
 */
uint32_t uefi_vars_in(uint64_t address, uint32_t width);
void uefi_vars_out(uint64_t address, uint32_t width, uint32_t value);

#endif
