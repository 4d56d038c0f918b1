/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices on the machine's map; see device.h. */
#define LOG_PREFIX device->name

#include "drivers/device.h"

#include <errno.h>
#include <string.h>

#include "drivers/pci_ecam.h"
#include "drivers/pci_regs.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/memmap.h"

/* ---- registers ---- */

int device_map(const struct device *device, uint64_t base, uint64_t size)
{
	struct memmap *map = memmap_system();
	const struct mem_props props = mem_props_device(device->name);
	struct mem_region region;
	int error = -EINVAL;

	memmap_find(map, base, &region);
	if (region.props.owner == MEM_OWNER_HOLE)
		error = memmap_add(map, base, size, &props);
	else if (region.props.owner == MEM_OWNER_HARDWARE)
		error = memmap_protect(map, base, size, MEM_OWNER_HARDWARE, MEM_IO);
	if (error)
		log_error(
			"its registers at 0x%lx, 0x%lx bytes, cannot be mapped (error %d): not used",
			base, size, -error);
	return error;
}

void device_unmap(const struct device *device, uint64_t base, uint64_t size)
{
	struct memmap *map = memmap_system();
	const struct mem_props props = mem_props_device(device->name);
	struct mem_region region;
	int error;

	memmap_find(map, base, &region);
	if (!memcmp(region.props.tag, props.tag, MEM_TAG_MAX))
		error = memmap_remove(map, base, size);
	else
		error = memmap_protect(map, base, size, MEM_OWNER_HARDWARE, 0);
	if (error)
		log_warn("its registers stay mapped (error %d)", -error);
}

/* ---- memory ---- */

int device_claim(const struct device *device, uint64_t size, uint64_t *base)
{
	const struct mem_request request = {
		.size = size,
		.align = PAGE_SIZE,
		.props = mem_props_firmware(device->name),
	};
	int error = memmap_claim(memmap_system(), &request, base);

	if (error)
		log_error("there is no memory for %lu bytes of buffers: not used", size);
	else
		memset((void *)(uintptr_t)*base, 0, size);
	return error;
}

void device_release(uint64_t base, uint64_t size)
{
	int error = memmap_release(memmap_system(), base, size, MEM_OWNER_FIRMWARE);

	if (error)
		log_print(LOG_WARN, "device", "buffers at 0x%lx stay claimed (error %d)", base,
			  -error);
}

/* ---- PCI ---- */

static const struct pci_function *function_of(const struct device *device)
{
	return &device->host->functions[device->function];
}

uint64_t device_config(const struct device *device)
{
	return pci_config(device->host, function_of(device)->address);
}

static const struct pci_range *find_bar(const struct device *device, unsigned int bar)
{
	const struct pci_function *function = function_of(device);
	const struct pci_range *range = &device->host->ranges[function->first_range];

	if (function->flags & PCI_OFF)
		return NULL;
	for (int i = 0; i < function->ranges; i++, range++)
		if (range->index == bar && range->base && !(range->flags & PCI_RANGE_IO))
			return range;
	return NULL;
}

int device_map_bar(const struct device *device, unsigned int bar, uint64_t *base, uint64_t *size)
{
	const struct pci_range *range = find_bar(device, bar);

	if (!range)
		return -ENODEV;
	*base = range->base;
	*size = range->size;
	return device_map(device, range->base, range->size);
}

void device_unmap_bar(const struct device *device, unsigned int bar)
{
	const struct pci_range *range = find_bar(device, bar);

	if (range)
		device_unmap(device, range->base, range->size);
}

static void set_command(const struct device *device, uint32_t bits)
{
	uint64_t config = device_config(device);
	uint32_t command = pci_read32(config + PCI_COMMAND) & ~PCI_COMMAND_MASTER;

	pci_write16(config + PCI_COMMAND, (uint16_t)(command | bits));
}

void device_master_on(const struct device *device)
{
	set_command(device, PCI_COMMAND_MASTER);
}

void device_master_off(const struct device *device)
{
	set_command(device, 0);
}
