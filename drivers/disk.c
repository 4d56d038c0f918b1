/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding controllers of disks, starting and stopping them; see disk.h. */
#define LOG_PREFIX "disk"

#include "drivers/disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/log.h"
#include "mem/memmap.h"

#define CONTROLLERS_MAX 256

static const struct disk_driver *const drivers[] = {
	&virtio_blk_driver,
	&virtio_scsi_driver,
	&nvme_driver,
	&ahci_driver,
};

static struct disk_controller *first;
static bool found;

/* ---- finding ---- */

/* Makes a controller of a device if a driver knows it. 0 or -ENOMEM. */
static int consider(const struct device *device, void *context)
{
	struct disk_controller *controller, **link = &first;
	const struct disk_driver *driver = NULL;
	uint32_t number = 0, all = 0;

	(void)context;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]) && !driver; i++)
		if (drivers[i]->knows(device))
			driver = drivers[i];
	if (!driver)
		return 0;
	for (; *link; link = &(*link)->next, all++)
		number += (*link)->driver == driver;
	controller = all < CONTROLLERS_MAX ? calloc(1, sizeof(*controller)) : NULL;
	if (!controller) {
		log_error("no memory for more than %u controllers of disks: use fewer", all);
		return -ENOMEM;
	}
	controller->device = *device;
	controller->driver = driver;
	snprintf(controller->device.name, DEVICE_NAME_SIZE, "%s%u", driver->name, number);
	*link = controller;
	return 0;
}

static int look_on_pci(struct pci_host *host,
		       int (*visit)(const struct device *device, void *context), void *context)
{
	int result = 0;

	for (uint16_t i = 0; i < host->functions_used && !result; i++) {
		const struct device device = {
			.name = "PCI", .bus = DEVICE_PCI, .host = host, .function = i};

		if (!(host->functions[i].flags & (PCI_FIXED | PCI_BRIDGE)))
			result = visit(&device, context);
	}
	return result;
}

/* All places of a row are one region on the map: it stays mapped while a controller may run. */
static int map_row(const struct device *device)
{
	struct mem_region region;

	memmap_find(memmap_system(), device->registers, &region);
	if (region.props.attrs)
		return 0;
	return device_map(device, region.base, region.end - region.base);
}

int disk_look(const struct disk_buses *buses,
	      int (*visit)(const struct device *device, void *context), void *context)
{
	int result = buses->pci ? look_on_pci(buses->pci, visit, context) : 0;

	for (uint32_t i = 0; i < buses->mmio_count && !result; i++) {
		const struct device device = {.name = "virtio-mmio",
					      .bus = DEVICE_MMIO,
					      .registers = buses->mmio[i],
					      .registers_size = DISK_MMIO_SIZE};

		result = map_row(&device);
		if (!result)
			result = visit(&device, context);
	}
	return result;
}

int disk_find(const struct disk_buses *buses)
{
	if (found)
		return 0;
	found = true;
	return disk_look(buses, consider, NULL);
}

struct disk_controller *disk_controllers(void)
{
	return first;
}

/* ---- starting and stopping ---- */

static void free_disks(struct disk_controller *controller)
{
	struct disk *disk;

	while ((disk = controller->disks)) {
		controller->disks = disk->next;
		free(disk);
	}
}

int disk_start(struct disk_controller *controller)
{
	int error;

	if (controller->started)
		return 0;
	error = controller->driver->start(controller);
	controller->started = !error;
	if (error) /* some may have been there before it failed */
		free_disks(controller);
	return error;
}

static void stop(struct disk_controller *controller)
{
	controller->driver->stop(controller);
	controller->started = false;
	free_disks(controller);
}

void disk_stop_all(void)
{
	for (struct disk_controller *controller = first; controller; controller = controller->next)
		if (controller->started)
			stop(controller);
}

void disk_quiesce_all(void)
{
	for (struct disk_controller *controller = first; controller; controller = controller->next)
		if (controller->started)
			controller->driver->quiesce(controller);
}

void disk_forget(void)
{
	struct disk_controller *controller;

	disk_stop_all();
	while ((controller = first)) {
		first = controller->next;
		free(controller);
	}
	found = false;
}

/* ---- for drivers ---- */

static bool is_power_of_2(uint32_t number)
{
	return number && !(number & (number - 1));
}

static bool makes_sense(const struct block *block)
{
	return is_power_of_2(block->sector_size) && block->sector_size >= BLOCK_SECTOR_MIN &&
	       block->sector_size <= BLOCK_SECTOR_MAX && is_power_of_2(block->align) &&
	       block->transfer_max >= block->sector_size &&
	       block->sectors <= UINT64_MAX / block->sector_size;
}

int disk_add(struct disk_controller *controller, const struct block *block, uint16_t target,
	     uint16_t lun)
{
	struct disk *disk, **link = &controller->disks;
	uint16_t number = 0;

	if (!makes_sense(block)) {
		log_error("%s says it has %lu sectors of %u bytes, %u a request: not used",
			  controller->device.name, block->sectors, block->sector_size,
			  block->transfer_max);
		return -EINVAL;
	}
	disk = calloc(1, sizeof(*disk));
	if (!disk)
		return -ENOMEM;
	for (; *link; link = &(*link)->next)
		number++;
	disk->block = *block;
	disk->controller = controller;
	disk->target = target;
	disk->lun = lun;
	if (number)
		snprintf(disk->block.name, BLOCK_NAME_SIZE, "%s,%u", controller->device.name,
			 number);
	else
		snprintf(disk->block.name, BLOCK_NAME_SIZE, "%s", controller->device.name);
	disk->block.transfer_max -= disk->block.transfer_max % disk->block.sector_size;
	if (disk->block.physical_size % disk->block.sector_size || !disk->block.physical_size)
		disk->block.physical_size = disk->block.sector_size;
	*link = disk;
	log_info("%s: %lu MiB in sectors of %u bytes%s", disk->block.name,
		 (disk->block.sectors * disk->block.sector_size) >> 20, disk->block.sector_size,
		 disk->block.read_only ? ", read-only" : "");
	return 0;
}
