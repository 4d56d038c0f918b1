/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMBIOS tables (DSP0134 3.7; QEMU hw/smbios/smbios.c). QEMU leaves to the firmware: addresses,
 * checksums, and type 0, which tells of the firmware. The anchors:
 *
 *   2.1  _SM_   4 sum  5 length  8 largest structure:16
 *        _DMI_ at 16  21 sum of this half  22 bytes:16  24 address:32  28 count:16
 *   3.0  _SM3_  5 sum  6 length  12 bytes:32  16 address:64
 */
#define LOG_PREFIX "smbios"

#include "boot/smbios.h"

#include <errno.h>
#include <string.h>

#include "lib/bytes.h"
#include "arch/arch.h"
#include "lib/log.h"

#define ANCHOR "etc/smbios/smbios-anchor"
#define TABLES "etc/smbios/smbios-tables"

#define ANCHOR_21_SIZE 31
#define ANCHOR_30_SIZE 24
#define ANCHOR_SIZE_MAX 32
#define TABLES_MAX MIB(1) /* bytes; a common machine has 500 */

#define VERSION "0.1"
#define DATE "01/01/2026" /* mm/dd/yyyy; the same in each build, so that builds repeat */

/* Type 0 (7.1), with its strings. */
struct type0 {
	uint8_t type, length;
	uint16_t handle;
	uint8_t vendor, version; /* numbers of strings */
	uint16_t segment;
	uint8_t date, rom_size;
	uint32_t characteristics[2];
	uint8_t extension[2];
	uint8_t major, minor, ec_major, ec_minor;
	char strings[sizeof("Cadastre\0" VERSION "\0" DATE "\0")];
} __attribute__((packed));
_Static_assert(offsetof(struct type0, strings) == 24, "laid out by DSP0134, 7.1");

#define CHARACTERISTICS_NOT_SUPPORTED 8
#define EXTENSION_2_VIRTUAL_MACHINE 0x10

static const struct type0 type0 = {
	.length = offsetof(struct type0, strings),
	.vendor = 1,
	.version = 2,
	.date = 3,
	.characteristics = {CHARACTERISTICS_NOT_SUPPORTED},
	.extension = {0, EXTENSION_2_VIRTUAL_MACHINE},
	.minor = 1,
	.ec_major = 0xff,
	.ec_minor = 0xff,
	.strings = "Cadastre\0" VERSION "\0" DATE "\0",
};

#define END_SIZE 6
static const uint8_t end_of_table[2] = {127,
					4}; /* type and length; then a handle, and no strings */

struct smbios {
	uint8_t anchor[ANCHOR_SIZE_MAX];
	struct fw_cfg_item tables;
	uint32_t anchor_size;
	uint32_t size; /* of the tables, with what we add */
	uint64_t anchor_at, tables_at;
	uint64_t claimed; /* bytes on the map at tables_at; 0: none */
};

static int refuse(int error, const char *why, uint64_t a, uint64_t b)
{
	log_error("%s (%lu, %lu): no SMBIOS tables for the OS; look at QEMU's -smbios options", why,
		  a, b);
	return error;
}

static int is_21(const struct smbios *smbios)
{
	return smbios->anchor_size == ANCHOR_21_SIZE;
}

/* Whether the anchor is one, and fits the tables. 0 or -EINVAL. */
static int check(const struct smbios *smbios)
{
	const uint8_t *anchor = smbios->anchor;
	uint64_t said;

	if (is_21(smbios) ? memcmp(anchor, "_SM_", 4) != 0 || anchor[5] != ANCHOR_21_SIZE ||
				    memcmp(anchor + 16, "_DMI_", 5) != 0
			  : memcmp(anchor, "_SM3_", 5) != 0 || anchor[6] != ANCHOR_30_SIZE)
		return refuse(-EINVAL, ANCHOR " is no anchor, or has another length",
			      smbios->anchor_size, 0);
	said = is_21(smbios) ? le16_load(anchor + 22) : le32_load(anchor + 12);
	if (said != smbios->tables.size)
		return refuse(-EINVAL, "the anchor tells another size than " TABLES " has", said,
			      smbios->tables.size);
	return 0;
}

/* 0; -ENOENT: QEMU has none; -EINVAL, -EIO. */
static int read_anchor(struct fw_cfg *fw, struct smbios *smbios)
{
	struct fw_cfg_item item;

	if (fw_cfg_find(fw, ANCHOR, &item) || fw_cfg_find(fw, TABLES, &smbios->tables))
		return -ENOENT;
	if (item.size != ANCHOR_21_SIZE && item.size != ANCHOR_30_SIZE)
		return refuse(-EINVAL, ANCHOR " has a size that is neither", item.size,
			      ANCHOR_30_SIZE);
	if (smbios->tables.size < END_SIZE || smbios->tables.size > TABLES_MAX)
		return refuse(-EINVAL, TABLES " has a size out of bounds", smbios->tables.size,
			      TABLES_MAX);
	smbios->anchor_size = (uint32_t)item.size;
	if (fw_cfg_read(fw, &item, 0, smbios->anchor, item.size))
		return refuse(-EIO, ANCHOR " cannot be read", item.size, 0);
	return check(smbios);
}

static int place(struct memmap *map, struct table_segment *segment, struct smbios *smbios)
{
	uint64_t anchor_size = 0;

	smbios->claimed = 0;
	if (segment->end) {
		smbios->anchor_at = table_segment_take(segment, smbios->anchor_size, 16);
		if (!smbios->anchor_at)
			return -ENOMEM;
		smbios->tables_at = table_segment_take(segment, smbios->size, 16);
		if (smbios->tables_at)
			return 0;
	} else {
		anchor_size = ANCHOR_SIZE_MAX;
	}
	smbios->claimed = align_up(smbios->size, 16) + anchor_size;
	if (table_claim(map, smbios->claimed, 0, MEM_ACPI_RECLAIM, "smbios", &smbios->tables_at))
		return -ENOMEM;
	if (anchor_size)
		smbios->anchor_at = smbios->tables_at + align_up(smbios->size, 16);
	return 0;
}

/*
 * Puts type 0 where the tables end: before the end-of-table structure, if there is one. Where QEMU
 * was given its own type 0, it comes first, and ours is left out.
 */
static void add_type0(struct smbios *smbios)
{
	uint8_t *tables = (uint8_t *)(uintptr_t)smbios->tables_at;
	uint8_t *at = tables + smbios->tables.size;
	uint8_t *anchor = smbios->anchor;

	smbios->size = (uint32_t)smbios->tables.size;
	if (tables[0] == 0 || (is_21(smbios) && smbios->size + sizeof(type0) > UINT16_MAX))
		return;
	if (memcmp(at - END_SIZE, end_of_table, sizeof(end_of_table)) == 0) {
		at -= END_SIZE;
		memcpy(at + sizeof(type0), at, END_SIZE);
	}
	memcpy(at, &type0, sizeof(type0));
	smbios->size += (uint32_t)sizeof(type0);
	if (is_21(smbios)) {
		if (le16_load(anchor + 8) < sizeof(type0))
			le16_store(anchor + 8, sizeof(type0));
		le16_store(anchor + 28, (uint16_t)(le16_load(anchor + 28) + 1));
	}
}

/* Makes the bytes [from, to) of the anchor add up to 0 by the one at `sum`. */
static void seal(uint8_t *anchor, int sum, int from, int to)
{
	anchor[sum] = 0;
	anchor[sum] = (uint8_t)-arch_fp_sum(anchor + from, (uint64_t)(to - from));
}

static void finish_anchor(struct smbios *smbios)
{
	uint8_t *anchor = smbios->anchor;

	if (is_21(smbios)) {
		le16_store(anchor + 22, (uint16_t)smbios->size);
		le32_store(anchor + 24, (uint32_t)smbios->tables_at);
		seal(anchor, 21, 16, ANCHOR_21_SIZE);
		seal(anchor, 4, 0, ANCHOR_21_SIZE);
	} else {
		le32_store(anchor + 12, smbios->size);
		le64_store(anchor + 16, smbios->tables_at);
		seal(anchor, 5, 0, ANCHOR_30_SIZE);
	}
	memcpy((void *)(uintptr_t)smbios->anchor_at, anchor, smbios->anchor_size);
}

int smbios_load(struct machine *machine, struct memmap *map, struct table_segment *segment)
{
	const uint64_t segment_next = segment->next;
	struct smbios smbios;
	int error;

	machine->smbios = 0;
	error = read_anchor(&machine->fw_cfg, &smbios);
	if (error)
		return error == -ENOENT ? 0 : error;
	smbios.size = (uint32_t)(smbios.tables.size + sizeof(type0));
	if (place(map, segment, &smbios)) {
		segment->next = segment_next;
		return refuse(-ENOMEM, "no memory below 4 GiB for the tables (more -m?)",
			      smbios.size, 0);
	}
	if (fw_cfg_read(&machine->fw_cfg, &smbios.tables, 0, (void *)(uintptr_t)smbios.tables_at,
			smbios.tables.size)) {
		segment->next = segment_next;
		if (smbios.claimed)
			table_release(map, smbios.tables_at, smbios.claimed);
		return refuse(-EIO, TABLES " cannot be read", smbios.tables.size, 0);
	}
	add_type0(&smbios);
	finish_anchor(&smbios);
	machine->smbios = smbios.anchor_at;
	return 0;
}
