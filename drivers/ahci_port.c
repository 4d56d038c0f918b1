/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See ahci_port.h. A port with a drive has a page of its own:
 *
 *   0              1024           1280             2048
 *   | command list | what drives  | the command    | what the drive    |
 *   |              | answer       | and its memory | tells, small data |
 */
#define LOG_PREFIX controller->device.name

#include "drivers/ahci_port.h"

#include <errno.h>
#include <string.h>

#include "drivers/deadline.h"
#include "drivers/mmio.h"
#include "lib/bytes.h"
#include "lib/log.h"

/* Of a port, 3.3. */
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
#define PORT_CONTROL 0x2c
#define CONTROL_RESET 1
#define PORT_ERRORS 0x30
#define PORT_ISSUE 0x38

#define ANSWERS_AT 1024
#define TABLE_AT 1280
#define TABLE_PACKET 0x40
#define TABLE_MEMORY 0x80
#define BUFFER_AT 2048

/* A command's first word in the list. */
#define LIST_FIS_WORDS 5
#define LIST_PACKET (1u << 5)
#define LIST_WRITE (1u << 6)
#define LIST_ONE_PIECE (1u << 16)
#define LIST_MOVED 4 /* the second word: bytes that the drive has moved */

#define READY_MS 5000
#define STOP_MS 500
#define RESET_MS 1
#define COMMAND_MS 10000

#define DEVICE_LBA 0x40

static uint32_t get(const struct ahci *ahci, uint32_t port, uint32_t offset)
{
	return mmio_read32(ahci->registers + AHCI_PORT(port) + offset);
}

static void set(const struct ahci *ahci, uint32_t port, uint32_t offset, uint32_t value)
{
	mmio_write32(ahci->registers + AHCI_PORT(port) + offset, value);
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

bool ahci_port_stop(const struct ahci *ahci, uint32_t port)
{
	uint32_t command = get(ahci, port, PORT_COMMAND) & ~COMMAND_START;
	bool stopped;

	set(ahci, port, PORT_COMMAND, command);
	stopped = wait_clear(ahci, port, PORT_COMMAND, COMMAND_RUNNING, STOP_MS);
	set(ahci, port, PORT_COMMAND, command & ~COMMAND_RECEIVE);
	return wait_clear(ahci, port, PORT_COMMAND, COMMAND_RECEIVING, STOP_MS) && stopped;
}

bool ahci_port_start(const struct ahci *ahci, uint32_t port)
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

bool ahci_port_is_used(const struct ahci *ahci, uint32_t port)
{
	return (get(ahci, port, PORT_STATUS) & 15) == 3;
}

enum ahci_drive ahci_port_drive(const struct ahci *ahci, uint32_t port)
{
	switch (get(ahci, port, PORT_SIGNATURE)) {
	case SIGNATURE_DISK:
		return AHCI_DISK;
	case SIGNATURE_PACKET:
		return AHCI_PACKET;
	default:
		return AHCI_OTHER;
	}
}

void *ahci_port_buffer(const struct ahci *ahci, uint32_t port)
{
	return (void *)(uintptr_t)(ahci->memory[port] + BUFFER_AT);
}

/* ---- commands ---- */

/*
 * 10.4.2: resets the link, and so the drive, which forgets its command. A port that has stopped should not touch memory any more; QEMU's
 * does, when the drive answers at last, unless there was a reset.
 */
static void reset(const struct ahci *ahci, uint32_t port)
{
	struct deadline deadline = deadline_in(RESET_MS);

	set(ahci, port, PORT_CONTROL, CONTROL_RESET);
	while (!deadline_passed(&deadline))
		;
	set(ahci, port, PORT_CONTROL, 0);
}

static int abandon(struct disk_controller *controller, uint32_t port, const char *why)
{
	struct ahci *ahci = controller->state;

	log_error("port %u: %s: the drive is not used any more", port, why);
	ahci->dead[port] = true;
	if (!ahci_port_stop(ahci,
			    port)) /* memory must be safe from it, whatever becomes of the others */
		device_master_off(&controller->device);
	reset(ahci, port);
	return -EIO;
}

/* Writes the command where the port looks for it (4.2.2, 4.2.3). */
static void put(const struct ahci *ahci, uint32_t port, const struct ahci_command *command)
{
	uint8_t *list = (uint8_t *)(uintptr_t)ahci->memory[port];
	uint8_t *table = list + TABLE_AT;
	const uint8_t fis[20] = {
		0x27,
		0x80,
		command->command,
		command->feature,
		(uint8_t)command->sector,
		(uint8_t)(command->sector >> 8),
		(uint8_t)(command->sector >> 16),
		command->packet ? 0 : DEVICE_LBA,
		(uint8_t)(command->sector >> 24),
		(uint8_t)(command->sector >> 32),
		(uint8_t)(command->sector >> 40),
		0,
		(uint8_t)command->count,
		(uint8_t)(command->count >> 8),
	};

	memcpy(table, fis, sizeof(fis));
	memset(table + TABLE_PACKET, 0, 16);
	if (command->packet)
		memcpy(table + TABLE_PACKET, command->packet, 12);
	le64_store(table + TABLE_MEMORY, (uint64_t)(uintptr_t)command->data);
	le32_store(table + TABLE_MEMORY + 8, 0);
	le32_store(table + TABLE_MEMORY + 12, command->size ? command->size - 1 : 0);
	le32_store(list, LIST_FIS_WORDS | (command->packet ? LIST_PACKET : 0) |
				 (command->write ? LIST_WRITE : 0) |
				 (command->size ? LIST_ONE_PIECE : 0));
	le32_store(list + LIST_MOVED, 0);
	le64_store(list + 8, ahci->memory[port] + TABLE_AT);
}

int ahci_port_issue(struct disk_controller *controller, uint32_t port, struct ahci_command *command)
{
	struct ahci *ahci = controller->state;
	struct deadline deadline = deadline_in(COMMAND_MS);

	command->moved = command->task = 0;
	if (ahci->dead[port])
		return -EIO;
	put(ahci, port, command);
	arch_dma_barrier();
	set(ahci, port, PORT_INTERRUPTS, UINT32_MAX);
	set(ahci, port, PORT_ISSUE, 1);
	while (get(ahci, port, PORT_ISSUE) & 1 &&
	       !(get(ahci, port, PORT_INTERRUPTS) & INTERRUPT_ERROR))
		if (deadline_passed(&deadline))
			return abandon(controller, port, "no answer in 10 seconds");
	arch_dma_barrier();
	command->task = get(ahci, port, PORT_TASK);
	command->moved = le32_load((const uint8_t *)(uintptr_t)ahci->memory[port] + LIST_MOVED);
	if (!(command->task & TASK_ERROR) && !(get(ahci, port, PORT_INTERRUPTS) & INTERRUPT_ERROR))
		return 0;
	/* 6.2.2: after an error the port has to be started again. */
	if (!ahci_port_stop(ahci, port) || !ahci_port_start(ahci, port))
		return abandon(controller, port, "it does not recover from an error");
	return 1;
}
