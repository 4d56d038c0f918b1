/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_virtio_scsi.h. */
#include "tests/drivers/fake_virtio_scsi.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/virtio.h"
#include "lib/bytes.h"

#define REQUEST_SIZE 51
#define REQUEST_COMMAND 19
#define RESPONSE_SIZE 108
#define SENSE 12

/* A piece of a request's memory; NULL, 0: it has none. */
struct part {
	uint8_t *data;
	uint32_t size;
};

struct fake_unit fake_units[FAKE_TARGETS][FAKE_LUNS];

void fake_virtio_scsi_start(enum fake_bus bus)
{
	fake_virtio_start(&fake_scsi, bus);
	memset(fake_units, 0, sizeof(fake_units));
	for (uint32_t target = 0; target < FAKE_TARGETS; target++) {
		fake_units[target][0].here = target != 1;
		fake_units[target][0].stall = fake_units[target][1].stall = FAKE_UNIT_NONE;
	}
	fake_units[0][1].here = true;
}

uint8_t *fake_unit_data(uint32_t target, uint32_t lun)
{
	return fake.disk + (target * FAKE_LUNS + lun) * FAKE_UNIT_SIZE;
}

/* Of the answers that tell what a disk is: how many bytes there are. */
static uint32_t tell(const struct fake_unit *unit, const uint8_t *command, uint8_t *data)
{
	uint32_t size = 0;

	memset(data, 0, 36);
	switch (command[0]) {
	case 0x00: /* ready */
	case 0x35: /* flushed */
		return 0;
	case 0x12:
		data[0] = unit->here ? 0 : 3 << 5 | 31;
		size = 36;
		break;
	case 0x1a:
		size = 4;
		break;
	case 0x25:
		be32_store(data, FAKE_UNIT_SIZE / 512 - 1);
		be32_store(data + 4, 512);
		size = 8;
		break;
	default: /* the driver has believed a lie */
		if (!fake.lie)
			abort();
	}
	if (fake.lie)
		fake.lie(data, size < 8 ? size : 8);
	return size;
}

/* Runs a command of a unit: how many bytes have moved. */
static uint32_t run(const struct fake_unit *unit, uint8_t *contents, const uint8_t *command,
		    struct part out, struct part in)
{
	uint64_t offset = be32_load(command + 2) * UINT64_C(512);
	uint32_t size = be16_load(command + 7) * 512u;
	bool write = command[0] == 0x2a;
	uint8_t told[36];

	if (command[0] != 0x28 && !write) {
		size = tell(unit, command, told);
		size = size < in.size ? size : in.size;
		if (size)
			memcpy(in.data, told, size);
		return size;
	}
	if (fake.lie && (size > FAKE_UNIT_SIZE || offset > FAKE_UNIT_SIZE - size ||
			 size != (write ? out.size : in.size)))
		return 0;
	if (size != (write ? out.size : in.size) || offset + size > FAKE_UNIT_SIZE)
		abort();
	if (write)
		memcpy(contents + offset, out.data, size);
	else
		memcpy(in.data, contents + offset, size);
	return size;
}

static struct part part_of(const uint8_t *descriptor)
{
	if (!descriptor)
		return (struct part){0};
	return (struct part){fake_machine_memory(le64_load(descriptor)), le32_load(descriptor + 8)};
}

/* What a unit says to a request: false, if it says nothing. */
static bool answer(struct part request, struct part out, struct part in, uint8_t *response)
{
	const uint8_t *command = request.data + REQUEST_COMMAND;
	uint32_t target = request.data[1], lun = be16_load(request.data + 2) & 0x3fff;
	struct fake_unit nobody = {.stall = FAKE_UNIT_NONE};
	struct fake_unit *unit = &nobody;
	uint32_t moved = 0;

	if (target >= FAKE_TARGETS || !fake_units[target][0].here) {
		response[11] = 3;
		return true;
	}
	if (lun < FAKE_LUNS)
		unit = &fake_units[target][lun];
	response[11] = unit->response;
	if (unit->here && unit->resets != fake.resets && command[0] != 0x12) {
		unit->resets = fake.resets;
		response[10] = 2;
		response[SENSE + 2] = 6;
		response[SENSE + 12] = 0x29;
	} else if (command[0] == unit->stall) {
		return false;
	} else if (!unit->response) {
		moved = run(unit, fake_unit_data(target, lun % FAKE_LUNS), command, out, in);
	}
	le32_store(response + 4, out.size + in.size - moved);
	return true;
}

static bool serve(uint16_t head, uint32_t *written)
{
	const uint8_t *d = fake_virtio_descriptor(head);
	struct part request = part_of(d), out = {0}, in, to;
	uint8_t response[RESPONSE_SIZE] = {0};

	d = fake_virtio_next(d);
	if (!(d[12] & 2)) {
		out = part_of(d);
		d = fake_virtio_next(d);
	}
	to = part_of(d);
	in = part_of(fake_virtio_next(d));
	if (request.size != REQUEST_SIZE || to.size != RESPONSE_SIZE || !(d[12] & 2) ||
	    request.data[0] != 1 || (request.data[2] & 0xc0) != 0x40)
		abort();
	if (!answer(request, out, in, response))
		return false;
	if (fake.lie)
		fake.lie(response, SENSE + 14);
	if (fake.fault != FAKE_NO_STATUS)
		memcpy(to.data, response, sizeof(response));
	*written = RESPONSE_SIZE + in.size;
	return true;
}

static uint32_t configuration(uint32_t offset)
{
	switch (offset) {
	case 8:
		return fake.size_max / 512;
	case 28:
		return (FAKE_TARGETS - 1) << 16;
	default:
		abort();
	}
}

const struct fake_kind fake_scsi = {
	.type = VIRTIO_SCSI,
	.transitional_id = 0x1004,
	.queue = 2,
	.serve = serve,
	.configuration = configuration,
};
