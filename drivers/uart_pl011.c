/* SPDX-License-Identifier: BSD-2-Clause */
/* Arm's PL011 UART (DDI 0183). No static data: it must speak before relocation. */
#include "drivers/console.h"

#define DR 0x00
#define FR 0x18
#define FR_RX_EMPTY (1u << 4)
#define FR_TX_EMPTY (1u << 7)
#define LCR_H 0x2c
#define LCR_H_FIFOS (1u << 4)
#define LCR_H_8_BITS (3u << 5)
#define CR 0x30
#define CR_ON 0x301u /* UART, transmitter, receiver */

#define FIFO_BYTES 16 /* of the older revisions; later ones have 32 */
#define PATIENCE 1000000 /* polls for an empty FIFO: 16 bytes at 9600 baud are 17 ms */

static volatile uint32_t *reg(const struct console *console, uint32_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(console->base + offset);
}

/* A UART that somebody has enabled before keeps its settings. */
static void start(struct console *console)
{
	if ((*reg(console, CR) & CR_ON) != CR_ON) {
		*reg(console, LCR_H) = LCR_H_FIFOS | LCR_H_8_BITS;
		*reg(console, CR) = CR_ON;
	}
	console->ready = 1;
	console->room = 0;
}

/* One look at the UART for each FIFO full of bytes. */
static void put(struct console *console, char c)
{
	if (!console->room) {
		for (uint32_t i = 0; i < PATIENCE; i++)
			if (*reg(console, FR) & FR_TX_EMPTY)
				break;
		console->room = FIFO_BYTES;
	}
	console->room--;
	*reg(console, DR) = (uint8_t)c;
}

void console_write(struct console *console, const char *text, uint64_t size)
{
	if (!console->base)
		return;
	if (!console->ready)
		start(console);
	for (uint64_t i = 0; i < size; i++) {
		if (text[i] == '\n')
			put(console, '\r');
		put(console, text[i]);
	}
}

int console_read(struct console *console)
{
	if (!console->base)
		return -1;
	if (!(*reg(console, FR) & FR_RX_EMPTY))
		return (int)(*reg(console, DR) & 0xff);
	/* Only now: it drops what has been typed before. */
	if (!console->ready)
		start(console);
	return -1;
}
