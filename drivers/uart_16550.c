/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial port of a PC: a 16550A behind eight I/O ports (National Semiconductor PC16550D). It is
 * touched first when there is something to say, and asked for room once per 16 bytes. No static
 * data.
 */
#include "arch/x86_64/io.h"
#include "drivers/console.h"

enum { /* registers, as offsets of ports */
       UART_DATA = 0,
       UART_DIVISOR_LOW = 0, /* while LCR_DLAB */
       UART_IER = 1,
       UART_DIVISOR_HIGH = 1, /* while LCR_DLAB */
       UART_FCR = 2,
       UART_LCR = 3,
       UART_MCR = 4,
       UART_LSR = 5,
};

#define FCR_ON_CLEARED 0x07
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR_DTR_RTS 0x03
#define LSR_RECEIVED 0x01
#define LSR_FIFO_EMPTY 0x20

#define READY \
	0x100u /* in `ready`, with a byte that was typed before; 0, what the receiver holds after a reset: none */

#define FIFO_SIZE 16
#define POLLS_MAX \
	100000 /* at 115,200 baud the FIFO drains in 1.4 ms; an access takes about a microsecond */

static uint16_t reg(const struct console *console, uint16_t number)
{
	return (uint16_t)(console->base + number);
}

/* 115,200 baud, 8 bits, no parity: QEMU and Linux' console=ttyS0,115200. It would drop a byte that has been typed: that is kept. */
static void start(struct console *console)
{
	console->ready = READY | io_in8(reg(console, UART_DATA));
	io_out8(reg(console, UART_IER), 0);
	io_out8(reg(console, UART_LCR), LCR_DLAB | LCR_8N1);
	io_out8(reg(console, UART_DIVISOR_LOW), 1);
	io_out8(reg(console, UART_DIVISOR_HIGH), 0);
	io_out8(reg(console, UART_LCR), LCR_8N1);
	io_out8(reg(console, UART_FCR), FCR_ON_CLEARED);
	io_out8(reg(console, UART_MCR), MCR_DTR_RTS);
	console->room = 0;
}

static void put(struct console *console, uint8_t byte)
{
	if (!console->room) {
		for (uint32_t polls = 0; polls < POLLS_MAX; polls++)
			if (io_in8(reg(console, UART_LSR)) & LSR_FIFO_EMPTY)
				break;
		console->room = FIFO_SIZE;
	}
	io_out8(reg(console, UART_DATA), byte);
	console->room--;
}

void console_write(struct console *console, const char *text, uint64_t size)
{
	if (!console->base || !size)
		return;
	if (!console->ready)
		start(console);
	for (uint64_t i = 0; i < size; i++) {
		if (text[i] == '\n')
			put(console, '\r');
		put(console, (uint8_t)text[i]);
	}
}

int console_read(struct console *console)
{
	if (!console->base)
		return -1;
	if (!console->ready)
		start(console);
	if (console->ready != READY) {
		uint8_t typed = (uint8_t)console->ready;

		console->ready = READY;
		return typed;
	}
	if (!(io_in8(reg(console, UART_LSR)) & LSR_RECEIVED))
		return -1;
	return io_in8(reg(console, UART_DATA));
}
