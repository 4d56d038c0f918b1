/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A NOR flash with Intel's command set for tests: strict (programming only clears bits, a buffer does not cross its end, memory
 * cannot be read while a command is under way), and the power can be cut at every single byte or word that
 * is programmed, and at every block that is erased. It implements drivers/cfi_flash.h's cfi_flash_in and cfi_flash_out.
 */
#ifndef TESTS_DRIVERS_FLASH_MODEL_H
#define TESTS_DRIVERS_FLASH_MODEL_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#define FLASH_MODEL_BASE UINT64_C(0x20000000)

struct flash_model {
	uint32_t size, block, buffer; /* buffer 0: none */
	uint32_t width, lanes; /* of the bus, and how many devices side by side */
	bool read_only, dead; /* errors for all changes; never ready */
	bool stuck; /* programming reports success and does nothing */
	bool locked; /* blocks must be unlocked first */
	uint64_t changes; /* programmed units and erased blocks so far */
	uint64_t cut_at; /* longjmp to `power` at that change, done half; 0: never */
	jmp_buf power;
	uint64_t misuse; /* commands that a real part would not obey */
};
extern struct flash_model flash_model;

/* A blank one of this kind at FLASH_MODEL_BASE; what is set besides stays. */
void flash_model_start(uint32_t size, uint32_t block, uint32_t width, uint32_t lanes);
/* What is in it, whatever the flash is doing: to look at and to damage. */
uint8_t *flash_model_bytes(void);
/* The power is there again. */
void flash_model_on(void);

#endif
