/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serial ATA by AHCI (specification 1.3.1): disks, and disc drives, which take SCSI commands in packets. One command at a time on each
 * port, polled for (drivers/ahci_port.c).
 */
#define LOG_PREFIX controller->device.name

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/ahci_port.h"
#include "drivers/disk.h"
#include "drivers/mmio.h"
#include "drivers/scsi.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define CLASS_AHCI 0x010601
#define BAR 5

#define CAPABILITIES 0x00
#define CAPABILITIES_64 UINT32_C(0x80000000)
#define CONTROL 0x04
#define CONTROL_AHCI UINT32_C(0x80000000)
#define PORTS 0x0c

#define TRANSFER_MAX MIB(4) /* what one piece can have */

/* ATA commands (ACS-3). */
enum { READ = 0x25, WRITE = 0x35, PACKET = 0xa0, FLUSH = 0xea, IDENTIFY = 0xec };
#define REQUEST_SENSE 0x03
#define SENSE_SIZE 18

static bool knows(const struct device *device)
{
	return device->bus == DEVICE_PCI &&
	       device->host->functions[device->function].class == CLASS_AHCI;
}

/* ---- disks ---- */

static int transfer(struct block *block, uint8_t what, uint64_t sector, uint32_t count,
		    const void *memory)
{
	struct disk_controller *controller = block->driver;
	const struct disk *disk = (const struct disk *)(const void *)block;
	struct ahci_command ata = {
		.command = what,
		.sector = sector,
		.count = (uint16_t)count,
		.data = (void *)(uintptr_t)memory,
		.size = count * block->sector_size,
		.write = what == WRITE,
	};
	int error = ahci_port_issue(controller, disk->target, &ata);

	if (error >= 0 && (error || ata.moved != ata.size)) {
		log_error("%s: a %s of %u sectors at %lu failed (status 0x%x, %u bytes moved)",
			  block->name,
			  what == READ	  ? "read"
			  : what == WRITE ? "write"
					  : "flush",
			  count, sector, ata.task, ata.moved);
		error = -EIO;
	}
	return error;
}

static int read_sectors(struct block *block, uint64_t sector, uint32_t count, void *to)
{
	return transfer(block, READ, sector, count, to);
}

static int write_sectors(struct block *block, uint64_t sector, uint32_t count, const void *from)
{
	return transfer(block, WRITE, sector, count, from);
}

static int flush(struct block *block)
{
	return transfer(block, FLUSH, 0, 0, NULL);
}

static const struct block_ops ops = {read_sectors, write_sectors, flush};

/* What IDENTIFY tells (ACS-3, 7.12.7), in words of 16 bits. */
static int add_disk(struct disk_controller *controller, uint16_t port)
{
	struct block block = {
		.ops = &ops, .driver = controller, .transfer_max = TRANSFER_MAX, .align = 2};
	const uint16_t *words = ahci_port_buffer(controller->state, port);
	struct ahci_command ata = {
		.command = IDENTIFY, .data = (void *)(uintptr_t)words, .size = 512};
	int error = ahci_port_issue(controller, port, &ata);

	if (error >= 0 && (error || ata.moved != ata.size)) {
		log_error("port %u: the disk does not tell what it is (status 0x%x): not used",
			  port, ata.task);
		return -ENODEV;
	}
	if (error)
		return error;
	block.sector_size = 512;
	if ((words[106] & 0xd000) == 0x5000)
		block.sector_size = 2 * ((uint32_t)words[118] << 16 | words[117]);
	if ((words[106] & 0xe000) == 0x6000)
		block.physical_size = block.sector_size << (words[106] & 15);
	block.sectors = le64_load(words + 100);
	if (!(words[83] & 1 << 10)) {
		log_warn("port %u: the disk knows no 48-bit addresses: not used", port);
		return -ENODEV;
	}
	return disk_add(controller, &block, port, 0);
}

/* ---- disc drives ---- */

/* The reason of the last refusal. */
static void fetch_sense(struct scsi_unit *unit, struct scsi_command *command)
{
	static const uint8_t packet[12] = {REQUEST_SENSE, 0, 0, 0, SENSE_SIZE};
	struct ahci *ahci = unit->controller->state;
	struct ahci_command ata = {.command = PACKET,
				   .feature = 1,
				   .packet = packet,
				   .data = ahci_port_buffer(ahci, unit->target),
				   .size = SENSE_SIZE};

	memset(command->sense, 0, sizeof(command->sense));
	if (!ahci_port_issue(unit->controller, unit->target, &ata))
		memcpy(command->sense, ata.data, SENSE_SIZE);
}

/* Small data go through the port's own memory: their address may be odd. */
static int carry(struct scsi_unit *unit, struct scsi_command *command)
{
	struct ahci *ahci = unit->controller->state;
	bool small = command->data_size < AHCI_BUFFER_SIZE && command->direction == SCSI_IN;
	struct ahci_command ata = {
		.command = PACKET,
		.feature = command->data_size != 0,
		.packet = command->bytes,
		.data = small ? ahci_port_buffer(ahci, unit->target) : command->data,
		.size = command->data_size,
		.write = command->direction == SCSI_OUT,
	};
	int error = ahci_port_issue(unit->controller, unit->target, &ata);

	if (error < 0)
		return error;
	command->status = error ? 2 : 0;
	command->moved = ata.moved;
	if (error)
		fetch_sense(unit, command);
	else if (small && command->data_size)
		memcpy(command->data, ata.data, command->data_size);
	return 0;
}

static int add_drive(struct disk_controller *controller, uint16_t port)
{
	const struct scsi_unit unit = {.controller = controller,
				       .send = carry,
				       .target = port,
				       .transfer_max = MIB(1),
				       .align = 2,
				       .packet = true};

	return scsi_add(&unit);
}

/* ---- starting and stopping ---- */

static void release_port(struct ahci *ahci, uint32_t port)
{
	ahci_port_stop(ahci, port);
	device_release(ahci->memory[port], PAGE_SIZE);
	ahci->memory[port] = 0;
}

/* A port with a drive: what is there becomes a disk. -ENOMEM; anything else that goes wrong is the drive's. */
static int open_port(struct disk_controller *controller, uint16_t port)
{
	struct ahci *ahci = controller->state;
	enum ahci_drive drive;
	int error;

	if (!ahci_port_is_used(ahci, port))
		return 0;
	ahci_port_stop(ahci, port);
	error = device_claim(&controller->device, PAGE_SIZE, &ahci->memory[port]);
	if (error)
		return error;
	if (!ahci_port_start(ahci, port)) {
		release_port(ahci, port);
		log_error("port %u: the drive does not become ready: not used", port);
		return 0;
	}
	drive = ahci_port_drive(ahci, port);
	error = -ENODEV;
	if (drive == AHCI_DISK)
		error = add_disk(controller, port);
	else if (drive == AHCI_PACKET)
		error = add_drive(controller, port);
	if (error)
		release_port(ahci, port);
	return error == -ENOMEM ? error : 0;
}

static void quiesce(struct disk_controller *controller)
{
	struct ahci *ahci = controller->state;

	for (uint32_t port = 0; port < AHCI_PORTS_MAX; port++)
		if (ahci->memory[port] && !ahci->dead[port] && !ahci_port_stop(ahci, port))
			log_warn("port %u does not stop", port);
	device_master_off(&controller->device);
}

static void stop(struct disk_controller *controller)
{
	struct ahci *ahci = controller->state;

	for (struct disk *disk = controller->disks; disk; disk = disk->next)
		if (disk->block.driver != controller)
			free(disk->block.driver); /* a drive's unit */
	quiesce(controller);
	for (uint32_t port = 0; port < AHCI_PORTS_MAX; port++)
		if (ahci->memory[port])
			device_release(ahci->memory[port], PAGE_SIZE);
	device_unmap_bar(&controller->device, BAR);
	free(ahci);
	controller->state = NULL;
}

static int start(struct disk_controller *controller)
{
	struct ahci *ahci = calloc(1, sizeof(*ahci));
	uint64_t size;
	uint32_t ports;
	int error;

	if (!ahci)
		return -ENOMEM;
	error = device_map_bar(&controller->device, BAR, &ahci->registers, &size);
	if (error) {
		free(ahci);
		return error;
	}
	controller->state = ahci;
	mmio_write32(ahci->registers + CONTROL, CONTROL_AHCI);
	ports = mmio_read32(ahci->registers + PORTS);
	if (!(mmio_read32(ahci->registers + CAPABILITIES) & CAPABILITIES_64)) {
		log_error("the controller knows no 64-bit addresses: not used");
		error = -ENODEV;
	}
	device_master_on(&controller->device);
	for (uint16_t port = 0; port < AHCI_PORTS_MAX && !error; port++)
		if (ports & 1u << port && AHCI_PORT(port + 1) <= size)
			error = open_port(controller, port);
	if (error)
		stop(controller);
	return error;
}

const struct disk_driver ahci_driver = {
	.name = "ahci",
	.kind = DISK_SATA,
	.knows = knows,
	.start = start,
	.stop = stop,
	.quiesce = quiesce,
};
