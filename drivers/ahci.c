/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serial ATA by AHCI (specification 1.3.1): disks, and disc drives, which take SCSI commands in packets. One command at a time on each
 * port, polled for. A port with a drive has a page of its own:
 *
 *   0              1024           1280             2048
 *   | command list | what drives  | the command    | what the drive    |
 *   |              | answer       | and its memory | tells, small data |
 */
#define LOG_PREFIX controller->device.name

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/deadline.h"
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
#define PORTS_MAX 32

/* Of a port, 3.3. */
#define PORT(n) (0x100 + 0x80 * (uint64_t)(n))
#define PORT_LIST 0x00
#define PORT_ANSWERS 0x08
#define PORT_INTERRUPTS 0x10
#define INTERRUPT_ERROR (1u << 30)
#define PORT_COMMAND 0x18
#define COMMAND_START (1u << 0)
#define COMMAND_POWER (3u << 1) /* spin up, power on */
#define COMMAND_RECEIVE (1u << 4)
#define COMMAND_RECEIVING (1u << 14)
#define COMMAND_RUNNING (1u << 15)
#define PORT_TASK 0x20
#define TASK_ERROR 0x01
#define TASK_BUSY 0x88
#define PORT_SIGNATURE 0x24
#define SIGNATURE_DISK 0x00000101
#define SIGNATURE_PACKET 0xeb140101
#define PORT_STATUS 0x28
#define PORT_ERRORS 0x30
#define PORT_ISSUE 0x38

#define ANSWERS_AT 1024
#define TABLE_AT 1280
#define TABLE_PACKET 0x40
#define TABLE_MEMORY 0x80
#define BUFFER_AT 2048
#define BUFFER_SIZE 2048

/* A command's first word in the list. */
#define LIST_FIS_WORDS 5
#define LIST_PACKET (1u << 5)
#define LIST_WRITE (1u << 6)
#define LIST_ONE_PIECE (1u << 16)
#define LIST_MOVED 4 /* the second word: bytes that the drive has moved */

#define TRANSFER_MAX MIB(4) /* what one piece can have */
#define READY_MS 5000
#define STOP_MS 500
#define COMMAND_MS 10000

/* ATA commands (ACS-3). */
enum { READ = 0x25, WRITE = 0x35, PACKET = 0xa0, FLUSH = 0xea, IDENTIFY = 0xec };
#define DEVICE_LBA 0x40
#define REQUEST_SENSE 0x03
#define SENSE_SIZE 18

struct ahci {
	uint64_t registers;
	uint64_t memory[PORTS_MAX]; /* 0: nothing is there */
	bool dead[PORTS_MAX];
};

struct ata {
	uint8_t command, feature;
	uint64_t sector;
	uint16_t count;
	const uint8_t *packet;
	void *data;
	uint32_t size;
	bool write;
	/* What issue() has found: bytes that were moved; the drive's error (15:8) and status. */
	uint32_t moved, task;
};

static bool knows(const struct device *device)
{
	return device->bus == DEVICE_PCI &&
	       device->host->functions[device->function].class == CLASS_AHCI;
}

static uint32_t get(const struct ahci *ahci, uint32_t port, uint32_t offset)
{
	return mmio_read32(ahci->registers + PORT(port) + offset);
}

static void set(const struct ahci *ahci, uint32_t port, uint32_t offset, uint32_t value)
{
	mmio_write32(ahci->registers + PORT(port) + offset, value);
}

/* Waits until all of these bits of a register are 0: whether they are. */
static bool wait_clear(const struct ahci *ahci, uint32_t port, uint32_t offset, uint32_t bits,
		       uint32_t milliseconds)
{
	struct deadline deadline = deadline_in(milliseconds);

	while (get(ahci, port, offset) & bits)
		if (deadline_passed(&deadline))
			return false;
	return true;
}

/* Stops a port: it does not touch memory any more (10.3.2). False: it does not obey. */
static bool stop_port(const struct ahci *ahci, uint32_t port)
{
	uint32_t command = get(ahci, port, PORT_COMMAND) & ~COMMAND_START;
	bool stopped;

	set(ahci, port, PORT_COMMAND, command);
	stopped = wait_clear(ahci, port, PORT_COMMAND, COMMAND_RUNNING, STOP_MS);
	set(ahci, port, PORT_COMMAND, command & ~COMMAND_RECEIVE);
	return wait_clear(ahci, port, PORT_COMMAND, COMMAND_RECEIVING, STOP_MS) && stopped;
}

/* Starts a port. False: its drive does not become ready. */
static bool start_port(const struct ahci *ahci, uint32_t port)
{
	set(ahci, port, PORT_LIST, (uint32_t)ahci->memory[port]);
	set(ahci, port, PORT_LIST + 4, (uint32_t)(ahci->memory[port] >> 32));
	set(ahci, port, PORT_ANSWERS, (uint32_t)ahci->memory[port] + ANSWERS_AT);
	set(ahci, port, PORT_ANSWERS + 4, (uint32_t)(ahci->memory[port] >> 32));
	set(ahci, port, PORT_ERRORS, UINT32_MAX);
	set(ahci, port, PORT_INTERRUPTS, UINT32_MAX);
	set(ahci, port, PORT_COMMAND,
	    get(ahci, port, PORT_COMMAND) | COMMAND_POWER | COMMAND_RECEIVE);
	if (!wait_clear(ahci, port, PORT_TASK, TASK_BUSY, READY_MS))
		return false;
	set(ahci, port, PORT_COMMAND, get(ahci, port, PORT_COMMAND) | COMMAND_START);
	return true;
}

/* ---- commands ---- */

static int abandon(struct disk_controller *controller, uint32_t port, const char *why)
{
	struct ahci *ahci = controller->state;

	log_error("port %u: %s: the drive is not used any more", port, why);
	stop_port(ahci, port);
	ahci->dead[port] = true;
	return -EIO;
}

/* Writes the command where the port looks for it (4.2.2, 4.2.3). */
static void put(const struct ahci *ahci, uint32_t port, const struct ata *ata)
{
	uint8_t *list = (uint8_t *)(uintptr_t)ahci->memory[port];
	uint8_t *table = list + TABLE_AT;
	const uint8_t fis[20] = {
		0x27,
		0x80,
		ata->command,
		ata->feature,
		(uint8_t)ata->sector,
		(uint8_t)(ata->sector >> 8),
		(uint8_t)(ata->sector >> 16),
		ata->packet ? 0 : DEVICE_LBA,
		(uint8_t)(ata->sector >> 24),
		(uint8_t)(ata->sector >> 32),
		(uint8_t)(ata->sector >> 40),
		0,
		(uint8_t)ata->count,
		(uint8_t)(ata->count >> 8),
	};

	memcpy(table, fis, sizeof(fis));
	memset(table + TABLE_PACKET, 0, 16);
	if (ata->packet)
		memcpy(table + TABLE_PACKET, ata->packet, 12);
	le64_store(table + TABLE_MEMORY, (uint64_t)(uintptr_t)ata->data);
	le32_store(table + TABLE_MEMORY + 8, 0);
	le32_store(table + TABLE_MEMORY + 12, ata->size ? ata->size - 1 : 0);
	le32_store(list, LIST_FIS_WORDS | (ata->packet ? LIST_PACKET : 0) |
				 (ata->write ? LIST_WRITE : 0) | (ata->size ? LIST_ONE_PIECE : 0));
	le32_store(list + LIST_MOVED, 0);
	le64_store(list + 8, ahci->memory[port] + TABLE_AT);
}

/* 0; 1: the drive refuses, ata->task tells why; -EIO: it does not answer, and one line has said so. */
static int issue(struct disk_controller *controller, uint32_t port, struct ata *ata)
{
	struct ahci *ahci = controller->state;
	struct deadline deadline = deadline_in(COMMAND_MS);

	ata->moved = ata->task = 0;
	if (ahci->dead[port])
		return -EIO;
	put(ahci, port, ata);
	arch_dma_barrier();
	set(ahci, port, PORT_INTERRUPTS, UINT32_MAX);
	set(ahci, port, PORT_ISSUE, 1);
	while (get(ahci, port, PORT_ISSUE) & 1 &&
	       !(get(ahci, port, PORT_INTERRUPTS) & INTERRUPT_ERROR))
		if (deadline_passed(&deadline))
			return abandon(controller, port, "no answer in 10 seconds");
	arch_dma_barrier();
	ata->task = get(ahci, port, PORT_TASK);
	ata->moved = le32_load((const uint8_t *)(uintptr_t)ahci->memory[port] + LIST_MOVED);
	if (!(ata->task & TASK_ERROR) && !(get(ahci, port, PORT_INTERRUPTS) & INTERRUPT_ERROR))
		return 0;
	/* 6.2.2: after an error the port has to be started again. */
	if (!stop_port(ahci, port) || !start_port(ahci, port))
		return abandon(controller, port, "it does not recover from an error");
	return 1;
}

/* ---- disks ---- */

static int transfer(struct block *block, uint8_t what, uint64_t sector, uint32_t count,
		    const void *memory)
{
	struct disk_controller *controller = block->driver;
	const struct disk *disk = (const struct disk *)(const void *)block;
	struct ata ata = {
		.command = what,
		.sector = sector,
		.count = (uint16_t)count,
		.data = (void *)(uintptr_t)memory,
		.size = count * block->sector_size,
		.write = what == WRITE,
	};
	int error = issue(controller, disk->target, &ata);

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

static void *buffer_of(const struct ahci *ahci, uint32_t port)
{
	return (void *)(uintptr_t)(ahci->memory[port] + BUFFER_AT);
}

/* What IDENTIFY tells (ACS-3, 7.12.7), in words of 16 bits. */
static int add_disk(struct disk_controller *controller, uint16_t port)
{
	struct block block = {
		.ops = &ops, .driver = controller, .transfer_max = TRANSFER_MAX, .align = 2};
	const uint16_t *words = buffer_of(controller->state, port);
	struct ata ata = {.command = IDENTIFY, .data = (void *)(uintptr_t)words, .size = 512};
	int error = issue(controller, port, &ata);

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
	struct ata ata = {.command = PACKET,
			  .feature = 1,
			  .packet = packet,
			  .data = buffer_of(ahci, unit->target),
			  .size = SENSE_SIZE};

	memset(command->sense, 0, sizeof(command->sense));
	if (!issue(unit->controller, unit->target, &ata))
		memcpy(command->sense, ata.data, SENSE_SIZE);
}

/* Small data go through the port's own memory: their address may be odd. */
static int carry(struct scsi_unit *unit, struct scsi_command *command)
{
	struct ahci *ahci = unit->controller->state;
	bool small = command->data_size < BUFFER_SIZE && command->direction == SCSI_IN;
	struct ata ata = {
		.command = PACKET,
		.feature = command->data_size != 0,
		.packet = command->bytes,
		.data = small ? buffer_of(ahci, unit->target) : command->data,
		.size = command->data_size,
		.write = command->direction == SCSI_OUT,
	};
	int error = issue(unit->controller, unit->target, &ata);

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
	stop_port(ahci, port);
	device_release(ahci->memory[port], PAGE_SIZE);
	ahci->memory[port] = 0;
}

/* A port with a drive: what is there becomes a disk. -ENOMEM; anything else that goes wrong is the drive's. */
static int open_port(struct disk_controller *controller, uint16_t port)
{
	struct ahci *ahci = controller->state;
	uint32_t signature;
	int error;

	if ((get(ahci, port, PORT_STATUS) & 15) != 3)
		return 0; /* nothing is plugged in */
	stop_port(ahci, port);
	error = device_claim(&controller->device, PAGE_SIZE, &ahci->memory[port]);
	if (error)
		return error;
	if (!start_port(ahci, port)) {
		release_port(ahci, port);
		log_error("port %u: the drive does not become ready: not used", port);
		return 0;
	}
	signature = get(ahci, port, PORT_SIGNATURE);
	error = -ENODEV;
	if (signature == SIGNATURE_DISK)
		error = add_disk(controller, port);
	else if (signature == SIGNATURE_PACKET)
		error = add_drive(controller, port);
	if (error)
		release_port(ahci, port);
	return error == -ENOMEM ? error : 0;
}

static void quiesce(struct disk_controller *controller)
{
	struct ahci *ahci = controller->state;

	for (uint32_t port = 0; port < PORTS_MAX; port++)
		if (ahci->memory[port] && !stop_port(ahci, port))
			log_warn("port %u does not stop", port);
	device_master_off(&controller->device);
}

static void stop(struct disk_controller *controller)
{
	struct ahci *ahci = controller->state;

	for (struct disk *disk = controller->disks; disk; disk = disk->next)
		if (disk->block.driver != controller)
			free(disk->block.driver); /* a drive's unit */
	for (uint32_t port = 0; port < PORTS_MAX; port++)
		if (ahci->memory[port])
			release_port(ahci, port);
	device_master_off(&controller->device);
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
	for (uint16_t port = 0; port < PORTS_MAX && !error; port++)
		if (ports & 1u << port && PORT(port + 1) <= size)
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
