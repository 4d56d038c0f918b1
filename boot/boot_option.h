/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot options (UEFI 2.10, 3.1 to 3.4) as sources of choices (boot/choice.c): what BootNext names, what BootOrder lists, and
 * PlatformRecovery####. Each adds one choice a call: 0; -ENOENT: it has no more; -ENOMEM.
 */
#ifndef BOOT_BOOT_OPTION_H
#define BOOT_BOOT_OPTION_H

#include "boot/choice.h"

int boot_option_next(struct machine *machine);
int boot_option_order(struct machine *machine);
int boot_option_recovery(struct machine *machine);

/* Makes the variables by which the boot manager tells what it can do, and PlatformRecovery0000, inside of an EFI session. */
void boot_option_announce(void);

/* Whether OsIndications asks for something; and what, which is cleared there. */
bool boot_option_asked(void);
enum boot_wish { BOOT_AS_USUAL, BOOT_MENU, BOOT_RECOVERY };
enum boot_wish boot_option_wish(void);

#endif
