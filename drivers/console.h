/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial console, as bytes out and bytes in. Each board's UART driver (drivers/uart_*.c, one a
 * board) implements it. The state is passed by pointer, so that it works before relocation too.
 */
#ifndef DRIVERS_CONSOLE_H
#define DRIVERS_CONSOLE_H

#include <stdint.h>

struct console {
	uint64_t base; /* registers' physical address, or first I/O port; 0: no console */
	uint32_t
		ready; /* not 0: set up, by the driver at the first use: a quiet boot does not touch the UART */
	uint32_t room; /* bytes the transmit FIFO is known to take without asking */
};

/* Writes `size` bytes; a line feed becomes CR LF. Waits for room in the FIFO, but not for ever: a UART that never
 * drains loses characters rather than the boot. Does nothing when base is 0. */
void console_write(struct console *console, const char *text, uint64_t size);

/* A byte that a person has typed (0..255), or -1 when there is none. Never waits. */
int console_read(struct console *console);

/* The few last words before relocation, when lib/log.h does not work yet: text, and a 64-bit number in hex. */
void console_puts(struct console *console, const char *text);
void console_put_hex(struct console *console, uint64_t number);

#endif
