/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that the rest of the firmware may know of a machine. boards/<name>/board.c implements the
 * functions; they are called by name, so that they work before relocation, when no pointer in static
 * data is right yet.
 */
#ifndef BOARDS_BOARD_H
#define BOARDS_BOARD_H

#include <stdint.h>

#include "arch/arch.h"
#include "drivers/console.h"
#include "drivers/fw_cfg.h"
#include "mem/memmap.h"

enum psci_conduit { PSCI_NONE, PSCI_HVC, PSCI_SMC };

/* What the board has learned of the machine, once, before relocation. No pointers into the image. */
struct machine {
	struct console console;
	struct fw_cfg fw_cfg;
	uint64_t ram; /* bytes of RAM the machine has */
	uint32_t cpus;
	uint64_t
		ram_top; /* highest address + 1 that the firmware may relocate itself below; 0: no limit */

	uint64_t dtb; /* devicetree blob, 0: none */
	uint64_t dtb_size; /* bytes it uses; the map keeps no more */
	uint64_t dtb_room; /* bytes it may grow to where it lies */
	/* Offsets into the blob's structure block that the one walk over it found; 0: not there. */
	uint32_t dtb_chosen; /* the token after /chosen's name: its first property */

	uint64_t rtc; /* PL031 or 0 */
	uint64_t gic_dist, gic_redist; /* redist 0: GICv2 */
	uint64_t ecam, ecam_size; /* PCI configuration space by memory */
	uint32_t psci; /* enum psci_conduit */
	uint32_t exception_level; /* arm64: 1 or 2 */
	uint64_t acpi_rsdp; /* physical address of the RSDP we placed; 0: none */
	uint64_t smbios; /* of the SMBIOS anchor; 0: none */
};

/* State of the firmware before relocation: one object on the early stack, passed by pointer, copied to
 * its final place by boot/relocate.c. */
struct early {
	/* Filled by arch/<arch>/start.S's C caller. */
	uint64_t boot_argument; /* arm64: x0 at reset (devicetree when chain-loaded); x86: 0 */
	uint64_t area_base, area_size; /* RAM that early stack and early data lie in */
	uint64_t
		image; /* where the image (symbol image_start) runs now: flash, or RAM when chain-loaded */
	uint64_t ticks; /* arch_ticks() at the first instruction that could read it */

	struct machine machine;
	struct arch_mmu mmu;
	struct memmap map; /* last: relocation copies what lies before it as bytes */
};

/* "qemu-aarch64". */
extern const char board_name[];

/*
 * Before relocation: finds the console, describes DRAM, devices, flash and reservations on early->map, fills
 * early->machine. The map is initialised; early area and image are not yet claimed on it. When it has read fw_cfg's
 * directory, that lies in the early area, which is kept then.
 * 0; -errno when the machine cannot be used: it has said why on the console.
 */
int board_early(struct early *early);

/* After relocation: brings up what any boot needs (q35: chipset, PCI). 0 or -errno, having logged why; the boot goes on. */
int board_devices(struct machine *machine);
/* Then: tables for the operating system (q35: ACPI, SMBIOS). 0 or -errno, having logged why; the boot goes on. */
int board_tables(struct machine *machine);
/* Where disks may be. Called only when one is wanted; the first time it may bring a bus up (virt: PCI), and log what of it cannot be used. */
struct disk_buses;
void board_disk_buses(struct machine *machine, struct disk_buses *buses);
/* One line a device at log level info. */
void board_print_devices(const struct machine *machine);

/* Ends the machine. Each falls back to a halt when the machine does not obey. May run at any time, even
 * before relocation or in a fault. */
_Noreturn void board_poweroff(const struct machine *machine);
_Noreturn void board_reset(const struct machine *machine);

#endif
