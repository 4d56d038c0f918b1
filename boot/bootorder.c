/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which line of `bootorder` means a controller, and which disk of it. QEMU writes paths as (hw/core/qdev-fw.c, hw/pci/pci.c,
 * hw/virtio/virtio-mmio.c, hw/scsi/scsi-bus.c, hw/ide/qdev.c, hw/nvme/ctrl.c), with numbers in hexadecimal:
 *
 *   /pci@i0cf8/pci-bridge@3/scsi@5,1/disk@0,0     the bridge in slot 3 of the root bus, behind it slot 5, function 1
 *   /virtio-mmio@000000000a003e00/disk@0,0
 *   /pci@i0cf8/scsi@4/channel@0/disk@11,2         target 17, logical unit 2
 *   /pci@i0cf8/pci8086,2922@1f,2/drive@3/disk@0   port 3 of AHCI
 *   /pci@i0cf8/pci1b36,0010@6/namespace@1,0       namespace 1 of NVMe
 *   /nvme-ns/namespace@0,0                        any namespace of any NVMe: QEMU 10 keeps to itself which nvme-ns it is
 */
#include "boot/bootorder.h"

#include <string.h>

/* A hexadecimal number at *at, which moves behind it; false: there is none. */
static bool number(const char **at, uint64_t *value)
{
	const char *from = *at;

	*value = 0;
	for (;; (*at)++) {
		char c = **at;
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a' + 10);
		else
			return *at > from;
		*value = *value << 4 | digit;
	}
}

/* The next part of a path, `/name@unit`: *unit is where its unit begins; false: there is none. *at moves to its end. */
static bool next_part(const char **at, const char **unit)
{
	if (**at != '/')
		return false;
	*at += 1 + strcspn(*at + 1, "@/\n");
	if (**at != '@')
		return false;
	*unit = ++*at;
	*at += strcspn(*at, "/\n");
	return true;
}

/* Whether the next part is this PCI function: "slot", or "slot,function". */
static bool is_function(const char **at, const struct pci_function *function)
{
	uint64_t slot, n = 0;
	const char *unit;

	if (!next_part(at, &unit) || !number(&unit, &slot))
		return false;
	if (*unit == ',') {
		unit++;
		if (!number(&unit, &n))
			return false;
	}
	return unit == *at && slot == (uint64_t)(function->address >> 3 & 31) &&
	       n == (uint64_t)(function->address & 7);
}

/* The bridges above the function, from the host bridge on, and then itself. */
static bool is_path_of(const char **at, const struct pci_host *host, uint16_t index)
{
	const struct pci_function *function = &host->functions[index];
	const char *unit;

	if (function->bridge == PCI_NONE) {
		if (function->address >> 8 || strncmp(*at, "/pci", 4) || !next_part(at, &unit))
			return false;
	} else if (!is_path_of(at, host, function->bridge)) {
		return false;
	}
	return is_function(at, function);
}

static bool is_line_of(const char **at, const struct disk_controller *controller)
{
	const struct device *device = &controller->device;
	uint64_t address;
	const char *unit;

	if (controller->driver->kind == DISK_NVME && !strncmp(*at, "/nvme-ns/", 9))
		return true;
	if (device->bus == DEVICE_PCI)
		return is_path_of(at, device->host, device->function);
	return !strncmp(*at, "/virtio-mmio@", 13) && next_part(at, &unit) &&
	       number(&unit, &address) && unit == *at && address == device->registers;
}

uint32_t bootorder_of(const char *text, uint32_t from, const struct disk_controller *controller,
		      const char **rest)
{
	for (uint32_t line = 0; *text && line < BOOTORDER_MAX; line++) {
		const char *at = text;

		if (line >= from && is_line_of(&at, controller)) {
			*rest = at;
			return line;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return BOOTORDER_NONE;
}

/* The next part, which must have this name: its one or two numbers. */
static bool numbers(const char **at, const char *name, uint64_t *first, uint64_t *second)
{
	const char *unit;

	if (strncmp(*at, name, strlen(name)) || !next_part(at, &unit) || !number(&unit, first))
		return false;
	*second = 0;
	if (*unit == ',') {
		unit++;
		if (!number(&unit, second))
			return false;
	}
	return unit == *at && *first <= UINT16_MAX && *second <= UINT16_MAX;
}

bool bootorder_disk(const char *rest, enum disk_kind kind, uint16_t *target, uint16_t *lun)
{
	uint64_t first = 0, second = 0;
	bool named = false;

	if (kind == DISK_SCSI)
		named = numbers(&rest, "/channel@", &first, &second) &&
			numbers(&rest, "/disk@", &first, &second);
	else if (kind == DISK_SATA)
		named = numbers(&rest, "/drive@", &first, &second);
	else if (kind == DISK_NVME)
		named = numbers(&rest, "/namespace@", &first, &second);
	if (!named)
		return false;
	*target = (uint16_t)first;
	*lun = kind == DISK_SCSI ? (uint16_t)second : 0;
	return true;
}
