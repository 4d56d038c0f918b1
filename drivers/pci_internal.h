/* SPDX-License-Identifier: BSD-2-Clause */
/* What drivers/pci*.c share. */
#ifndef DRIVERS_PCI_INTERNAL_H
#define DRIVERS_PCI_INTERNAL_H

#include <stdint.h>

#include "drivers/pci.h"
#include "drivers/pci_ecam.h"
#include "drivers/pci_regs.h"

/*
 * The ranges that one bus must hold. Behind a bridge: what goes in each of its windows. On the
 * root bus the third is for what goes above 4 GiB.
 */
enum { PCI_LIST_IO, PCI_LIST_MEMORY, PCI_LIST_PREFETCH, PCI_LISTS };
#define PCI_LIST_HIGH PCI_LIST_PREFETCH

#define PCI_RANGES_MAX 9 /* of a function: 6 registers, or 2 and 3 windows */

/*
 * The ranges of one window. Large ones come from its beginning, sorted by alignment, and so
 * without gaps: they are chained, one chain for each power of two. Small ones come from its end,
 * in the order that they are found in, whatever gaps that leaves.
 *
 *   base |  large: 16 MiB  |  1 MiB  | 1 MiB |  ->   <-  | 4 KiB | 16 KiB | end
 *                                                        small
 *
 * Where the window of a bridge will lie is known last: until then the addresses of large ranges
 * count from its base, those of small ones from its end, and are negative.
 */
struct pci_list {
	uint64_t small; /* lowest address of a small range; before the first, the window's end */
	uint64_t floor; /* and it cannot go below that; not 0 */
	uint64_t small_max; /* largest size of a small range */
	uint64_t size; /* of all large ranges */
	uint64_t used; /* bit n: head[n] is the first of those aligned to 2^n */
	uint16_t head[64];
};

struct pci_bus {
	struct pci_list list[PCI_LISTS];
};

#define PCI_SMALL_IO 256 /* largest sizes of small ranges */
#define PCI_SMALL_MEMORY KIB(64)

/* Makes a list empty. */
void pci_list_start(struct pci_list *list, uint64_t end, uint64_t floor, uint64_t small_max);
/* Adds a large range to a list; its size is a multiple of its alignment. */
void pci_list_join(struct pci_host *host, struct pci_list *list, uint16_t index);
/* Which list of its bus a function's range belongs to: PCI_LIST_… */
unsigned int pci_list_of(const struct pci_host *host, const struct pci_function *function,
			 const struct pci_range *range);
/* Gives the large ranges of a list addresses from `base` on, which is aligned to the largest. */
void pci_list_place(struct pci_host *host, const struct pci_list *list, uint64_t base);
/* The highest bit of pci_list.used, which is not 0: log2 of the largest alignment. */
static inline unsigned int pci_top(uint64_t used)
{
	return 63 - (unsigned int)__builtin_clzl(used);
}

/*
 * Finds what is on bus host->last_bus, and behind its bridges: a root bus (bridge PCI_NONE), or
 * the one behind a bridge, on which there can be so many devices. `depth` counts the bridges
 * above. 0 or -ENOMEM.
 */
int pci_scan_bus(struct pci_host *host, struct pci_bus *found, uint16_t bridge, int devices,
		 int depth);
/* Looks behind a bridge that was found on `bus`, and adds its windows to that. 0 or -ENOMEM. */
int pci_scan_bridge(struct pci_host *host, struct pci_bus *bus, uint16_t bridge, int depth);

/* Gives addresses to everything on the root bus and behind it, and turns decoding on. */
void pci_assign(struct pci_host *host, struct pci_bus *root);

/* For messages: "00:1f.2". */
#define PCI_NAME "%02x:%02x.%x"
#define PCI_NAME_OF(function) \
	(function)->address >> 8, (function)->address >> 3 & 31, (function)->address & 7

#endif
