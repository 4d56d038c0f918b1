/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/cfi_flash.c tests/drivers/flash_model.c */
/* Intel's flash commands against a strict model: geometry, erase, program, refusals, and devices that do not answer. */
#include "drivers/cfi_flash.h"

#include <errno.h>
#include <string.h>

#include "tests/drivers/flash_model.h"
#include "tests/tap.h"

static struct cfi_flash flash = {.base = FLASH_MODEL_BASE};

static int probe(uint32_t width)
{
	flash.base = FLASH_MODEL_BASE;
	return cfi_flash_probe(&flash, FLASH_MODEL_BASE, width);
}

static void test_probe(void)
{
	flash_model_start(1 << 20, 1 << 18, 4, 2);
	equal(probe(4), 0, "two devices of 16 bits");
	ok(flash.size == 1 << 20 && flash.block == 1 << 18 && flash.buffer == 256 &&
		   flash.lanes == 0x00010001,
	   "their geometry");
	flash_model_start(1 << 19, 1 << 12, 1, 1);
	equal(probe(1), 0, "one of 8 bits");
	ok(flash.size == 1 << 19 && flash.block == 1 << 12 && flash.lanes == 1, "its geometry");
	flash.size = 7;
	equal(probe(4), -ENODEV, "the wrong width finds none");
	equal(flash.size, 7, "and changes nothing");
	flash_model_start(1 << 20, 1 << 16, 4, 1);
	equal(probe(4), 0, "one of 32 bits");
	equal(flash.lanes, 1, "is one");
	flash_model_start(1 << 20, 1 << 16, 4, 4);
	equal(probe(4), 0, "four of 8 bits");
	equal(flash.lanes, 0x01010101, "are four");
	flash_model.buffer = 0;
	equal(probe(4), 0, "without a buffer");
	equal(flash.buffer, 4, "words are programmed");
	flash_model_start(1 << 20, 3 << 16, 4, 2);
	equal(probe(4), -EINVAL, "blocks of no power of two");
	equal(flash_model.misuse, 0, "no strange commands");
}

static const uint8_t text[] = "the quick brown fox jumps over the lazy dog, and more than once!";

static void test_change(uint32_t width, uint32_t lanes, uint32_t buffer)
{
	static uint8_t large[5000];
	uint8_t *memory = flash_model_bytes();

	flash_model_start(1 << 19, 1 << 14, width, lanes);
	flash_model.buffer = buffer;
	flash_model.locked = true;
	memory = flash_model_bytes();
	equal(probe(width), 0, "found");
	equal(cfi_flash_write(&flash, 1000, text, 64), 0, "written");
	ok(!memcmp(memory + 1000, text, 64) && memory[999] == 0xff && memory[1064] == 0xff,
	   "that, and nothing else");
	equal(cfi_flash_read(&flash, 1000), 0x20656874, "read");
	equal(cfi_flash_write(&flash, 1000, "xxxxxxxx", 8), -EIO, "not what cannot be");
	flash_model.misuse = 0;
	equal(cfi_flash_erase(&flash, 0), 0, "erased");
	ok(memory[1000] == 0xff && memory[1 << 14] == 0xff, "blank");
	for (uint32_t i = 0; i < sizeof(large); i++)
		large[i] = (uint8_t)(i * 7);
	equal(cfi_flash_write(&flash, 252, large, sizeof(large)), 0, "more than a buffer");
	ok(!memcmp(memory + 252, large, sizeof(large)), "is there");
	equal(cfi_flash_write(&flash, 3 << 14, text, 4), 0, "another block");
	equal(cfi_flash_erase(&flash, 0), 0, "erased");
	ok(memory[3 << 14] == 't', "and not the other");
	flash_model.read_only = true;
	equal(cfi_flash_write(&flash, 64, text, 8), -EIO, "read-only");
	equal(cfi_flash_erase(&flash, 3 << 14), -EIO, "nor to be erased");
	flash_model.read_only = false;
	flash_model.stuck = true;
	equal(cfi_flash_write(&flash, 64, text, 8), -EIO, "success is looked at");
	equal(cfi_flash_erase(&flash, 3 << 14), -EIO, "of erasing, too");
	flash_model.stuck = false;
	equal(cfi_flash_write(&flash, 64, text, 8), 0, "and again it works");
	flash_model.dead = true;
	equal(cfi_flash_write(&flash, 128, text, 4), -EIO, "a device that is never ready");
	flash_model.dead = false;
	equal(cfi_flash_read(&flash, 64), 0x20656874, "it can be read all the same");
	equal(flash_model.misuse, 0, "no strange commands");
}

int main(void)
{
	test_probe();
	test_change(4, 2, 256);
	test_change(4, 2, 0);
	test_change(1, 1, 256);
	test_change(1, 1, 0);
	return tap_done();
}
