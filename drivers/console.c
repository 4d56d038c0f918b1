/* SPDX-License-Identifier: BSD-2-Clause */
/* What every console shares: the few last words there may be before relocation. */
#include "drivers/console.h"

#include <string.h>

void console_puts(struct console *console, const char *text)
{
	console_write(console, text, strlen(text));
}

void console_put_hex(struct console *console, uint64_t number)
{
	char text[18] = "0x";
	int digits = 2;

	for (int shift = 60; shift >= 0; shift -= 4) {
		unsigned int nibble = (unsigned int)(number >> shift) & 15;

		if (nibble == 0 && digits == 2 && shift > 0)
			continue; /* no leading zeros */
		text[digits++] = (char)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
	}
	console_write(console, text, (uint64_t)digits);
}
