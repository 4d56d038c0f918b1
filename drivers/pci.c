/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding PCI functions and what they decode. Each access to configuration space ends in the
 * hypervisor, so they are counted: one to see whether a function is there, and for a device with
 * two ranges or three ten more.
 */
#define LOG_PREFIX "pci"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/pci_internal.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define FUNCTIONS_ROOM 32 /* to begin with; ranges: 3 times as many */
#define FUNCTIONS_MAX 16384

#define CLASS_HOST_BRIDGE 0x0600
#define CLASS_ISA_BRIDGE 0x0601
#define HEADER_BRIDGE 1
#define MULTIFUNCTION (UINT64_C(1) << 55) /* of the 64 bits at PCI_REVISION */
#define NOBODY UINT64_MAX /* what they read where there is no function */

#define LARGE MIB(256) /* ranges from this size on go above 4 GiB if they can */
#define COMMON_MAX GIB(2) /* so large any may be: sums do not overflow */

uint32_t pci_id(const struct pci_host *host, const struct pci_function *function)
{
	return pci_read32(pci_config(host, function->address) + PCI_VENDOR);
}

void pci_list_join(struct pci_host *host, struct pci_list *list, uint16_t index)
{
	struct pci_range *range = &host->ranges[index];
	uint64_t bit = UINT64_C(1) << range->align;

	range->next = list->used & bit ? list->head[range->align] : PCI_NONE;
	list->head[range->align] = index;
	list->used |= bit;
	list->size += range->size;
}

void pci_list_place(struct pci_host *host, const struct pci_list *list, uint64_t base)
{
	uint64_t left = list->used;

	while (left) {
		unsigned int align = pci_top(left);
		uint16_t index = list->head[align];

		left &= ~(UINT64_C(1) << align);
		for (; index != PCI_NONE; index = host->ranges[index].next) {
			host->ranges[index].base = base;
			base += host->ranges[index].size;
		}
	}
}

unsigned int pci_list_of(const struct pci_host *host, const struct pci_function *function,
			 const struct pci_range *range)
{
	if (!(range->flags & PCI_RANGE_64))
		return range->flags & PCI_RANGE_IO ? PCI_LIST_IO : PCI_LIST_MEMORY;
	if (function->bridge == PCI_NONE)
		return range->size >= LARGE && host->high.end ? PCI_LIST_HIGH : PCI_LIST_MEMORY;
	return range->flags & PCI_RANGE_PREFETCH ? PCI_LIST_PREFETCH : PCI_LIST_MEMORY;
}

/*
 * The size of what a register decodes that reads `low` after ones were written, and the next one
 * `high`. No power of two when they make no sense.
 */
static inline uint64_t size_of(uint32_t low, uint32_t high)
{
	uint32_t mask = low & ~UINT32_C(15);

	if (low & PCI_RANGE_IO) {
		mask = low & ~UINT32_C(3);
		if (mask <= 0xffff) /* PC devices need not decode more than 16 bits */
			mask |= 0xffff0000;
	} else if (low & PCI_RANGE_64) {
		return -((uint64_t)high << 32 | mask);
	}
	return ~mask + 1;
}

/*
 * Keeps a range whose register reads `low` in the slow way: it is large, or odd. 0; 1 when it
 * makes no sense, or is larger than any window, and the log has said so.
 */
static int keep_large(struct pci_host *host, struct pci_list *list, struct pci_function *function,
		      struct pci_range *range, uint32_t low)
{
	const char *why = NULL;

	/* Bit 1: in I/O registers always 0; in memory: below 1 MiB, or reserved. */
	if (low & 2 || !range->size || range->size & (range->size - 1))
		why = "makes no sense";
	else if (range->size > COMMON_MAX && range->size > host->high.end - host->high.base)
		why = "wants too much";
	if (why) {
		log_warn(PCI_NAME
			 ": base address register %d %s (0x%x, 0x%lx): the device stays off",
			 PCI_NAME_OF(function), range->index, why, low, range->size);
		function->flags |= PCI_OFF;
		return 1;
	}
	range->base = 0;
	range->function = (uint16_t)(function - host->functions);
	range->align = (uint8_t)__builtin_ctzl(range->size);
	pci_list_join(host, list, (uint16_t)(range - host->ranges));
	return 0;
}

/*
 * Finds what a function decodes: registers are sized by writing ones and seeing which bits stay 0
 * (PCI 3.0, 6.2.5.1), two at a time. Decoding is off meanwhile. Small ranges have their place at
 * once, large ones when all are known.
 */
static void find_ranges(struct pci_host *host, struct pci_bus *bus, struct pci_function *function,
			unsigned int pairs)
{
	const uint64_t bars = pci_config(host, function->address) + PCI_BAR0;
	struct pci_range *range = &host->ranges[host->ranges_used];
	union {
		uint64_t pair[4];
		uint32_t bar[8];
	} raw;

	raw.pair[pairs] = 0; /* the last register has no upper half */
	for (uint64_t i = 0; i < pairs; i++) {
		pci_write64(bars + 8 * i, UINT64_MAX);
		raw.pair[i] = pci_read64(bars + 8 * i);
	}
	for (unsigned int i = 0; i < 2 * pairs; i++) {
		struct pci_list *list = &bus->list[PCI_LIST_IO];
		uint32_t low = raw.bar[i];
		uint64_t size, base;

		if (!low)
			continue;
		range->index = (uint8_t)i;
		range->flags = PCI_RANGE_IO;
		size = size_of(low, raw.bar[i + 1]);
		if (!(low & PCI_RANGE_IO)) {
			range->flags = low & (PCI_RANGE_64 | PCI_RANGE_PREFETCH);
			if (size < PAGE_SIZE && size)
				size = PAGE_SIZE; /* no two devices in one page */
			range->size = size;
			list = &bus->list[PCI_LIST_MEMORY];
			if (low & PCI_RANGE_64) {
				list = &bus->list[pci_list_of(host, function, range)];
				i++;
			}
		}
		range->size = size;
		base = (list->small - size) & -size;
		if (((size & (size - 1)) | (low & 2)) == 0 && size <= list->small_max &&
		    base >= list->floor) {
			list->small = base;
			range->base = base;
		} else if (keep_large(host, list, function, range, low)) {
			break;
		}
		range++;
	}
	function->ranges = (uint8_t)(range - &host->ranges[host->ranges_used]);
	host->ranges_used = (uint16_t)(host->ranges_used + function->ranges);
}

/* Doubles a table's room. 0 or -ENOMEM; the table is as before. */
static int grow(void **table, uint16_t used, uint32_t room, size_t entry)
{
	void *larger = malloc(room * entry);

	if (!larger)
		return -ENOMEM;
	if (used)
		memcpy(larger, *table, used * entry);
	free(*table);
	*table = larger;
	return 0;
}

/* Room for one more function and all that it may decode. 0 or -ENOMEM. */
static int make_room(struct pci_host *host)
{
	uint32_t functions = host->functions_room, ranges = host->ranges_room;

	if (host->functions_used < functions &&
	    host->ranges_used + (uint32_t)PCI_RANGES_MAX <= ranges)
		return 0;
	functions = functions ? 2 * functions : FUNCTIONS_ROOM;
	ranges = 3 * functions;
	if (functions > FUNCTIONS_MAX ||
	    grow((void **)&host->functions, host->functions_used, functions,
		 sizeof(*host->functions)) ||
	    grow((void **)&host->ranges, host->ranges_used, ranges, sizeof(*host->ranges))) {
		log_error("no memory for more than %u PCI functions: use fewer devices",
			  host->functions_used);
		return -ENOMEM;
	}
	host->functions_room = (uint16_t)functions;
	host->ranges_room = (uint16_t)ranges;
	return 0;
}

/* `identity` is what the function reads from PCI_REVISION on. 0 or -ENOMEM. */
static int scan_function(struct pci_host *host, struct pci_bus *bus, uint16_t address,
			 uint64_t identity, uint16_t bridge, int depth)
{
	uint16_t index = host->functions_used;
	uint8_t header = identity >> 48 & 0x7f, slot = address >> 3 & 31;
	struct pci_function *function;
	int error = make_room(host);

	if (error)
		return error;
	function = &host->functions[index];
	function->class = (uint32_t)identity >> 8;
	function->address = address;
	function->bridge = bridge;
	function->first_range = host->ranges_used;
	function->ranges = 0;
	function->flags = identity & MULTIFUNCTION ? PCI_MULTIFUNCTION : 0;
	function->rotation = slot < host->irq_rotating ? slot : 0;
	if (bridge != PCI_NONE)
		function->rotation = (uint8_t)(slot + host->functions[bridge].rotation);
	function->bus = function->last_bus = 0;
	host->functions_used++;
	if (function->class >> 8 == CLASS_HOST_BRIDGE || function->class >> 8 == CLASS_ISA_BRIDGE ||
	    header > HEADER_BRIDGE) {
		function->flags |= PCI_FIXED;
		return 0;
	}
	if (host->warm)
		pci_write16(pci_config(host, address) + PCI_COMMAND, 0);
	find_ranges(host, bus, function, header == HEADER_BRIDGE ? 1 : 3);
	if (header != HEADER_BRIDGE)
		return 0;
	function->flags |= PCI_BRIDGE;
	return pci_scan_bridge(host, bus, index, depth);
}

/* The functions of a device; `identity` is that of the first one. */
static int scan_device(struct pci_host *host, struct pci_bus *bus, unsigned int address,
		       uint64_t identity, uint16_t bridge, int depth)
{
	int error = scan_function(host, bus, (uint16_t)address, identity, bridge, depth);

	if (!(identity & MULTIFUNCTION))
		return error;
	for (int i = 1; i < 8 && !error; i++) {
		identity = pci_read64(pci_config(host, (uint16_t)++address) + PCI_REVISION);
		if (identity != NOBODY)
			error = scan_function(host, bus, (uint16_t)address,
					      identity | MULTIFUNCTION, bridge, depth);
	}
	return error;
}

int pci_scan_bus(struct pci_host *host, struct pci_bus *found, uint16_t bridge, int devices,
		 int depth)
{
	unsigned int address = (unsigned int)host->last_bus << 8;
	uint64_t config = pci_config(host, (uint16_t)address);

	for (; devices; devices--, address += 8, config += PCI_DEVICE_SIZE) {
		uint64_t identity = pci_read64(config + PCI_REVISION);
		int error;

		if (identity == NOBODY) /* mostly */
			continue;
		error = scan_device(host, found, address, identity, bridge, depth);
		if (error)
			return error;
	}
	return 0;
}

void pci_list_start(struct pci_list *list, uint64_t end, uint64_t floor, uint64_t small_max)
{
	list->small = end;
	list->floor = floor;
	list->small_max = small_max;
	list->size = list->used = 0;
}

/*
 * More root buses, each with a number that the machine has chosen: they are where anything is
 * found.
 */
static int scan_extra_roots(struct pci_host *host, struct pci_bus *root)
{
	uint32_t left = host->extra_roots;
	int error = 0;

	while (left && host->last_bus < host->bus_max && !error) {
		uint16_t before = host->functions_used;

		host->last_bus++;
		error = pci_scan_bus(host, root, PCI_NONE, 32, 0);
		left -= host->functions_used != before;
	}
	return error;
}

int pci_enumerate(struct pci_host *host)
{
	struct pci_bus root;
	int error;

	host->functions = NULL;
	host->ranges = NULL;
	host->functions_used = host->functions_room = 0;
	host->ranges_used = host->ranges_room = 0;
	host->last_bus = host->first_bus;
	pci_list_start(&root.list[PCI_LIST_IO], host->io.end, host->io.base, PCI_SMALL_IO);
	pci_list_start(&root.list[PCI_LIST_MEMORY], host->memory.end, host->memory.base,
		       PCI_SMALL_MEMORY);
	pci_list_start(&root.list[PCI_LIST_HIGH], host->high.end, host->high.base, 0);
	error = pci_scan_bus(host, &root, PCI_NONE, 32, 0);
	if (!error)
		error = scan_extra_roots(host, &root);
	if (!error)
		pci_assign(host, &root);
	return error;
}
