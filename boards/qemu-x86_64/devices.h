/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What q35 brings up after relocation, beyond the chipset: PCI, and the tables for an operating
 * system.
 */
#ifndef BOARDS_QEMU_X86_64_DEVICES_H
#define BOARDS_QEMU_X86_64_DEVICES_H

#include "boards/board.h"
#include "drivers/pci.h"

/*
 * As board_devices, board_tables and board_print_devices (boards/board.h), when the chipset is set
 * up.
 */
int devices_init(struct machine *machine);
int devices_tables(struct machine *machine);
void devices_print(void);

/* The host bridge, with what was found behind it. */
struct pci_host *devices_pci(void);

#endif
