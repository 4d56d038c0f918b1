/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/acpi_tables.c boot/acpi_script.c boot/table_segment.c */
/* test-sources: tests/arch/fake.c lib/checksum.c lib/log.c tests/host.c tests/drivers/fake_fw_cfg.c */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c */
/*
 * QEMU's table loader: a machine like q35's with a good script, and then each thing that can be
 * wrong with one. A refused script must leave map and segment as they were, and QEMU without an
 * address.
 */
#include "boot/acpi_tables.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/bytes.h"
#include "lib/checksum.h"
#include "lib/log.h"
#include "tests/drivers/fake_fw_cfg.h"
#include "tests/host.h"
#include "tests/tap.h"

#define RAM_SIZE MIB(64)
#define SEGMENT_SIZE KIB(64)
#define TABLES_SIZE KIB(128)
#define COMMANDS_MAX 512

#define TABLES "etc/acpi/tables"
#define RSDP "etc/acpi/rsdp"
#define GUID "etc/vmgenid_guid"
#define GUID_ADDRESS "etc/vmgenid_addr"

#define FACS 0
#define DSDT 64
#define DSDT_SIZE 3001
#define RSDT (DSDT + DSDT_SIZE)
#define RSDT_SIZE 40

static struct machine machine;
static struct memmap map, before;
static struct table_segment segment;
static uint8_t *ram; /* RAM, and in front of it the segment */
static uint8_t script[COMMANDS_MAX * 128];
static unsigned int commands;
static uint8_t tables[TABLES_SIZE], rsdp[20], guid[4096], guid_address[8];
static char said[65536];

static void keep_log(const char *text, uint64_t size)
{
	size_t have = strlen(said);

	if (have + size < sizeof(said)) {
		memcpy(said + have, text, size);
		said[have + size] = '\0';
	}
}

static uint8_t *command(uint32_t what, const char *first, const char *second)
{
	uint8_t *entry = script + (size_t)commands++ * 128;

	memset(entry, 0, 128);
	le32_store(entry, what);
	strncpy((char *)entry + 4, first, 56);
	if (second)
		strncpy((char *)entry + 60, second, 56);
	return entry;
}

static uint8_t *allocate(const char *file, uint32_t align, uint8_t zone)
{
	uint8_t *entry = command(1, file, NULL);

	le32_store(entry + 60, align);
	entry[64] = zone;
	return entry;
}

static uint8_t *add_pointer(const char *dest, uint32_t offset, uint8_t size, const char *src)
{
	uint8_t *entry = command(2, dest, src);

	le32_store(entry + 116, offset);
	entry[120] = size;
	return entry;
}

static uint8_t *add_checksum(const char *file, uint32_t offset, uint32_t start, uint32_t length)
{
	uint8_t *entry = command(3, file, NULL);

	le32_store(entry + 60, offset);
	le32_store(entry + 64, start);
	le32_store(entry + 68, length);
	return entry;
}

static uint8_t *write_pointer(const char *dest, uint32_t to, uint8_t size, const char *src,
			      uint32_t from)
{
	uint8_t *entry = command(4, dest, src);

	le32_store(entry + 116, to);
	le32_store(entry + 120, from);
	entry[124] = size;
	return entry;
}

/* A machine whose RAM ends in real memory below 4 GiB, and files as QEMU has them. */
static void machine_start(void)
{
	const struct mem_props free_ram = mem_props_free();

	memmap_init(&map, NULL, NULL);
	memmap_add(&map, (uint64_t)(uintptr_t)ram + SEGMENT_SIZE, RAM_SIZE - SEGMENT_SIZE,
		   &free_ram);
	memmap_copy(&before, &map);
	segment = (struct table_segment){(uint64_t)(uintptr_t)ram,
					 (uint64_t)(uintptr_t)ram + SEGMENT_SIZE};
	memset(&machine, 0, sizeof(machine));
	machine.acpi_rsdp = 1;
	said[0] = '\0';
	fake_fw_cfg_start(&machine.fw_cfg);

	memset(tables, 0, sizeof(tables));
	memcpy(tables + FACS, "FACS", 4);
	le32_store(tables + FACS + 4, 64);
	for (uint32_t i = 0; i < DSDT_SIZE; i++)
		tables[DSDT + i] = (uint8_t)(i * 7);
	memcpy(tables + DSDT, "DSDT", 4);
	le32_store(tables + DSDT + 4, DSDT_SIZE);
	tables[DSDT + 9] = 0;
	memcpy(tables + RSDT, "RSDT", 4);
	le32_store(tables + RSDT + 4, RSDT_SIZE);
	le32_store(tables + RSDT + 32, DSDT);
	le32_store(tables + RSDT + 36, FACS);
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, "RSD PTR ", 8);
	le32_store(rsdp + 16, RSDT);
	memset(guid, 0xaa, sizeof(guid));
	memset(guid_address, 0, sizeof(guid_address));
	fake_fw_cfg_file(TABLES, tables, sizeof(tables));
	fake_fw_cfg_file(RSDP, rsdp, sizeof(rsdp));
	fake_fw_cfg_file(GUID, guid, sizeof(guid));
	fake_fw_cfg_writable(GUID_ADDRESS, guid_address, sizeof(guid_address));
	commands = 0;
}

/* The script that QEMU makes, in its order. */
static void good_script(void)
{
	memset(script, 0, sizeof(script));
	commands = 0;
	allocate(RSDP, 16, 2);
	allocate(GUID, 4096, 1);
	allocate(TABLES, 64, 1);
	add_checksum(TABLES, DSDT + 9, DSDT, DSDT_SIZE);
	write_pointer(GUID_ADDRESS, 0, 8, GUID, 40);
	add_pointer(TABLES, RSDT + 32, 4, TABLES);
	add_pointer(TABLES, RSDT + 36, 4, TABLES);
	add_checksum(TABLES, RSDT + 9, RSDT, RSDT_SIZE);
	add_pointer(RSDP, 16, 4, TABLES);
	add_checksum(RSDP, 8, 0, 20);
	commands = 32; /* padding */
}

static int load(void)
{
	fake_fw_cfg_file("etc/table-loader", script, (size_t)commands * 128);
	return acpi_tables_load(&machine, &map, &segment);
}

static int same_map(void)
{
	struct mem_region a, b;
	int more = 1;

	memmap_first(&map, &a);
	memmap_first(&before, &b);
	while (more) {
		if (memcmp(&a, &b, sizeof(a)) != 0)
			return 0;
		more = memmap_next(&map, &a);
		if (more != memmap_next(&before, &b))
			return 0;
	}
	return segment.next == (uint64_t)(uintptr_t)ram && memmap_check(&map) == 0;
}

static uint8_t *at(uint64_t address)
{
	return (uint8_t *)(uintptr_t)address;
}

static void test_good(void)
{
	struct mem_region region;
	uint8_t *placed;

	machine_start();
	good_script();
	equal(load(), 0, "a script like QEMU's");
	equal(machine.acpi_rsdp, (uint64_t)(uintptr_t)ram,
	      "the RSDP is the first thing in the segment");
	equal(checksum8(ram, 20), 0, "its checksum is right");
	placed = at(le32_load(ram + 16));
	ok(memcmp(placed, "RSDT", 4) == 0, "it points to the RSDT");
	equal(checksum8(placed, RSDT_SIZE), 0, "whose checksum is right, made after the pointers");
	ok(memcmp(at(le32_load(placed + 32)), "DSDT", 4) == 0, "which points to the DSDT");
	equal(checksum8(at(le32_load(placed + 32)), DSDT_SIZE), 0, "whose checksum is right");
	ok(memcmp(at(le32_load(placed + 36)), "FACS", 4) == 0, "and to the FACS");
	equal(le32_load(placed + 36) % PAGE_SIZE, 0, "at the beginning of a page");

	memmap_find(&map, le32_load(placed + 36), &region);
	equal(region.end - region.base, PAGE_SIZE, "one page of 128 KiB is kept");
	equal(region.props.type, MEM_ACPI_RECLAIM, "of type ACPI reclaim");
	equal(region.props.owner, MEM_OWNER_FIRMWARE, "owner firmware");
	equal(region.props.life, MEM_LIFE_FOREVER, "forever");
	ok(memcmp(region.props.tag, "acpi/tables", 12) == 0, "with the file's name");
	memmap_find(&map, le64_load(guid_address), &region);
	equal(le64_load(guid_address) - region.base, 40, "QEMU knows the address of the GUID");
	equal(region.props.type, MEM_ACPI_NVS, "which is in ACPI NVS");
	equal(region.base % 4096, 0, "at a page");
	equal(*at(region.base + 4095), 0xaa, "all of it");
	equal(fake_fw_cfg_writes(), 1, "one transfer to QEMU");
	equal(fake_fw_cfg_reads(), 4, "and one a file from it");
	equal(memmap_check(&map), 0, "the map is sound");
	equal(said[0], 0, "nothing to say");
}

static void test_variants(void)
{
	struct mem_region region;
	uint32_t extra;

	machine_start();
	segment = (struct table_segment){0, 0};
	good_script();
	equal(load(), 0, "without a segment");
	memmap_find(&map, machine.acpi_rsdp, &region);
	equal(region.props.type, MEM_ACPI_RECLAIM, "the RSDP is on the map");

	machine_start();
	machine.fw_cfg.files = 0;
	equal(acpi_tables_load(&machine, &map, &segment), 0, "a machine without tables");
	equal(machine.acpi_rsdp, 0, "has no RSDP");
	ok(same_map() && !said[0], "and nothing has happened");

	/* A table behind the last checksum, as the user may give one by -acpitable. */
	machine_start();
	good_script();
	extra = 3 * PAGE_SIZE;
	memcpy(tables + extra, "OEMX", 4);
	le32_store(tables + extra + 4, 4097);
	le32_store(tables + RSDT + 36, extra);
	equal(load(), 0, "a table that no checksum covers");
	memmap_find(&map, le32_load(ram + 16), &region);
	equal(region.end - region.base, 5 * PAGE_SIZE, "is kept, by its length");

	machine_start();
	good_script();
	le32_store(tables + extra + 4, 4);
	le32_store(tables + RSDT + 36, extra);
	equal(load(), 0, "a pointer to what is no table");
	memmap_find(&map, le32_load(ram + 16), &region);
	equal(region.end - region.base, TABLES_SIZE, "keeps the whole file");

	machine_start();
	good_script();
	fake_fw_cfg_file("etc/table-loader", script, (size_t)commands * 128);
	fake_fw_cfg_pretend("etc/table-loader", 9 * 128);
	equal(acpi_tables_load(&machine, &map, &segment), 0,
	      "a script that grew since the directory was read");
	equal(checksum8(ram, 20), 0, "is run to its end");

	machine_start();
	good_script();
	command(77, "what", "ever");
	le32_store(script + 30 * 128, 0xffffffff);
	equal(load(), 0, "unknown commands are skipped");

	machine_start();
	commands = 0;
	allocate(RSDP, 16, 2);
	allocate(TABLES, 0, 1);
	tables[0] = 5;
	tables[1] = 0;
	tables[10] = 7;
	add_checksum(TABLES, 100, 200, 0);
	add_pointer(TABLES, 16, 8, RSDP);
	equal(load(), 0, "no alignment, and a checksum of nothing");
	memmap_find(&map, machine.acpi_rsdp, &region);
	machine_start();
}

/* One bad script: refused with this error, a line that contains `text`, and nothing changed. */
static void refused(const char *name, int error, const char *text)
{
	char line[200];
	int is = load();

	snprintf(line, sizeof(line), "refused: %s", name);
	if (!ok(is == error && machine.acpi_rsdp == 0 && same_map() && strstr(said, text) &&
			strchr(said, '\n') == strrchr(said, '\n'),
		line))
		printf("#   %d, %s\n", is, said);
	if (le64_load(guid_address))
		ok(0, "... and QEMU has no address");
	machine_start();
	good_script();
}

static void test_bad_allocate(void)
{
	machine_start();
	good_script();
	script[64] = 3;
	refused("an unknown zone", -EINVAL, "zone 3");
	le32_store(script + 60, 24);
	refused("alignment that is no power of two", -EINVAL, "alignment 24");
	le32_store(script + 60, 0x80000000);
	refused("a huge alignment", -EINVAL, "alignment");
	memset(script + 4, 'x', 56);
	refused("a name without end", -EINVAL, "no end");
	memset(script + 4, 0, 56);
	refused("an empty name", -EINVAL, "no end");
	strcpy((char *)script + 2 * 128 + 4, "etc/nothing");
	refused("a file that is not there", -EINVAL, "no file etc/nothing");
	memcpy(script + 3 * 128, script + 2 * 128, 128);
	refused("allocated twice", -EINVAL, "etc/acpi/tables is allocated twice");
	fake_fw_cfg_pretend(TABLES, 0);
	refused("an empty file", -EINVAL, "has 0 bytes");
	fake_fw_cfg_pretend(TABLES, 0xfffff000);
	refused("a file of 4 GiB", -EINVAL, "has 4294963200 bytes");
	fake_fw_cfg_pretend(TABLES, MIB(16) - 1000);
	refused("more than 16 MiB in all", -EINVAL, "bytes");
	fake_fw_cfg_pretend(RSDP, SEGMENT_SIZE + 1);
	refused("more than the segment has", -ENOMEM, "no memory");
	commands = 0;
	for (unsigned int i = 0; i < 17; i++) {
		static char name[17][16];

		snprintf(name[i], sizeof(name[i]), "etc/file%u", i);
		fake_fw_cfg_file(name[i], guid, 100);
		allocate(name[i], 16, 1);
	}
	refused("too many files", -EINVAL, "more than 16 files");
}

static void test_bad_links(void)
{
	machine_start();
	good_script();
	strcpy((char *)script + 5 * 128 + 60, "etc/vmgenid_addr");
	refused("a pointer to a file that was not allocated", -EINVAL, "not allocated");
	strcpy((char *)script + 5 * 128 + 4, "etc/vmgenid_addr");
	refused("a pointer in a file that was not allocated", -EINVAL, "not allocated");
	script[5 * 128 + 120] = 3;
	refused("a pointer of 3 bytes", -EINVAL, "pointer of 3 bytes");
	script[5 * 128 + 120] = 0;
	refused("a pointer of 0 bytes", -EINVAL, "pointer of 0 bytes");
	script[5 * 128 + 120] = 16;
	refused("a pointer of 16 bytes", -EINVAL, "pointer of 16 bytes");
	script[5 * 128 + 120] = 2;
	refused("a pointer too short for the address", -EINVAL, "pointer of 2 bytes");
	le32_store(script + 5 * 128 + 116, TABLES_SIZE - 3);
	refused("a pointer that leaves the file", -EINVAL, "of 131072");
	le32_store(script + 5 * 128 + 116, 0xffffffff);
	refused("a pointer far beyond the file", -EINVAL, "at 4294967295");
	le32_store(tables + RSDT + 32, TABLES_SIZE);
	refused("a pointer to behind the file", -EINVAL, "to 131072 of 131072");
	strcpy((char *)script + 3 * 128 + 4, "etc/vmgenid_addr");
	refused("a checksum in a file that was not allocated", -EINVAL, "not allocated");
	le32_store(script + 3 * 128 + 60, TABLES_SIZE);
	refused("a checksum behind the file", -EINVAL, "checksum at 131072");
	le32_store(script + 3 * 128 + 68, TABLES_SIZE);
	refused("a checksum of more than the file", -EINVAL, "checksum");
	le32_store(script + 3 * 128 + 64, 0xffffffff);
	refused("a checksum of a range that wraps", -EINVAL, "checksum");
}

static void test_bad_writes(void)
{
	machine_start();
	good_script();
	strcpy((char *)script + 4 * 128 + 4, "etc/nothing");
	refused("an address for a file that is not there", -EINVAL, "address");
	memset(script + 4 * 128 + 4, 'x', 56);
	refused("an address for a file without end", -EINVAL, "address");
	strcpy((char *)script + 4 * 128 + 60, "etc/nothing");
	refused("an address of a file that was not allocated", -EINVAL, "address");
	le32_store(script + 4 * 128 + 116, 1);
	refused("an address beyond the file", -EINVAL, "address");
	le32_store(script + 4 * 128 + 120, 4096);
	refused("an address of what is behind the file", -EINVAL, "address");
	script[4 * 128 + 124] = 2;
	refused("an address in 2 bytes", -EINVAL, "address");
	strcpy((char *)script + 4 * 128 + 4, GUID);
	refused("an address for a file that cannot be written to", -EIO, "cannot be written");
	memset(script + 10 * 128, 0, 128);
	commands = 10;
	write_pointer(GUID, 0, 8, GUID, 0);
	refused("one address is told, the next cannot be: taken back", -EIO, "cannot be written");
	commands = 10;
	add_checksum(RSDP, 8, 0, 21);
	refused("a bad command after an address: it was never told", -EINVAL, "checksum");
}

static void test_bad_whole(void)
{
	machine_start();
	good_script();
	commands = 0;
	refused("an empty script", -EINVAL, "no RSDP");
	rsdp[0] = 'X';
	refused("an RSDP that is none", -EINVAL, "no RSDP");
	fake_fw_cfg_pretend(RSDP, 19);
	refused("an RSDP that is too short", -EINVAL, "");
	commands = 512;
	ok(load() == 0, "a script of 64 KiB is run");
	machine_start();
	good_script();
	fake_fw_cfg_file("etc/table-loader", script, 128 * 32);
	fake_fw_cfg_pretend("etc/table-loader", 128 * 513);
	refused("a longer one", -EINVAL, "65664 bytes");
	fake_fw_cfg_file("etc/table-loader", script, 128 * 32);
	fake_fw_cfg_pretend("etc/table-loader", 128 * 32 + 1);
	refused("a script of odd size", -EINVAL, "4097 bytes");
	for (int i = 0; i < 4; i++) {
		fake_fw_cfg_fail_after(i);
		refused("a transfer fails", -EIO, "cannot be read");
	}
	fake_fw_cfg_fail_after(4);
	refused("the last transfer fails", -EIO, "cannot be written");
	memmap_remove(&map, (uint64_t)(uintptr_t)ram + SEGMENT_SIZE,
		      RAM_SIZE - SEGMENT_SIZE - PAGE_SIZE);
	memmap_copy(&before, &map);
	refused("RAM for one file of two", -ENOMEM, "no memory");
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
	test_good();
	test_variants();
	test_bad_allocate();
	test_bad_links();
	test_bad_writes();
	test_bad_whole();
	return tap_done();
}
