/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/variable.c efi/variable_store.c efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/* test-sources: lib/log.c tests/host.c */
/*
 * A uefi-vars device whose answers have bytes of the input added, over the fields that tell sizes, statuses and names; where the
 * input has ended, it is honest. What it says is used as an operating system uses variables. The first byte: 1: by register; 2: honest
 * until it has been started.
 */
#include <string.h>

#include "efi/variable.h"
#include "tests/drivers/fake_uefi_vars.h"
#include "tests/fuzz/liar.h"

#define KEEP \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define NAMES 64 /* that are looked at */

static const struct efi_guid guid = {1, 2, 3, {4}};
static uint8_t arena[8 * 1024] __attribute__((aligned(8)));
static uint8_t buffer[UEFI_VARS_BUFFER] __attribute__((aligned(8)));
static struct variables v;

static void lie(uint8_t *message, uint64_t size)
{
	uint32_t from = 32, bytes = 8; /* the status */

	liar_lie(message + from, bytes);
	if (size >= 76)
		liar_lie(message + 56, 24);
}

/* Every variable that there seems to be, to exactly as much memory as was asked for. */
static void look(void)
{
	CHAR16 name[128] = {0};
	struct efi_guid owner = guid;

	for (int i = 0; i < NAMES; i++) {
		uint64_t size = sizeof(name), have = 0;
		uint32_t attributes;
		uint8_t *data;

		if (EFI_ERROR(variable_next(&v, &size, name, &owner)))
			return;
		if (size > sizeof(name) || size < 4 || name[size / 2 - 1])
			abort();
		if (variable_get(&v, name, &owner, &attributes, &have, NULL) !=
		    EFI_BUFFER_TOO_SMALL)
			continue;
		if (!have || have > UEFI_VARS_BUFFER)
			abort();
		data = malloc(have);
		if (variable_get(&v, name, &owner, &attributes, &have, data) == EFI_SUCCESS &&
		    !have)
			abort();
		free(data);
	}
}

static void use(void)
{
	uint64_t all, left, largest;
	efi_status status = variable_query(&v, KEEP, &all, &left, &largest);

	if (!EFI_ERROR(status) && left > all)
		abort();
	look();
	(void)variable_set(&v, u"b", &guid, KEEP, 3, "new");
	(void)variable_set(&v, u"a", &guid, KEEP | EFI_VARIABLE_APPEND_WRITE, 3, "new");
	(void)variable_set(&v, u"a", &guid, 0, 0, NULL);
	look();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct variable_change hidden = {.name = u"hidden",
					       .guid = &guid,
					       .attributes = EFI_VARIABLE_BOOTSERVICE_ACCESS,
					       .data = {{"here", 4}}};
	struct variable_room room;
	uint8_t kind = 0;

	fake_uefi_vars_start();
	fake_uefi_vars_add(u"a", &guid, KEEP, "value", 5);
	fake_uefi_vars_add(u"hidden", &guid, KEEP, "value", 5);
	if (size) {
		kind = *data++;
		size--;
	}
	liar_begin(data, size);
	fake_uefi_vars.flags = kind & 1;
	fake_uefi_vars.lie = kind & 2 ? NULL : lie;
	memset(&v, 0, sizeof(v));
	variable_store_start(&v.store, arena, sizeof(arena));
	v.device = (struct variable_device){.link = {FAKE_UEFI_VARS_BASE, buffer, 0}};
	if (variable_device_start(&v.device, &room))
		return 0;
	(void)variable_set_own(&v, &hidden);
	fake_uefi_vars.lie = lie;
	use();
	variable_device_exit_boot_services(&v.device);
	v.at_runtime = true;
	use();
	return 0;
}
