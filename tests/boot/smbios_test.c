/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/smbios.c boot/table_segment.c tests/arch/fake.c lib/checksum.c lib/log.c tests/host.c */
/* test-sources: tests/drivers/fake_fw_cfg.c mem/memmap.c mem/memmap_tree.c */
/* test-sources: mem/mem_props.c */
/* SMBIOS tables: placed, sealed, with a type 0; and refused, with map and segment as they were. */
#include "boot/smbios.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/bytes.h"
#include "lib/checksum.h"
#include "lib/log.h"
#include "tests/drivers/fake_fw_cfg.h"
#include "tests/host.h"
#include "tests/tap.h"

#define RAM_SIZE MIB(4)
#define SEGMENT_SIZE KIB(64)
#define ANCHOR "etc/smbios/smbios-anchor"
#define TABLES "etc/smbios/smbios-tables"

static struct machine machine;
static struct memmap map;
static struct table_segment segment;
static uint8_t *ram;
static uint8_t anchor[32], tables[MIB(1) + 8];
static char said[4096];

static void keep_log(const char *text, uint64_t size)
{
	size_t have = strlen(said);

	if (have + size < sizeof(said)) {
		memcpy(said + have, text, size);
		said[have + size] = '\0';
	}
}

/* A structure of this type with two strings, as QEMU makes them: its bytes. */
static size_t structure(uint8_t *to, uint8_t type, uint16_t handle)
{
	static const char strings[] = "QEMU\0pc-q35-7.2\0";

	memset(to, 0, 8);
	to[0] = type;
	to[1] = 8;
	le16_store(to + 2, handle);
	memcpy(to + 8, strings, sizeof(strings));
	return 8 + sizeof(strings);
}

/*
 * Tables with a first structure of this type, two in all, and the end. Their size goes to the
 * anchor.
 */
static void machine_start(int version, uint8_t first)
{
	const struct mem_props free_ram = mem_props_free();
	size_t size;

	memmap_init(&map, NULL, NULL);
	memmap_add(&map, (uint64_t)(uintptr_t)ram + SEGMENT_SIZE, RAM_SIZE - SEGMENT_SIZE,
		   &free_ram);
	segment = (struct table_segment){(uint64_t)(uintptr_t)ram + 20,
					 (uint64_t)(uintptr_t)ram + SEGMENT_SIZE};
	memset(&machine, 0, sizeof(machine));
	machine.smbios = 1;
	said[0] = '\0';
	memset(anchor, 0, sizeof(anchor));
	memset(tables, 0, sizeof(tables));
	size = structure(tables, first, 0x100);
	size += structure(tables + size, 3, 0x300);
	memcpy(tables + size, "\x7f\x04\x00\x7f\0\0", 6);
	size += 6;
	if (version == 3) {
		memcpy(anchor, "_SM3_", 5);
		anchor[6] = 24;
		anchor[7] = 3;
		le32_store(anchor + 12, (uint32_t)size);
	} else {
		memcpy(anchor, "_SM_", 4);
		anchor[5] = 31;
		anchor[6] = 2;
		anchor[7] = 8;
		le16_store(anchor + 8, 25);
		memcpy(anchor + 16, "_DMI_", 5);
		le16_store(anchor + 22, (uint16_t)size);
		le16_store(anchor + 28, 3);
	}
	fake_fw_cfg_start(&machine.fw_cfg);
	fake_fw_cfg_file(ANCHOR, anchor, version == 3 ? 24 : 31);
	fake_fw_cfg_file(TABLES, tables, size);
}

static int load(void)
{
	return smbios_load(&machine, &map, &segment);
}

/*
 * Walks the structures as an operating system does: how many, up to the end or a fault (-1).
 * *of_type counts those of a type.
 */
static int walk(const uint8_t *at, size_t size, uint8_t type, int *of_type)
{
	const uint8_t *end = at + size;
	int n = 0;

	*of_type = 0;
	while (end - at >= 4) {
		uint8_t here = at[0];

		n++;
		*of_type += here == type;
		for (at += at[1]; at + 1 < end && (at[0] || at[1]); at++)
			;
		at += 2;
		if (at > end)
			return -1;
		if (here == 127)
			return at == end ? n : -1;
	}
	return -1;
}

static void test_21(void)
{
	const uint8_t *placed;
	int type0;

	machine_start(2, 1);
	equal(load(), 0, "tables of version 2.1");
	equal(machine.smbios, (uint64_t)(uintptr_t)ram + 32,
	      "the anchor is at the next 16 bytes of the segment");
	placed = (const uint8_t *)(uintptr_t)machine.smbios;
	ok(memcmp(placed, "_SM_", 4) == 0, "with its signature");
	equal(checksum8(placed, 31), 0, "and checksum");
	equal(checksum8(placed + 16, 15), 0, "and that of its second half");
	equal(walk((const uint8_t *)(uintptr_t)le32_load(placed + 24), le16_load(placed + 22), 0,
		   &type0),
	      4, "it leads to the structures, and one more");
	equal(type0, 1, "of type 0");
	equal(le16_load(placed + 28), 4, "which it counts");
	ok(le16_load(placed + 8) > 25, "and which is the largest");
	equal(memmap_count(&map), 3, "nothing was claimed on the map");
	equal(said[0], 0, "nothing to say");

	machine_start(2, 0);
	equal(load(), 0, "with a type 0 of the user's");
	placed = (const uint8_t *)(uintptr_t)machine.smbios;
	equal(walk((const uint8_t *)(uintptr_t)le32_load(placed + 24), le16_load(placed + 22), 0,
		   &type0),
	      3, "nothing is added");

	machine_start(2, 1);
	tables[le16_load(anchor + 22) - 6] = 126; /* no end-of-table structure */
	equal(load(), 0, "without an end of the table");
	placed = (const uint8_t *)(uintptr_t)machine.smbios;
	equal(le16_load(placed + 22) - le16_load(anchor + 22),
	      *((const uint8_t *)(uintptr_t)le32_load(placed + 24) + le16_load(anchor + 22)) == 0
		      ? le16_load(placed + 8)
		      : 0,
	      "type 0 is the last");
}

static void test_30(void)
{
	struct mem_region region;
	const uint8_t *placed;
	int type0;

	machine_start(3, 1);
	equal(load(), 0, "tables of version 3.0");
	placed = (const uint8_t *)(uintptr_t)machine.smbios;
	ok(memcmp(placed, "_SM3_", 5) == 0, "the anchor is in place");
	equal(checksum8(placed, 24), 0, "and its checksum right");
	equal(walk((const uint8_t *)(uintptr_t)le64_load(placed + 16), le32_load(placed + 12), 0,
		   &type0),
	      4, "it leads to the structures");

	machine_start(3, 1);
	segment = (struct table_segment){0, 0};
	equal(load(), 0, "without a segment");
	memmap_find(&map, machine.smbios, &region);
	equal(region.props.owner, MEM_OWNER_FIRMWARE, "anchor and tables are claimed");
	equal(region.props.type, MEM_ACPI_RECLAIM, "to be reclaimed when they have been read");
	equal(region.end - region.base, PAGE_SIZE, "in one page");
	placed = (const uint8_t *)(uintptr_t)machine.smbios;
	equal(walk((const uint8_t *)(uintptr_t)le64_load(placed + 16), le32_load(placed + 12), 0,
		   &type0),
	      4, "and are whole");

	machine_start(3, 1);
	segment.end = segment.next + 100;
	equal(load(), 0, "a segment too small for the tables");
	ok(machine.smbios - (uint64_t)(uintptr_t)ram < SEGMENT_SIZE, "the anchor is in it");
	placed = (const uint8_t *)(uintptr_t)machine.smbios;
	memmap_find(&map, le64_load(placed + 16), &region);
	equal(region.props.owner, MEM_OWNER_FIRMWARE, "the tables are claimed");
}

static void refused(const char *name, int error)
{
	uint64_t next = segment.next;
	char line[100];
	int is = load();

	snprintf(line, sizeof(line), "refused: %s", name);
	if (!ok(is == error && !machine.smbios && segment.next == next && memmap_count(&map) <= 3 &&
			said[0] && strchr(said, '\n') == strrchr(said, '\n'),
		line))
		printf("#   %d, %s\n", is, said);
	machine_start(2, 1);
}

static void test_bad(void)
{
	machine_start(2, 1);
	machine.fw_cfg.files = 0;
	equal(load(), 0, "a machine without tables");
	equal(machine.smbios, 0, "has none");
	machine_start(2, 1);
	anchor[0] = 'X';
	refused("no anchor", -EINVAL);
	anchor[5] = 30;
	refused("an anchor of another length", -EINVAL);
	anchor[16] = 'X';
	refused("no _DMI_", -EINVAL);
	le16_store(anchor + 22, 20);
	refused("another size than the tables'", -EINVAL);
	fake_fw_cfg_pretend(ANCHOR, 25);
	refused("an anchor file of odd size", -EINVAL);
	fake_fw_cfg_pretend(ANCHOR, 24);
	refused("a 2.1 anchor of 24 bytes", -EINVAL);
	machine_start(3, 1);
	anchor[6] = 31;
	refused("a 3.0 anchor of another length", -EINVAL);
	machine_start(3, 1);
	le32_store(anchor + 12, 0xffffffff);
	refused("4 GiB of tables", -EINVAL);
	fake_fw_cfg_pretend(TABLES, 0);
	refused("no byte of tables", -EINVAL);
	machine_start(3, 1);
	fake_fw_cfg_pretend(TABLES, (uint32_t)MIB(1) + 1);
	le32_store(anchor + 12, (uint32_t)MIB(1) + 1);
	refused("more than 1 MiB of tables", -EINVAL);
	fake_fw_cfg_fail_after(0);
	refused("the anchor cannot be read", -EIO);
	fake_fw_cfg_fail_after(1);
	refused("the tables cannot be read", -EIO);
	segment = (struct table_segment){0, 0};
	fake_fw_cfg_fail_after(1);
	refused("the tables cannot be read to RAM", -EIO);
	segment.next = segment.end - 30;
	refused("no room for the anchor", -ENOMEM);
	segment = (struct table_segment){0, 0};
	memmap_init(&map, NULL, NULL);
	refused("no RAM", -ENOMEM);
}

int main(void)
{
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		   -1, 0);
	if (ram == MAP_FAILED) {
		printf("1..0 # SKIP no memory below 4 GiB\n");
		return 0;
	}
	log_set_sink(keep_log);
	test_21();
	test_30();
	test_bad();
	return tap_done();
}
