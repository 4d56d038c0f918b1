/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: drivers/scsi.c drivers/block.c lib/log.c tests/host.c */
/* SCSI disks and discs of a carrier that answers from memory, and answers that make no sense. */
#include <errno.h>
#include <string.h>

#include "drivers/scsi.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "tests/host.h"
#include "tests/tap.h"

#define SECTORS 300

/* The unit behind the carrier. */
static struct {
	uint8_t type, qualifier;
	bool removable, protected, no_medium, no_target, broken, lazy, no_cache;
	uint64_t sectors;
	uint32_t sector_size;
	uint32_t attentions; /* refusals before the first answer */
	uint8_t last, last_size; /* command */
	uint8_t data[SECTORS * 512];
} unit;

static struct disk_controller controller = {.device = {.name = "scsi0"}};
static struct block found;
static uint32_t added;

int disk_add(struct disk_controller *of, const struct block *block, uint16_t target, uint16_t lun)
{
	ok(of == &controller && target == 5 && lun == 2, "added where it is");
	found = *block;
	added++;
	return 0;
}

static void refuse(struct scsi_command *command, uint8_t key, uint8_t code)
{
	command->status = 2;
	command->sense[2] = key;
	command->sense[12] = code;
}

static void move(struct scsi_command *command, bool write)
{
	bool long_form = command->size == 16;
	uint64_t sector = long_form ? be64_load(command->bytes + 2) : be32_load(command->bytes + 2);
	uint32_t count = long_form ? be32_load(command->bytes + 10) : be16_load(command->bytes + 7);

	if (command->data_size != count * unit.sector_size ||
	    (command->direction == SCSI_OUT) != write)
		abort();
	if (unit.broken || sector + count > SECTORS) {
		refuse(command, 3, 0x11);
		return;
	}
	if (write)
		memcpy(unit.data + sector * 512, command->data, command->data_size);
	else
		memcpy(command->data, unit.data + sector * 512, command->data_size);
}

static void answer(struct scsi_command *command)
{
	uint8_t *to = command->data;

	switch (command->bytes[0]) {
	case 0x00:
		if (unit.no_medium)
			refuse(command, 2, 0x3a);
		break;
	case 0x12:
		to[0] = (uint8_t)(unit.type | unit.qualifier << 5);
		to[1] = unit.removable ? 0x80 : 0;
		break;
	case 0x1a:
		to[2] = unit.protected ? 0x80 : 0;
		break;
	case 0x25:
		be32_store(to, unit.sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)unit.sectors - 1);
		be32_store(to + 4, unit.sector_size);
		break;
	case 0x9e:
		if (command->bytes[1] != 0x10)
			abort();
		be64_store(to, unit.sectors - 1);
		be32_store(to + 8, unit.sector_size);
		to[13] = 3;
		break;
	case 0x28:
	case 0x88:
		move(command, false);
		break;
	case 0x2a:
	case 0x8a:
		move(command, true);
		break;
	case 0x35:
		if (unit.no_cache)
			refuse(command, 5, 0x20);
		break;
	default:
		refuse(command, 5, 0x20);
	}
}

static int carry(struct scsi_unit *to, struct scsi_command *command)
{
	if (to->target != 5 || to->lun != 2)
		abort();
	unit.last = command->bytes[0];
	unit.last_size = command->size;
	command->status = 0;
	command->moved = unit.lazy ? command->data_size / 2 : command->data_size;
	if (unit.no_target)
		return -ENODEV;
	if (unit.attentions && unit.attentions--)
		refuse(command, 6, 0x29);
	else
		answer(command);
	return 0;
}

static int add(void)
{
	const struct scsi_unit at = {.controller = &controller,
				     .send = carry,
				     .target = 5,
				     .lun = 2,
				     .align = 1,
				     .transfer_max = 1 << 20};

	free(found.driver);
	found.driver = NULL;
	added = 0;
	return scsi_add(&at);
}

static void start(void)
{
	memset(&unit, 0, sizeof(unit));
	unit.sectors = SECTORS;
	unit.sector_size = 512;
	for (uint32_t i = 0; i < sizeof(unit.data); i++)
		unit.data[i] = (uint8_t)(i ^ i >> 8);
}

static void test_disk(void)
{
	uint8_t buffer[1024];

	start();
	unit.attentions = 3;
	equal(add(), 0, "a disk that was reset");
	ok(added == 1 && found.sectors == SECTORS && found.sector_size == 512 && !found.read_only,
	   "its shape");
	equal(found.ops->read(&found, 7, 2, buffer), 0, "read");
	ok(!memcmp(buffer, unit.data + 7 * 512, 1024) && unit.last_size == 10, "right");
	memset(buffer, 0x5a, 1024);
	equal(found.ops->write(&found, 298, 2, buffer), 0, "written");
	ok(!memcmp(buffer, unit.data + 298 * 512, 1024), "right");
	equal(found.ops->flush(&found), 0, "flushed");
	equal(unit.last, 0x35, "by its command");
	unit.broken = true;
	equal(found.ops->read(&found, 0, 1, buffer), -EIO, "a medium error");
	unit.broken = false;
	unit.lazy = true;
	equal(found.ops->read(&found, 0, 2, buffer), -EIO, "half of it");
	unit.lazy = false;
	unit.no_target = true;
	equal(found.ops->read(&found, 0, 2, buffer), -EIO, "a target that has vanished");
	unit.no_target = false;
	unit.protected = true;
	equal(add(), 0, "protected");
	ok(found.read_only, "is read-only");
	unit.no_cache = true;
	equal(found.ops->flush(&found), 0, "a unit without a cache has nothing to flush");
}

static void test_large(void)
{
	uint8_t buffer[512];

	start();
	unit.sectors = UINT64_C(0x200000000);
	equal(add(), 0, "4 TiB");
	ok(found.sectors == unit.sectors && found.physical_size == 4096, "its shape");
	equal(found.ops->read(&found, UINT64_C(0x1ffffffff), 1, buffer), -EIO, "far out");
	ok(unit.last == 0x88 && unit.last_size == 16, "by the long command");
}

static void test_others(void)
{
	start();
	unit.type = 5;
	unit.removable = true;
	unit.sector_size = 2048;
	equal(add(), 0, "a disc");
	ok(found.read_only && found.removable && found.sector_size == 2048, "its shape");
	start();
	unit.no_medium = true;
	equal(add(), -ENXIO, "no medium");
	unit.no_medium = false;
	unit.attentions = 100;
	equal(add(), -ENXIO, "never ready");
	start();
	unit.type = 1;
	equal(add(), -ENXIO, "a tape");
	start();
	unit.qualifier = 3;
	equal(add(), -ENXIO, "no such unit");
	start();
	unit.no_target = true;
	equal(add(), -ENODEV, "no such target");
	equal(added, 0, "nothing is added");
}

int main(void)
{
	log_set_sink(host_log);
	log_set_level(LOG_ERROR);
	test_disk();
	test_large();
	test_others();
	free(found.driver);
	return tap_done();
}
