/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_ahci.h. */
#include "tests/drivers/fake_ahci.h"

#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"

#define BAR_SIZE 0x1000
#define DISC_SECTOR 2048

struct fake_ahci ahci;
static uint8_t contents[FAKE_AHCI_SIZE];

struct disk_buses fake_ahci_start(enum fake_ahci_fault fault)
{
	fake_machine_start();
	memset(&ahci, 0, sizeof(ahci));
	ahci.fault = fault;
	ahci.data = contents;
	ahci.sectors = FAKE_AHCI_SIZE / 512;
	ahci.sector_size = 512;
	return fake_machine_pci(0x010601, 5, BAR_SIZE);
}

/* ---- the drives ---- */

/* Moves between a drive's data and the command's memory, of which there is one piece, and says how much it was. */
static void move(uint8_t *header, uint8_t *data, uint32_t size)
{
	const uint8_t *table = fake_machine_memory(le64_load(header + 8));
	uint32_t room = (le32_load(table + 0x8c) & 0x3fffff) + 1;
	uint8_t *memory = fake_machine_memory(le64_load(table + 0x80));

	if (le16_load(header + 2) != 1 || (uintptr_t)memory & 1 || room & 1)
		abort();
	size = size < room ? size : room;
	if (ahci.fault == AHCI_SHORT && size > 512)
		size /= 2;
	if (header[0] & 0x40)
		memcpy(data, memory, size);
	else
		memcpy(memory, data, size);
	le32_store(header + 4, size);
}

static bool tell(uint8_t *header, uint8_t *data, uint32_t size)
{
	if (ahci.tell)
		ahci.tell(data, size);
	move(header, data, size);
	return true;
}

static bool identify(uint8_t *header)
{
	uint8_t data[512] = {0};

	if (ahci.sector_size != 512) {
		le16_store(data + 2 * 106, 0x5000);
		le32_store(data + 2 * 117, ahci.sector_size / 2);
	} else {
		le16_store(data + 2 * 106, 0x6003);
	}
	le16_store(data + 2 * 83, ahci.fault == AHCI_OLD ? 0 : 1 << 10);
	le64_store(data + 2 * 100, ahci.sectors);
	return tell(header, data, sizeof(data));
}

static bool ata(uint8_t *header, const uint8_t *fis)
{
	uint64_t sector = fis[4] | (uint64_t)fis[5] << 8 | (uint64_t)fis[6] << 16 |
			  (uint64_t)fis[8] << 24 | (uint64_t)fis[9] << 32 | (uint64_t)fis[10] << 40;
	uint32_t size = le16_load(fis + 12) * ahci.sector_size;

	switch (fis[2]) {
	case 0xec:
		return identify(header);
	case 0xea:
		ahci.flushes++;
		return true;
	case 0x25:
	case 0x35:
		ahci.largest = size > ahci.largest ? size : ahci.largest;
		if (fis[7] != 0x40 || !(header[0] & 0x40) != (fis[2] == 0x25) || !size)
			abort();
		if (sector >= ahci.sectors)
			return false;
		sector %= FAKE_AHCI_SIZE / ahci.sector_size;
		if (size > FAKE_AHCI_SIZE - sector * ahci.sector_size)
			return false;
		move(header, ahci.data + sector * ahci.sector_size, size);
		return true;
	default:
		abort();
	}
}

static bool refuse(uint8_t key, uint8_t code)
{
	ahci.key = key;
	ahci.code = code;
	return false;
}

static bool packet(uint8_t *header, const uint8_t *command)
{
	uint8_t data[36] = {0};
	uint64_t offset;
	uint32_t size;

	if (command[0] == 0x03) {
		data[2] = ahci.key;
		data[12] = ahci.code;
		return tell(header, data, 18);
	}
	if (ahci.attentions && ahci.attentions--)
		return refuse(6, 0x29);
	switch (command[0]) {
	case 0x00:
		return ahci.fault == AHCI_NO_MEDIUM ? refuse(2, 0x3a) : true;
	case 0x12:
		data[0] = 5;
		data[1] = 0x80;
		return tell(header, data, 36);
	case 0x25:
		be32_store(data, FAKE_AHCI_SIZE / DISC_SECTOR - 1);
		be32_store(data + 4, ahci.fault == AHCI_NO_DISC_SECTORS ? 0 : DISC_SECTOR);
		return tell(header, data, 8);
	case 0x28:
		size = be16_load(command + 7) * DISC_SECTOR;
		offset = be32_load(command + 2) * UINT64_C(2048);
		if (offset + size > FAKE_AHCI_SIZE)
			return refuse(5, 0x21);
		move(header, ahci.data + offset, size);
		return true;
	default:
		return refuse(5, 0x20);
	}
}

static void issue(uint32_t number)
{
	struct fake_ahci_port *port = &ahci.ports[number];
	uint8_t *header = fake_machine_memory(port->list);
	const uint8_t *table = fake_machine_memory(le64_load(header + 8));
	bool disc = number == FAKE_AHCI_DISC, good;

	if ((!(port->command & 1) && !ahci.tell) || (header[0] & 31) != 5 || table[0] != 0x27 ||
	    table[1] != 0x80)
		abort();
	if (ahci.tell && disc != (table[2] == 0xa0)) /* its signature was a lie */
		return;
	if (disc != (table[2] == 0xa0) || disc != !!(header[0] & 0x20) || port->list % 1024 ||
	    port->answers % 256)
		abort();
	ahci.last = table[2];
	port->issue = 1;
	port->late = ahci.fault == AHCI_STALL;
	if (port->late)
		return;
	good = ahci.fault != AHCI_REFUSE && ahci.fault != AHCI_STUCK;
	if (good)
		good = disc ? packet(header, table + 0x40) : ata(header, table);
	port->task = good ? 0x50 : 0x451;
	if (good)
		port->issue = 0;
	else
		port->interrupts |= 1u << 30;
}

void fake_ahci_late(void)
{
	for (uint32_t i = 0; i < 32; i++) {
		uint8_t *header = fake_machine_memory(ahci.ports[i].list);

		if (!ahci.ports[i].late)
			continue;
		if (i == FAKE_AHCI_DISC)
			packet(header,
			       (uint8_t *)fake_machine_memory(le64_load(header + 8)) + 0x40);
		else
			ata(header, fake_machine_memory(le64_load(header + 8)));
	}
}

/* ---- registers ---- */

static uint32_t port_value(uint32_t number, uint32_t offset)
{
	const struct fake_ahci_port *port = &ahci.ports[number];
	bool here = number == FAKE_AHCI_DISK || number == FAKE_AHCI_DISC;

	switch (offset) {
	case 0x10:
		return port->interrupts;
	case 0x18: /* running and receiving follow what was asked */
		return port->command | (port->command & 0x10 ? 1u << 14 : 0) |
		       (port->command & 1 || ahci.fault == AHCI_STUCK ? 1u << 15 : 0);
	case 0x20:
		return ahci.fault == AHCI_BUSY ? 0x80 : port->task;
	case 0x24:
		return number == FAKE_AHCI_DISK ? 0x101 : 0xeb140101;
	case 0x28:
		return here ? 0x123 : 0;
	case 0x38:
		return port->issue;
	default:
		abort();
	}
}

static uint32_t port_read(uint32_t number, uint32_t offset)
{
	uint32_t value = port_value(number, offset);

	return ahci.answer ? ahci.answer(offset, value) : value;
}

static void port_write(uint32_t number, uint32_t offset, uint32_t value)
{
	struct fake_ahci_port *port = &ahci.ports[number];

	switch (offset) {
	case 0x00:
	case 0x04:
		memcpy((uint8_t *)&port->list + offset, &value, 4);
		break;
	case 0x08:
	case 0x0c:
		memcpy((uint8_t *)&port->answers + offset - 8, &value, 4);
		break;
	case 0x10:
		port->interrupts &= ~value;
		break;
	case 0x18:
		if (!(value & 1))
			port->issue = 0;
		if (value & 1 && !(value & 0x10) && !ahci.tell)
			abort();
		port->command = value & ~(3u << 14);
		break;
	case 0x2c: /* 10.4.2 */
		if (port->command & 1 && value)
			abort();
		if (port->control & ~value & 1)
			port->late = false;
		port->control = value;
		break;
	case 0x30:
		break;
	case 0x38:
		issue(number);
		break;
	default:
		abort();
	}
}

uint32_t fake_device_read(uint64_t address)
{
	uint32_t offset = (uint32_t)(address - FAKE_BAR_BASE);

	if (ahci.fault == AHCI_GONE)
		return UINT32_MAX;
	if (offset >= 0x100)
		return port_read((offset - 0x100) / 0x80, offset & 0x7f);
	switch (offset) {
	case 0x00:
		return (ahci.fault == AHCI_ADDRESS_32 ? 0 : 1u << 31) | 5;
	case 0x0c:
		return 1 | 1u << FAKE_AHCI_DISK | 1u << FAKE_AHCI_DISC;
	default:
		abort();
	}
}

void fake_device_write(uint64_t address, uint32_t value)
{
	uint32_t offset = (uint32_t)(address - FAKE_BAR_BASE);

	if (ahci.fault == AHCI_GONE)
		return;
	if (offset >= 0x100)
		port_write((offset - 0x100) / 0x80, offset & 0x7f, value);
	else if (offset == 4)
		ahci.control = value;
	else
		abort();
}
