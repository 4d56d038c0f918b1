/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Disks: which controllers the machine's buses have, and the drivers that know them. To find controllers costs a look at
 * each; none is touched before it is started, and none runs after it is stopped.
 */
#ifndef DRIVERS_DISK_H
#define DRIVERS_DISK_H

#include "drivers/block.h"
#include "drivers/device.h"

/* Where controllers may be. */
struct disk_buses {
	struct pci_host *pci; /* enumerated; NULL: none */
	const uint64_t *mmio; /* places of virtio-mmio devices, of DISK_MMIO_SIZE bytes each */
	uint32_t mmio_count;
};
#define DISK_MMIO_SIZE 0x200

struct disk_controller;

/* A disk of a started controller. */
struct disk {
	struct block block;
	struct disk_controller *controller;
	struct disk *next;
	uint16_t target, lun; /* on the controller; 0, 0 where there is only one */
	uint64_t identity; /* NVMe: EUI-64; 0: none */
};

/* How the disks of a controller are told apart. */
enum disk_kind {
	DISK_SINGLE, /* there is one */
	DISK_SCSI, /* target, lun */
	DISK_NVME, /* target: the namespace */
	DISK_SATA, /* target: the port */
};

struct disk_driver {
	enum disk_kind kind;
	const char *name; /* of its controllers, with a number behind */
	/* Whether it is a device that the driver knows. */
	bool (*knows)(const struct device *device);
	/* Starts it and adds its disks by disk_add. 0, or -errno, having said why, with nothing left behind. */
	int (*start)(struct disk_controller *controller);
	/* Stops it: no memory of it is in use any more, its registers are not mapped. */
	void (*stop)(struct disk_controller *controller);
	/* Only keeps the device from memory, for when the map may not change any more. */
	void (*quiesce)(struct disk_controller *controller);
};

struct disk_controller {
	struct device device;
	const struct disk_driver *driver;
	void *state; /* the driver's own */
	struct disk *disks; /* in the order of target and lun */
	struct disk_controller *next;
	bool started;
};

/*
 * Calls `visit` for each device on the buses, those on PCI in the order of their addresses, then those on MMIO, whose registers are
 * mapped, until it returns something else than 0: that, or 0; -ENOMEM.
 */
int disk_look(const struct disk_buses *buses,
	      int (*visit)(const struct device *device, void *context), void *context);

/* Looks for controllers, once; later calls do nothing. 0, or -ENOMEM: those found until then are known. */
int disk_find(const struct disk_buses *buses);
/* The controllers found: those on PCI in the order of their addresses, then those on MMIO. NULL: none. */
struct disk_controller *disk_controllers(void);

/* Starts a controller, if it is not started yet. 0, or -errno, having said why. */
int disk_start(struct disk_controller *controller);
/* Stops all that run; their disks are gone. What was found is still known. */
void disk_stop_all(void);
/* Stops all, and forgets what was found: the next disk_find looks again. */
void disk_forget(void);
/* Keeps all that run from memory: an operating system takes over. */
void disk_quiesce_all(void);

/*
 * For drivers: adds a disk, whose block device is as *block; it gets its name from the controller's, and sane numbers are
 * seen to. 0; -EINVAL: the numbers make no sense, and one line says so; -ENOMEM.
 */
int disk_add(struct disk_controller *controller, const struct block *block, uint16_t target,
	     uint16_t lun);

/* The drivers there are. */
extern const struct disk_driver virtio_blk_driver, virtio_scsi_driver, nvme_driver, ahci_driver;

#endif
