/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI: finds the functions behind a host bridge, gives bus numbers to bridges and addresses to
 * what devices decode, as PC firmware does, so that an operating system finds everything in place.
 * Configuration space is reached by memory (ECAM; PCI Express Base Specification 6.0, 7.2.2). Not
 * done: expansion ROMs get no addresses (nothing here runs them, and Linux assigns them itself).
 */
#ifndef DRIVERS_PCI_H
#define DRIVERS_PCI_H

#include <stdint.h>

#define PCI_NONE 0xffffu /* no function */
#define PCI_DEPTH_MAX 16 /* bridges behind one another */

/*
 * What a range is: the bits 0-3 of a base address register (PCI Local Bus Specification 3.0,
 * 6.2.5.1).
 */
enum {
	PCI_RANGE_IO = 1,
	PCI_RANGE_64 = 4, /* may lie above 4 GiB */
	PCI_RANGE_PREFETCH = 8,
};

/* range.index: base address register 0-5, or a window of a bridge. */
enum { PCI_WINDOW_IO = 6, PCI_WINDOW_MEMORY = 7, PCI_WINDOW_PREFETCH = 8 };

/* Addresses that a function decodes: a base address register, or a bridge's window. */
struct pci_range {
	uint64_t base; /* 0: none, it did not fit */
	uint64_t size; /* 0: a window with nothing in it */
	uint8_t flags; /* PCI_RANGE_… */
	uint8_t index;
	uint8_t align; /* private to pci_enumerate, as are: */
	uint16_t next, function;
};

enum {
	PCI_MULTIFUNCTION = 1,
	PCI_BRIDGE = 2,
	PCI_FIXED = 4, /* host and ISA bridges are left as they are */
	PCI_OFF = 8, /* decodes nothing: odd registers, or no room; the log said so */
};

struct pci_function {
	uint32_t class; /* class << 16 | subclass << 8 | programming interface */
	uint16_t address; /* bus << 8 | device << 3 | function */
	uint16_t bridge; /* the one that it is behind; PCI_NONE: on a root bus */
	/* Its ranges are host->ranges[first_range …]; a bridge's end with its 3 windows. */
	uint16_t first_range;
	uint8_t ranges;
	uint8_t flags; /* PCI_MULTIFUNCTION … */
	uint8_t rotation; /* INTA is host->irq[rotation % 4], and so on */
	uint8_t bus, last_bus; /* behind a bridge: secondary, subordinate; 0: not looked at */
};

/* Addresses to give out: [base, end). base is not 0. */
struct pci_window {
	uint64_t base, end;
};

/* A host bridge. The board fills in the first part. */
struct pci_host {
	uint64_t ecam; /* mapped as device memory */
	uint8_t first_bus, bus_max; /* inclusive */
	uint8_t warm; /* 1: another firmware may have left devices on; 0: they come from reset */
	/*
	 * Legacy routing of INTA to INTD of device 0; irq[0] 0: none. Devices below irq_rotating
	 * rotate it by their number, those from it on do not (PCI-to-PCI Bridge Architecture 1.2,
	 * 9.1; QEMU hw/i386/acpi-build.c, build_q35_routing_table).
	 */
	uint8_t irq[4];
	uint8_t irq_rotating;
	uint32_t extra_roots; /* more root buses (QEMU's pxb), at any higher numbers */
	struct pci_window io, memory; /* memory: below 4 GiB */
	struct pci_window high; /* above 4 GiB and all RAM, as the processor reaches it; or 0, 0 */

	/* Filled by pci_enumerate, from malloc. */
	struct pci_function *functions;
	struct pci_range *ranges;
	uint16_t functions_used, functions_room, ranges_used, ranges_room;
	uint8_t last_bus;
};

/*
 * Finds all functions and lets them decode addresses from the host's windows. Bus mastering stays
 * off until a driver wants it. A function whose registers make no sense, or that does not fit,
 * stays off, and one line says so. 0; -ENOMEM: no heap, what was found until then is in the table,
 * and nothing decodes.
 */
int pci_enumerate(struct pci_host *host);

/* Device << 16 | vendor, read from the function. */
uint32_t pci_id(const struct pci_host *host, const struct pci_function *function);

/* One line a function at log level info, its ranges with it. */
void pci_print(const struct pci_host *host);

/* Address of a function's configuration space. */
static inline uint64_t pci_config(const struct pci_host *host, uint16_t address)
{
	return host->ecam + ((uint64_t)address << 12);
}

#endif
