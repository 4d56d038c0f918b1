/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI bridges: what is behind one is looked at when it is found. When its bus is done, the lists
 * of that become windows in the lists of the bus that the bridge is on:
 *
 *   bus 0    I/O  [ bar ][ window ]     memory  [ window ][ bar ][ bar ]     high  [ bar ]
 *                           |                       |
 *   bus 1                [ bar ]             [ bar ][ bar ]
 *
 * Addresses in a window are relative to it until drivers/pci_assign.c has placed the lists of the
 * root bus.
 */
#define LOG_PREFIX "pci"

#include "drivers/pci_internal.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define IO_WINDOW_ALIGN 12 /* log2: a bridge's registers have no finer bits */
#define MEMORY_WINDOW_ALIGN 20
#define MEMORY_WINDOW_MIN MIB(2) /* room for a device that is plugged in later */
#define WISH_MAX (UINT64_C(1) << 48)
#define CAPABILITIES_MAX 48 /* as many fit between 0x40 and 0xff */

/* What to know of a bridge before looking behind it. */
struct behind {
	uint64_t size[PCI_LISTS]; /* least size of its windows */
	int buses; /* more bus numbers to keep free */
	int devices; /* how many its bus can have */
	int wide; /* its prefetchable window may lie above 4 GiB */
};

/*
 * A wish, at least so much, and not more than could make sums overflow (it is refused later then).
 */
static uint64_t wish(uint64_t least, uint64_t number, uint64_t none)
{
	if (number == none || number < least)
		return least;
	return number < WISH_MAX ? number : WISH_MAX;
}

static void read_reserve(uint64_t at, struct behind *behind)
{
	behind->buses = (int)wish(0, pci_read32(at + PCI_RESERVE_BUSES), UINT32_MAX) & 0xff;
	behind->size[PCI_LIST_IO] = wish(0, pci_read32(at + PCI_RESERVE_IO), UINT32_MAX);
	behind->size[PCI_LIST_MEMORY] =
		wish(MEMORY_WINDOW_MIN, pci_read32(at + PCI_RESERVE_MEMORY), UINT32_MAX);
	behind->size[PCI_LIST_PREFETCH] =
		wish(MEMORY_WINDOW_MIN, pci_read32(at + PCI_RESERVE_PREFETCH_32), UINT32_MAX);
	behind->size[PCI_LIST_PREFETCH] =
		wish(behind->size[PCI_LIST_PREFETCH], pci_read64(at + PCI_RESERVE_PREFETCH_64),
		     UINT64_MAX);
}

/*
 * Walks a bridge's capabilities. A PCI Express port has one device behind it, and takes 64-bit
 * addresses (PCIe 6.0, 7.5.3.2 and 7.5.1.3.9). QEMU puts its wishes in front of the capability
 * that tells a port.
 */
static void look_at_bridge(uint64_t config, struct behind *behind)
{
	uint32_t at = pci_read32(config + PCI_CAPABILITIES) & 0xfc;

	*behind = (struct behind){.size = {0, MEMORY_WINDOW_MIN, MEMORY_WINDOW_MIN}, .devices = 32};
	for (int i = 0; at >= 0x40 && i < CAPABILITIES_MAX; i++) {
		uint32_t header = pci_read32(config + at);
		uint32_t port = header >> 20 & 15;

		if ((header & 0xff) == PCI_CAPABILITY_EXPRESS) {
			if (port == PCI_EXPRESS_ROOT_PORT || port == PCI_EXPRESS_DOWNSTREAM)
				behind->devices = 1;
			behind->wide = 1;
			return;
		}
		if ((header & PCI_RESERVE_MASK) == PCI_RESERVE &&
		    (pci_read32(config + PCI_VENDOR) & 0xffff) == PCI_VENDOR_QEMU)
			read_reserve(config + at, behind);
		at = header >> 8 & 0xfc;
	}
	behind->wide = (pci_read32(config + PCI_PREFETCH_WINDOW) & 15) == 1;
}

/* Tells a bridge its buses, and closes its I/O window. */
static void write_buses(const struct pci_host *host, const struct pci_function *bridge)
{
	uint32_t primary = bridge->address >> 8;

	pci_write64(pci_config(host, bridge->address) + PCI_BUSES,
		    (uint64_t)PCI_IO_CLOSED << 32 | (uint32_t)bridge->last_bus << 16 |
			    (uint32_t)bridge->bus << 8 | primary);
}

/*
 * Bus numbers up to host->last_bus lie behind this bridge, and so behind those that it is behind.
 */
static void extend_buses(struct pci_host *host, uint16_t index)
{
	while (index != PCI_NONE && host->functions[index].last_bus != host->last_bus) {
		struct pci_function *bridge = &host->functions[index];

		bridge->last_bus = host->last_bus;
		write_buses(host, bridge);
		index = bridge->bridge;
	}
}

/* A bridge's windows, to be filled in when it is known what is behind it. */
static void add_windows(struct pci_host *host, uint16_t index)
{
	for (int i = 0; i < PCI_LISTS; i++) {
		struct pci_range *window = &host->ranges[host->ranges_used++];

		window->base = window->size = 0;
		window->function = index;
		window->align = i == PCI_LIST_IO ? IO_WINDOW_ALIGN : MEMORY_WINDOW_ALIGN;
		window->flags = i == PCI_LIST_IO ? PCI_RANGE_IO : 0;
		window->index = (uint8_t)(PCI_WINDOW_IO + i);
	}
	host->functions[index].ranges += PCI_LISTS;
}

/* Makes what is on a bridge's bus windows on the bus that it is on itself. */
static void size_windows(struct pci_host *host, struct pci_bus *bus, uint16_t first,
			 const struct pci_bus *inside, const struct behind *behind)
{
	for (int i = 0; i < PCI_LISTS; i++) {
		const struct pci_list *list = &inside->list[i];
		uint16_t index = (uint16_t)(first + i);
		struct pci_range *window = &host->ranges[index];

		window->size = list->size - list->small; /* small is negative */
		if (window->size < behind->size[i])
			window->size = behind->size[i];
		if (!window->size)
			continue;
		if (list->used && pci_top(list->used) > window->align)
			window->align = (uint8_t)pci_top(list->used);
		window->size = align_up(window->size, UINT64_C(1) << window->align);
		if (i == PCI_LIST_PREFETCH)
			window->flags = behind->wide ? PCI_RANGE_PREFETCH | PCI_RANGE_64
						     : PCI_RANGE_PREFETCH;
		pci_list_place(host, list, 0);
		pci_list_join(
			host,
			&bus->list[pci_list_of(host, &host->functions[window->function], window)],
			index);
	}
}

int pci_scan_bridge(struct pci_host *host, struct pci_bus *bus, uint16_t index, int depth)
{
	struct pci_function *bridge = &host->functions[index];
	struct pci_bus inside;
	struct behind behind;
	uint16_t windows;
	int error;

	if (host->last_bus == host->bus_max || depth == PCI_DEPTH_MAX) {
		log_warn(PCI_NAME ": bus %u of %u, %d bridges deep: nothing behind it is used",
			 PCI_NAME_OF(bridge), host->last_bus, host->bus_max, depth);
		write_buses(host, bridge);
		return 0;
	}
	look_at_bridge(pci_config(host, bridge->address), &behind);
	bridge->bus = ++host->last_bus;
	extend_buses(host, index);
	windows = host->ranges_used;
	add_windows(host, index);
	for (int i = 0; i < PCI_LISTS; i++)
		pci_list_start(&inside.list[i], 0, 1,
			       i == PCI_LIST_IO ? PCI_SMALL_IO : PCI_SMALL_MEMORY);
	error = pci_scan_bus(host, &inside, index, behind.devices, depth + 1);
	if (error)
		return error;
	if (host->last_bus - host->functions[index].bus < behind.buses) {
		int wanted = host->functions[index].bus + behind.buses;

		host->last_bus = (uint8_t)(wanted < host->bus_max ? wanted : host->bus_max);
		extend_buses(host, index);
	}
	size_windows(host, bus, windows, &inside, &behind);
	return 0;
}
