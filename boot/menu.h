/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot manager's menu on the console: what can be booted, the map, the devices, reset. An EFI session is open. */
#ifndef BOOT_MENU_H
#define BOOT_MENU_H

#include "boards/board.h"

/* Returns when a person wants what would have happened without it. */
void menu_run(struct machine *machine);

/* Waits for a key, `seconds` at most, and says so: whether there was one. */
bool menu_wait(uint32_t seconds);

#endif
