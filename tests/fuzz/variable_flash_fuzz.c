/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/variable.c efi/variable_store.c efi/variable_flash.c efi/variable_log.c drivers/cfi_flash.c */
/* test-sources: tests/drivers/flash_model.c lib/crc32.c */
/* test-sources: efi/variable_device.c drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/*
 * A bank of flash that holds anything: the input itself, or variables that were set and then bytes of the input in the midst of
 * them. Whatever is found can be read, changed, and found again.
 */
#include <stdlib.h>
#include <string.h>

#include "efi/variable.h"
#include "efi/variable_flash.h"
#include "tests/drivers/flash_model.h"

#define BANK (1 << 17)
#define KEEP (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t arena[56 * 1024] __attribute__((aligned(8)));
static struct variables v;
static struct variable_flash flash;
static struct variable_flash_report report;
static const struct efi_guid guid = {1, 2, 3, {4}};

static const struct variable_backend backend = {.write = variable_flash_write,
						.room = variable_flash_room,
						.live = variable_flash_live,
						.context = &flash,
						.at_runtime = true};

static void mount(void)
{
	flash_model_on();
	memset(&v, 0, sizeof(v));
	variable_store_start(&v.store, arena, sizeof(arena));
	flash = (struct variable_flash){.flash = {.base = FLASH_MODEL_BASE}};
	if (cfi_flash_probe(&flash.flash, FLASH_MODEL_BASE, 4))
		abort();
	variable_flash_mount(&flash, &v.store, &report);
	if (report.state == VARIABLE_FLASH_READY)
		v.store.backend = &backend;
}

static const uint8_t *set_some(const uint8_t *at, const uint8_t *end)
{
	uint32_t count = at < end ? *at++ % 16 : 0;

	for (; count && end - at >= 2; count--, at += 2) {
		CHAR16 name[3] = {(CHAR16)('a' + at[0] % 8), at[0] & 8 ? 'x' : 0, 0};
		uint8_t value[256];

		memset(value, at[0], sizeof(value));
		if (EFI_ERROR(variable_set(&v, name, &guid, KEEP, at[1], value)) && at[1])
			abort();
	}
	return at;
}

/* A sum of all names and values, in no order; each must be what SetVariable takes. */
static uint64_t contents(void)
{
	static uint8_t value[VARIABLE_SIZE_MAX];
	CHAR16 name[2048] = {0};
	struct efi_guid owner;
	uint64_t size = sizeof(name), sum = 0;
	uint32_t attributes;

	while (!variable_next(&v, &size, name, &owner)) {
		uint64_t hash = 5381, length = sizeof(value);

		if (variable_get(&v, name, &owner, &attributes, &length, value) || !length ||
		    !(attributes & EFI_VARIABLE_NON_VOLATILE))
			abort();
		for (uint64_t i = 0; i < size; i++)
			hash = hash * 33 + ((uint8_t *)name)[i];
		for (uint64_t i = 0; i < length; i++)
			hash = hash * 33 + value[i];
		sum += hash;
		size = sizeof(name);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *at = data, *end = data + size;
	uint8_t *memory;
	uint64_t before;

	flash_model_start(BANK, 1 << 12, 4, 2);
	memory = flash_model_bytes();
	if (size && data[0] == 0xff) {
		memcpy(memory, data + 1, size - 1 < BANK ? size - 1 : BANK);
	} else {
		mount();
		at = set_some(at, end);
		for (; end - at >= 3; at += 3)
			memory[(at[0] | at[1] << 8) % 8192] ^= at[2];
	}
	mount();
	before = contents();
	if (report.state != VARIABLE_FLASH_READY)
		return 0;
	if (variable_set(&v, u"probe", &guid, KEEP, 5, "probe") == EFI_SUCCESS) {
		uint64_t with = contents();

		mount();
		if (report.state != VARIABLE_FLASH_READY || contents() != with)
			abort();
		if (variable_set(&v, u"probe", &guid, KEEP, 0, NULL) || contents() != before)
			abort();
	}
	if (flash_model.misuse)
		abort();
	return 0;
}
