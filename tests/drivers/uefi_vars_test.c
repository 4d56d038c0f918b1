/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/uefi_vars.c tests/drivers/fake_uefi_vars.c */
/* Messages to a uefi-vars device: by memory, by register, and to devices that are broken in all the ways that can be seen. */
#include <errno.h>
#include <string.h>

#include "tests/drivers/fake_uefi_vars.h"
#include "tests/tap.h"

static uint8_t buffer[UEFI_VARS_BUFFER] __attribute__((aligned(8)));
static struct uefi_vars device;

static int start(void)
{
	device = (struct uefi_vars){.base = FAKE_UEFI_VARS_BASE, .buffer = buffer};
	return uefi_vars_start(&device);
}

/* A question of EDK2's protocol about the room: 68 bytes. */
static void ask(void)
{
	static const struct efi_guid protocol =
		EFI_GUID(ed32d533, 99e6, 4209, 9c, c0, 2d, 72, cd, d9, 98, a7);
	uint64_t words[] = {68 - 24, 4, UINT64_MAX};

	memset(buffer, 0xaa, sizeof(buffer));
	memcpy(buffer, &protocol, 16);
	memcpy(buffer + 16, words, sizeof(words));
}

static uint64_t word(uint32_t at)
{
	uint64_t value;

	memcpy(&value, buffer + at, sizeof(value));
	return value;
}

static void test_right(void)
{
	for (uint32_t by_register = 0; by_register < 2; by_register++) {
		fake_uefi_vars_start();
		fake_uefi_vars.flags = by_register | 0x100;
		equal(start(), 0, "it starts");
		equal(device.by_register, by_register, "as it wants to be spoken to");
		equal(fake_uefi_vars.size, UEFI_VARS_BUFFER, "with all of the buffer");
		ask();
		equal(uefi_vars_exchange(&device, 68), 0, "a question");
		ok(word(32) == 0 && word(40) == 256 * 1024, "has its answer");
		equal(buffer[68], 0xaa, "and nothing behind it");
		equal(fake_uefi_vars.transfers, by_register ? 2 * 17 : 0, "words were moved");
		fake_uefi_vars.busy = 1;
		equal(uefi_vars_exchange(&device, 68), -EIO, "one that never ends");
		ask();
		equal(uefi_vars_exchange(&device, 68), 0, "does not spoil the next");
		fake_uefi_vars.refuses = 0x12;
		equal(uefi_vars_exchange(&device, 68), -EIO, "one that is refused");
	}
}

static void test_by_register(void)
{
	fake_uefi_vars_start();
	fake_uefi_vars.flags = 1;
	equal(start(), 0, "it starts");
	ask();
	equal(uefi_vars_exchange(&device, 66), 0, "no multiple of 4");
	equal(fake_uefi_vars.transfers, 2 * 17, "is rounded up");
	fake_uefi_vars.spoils = 1;
	equal(uefi_vars_exchange(&device, 68), -EIO, "what was lost on the way");
	equal(fake_uefi_vars.messages, 1, "is not asked");
	equal(uefi_vars_exchange(&device, UEFI_VARS_BUFFER), -EIO, "the largest too");
}

static void test_wrong(void)
{
	fake_uefi_vars_start();
	fake_uefi_vars.magic = 0xffff;
	equal(start(), -ENODEV, "something else");
	fake_uefi_vars_start();
	fake_uefi_vars.busy = 1;
	equal(start(), -EIO, "one that never resets");
	fake_uefi_vars_start();
	fake_uefi_vars.takes = 4096;
	equal(start(), -EIO, "one with less of a buffer");
	fake_uefi_vars_start();
	fake_uefi_vars.shift = 4096;
	equal(start(), -EIO, "one that looks for the buffer elsewhere");
	fake_uefi_vars.shift = UINT64_C(1) << 32;
	equal(start(), -EIO, "far away");
}

int main(void)
{
	test_right();
	test_by_register();
	test_wrong();
	return tap_done();
}
