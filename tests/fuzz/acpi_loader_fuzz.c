/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/acpi_tables.c boot/acpi_script.c boot/smbios.c boot/table_segment.c */
/* test-sources: tests/arch/fake.c lib/checksum.c lib/log.c tests/host.c tests/drivers/fake_fw_cfg.c */
/* test-sources: mem/memmap.c mem/memmap_tree.c mem/mem_props.c */
/*
 * Any bytes as QEMU's table-loader script and the files that it loads: run or refused, and when it
 * is refused, map and segment are as before. The input: le16 commands of the script, le16 bytes of
 * the RSDP file, le16 bytes of an SMBIOS anchor; these; and the rest is etc/acpi/tables, and the
 * SMBIOS tables too.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "boot/acpi_tables.h"
#include "boot/smbios.h"
#include "lib/bytes.h"
#include "tests/drivers/fake_fw_cfg.h"

#define RAM_SIZE MIB(4)
#define SEGMENT_SIZE KIB(64)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *take(const uint8_t **at, size_t *left, size_t want)
{
	const uint8_t *from = *at;
	size_t have = want < *left ? want : *left;

	*at += have;
	*left -= have;
	return from;
}

static void add(const char *name, const uint8_t **at, size_t *left, size_t want)
{
	const uint8_t *from = take(at, left, want);

	fake_fw_cfg_file(name, from, (size_t)(*at - from));
}

static void load(const uint8_t *data, size_t size, uint8_t *ram)
{
	const uint64_t base = (uint64_t)(uintptr_t)ram;
	const struct mem_props free_ram = mem_props_free();
	struct table_segment segment = {base, base + SEGMENT_SIZE};
	static struct memmap map;
	struct machine machine;
	uint8_t guid[4096] = {0}, address[8] = {0};
	size_t counts[3];
	int error;

	for (int i = 0; i < 3; i++)
		counts[i] = le16_load(data + 2 * i);
	data += 6;
	size -= 6;
	memset(&machine, 0, sizeof(machine));
	memmap_init(&map, NULL, NULL);
	memmap_add(&map, base + SEGMENT_SIZE, RAM_SIZE - SEGMENT_SIZE, &free_ram);
	fake_fw_cfg_start(&machine.fw_cfg);
	add("etc/table-loader", &data, &size, counts[0] * 128);
	add("etc/acpi/rsdp", &data, &size, counts[1]);
	add("etc/smbios/smbios-anchor", &data, &size, counts[2]);
	fake_fw_cfg_file("etc/acpi/tables", data, size);
	fake_fw_cfg_file("etc/smbios/smbios-tables", data, size);
	fake_fw_cfg_file("etc/vmgenid_guid", guid, sizeof(guid));
	fake_fw_cfg_writable("etc/vmgenid_addr", address, sizeof(address));

	error = acpi_tables_load(&machine, &map, &segment);
	if (memmap_check(&map) || !error == !machine.acpi_rsdp)
		abort();
	if (error && (memmap_count(&map) != 3 || segment.next != base || le64_load(address)))
		abort();
	memmap_init(&map, NULL, NULL);
	memmap_add(&map, base + SEGMENT_SIZE, RAM_SIZE - SEGMENT_SIZE, &free_ram);
	segment = (struct table_segment){base, base + SEGMENT_SIZE};
	error = smbios_load(&machine, &map, &segment);
	if (memmap_check(&map) || !error == !machine.smbios)
		abort();
	if (error && (memmap_count(&map) != 3 || segment.next != base))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *ram;

	if (!ram)
		ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (ram != MAP_FAILED && size >= 6)
		load(data, size, ram);
	return 0;
}
