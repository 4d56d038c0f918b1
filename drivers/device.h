/* SPDX-License-Identifier: BSD-2-Clause */
/* A device that a driver has been found for: where it is, and its registers on the machine's map while they are in use. */
#ifndef DRIVERS_DEVICE_H
#define DRIVERS_DEVICE_H

#include <stdint.h>

#include "drivers/pci.h"
#include "mem/mem_props.h"

#define DEVICE_NAME_SIZE (MEM_TAG_MAX + 1) /* with the NUL */

enum device_bus {
	DEVICE_PCI, /* `host`, `function` */
	DEVICE_MMIO, /* `registers` */
};

struct device {
	char name[DEVICE_NAME_SIZE]; /* "virtio-blk0": in messages, and the tag of its memory */
	enum device_bus bus;
	struct pci_host *host;
	uint16_t function; /* index in host->functions */
	uint64_t registers; /* physical address */
	uint64_t registers_size;
};

/*
 * Lets the processor reach [base, base + size), registers of the device: part of a region of hardware on the map, or what the
 * map knows nothing of yet. 0; -EINVAL: something else is there, and one line says so; -ENOMEM.
 */
int device_map(const struct device *device, uint64_t base, uint64_t size);
/* The map is as before device_map. */
void device_unmap(const struct device *device, uint64_t base, uint64_t size);

/* Claims pages that the device reads and writes, zeroed; the tag is its name. 0 and *base, or -ENOMEM, having said so. */
int device_claim(const struct device *device, uint64_t size, uint64_t *base);
/* Gives them back. */
void device_release(uint64_t base, uint64_t size);

/* ---- on PCI ---- */

/* The configuration space of a device on PCI. */
uint64_t device_config(const struct device *device);
/*
 * The memory that base address register 0-5 decodes, mapped. 0; -ENODEV: it decodes none, or the device is off;
 * what device_map returns.
 */
int device_map_bar(const struct device *device, unsigned int bar, uint64_t *base, uint64_t *size);
void device_unmap_bar(const struct device *device, unsigned int bar);
/* Lets the device read and write memory by itself; or not. */
void device_master_on(const struct device *device);
void device_master_off(const struct device *device);

#endif
