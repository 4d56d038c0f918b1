/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A uefi-vars device for host tests: its registers, and variables as QEMU's device treats them. A signature is three bytes, "OK:", before the
 * data. What a test wants of it that is wrong is set in fake_uefi_vars.
 */
#ifndef TESTS_DRIVERS_FAKE_UEFI_VARS_H
#define TESTS_DRIVERS_FAKE_UEFI_VARS_H

#include "drivers/uefi_vars.h"
#include "efi/efi.h"

#define FAKE_UEFI_VARS_BASE UINT64_C(0xfef10000)
#define FAKE_VARIABLES 32
#define FAKE_NAME 512 /* characters */

struct fake_variable {
	struct efi_guid guid;
	CHAR16 name[FAKE_NAME];
	uint32_t attributes, size;
	uint8_t *data;
};

struct fake_uefi_vars {
	/* What is wrong with it. */
	uint32_t magic; /* 0xef1 */
	uint32_t flags; /* 1: by register */
	uint32_t takes; /* bytes of a buffer, at most */
	uint64_t shift; /* of the buffer's address, as it tells it */
	uint32_t busy; /* as many commands, from the next one on, are never done */
	uint32_t refuses; /* the status of the messages' command when not 0 */
	uint32_t spoils; /* the sum that it tells */
	void (*lie)(uint8_t *message, uint64_t size); /* changes its answers */
	/* What it was told. */
	uint32_t messages, transfers;
	int end_of_dxe, ready, exited;
	uint64_t storage; /* bytes for all */
	struct fake_variable variables[FAKE_VARIABLES]; /* in their order */
	uint32_t count;
	/* Registers. */
	uint32_t status, size, low, high, offset;
	uint64_t base;
	uint8_t own[UEFI_VARS_BUFFER];
};
extern struct fake_uefi_vars fake_uefi_vars;

/* A device that is as it should be, and has made SetupMode. */
void fake_uefi_vars_start(void);
/* Has the device keep a variable. */
void fake_uefi_vars_add(const CHAR16 *name, const struct efi_guid *guid, uint32_t attributes,
			const void *data, uint32_t size);
struct fake_variable *fake_uefi_vars_find(const CHAR16 *name, const struct efi_guid *guid);

#endif
