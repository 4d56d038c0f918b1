/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_nvme.h. */
#include "tests/drivers/fake_nvme.h"

#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"

#define BAR_SIZE 0x4000

struct fake_nvme drive;
static uint8_t contents[FAKE_NVME_SIZE];

struct disk_buses fake_nvme_start(enum fake_nvme_fault fault)
{
	fake_machine_start();
	memset(&drive, 0, sizeof(drive));
	drive.fault = fault;
	drive.data = contents;
	drive.cache = 1;
	for (uint32_t i = 0; i < FAKE_NVME_NAMESPACES; i++) {
		drive.sectors[i] = FAKE_NVME_SIZE >> (9 + 3 * i);
		drive.sector_shift[i] = 9 + 3 * i;
		drive.names[i] = i + 1;
	}
	return fake_machine_pci(0x010802, 0, fault == NVME_FEW_REGISTERS ? 0x1000 : BAR_SIZE);
}

/* Where the n-th page of a command's memory begins (4.3), as the drive walks it; its size goes up to the page's end. */
static uint8_t *page_of(const uint8_t *command, uint64_t size, uint32_t n, uint64_t *room)
{
	uint64_t first = le64_load(command + 24), more = le64_load(command + 32);
	uint64_t in_first = PAGE_SIZE - first % PAGE_SIZE, page = first;

	*room = in_first;
	if (!n)
		return fake_machine_memory(first);
	*room = PAGE_SIZE;
	page = more;
	if (size > in_first + PAGE_SIZE) {
		if (more % 8 || more % PAGE_SIZE + n * UINT64_C(8) > PAGE_SIZE)
			abort(); /* lists go on nowhere here */
		page = le64_load((uint8_t *)fake_machine_memory(more) + (n - 1) * 8);
	}
	if (page % PAGE_SIZE)
		abort();
	return fake_machine_memory(page);
}

/* Moves between the drive's data and the command's memory. */
static void move(const uint8_t *command, uint8_t *data, uint64_t size, bool write)
{
	uint64_t done = 0;

	for (uint32_t n = 0; done < size; n++) {
		uint64_t room;
		uint8_t *page = page_of(command, size, n, &room);

		room = room < size - done ? room : size - done;
		if (write)
			memcpy(data + done, page, room);
		else
			memcpy(page, data + done, room);
		done += room;
	}
}

static void identify(const uint8_t *command)
{
	static uint8_t page[PAGE_SIZE];
	uint32_t n = le32_load(command + 4) - 1;

	memset(page, 0, sizeof(page));
	switch (le32_load(command + 40)) {
	case 0:
		n = n < FAKE_NVME_NAMESPACES ? n : 0;
		le64_store(page, drive.sectors[n]);
		page[26] = 3;
		le32_store(page + 128 + 4 * 3, drive.sector_shift[n] << 16 | drive.metadata[n]);
		page[127] = (uint8_t)(n + 1);
		break;
	case 1:
		page[77] = drive.transfer_max;
		page[525] = drive.cache;
		break;
	case 2:
		memcpy(page, drive.names, sizeof(drive.names));
		break;
	default:
		abort();
	}
	if (drive.tell)
		drive.tell(page);
	move(command, page, sizeof(page), false);
}

static void administer(const uint8_t *command)
{
	switch (command[0]) {
	case 1: /* commands go there */
		drive.commands[1] = le64_load(command + 24);
		if (le32_load(command + 44) != (1 << 16 | 1) || !drive.ends[1])
			abort();
		break;
	case 5:
		drive.ends[1] = le64_load(command + 24);
		drive.phase[1] = 1;
		break;
	case 6:
		identify(command);
		break;
	default:
		abort();
	}
}

static void transfer_sectors(const uint8_t *command)
{
	uint32_t n = le32_load(command + 4) - 1, count = le16_load(command + 48) + 1u;
	uint64_t sector = le64_load(command + 40), size;

	if (drive.tell) /* whatever it is, it is not what was told */
		return;
	if (n >= FAKE_NVME_NAMESPACES)
		abort();
	drive.requests++;
	drive.namespace = n + 1;
	drive.last = command[0];
	if (!command[0]) {
		drive.flushes++;
		return;
	}
	size = (uint64_t)count << drive.sector_shift[n];
	drive.largest = size > drive.largest ? (uint32_t)size : drive.largest;
	if ((sector << drive.sector_shift[n]) + size <= FAKE_NVME_SIZE)
		move(command, drive.data + (sector << drive.sector_shift[n]), size,
		     command[0] == 1);
}

/* Posts how a command has ended (4.6). */
static void end(uint32_t queue, uint16_t identifier, bool refused)
{
	uint8_t *to = (uint8_t *)fake_machine_memory(drive.ends[queue]) + drive.tail[queue] * 16;
	uint32_t word, phase = drive.phase[queue] ^ (drive.fault == NVME_OLD_PHASE ? 1 : 0);

	le32_store(to + 8, queue << 16 | drive.head[queue]);
	word = (identifier + (drive.fault == NVME_OTHER_ID ? 1u : 0)) | phase << 16 |
	       (refused ? 0x4281u << 17 : 0);
	le32_store(to + 12, drive.end ? drive.end(word) : word);
	drive.tail[queue] = (drive.tail[queue] + 1) & 7;
	drive.phase[queue] ^= drive.tail[queue] ? 0 : 1;
}

void fake_nvme_late(void)
{
	if (drive.late[0])
		transfer_sectors(drive.late);
}

static void ring(uint32_t queue, uint32_t tail)
{
	if (!drive.commands[queue])
		abort();
	while (drive.head[queue] != tail) {
		const uint8_t *command = (uint8_t *)fake_machine_memory(drive.commands[queue]) +
					 drive.head[queue] * 64;
		bool refused = drive.fault == NVME_REFUSE ||
			       (drive.fault == NVME_REFUSE_QUEUE && !queue && command[0] == 1);

		drive.head[queue] = (drive.head[queue] + 1) & 7;
		if (drive.fault == NVME_STALL || drive.fault == NVME_GONE ||
		    (drive.fault == NVME_STALL_FIRST && queue && command[4] == 1)) {
			memcpy(drive.late, command, sizeof(drive.late));
			continue;
		}
		if (!refused && queue)
			transfer_sectors(command);
		else if (!refused)
			administer(command);
		end(queue, le16_load(command + 2), refused);
	}
}

uint32_t fake_device_read(uint64_t address)
{
	bool on = drive.configuration & 1;

	if (drive.fault == NVME_GONE)
		return UINT32_MAX;
	switch (address - FAKE_BAR_BASE) {
	case 0x00:
		return 20u << 24 | 7;
	case 0x04:
		return drive.stride | (drive.fault == NVME_LARGE_PAGES ? 1u << 16 : 0) | 1 << 5;
	case 0x1c:
		return drive.fault == NVME_NO_STOP || (on && drive.fault != NVME_NO_START);
	default:
		abort();
	}
}

void fake_device_write(uint64_t address, uint32_t value)
{
	uint64_t offset = address - FAKE_BAR_BASE, step = 4ull << drive.stride;

	if (offset >= 0x1000) {
		uint64_t bell = (offset - 0x1000) / step;

		if (!(drive.configuration & 1) || bell > 3 || value > 7)
			abort();
		if (!(bell & 1))
			ring((uint32_t)bell / 2, value);
		return;
	}
	switch (offset) {
	case 0x14:
		if (!(value & 1) || !(drive.configuration & 1)) {
			memset(drive.head, 0, sizeof(drive.head) + sizeof(drive.tail));
			drive.commands[1] = drive.ends[1] = 0;
			memset(drive.late, 0, sizeof(drive.late));
		}
		drive.phase[0] = 1;
		drive.configuration = value;
		break;
	case 0x24:
		drive.sizes = value;
		break;
	case 0x28:
	case 0x2c:
	case 0x30:
	case 0x34:
		memcpy((uint8_t *)(offset < 0x30 ? drive.commands : drive.ends) + (offset & 4),
		       &value, 4);
		break;
	default:
		abort();
	}
}
