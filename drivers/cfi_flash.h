/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NOR flash with Intel's command set (CFI 2.0; JEDEC JEP137, id 1), one or several devices side by side on a bus: found by its
 * query table, erased by blocks, programmed through its write buffer. It is read as memory, by whoever likes. Part of the
 * runtime region (efi/runtime/): it calls nothing but the two functions at the end, and works at any address.
 */
#ifndef DRIVERS_CFI_FLASH_H
#define DRIVERS_CFI_FLASH_H

#include <stdint.h>

struct cfi_flash {
	uint64_t base; /* where it is mapped now */
	uint64_t size; /* bytes, of all devices together as the rest */
	uint32_t block; /* bytes that are erased at once: a power of two */
	uint32_t buffer; /* bytes that are programmed at once: a power of two */
	uint32_t width; /* bytes of the bus: 1 or 4 */
	uint32_t lanes; /* what is to be repeated for each device: 0x00010001 of two */
};

/*
 * Asks what flash has `address` in it (the first one, where devices look at all address bits), over a bus of `width` bytes, and
 * fills in all but the base. 0; -ENODEV: there is none, or none with Intel's commands; -EINVAL: it has blocks of
 * several sizes, or its table makes no sense. *flash is unchanged then.
 */
int cfi_flash_probe(struct cfi_flash *flash, uint64_t address, uint32_t width);

/* Erases the block at this offset: all ones. 0; -EIO: it did not, or not in time, or is locked: contents are anything. */
int cfi_flash_erase(const struct cfi_flash *flash, uint64_t offset);

/*
 * Programs bytes into what was erased; offset and size are multiples of 4. What is there is read again and compared. 0;
 * -EIO: as above.
 */
int cfi_flash_write(const struct cfi_flash *flash, uint64_t offset, const void *data,
		    uint32_t size);

/* Four bytes of what is in it; the offset is a multiple of 4. */
static inline uint32_t cfi_flash_read(const struct cfi_flash *flash, uint64_t offset)
{
	return *(const volatile uint32_t *)(uintptr_t)(flash->base + offset);
}

/* Commands and answers, `width` bytes; the machine's (efi/runtime/port_*.c), or a test's. */
uint32_t cfi_flash_in(uint64_t address, uint32_t width);
void cfi_flash_out(uint64_t address, uint32_t width, uint32_t value);

#endif
