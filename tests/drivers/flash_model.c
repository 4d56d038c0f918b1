/* SPDX-License-Identifier: BSD-2-Clause */
/* See flash_model.h. The memory is mapped twice; the one for the driver goes away while a command is under way. */
#define _GNU_SOURCE
#include "tests/drivers/flash_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drivers/cfi_flash.h"

#define SIZE_MAX_ (1 << 20)
#define BUFFER_MAX_ 4096

struct flash_model flash_model;

static uint8_t *bytes;
static enum mode { ARRAY, QUERY, STATUS, PROGRAM, ERASE, COUNT, FILL, CONFIRM, LOCK } mode;
static uint32_t status;
static bool unlocked;
static struct {
	uint64_t at;
	uint32_t count, filled;
	uint64_t offsets[BUFFER_MAX_];
	uint32_t values[BUFFER_MAX_];
} buffer;

static void visible(bool yes)
{
	if (mprotect((void *)FLASH_MODEL_BASE, SIZE_MAX_, yes ? PROT_READ : PROT_NONE))
		abort();
}

static void change_mode(enum mode to)
{
	if ((mode == ARRAY) != (to == ARRAY))
		visible(to == ARRAY);
	mode = to;
}

void flash_model_start(uint32_t size, uint32_t block, uint32_t width, uint32_t lanes)
{
	if (!bytes) {
		int memory = memfd_create("flash", 0);

		if (memory < 0 || ftruncate(memory, SIZE_MAX_))
			abort();
		bytes = mmap(NULL, SIZE_MAX_, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
		if (bytes == MAP_FAILED || mmap((void *)FLASH_MODEL_BASE, SIZE_MAX_, PROT_READ,
						MAP_SHARED | MAP_FIXED, memory, 0) == MAP_FAILED)
			abort();
	}
	flash_model = (struct flash_model){
		.size = size, .block = block, .buffer = 256, .width = width, .lanes = lanes};
	memset(bytes, 0xff, SIZE_MAX_);
	flash_model_on();
}

uint8_t *flash_model_bytes(void)
{
	return bytes;
}

void flash_model_on(void)
{
	change_mode(ARRAY);
	status = 0x80;
	unlocked = false;
}

/* ---- changes ---- */

/* Whether this change is the one at which the power goes. */
static bool cut(void)
{
	return ++flash_model.changes == flash_model.cut_at;
}

static bool refuse(uint32_t error)
{
	if (flash_model.read_only || (flash_model.locked && !unlocked)) {
		status |= error | 0x02;
		return true;
	}
	return flash_model.stuck;
}

static void program(uint64_t offset, uint32_t value)
{
	bool goes = cut();

	if (refuse(0x10))
		return;
	for (uint32_t i = 0; i < flash_model.width; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * i);

		if (byte & ~bytes[offset + i])
			flash_model.misuse++;
		/* Half of the bytes, and half of the bits of a byte, have made it. */
		if (goes && i >= flash_model.width / 2)
			byte |= (uint8_t)(flash_model.width == 1 ? 0xaa : 0xff);
		bytes[offset + i] &= byte;
	}
	if (goes)
		longjmp(flash_model.power, 1);
}

static void erase(uint64_t offset)
{
	bool goes = cut();

	offset -= offset % flash_model.block;
	if (refuse(0x20))
		return;
	memset(bytes + offset, 0xff, goes ? flash_model.block / 2 : flash_model.block);
	if (goes)
		longjmp(flash_model.power, 1);
}

/* The buffer's words in an order of their own: the last first. One alone is refused, as QEMU 10 does. */
static void program_buffer(void)
{
	if (buffer.filled == 1) {
		status |= 0x10;
		return;
	}
	for (uint32_t i = buffer.filled; i-- > 0;)
		program(buffer.offsets[i], buffer.values[i]);
}

/* ---- commands ---- */

static void begin(uint64_t offset, uint8_t command)
{
	switch (command) {
	case 0x40:
		change_mode(PROGRAM);
		break;
	case 0x20:
		change_mode(ERASE);
		break;
	case 0x50:
		status = 0x80;
		break;
	case 0x60:
		change_mode(LOCK);
		break;
	case 0x70:
		change_mode(STATUS);
		break;
	case 0x98:
		change_mode(QUERY);
		break;
	case 0xe8:
		buffer.at = offset;
		change_mode(flash_model.dead ? STATUS : COUNT);
		break;
	case 0xff:
		change_mode(ARRAY);
		break;
	default:
		flash_model.misuse++;
		break;
	}
}

static void fill(uint64_t offset, uint32_t value)
{
	if (offset / flash_model.buffer != buffer.at / flash_model.buffer)
		flash_model.misuse++;
	buffer.offsets[buffer.filled] = offset;
	buffer.values[buffer.filled++] = value;
	if (buffer.filled == buffer.count)
		change_mode(CONFIRM);
}

void cfi_flash_out(uint64_t address, uint32_t width, uint32_t value)
{
	uint64_t offset = address - FLASH_MODEL_BASE;

	if (width != flash_model.width || offset >= flash_model.size) {
		if (!(value == 0xff || value == 0x98 || value == 0xffffffff || value == 0x98989898))
			flash_model.misuse++;
		return;
	}
	switch (mode) {
	case PROGRAM:
		program(offset, value);
		change_mode(STATUS);
		break;
	case ERASE:
		if ((uint8_t)value == 0xd0)
			erase(offset);
		else
			flash_model.misuse++;
		change_mode(STATUS);
		break;
	case COUNT:
		buffer.count = (value & 0xffff) + 1;
		buffer.filled = 0;
		if (buffer.count * width > flash_model.buffer)
			flash_model.misuse++;
		change_mode(FILL);
		break;
	case FILL:
		fill(offset, value);
		break;
	case CONFIRM:
		if ((uint8_t)value == 0xd0)
			program_buffer();
		else
			flash_model.misuse++;
		change_mode(STATUS);
		break;
	case LOCK:
		unlocked = (uint8_t)value == 0xd0;
		change_mode(STATUS);
		break;
	default:
		begin(offset, (uint8_t)value);
		break;
	}
}

/* ---- answers ---- */

static uint8_t table(uint64_t index)
{
	uint32_t devices = flash_model.lanes;
	uint32_t block = flash_model.block / devices >> 8;
	uint32_t blocks = flash_model.size / flash_model.block - 1;

	switch (index) {
	case 0x10:
		return 'Q';
	case 0x11:
		return 'R';
	case 0x12:
		return 'Y';
	case 0x13:
		return 1;
	case 0x2a:
		return flash_model.buffer ? (uint8_t)__builtin_ctz(flash_model.buffer / devices)
					  : 0;
	case 0x2c:
		return 1;
	case 0x2d:
		return (uint8_t)blocks;
	case 0x2e:
		return (uint8_t)(blocks >> 8);
	case 0x2f:
		return (uint8_t)block;
	case 0x30:
		return (uint8_t)(block >> 8);
	default:
		return 0;
	}
}

/* The same of each device. */
static uint32_t each(uint32_t value)
{
	return flash_model.lanes == 1	? value
	       : flash_model.lanes == 2 ? value | value << 16
					: value * 0x01010101;
}

uint32_t cfi_flash_in(uint64_t address, uint32_t width)
{
	uint64_t offset = address - FLASH_MODEL_BASE;

	if (width != flash_model.width || offset >= flash_model.size)
		return 0;
	if (mode == QUERY)
		return each(table(offset / width & 0xff));
	if (mode == ARRAY) {
		flash_model.misuse++;
		return 0;
	}
	return each(flash_model.dead ? 0 : status);
}
