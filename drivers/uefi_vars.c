/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to QEMU's uefi-vars device; see uefi_vars.h. */
#include "drivers/uefi_vars.h"

#include <errno.h>
#include <stdbool.h>

/* Registers, at these distances from the first; MAGIC and COMMAND have 16 bits, the others 32. */
enum {
	MAGIC = 0x00,
	COMMAND = 0x02, /* read: how the last one went */
	BUFFER_SIZE = 0x04,
	ADDRESS_LOW = 0x08,
	ADDRESS_HIGH = 0x0c,
	TRANSFER = 0x10, /* the next four bytes of the device's own buffer */
	TRANSFER_CRC = 0x18, /* of the bytes that have gone through TRANSFER */
	FLAGS = 0x1c,
};

#define MAGIC_VALUE 0xef1
#define FLAG_BY_REGISTER 1

enum {
	COMMAND_RESET = 1,
	COMMAND_EXCHANGE = 2,
	COMMAND_EXCHANGE_BY_REGISTER = 3,
	COMMAND_REWIND = 4, /* TRANSFER begins again */
};

#define STATUS_SUCCESS 0
#define STATUS_BUSY 1
#define TRIES 100000 /* QEMU has done it when the register is written */

#define CRC32C 0x82f63b78 /* Castagnoli's polynomial, lowest bit first */

static int command(const struct uefi_vars *device, uint32_t number)
{
	uint32_t tries = TRIES;
	uint32_t status;

	uefi_vars_out(device->base + COMMAND, 2, number);
	do
		status = uefi_vars_in(device->base + COMMAND, 2);
	while (status == STATUS_BUSY && --tries);
	return status == STATUS_SUCCESS ? 0 : -EIO;
}

int uefi_vars_start(struct uefi_vars *device)
{
	uint64_t buffer = (uint64_t)(uintptr_t)device->buffer;

	if (uefi_vars_in(device->base + MAGIC, 2) != MAGIC_VALUE)
		return -ENODEV;
	if (command(device, COMMAND_RESET))
		return -EIO;
	uefi_vars_out(device->base + BUFFER_SIZE, 4, UEFI_VARS_BUFFER);
	uefi_vars_out(device->base + ADDRESS_LOW, 4, (uint32_t)buffer);
	uefi_vars_out(device->base + ADDRESS_HIGH, 4, (uint32_t)(buffer >> 32));
	/* One that writes elsewhere, or beyond the end, is not let loose. */
	if (uefi_vars_in(device->base + BUFFER_SIZE, 4) != UEFI_VARS_BUFFER ||
	    uefi_vars_in(device->base + ADDRESS_LOW, 4) != (uint32_t)buffer ||
	    uefi_vars_in(device->base + ADDRESS_HIGH, 4) != (uint32_t)(buffer >> 32))
		return -EIO;
	device->by_register = uefi_vars_in(device->base + FLAGS, 4) & FLAG_BY_REGISTER;
	return 0;
}

/* Sends the first bytes of the buffer to the device's, or fetches them from there. */
static int transfer(const struct uefi_vars *device, uint32_t size, bool fetch)
{
	uint32_t *words = device->buffer;
	uint32_t crc = UINT32_MAX;

	if (command(device, COMMAND_REWIND))
		return -EIO;
	for (uint32_t at = 0; at < size; at += sizeof(*words), words++) {
		if (fetch)
			*words = uefi_vars_in(device->base + TRANSFER, 4);
		else
			uefi_vars_out(device->base + TRANSFER, 4, *words);
		crc ^= *words;
		for (int bit = 0; bit < 32; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C : 0);
	}
	return uefi_vars_in(device->base + TRANSFER_CRC, 4) == ~crc ? 0 : -EIO;
}

int uefi_vars_exchange(const struct uefi_vars *device, uint32_t size)
{
	if (!device->by_register)
		return command(device, COMMAND_EXCHANGE);
	if (transfer(device, size, false) || command(device, COMMAND_EXCHANGE_BY_REGISTER))
		return -EIO;
	return transfer(device, size, true);
}
