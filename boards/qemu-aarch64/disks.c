/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where virt has disks: behind its PCI host bridge, and in its row of places for virtio-mmio. The devicetree has been taken in; what
 * it says of both is on the map, under the tags that board.c and mem/dram_fdt_bus.c give.
 */
#define LOG_PREFIX "board"

#include <errno.h>
#include <string.h>

#include "boards/board.h"
#include "drivers/disk.h"
#include "drivers/pci.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define PLACES_MAX 64
#define IO_BASE 0x1000 /* of PCI, whatever addresses the processor reaches it by */
#define IO_END 0x10000

static struct pci_host host;
static uint64_t places[PLACES_MAX];
static uint32_t place_count;

static void add_places(const struct mem_region *row)
{
	for (uint64_t at = row->base; at + DISK_MMIO_SIZE <= row->end; at += DISK_MMIO_SIZE)
		if (place_count < PLACES_MAX)
			places[place_count++] = at;
}

static void add_window(const struct mem_region *region)
{
	struct pci_window *window = region->base < GIB(4) ? &host.memory : &host.high;

	if (!window->end)
		*window = (struct pci_window){region->base, region->end};
}

/* Finds the row and the windows on the map. */
static void look(void)
{
	struct mem_region region;

	memmap_first(memmap_system(), &region);
	do {
		if (region.props.owner != MEM_OWNER_HARDWARE)
			continue;
		if (!strncmp(region.props.tag, "virtio-mmio", MEM_TAG_MAX))
			add_places(&region);
		if (!strncmp(region.props.tag, "PCI memory", MEM_TAG_MAX))
			add_window(&region);
	} while (memmap_next(memmap_system(), &region));
}

/* An operating system gives addresses to PCI devices itself here, so this is only done for a disk. */
static int enumerate(const struct machine *machine)
{
	int error;

	host.ecam = machine->ecam;
	host.bus_max = (uint8_t)((machine->ecam_size >> 20) - 1);
	host.warm = 1;
	host.io = (struct pci_window){IO_BASE, IO_END};
	error = memmap_protect(memmap_system(), machine->ecam, machine->ecam_size,
			       MEM_OWNER_HARDWARE, MEM_IO);
	if (!error)
		error = pci_enumerate(&host);
	if (error)
		log_error("PCI cannot be used (error %d): no disks on it", -error);
	return error;
}

void board_disk_buses(struct machine *machine, struct disk_buses *buses)
{
	static int looked, usable;

	if (!looked) {
		looked = 1;
		look();
		usable = machine->ecam && host.memory.end && !enumerate(machine);
	}
	*buses = (struct disk_buses){
		.pci = usable ? &host : NULL, .mmio = places, .mmio_count = place_count};
}
