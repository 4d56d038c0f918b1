/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's q35 after relocation: chipset, PCI, the tables that an operating system wants, and the
 * ways to end.
 */
#define LOG_PREFIX "q35"

#include "boards/board.h"

#include "arch/arch.h"
#include "boards/qemu-x86_64/chipset.h"
#include "boards/qemu-x86_64/devices.h"
#include "lib/log.h"

const char board_name[] = "qemu-x86_64";

int board_devices(struct machine *machine)
{
	memmap_limit(memmap_system(), 0); /* set by board_early when etc/e820 was long */
	chipset_init();
	return devices_init(machine);
}

int board_tables(struct machine *machine)
{
	return devices_tables(machine);
}

void board_print_devices(const struct machine *machine)
{
	log_info("serial port 0x%lx, fw_cfg port 0x%lx, PCI configuration at 0x%lx",
		 machine->console.base, machine->fw_cfg.base, machine->ecam);
	devices_print();
}

_Noreturn void board_poweroff(const struct machine *machine)
{
	(void)machine;
	chipset_poweroff();
	arch_halt();
}

_Noreturn void board_reset(const struct machine *machine)
{
	(void)machine;
	chipset_reset();
	arch_halt();
}
