/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI and tables of q35. The addresses that PCI devices get are those that QEMU's ACPI tables tell
 * of (QEMU hw/pci-host/q35.c): below 4 GiB all between RAM and the I/O APIC but ECAM, of which the
 * larger part is used; above, from the end of RAM on.
 */
#define LOG_PREFIX "q35"

#include "boards/qemu-x86_64/devices.h"

#include "arch/x86_64/cpu.h"
#include "boards/qemu-x86_64/chipset.h"
#include "boot/acpi_tables.h"
#include "boot/smbios.h"
#include "drivers/pci.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define OS_TABLES_BASE 0xf0000 /* RAM since chipset_init; on the map as "OS tables" */
#define OS_TABLES_END 0x100000

#define CPUID_ADDRESS_BITS 0x80000008 /* eax 7:0 */

static struct pci_host host;

/* A number of 8 bytes in a file of fw_cfg; 0 when there is no such file. */
static uint64_t file_number(struct machine *machine, const char *name)
{
	struct fw_cfg_item item;
	uint64_t number = 0;

	if (!fw_cfg_find(&machine->fw_cfg, name, &item))
		fw_cfg_read(&machine->fw_cfg, &item, 0, &number, sizeof(number));
	return number;
}

/*
 * The first hole of the map above 4 GiB, from a multiple of 1 GiB on, as far as the processor can
 * address. Memory that may be plugged in later is spared.
 */
static struct pci_window high_window(struct machine *machine)
{
	uint32_t bits = cpu_id(CPUID_ADDRESS_BITS).eax & 0xff;
	uint64_t limit = UINT64_C(1) << (bits ? bits : 36);
	uint64_t base = file_number(machine, "etc/reserved-memory-end");
	struct mem_region region;

	if (base < GIB(4))
		base = GIB(4);
	memmap_find(memmap_system(), base, &region);
	while (region.props.owner != MEM_OWNER_HOLE)
		if (!memmap_next(memmap_system(), &region))
			return (struct pci_window){0, 0};
	if (region.base > base)
		base = region.base;
	if (region.end && region.end < limit)
		limit = region.end;
	base = align_up(base, GIB(1));
	return base < limit ? (struct pci_window){base, limit} : (struct pci_window){0, 0};
}

int devices_init(struct machine *machine)
{
	host = (struct pci_host){
		.ecam = machine->ecam,
		.bus_max = (uint8_t)((machine->ecam_size >> 20) - 1),
		.extra_roots = (uint32_t)file_number(machine, "etc/extra-pci-roots"),
		.irq = {10, 10, 11, 11}, /* as chipset_init routes them */
		.irq_rotating = 25,
		.io = {0x1000, 0x10000}, /* below: the chipset, and what is older than PCI */
		.memory = {LOW_RAM_MAX, ECAM_BASE},
		.high = high_window(machine),
	};
	return pci_enumerate(&host);
}

int devices_tables(struct machine *machine)
{
	struct table_segment segment = {OS_TABLES_BASE, OS_TABLES_END};
	int acpi = acpi_tables_load(machine, memmap_system(), &segment);
	int smbios = smbios_load(machine, memmap_system(), &segment);

	return acpi ? acpi : smbios;
}

void devices_print(void)
{
	pci_print(&host);
}

struct pci_host *devices_pci(void)
{
	return &host;
}
