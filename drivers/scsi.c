/* SPDX-License-Identifier: BSD-2-Clause */
/* See scsi.h. Numbers in commands and answers are big-endian. */
#define LOG_PREFIX unit->controller->device.name

#include "drivers/scsi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/log.h"

enum {
	TEST_UNIT_READY = 0x00,
	INQUIRY = 0x12,
	MODE_SENSE_6 = 0x1a,
	READ_CAPACITY_10 = 0x25,
	READ_10 = 0x28,
	WRITE_10 = 0x2a,
	SYNCHRONIZE_CACHE_10 = 0x35,
	READ_16 = 0x88,
	WRITE_16 = 0x8a,
	SERVICE_ACTION_IN_16 = 0x9e,
};
#define READ_CAPACITY_16 0x10 /* a service action */

#define STATUS_GOOD 0
#define STATUS_CHECK 2
#define SENSE_KEY 2 /* of fixed format; its low bits */
#define SENSE_CODE 12
#define KEY_NOT_READY 2
#define KEY_ILLEGAL 5
#define CODE_NO_MEDIUM 0x3a

#define TYPE_DISK 0
#define TYPE_DISC 5
#define QUALIFIER_HERE 0 /* bits 7:5 of the first byte of INQUIRY */

#define INQUIRY_SIZE 36
#define MODE_SIZE 4
#define MODE_WRITE_PROTECTED 0x80
#define TRIES 5 /* a unit tells first that it was reset, that a medium was put in, … */

/* Sends a command until it is well, or fails for good. 0; -EIO; -EOPNOTSUPP: the unit does not know it; *key is the sense key of a refusal. */
static int send(struct scsi_unit *unit, struct scsi_command *command, uint8_t *key, uint8_t *code)
{
	for (int i = 0; i < TRIES; i++) {
		int error;

		command->status = STATUS_GOOD; /* of this try: without an answer it tells nothing */
		error = unit->send(unit, command);
		*key = *code = 0;
		if (error || command->status == STATUS_GOOD)
			return error;
		*key = command->sense[SENSE_KEY] & 15;
		*code = command->sense[SENSE_CODE];
		if (*key == KEY_ILLEGAL)
			return -EOPNOTSUPP;
		if (*code == CODE_NO_MEDIUM)
			break;
	}
	return -EIO;
}

/* Asks for data by a command of `size` bytes. 0; -EIO, having said so; -EOPNOTSUPP. */
static int ask(struct scsi_unit *unit, struct scsi_command *command, uint8_t size, void *data,
	       uint32_t data_size)
{
	uint8_t key, code;
	int error;

	command->size = size;
	command->direction = data_size ? SCSI_IN : SCSI_NONE;
	command->data = data;
	command->data_size = data_size;
	error = send(unit, command, &key, &code);
	if (error == -EIO && command->status)
		log_error("target %u: command 0x%x failed (status %u, sense %x/%x)", unit->target,
			  command->bytes[0], command->status, key, code);
	return error;
}

/* ---- a block device ---- */

static int move(struct block *block, uint64_t sector, uint32_t count, void *data, bool write)
{
	struct scsi_unit *unit = block->driver;
	struct scsi_command command = {
		.size = 10,
		.direction = write ? SCSI_OUT : SCSI_IN,
		.data = data,
		.data_size = count * block->sector_size,
	};
	uint8_t key, code;
	int error;

	if (sector + count > UINT32_MAX || count > UINT16_MAX) {
		command.size = 16;
		command.bytes[0] = write ? WRITE_16 : READ_16;
		be64_store(command.bytes + 2, sector);
		be32_store(command.bytes + 10, count);
	} else {
		command.bytes[0] = write ? WRITE_10 : READ_10;
		be32_store(command.bytes + 2, (uint32_t)sector);
		command.bytes[7] = (uint8_t)(count >> 8);
		command.bytes[8] = (uint8_t)count;
	}
	error = send(unit, &command, &key, &code);
	if (!error && command.moved == command.data_size)
		return 0;
	if (error == -ENODEV)
		log_error("%s: the disk is gone", block->name);
	else if (!error || command.status)
		log_error(
			"%s: a %s of %u bytes at sector %lu failed (status %u, sense %x/%x, %u bytes moved)",
			block->name, write ? "write" : "read", command.data_size, sector,
			command.status, key, code, command.moved);
	return -EIO;
}

static int read_sectors(struct block *block, uint64_t sector, uint32_t count, void *to)
{
	return move(block, sector, count, to, false);
}

static int write_sectors(struct block *block, uint64_t sector, uint32_t count, const void *from)
{
	return move(block, sector, count, (void *)(uintptr_t)from, true);
}

static int flush(struct block *block)
{
	struct scsi_command command = {.bytes = {SYNCHRONIZE_CACHE_10}};
	int error = ask(block->driver, &command, 10, NULL, 0);

	return error == -EOPNOTSUPP ? 0
				    : error; /* a unit that does not know it keeps nothing back */
}

static const struct block_ops ops = {read_sectors, write_sectors, flush};

/* ---- finding out what it is ---- */

/* The number of sectors and their size. 0 or as ask(). */
static int read_capacity(struct scsi_unit *unit, struct block *block)
{
	struct scsi_command command = {.bytes = {READ_CAPACITY_10}};
	uint8_t data[32] = {0};
	int error = ask(unit, &command, 10, data, 8);

	if (error)
		return error;
	block->sectors = (uint64_t)be32_load(data) + 1;
	block->sector_size = be32_load(data + 4);
	if (be32_load(data) != UINT32_MAX || unit->packet)
		return 0;
	command = (struct scsi_command){.bytes = {SERVICE_ACTION_IN_16, READ_CAPACITY_16}};
	be32_store(command.bytes + 10, sizeof(data));
	error = ask(unit, &command, 16, data, sizeof(data));
	if (error)
		return error;
	block->sectors = be64_load(data) + 1;
	block->sector_size = be32_load(data + 8);
	block->physical_size = block->sector_size << (data[13] & 15);
	return 0;
}

/* A disk that does not tell can be written. */
static bool is_protected(struct scsi_unit *unit)
{
	struct scsi_command command = {.bytes = {MODE_SENSE_6, 0, 0x3f, 0, MODE_SIZE}};
	uint8_t data[MODE_SIZE] = {0};

	return !ask(unit, &command, 6, data, sizeof(data)) && data[2] & MODE_WRITE_PROTECTED;
}

static bool is_ready(struct scsi_unit *unit)
{
	struct scsi_command command = {.bytes = {TEST_UNIT_READY}, .size = 6};
	uint8_t key, code;

	if (!send(unit, &command, &key, &code))
		return true;
	if (code == CODE_NO_MEDIUM)
		log_info("target %u: no medium", unit->target);
	else if (command.status)
		log_error("target %u does not become ready (status %u, sense %x/%x): not used",
			  unit->target, command.status, key, code);
	return false;
}

static int identify(struct scsi_unit *unit, struct block *block)
{
	struct scsi_command command = {.bytes = {INQUIRY, 0, 0, 0, INQUIRY_SIZE}};
	uint8_t data[INQUIRY_SIZE] = {0};
	int error;

	error = ask(unit, &command, 6, data, sizeof(data));
	if (error == -ENODEV)
		return error;
	if (error || data[0] >> 5 != QUALIFIER_HERE ||
	    ((data[0] & 31) != TYPE_DISK && (data[0] & 31) != TYPE_DISC))
		return -ENXIO;
	block->removable = data[1] & 0x80;
	block->read_only = (data[0] & 31) == TYPE_DISC;
	if (!is_ready(unit))
		return -ENXIO;
	if (!block->read_only)
		block->read_only = is_protected(unit);
	return read_capacity(unit, block);
}

int scsi_add(const struct scsi_unit *unit)
{
	struct scsi_unit *own = malloc(sizeof(*own));
	struct block block = {
		.ops = &ops, .align = unit->align, .transfer_max = unit->transfer_max};
	int error;

	if (!own)
		return -ENOMEM;
	*own = *unit;
	block.driver = own;
	error = identify(own, &block);
	if (!error)
		error = disk_add(unit->controller, &block, unit->target, unit->lun);
	if (error)
		free(own);
	return error;
}
