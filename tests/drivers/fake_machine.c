/* SPDX-License-Identifier: BSD-2-Clause */
/* See fake_machine.h. */
#include "tests/drivers/fake_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arch/arch.h"
#include "drivers/mmio.h"
#include "drivers/pci_ecam.h"
#include "lib/bytes.h"
#include "lib/log.h"

struct memmap fake_map;
uint8_t fake_config[256];

static uint64_t now;
static uint32_t lines;
static struct pci_host host;
static struct pci_function function;
static struct pci_range range;

void fake_machine_start(void)
{
	static void *arena;
	struct mem_props props = mem_props_free();

	if (!arena)
		arena = mmap((void *)(uintptr_t)FAKE_RAM_BASE, FAKE_RAM_SIZE,
			     PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (arena != (void *)(uintptr_t)FAKE_RAM_BASE) {
		perror("the test machine's memory cannot be mapped");
		exit(1);
	}
	memmap_init(&fake_map, NULL, NULL);
	memmap_add(&fake_map, FAKE_RAM_BASE, FAKE_RAM_SIZE, &props);
	memmap_system_set(&fake_map);
}

struct disk_buses fake_machine_pci(uint32_t class, uint8_t bar, uint64_t bar_size)
{
	function = (struct pci_function){
		.class = class, .address = 3 << 3, .bridge = PCI_NONE, .ranges = 1};
	range = (struct pci_range){
		.base = FAKE_BAR_BASE, .size = bar_size, .flags = PCI_RANGE_64, .index = bar};
	host = (struct pci_host){
		.functions = &function, .ranges = &range, .functions_used = 1, .ranges_used = 1};
	return (struct disk_buses){.pci = &host};
}

bool fake_machine_mastering(void)
{
	return fake_config[4] & 4;
}

void *fake_machine_memory(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

bool fake_machine_claimed(const char *tag)
{
	struct mem_region region;

	memmap_find(&fake_map, FAKE_RAM_BASE + FAKE_RAM_SIZE - 1, &region);
	return region.props.owner == MEM_OWNER_FIRMWARE && !strcmp(region.props.tag, tag);
}

void fake_machine_fill(uint8_t *data, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
}

struct disk_controller *fake_machine_find(const struct disk_buses *buses)
{
	if (disk_find(buses))
		abort();
	fake_machine_log();
	return disk_controllers();
}

/* ---- the log ---- */

static void count_lines(const char *text, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	printf("# %.*s", (int)size, text);
}

void fake_machine_log(void)
{
	lines = 0;
	log_set_sink(count_lines);
	log_set_level(LOG_WARN);
}

uint32_t fake_machine_lines(void)
{
	return lines;
}

/* ---- the clock ---- */

uint64_t arch_ticks(void)
{
	return now += 1000000;
}

uint64_t arch_ticks_to_ns(uint64_t ticks)
{
	return ticks;
}

void arch_relax(void)
{
}

void arch_dma_barrier(void)
{
}

/* ---- registers ---- */

static void check_mapped(uint64_t address)
{
	struct mem_region region;

	memmap_find(&fake_map, address, &region);
	if (region.props.attrs != MEM_IO)
		abort();
}

static uint32_t device_read(uint64_t address)
{
	check_mapped(address);
	return fake_device_read(address);
}

static void device_write(uint64_t address, uint32_t value)
{
	check_mapped(address);
	fake_device_write(address, value);
}

uint8_t mmio_read8(uint64_t address)
{
	return (uint8_t)device_read(address);
}

uint16_t mmio_read16(uint64_t address)
{
	return (uint16_t)device_read(address);
}

uint32_t mmio_read32(uint64_t address)
{
	return device_read(address);
}

void mmio_write8(uint64_t address, uint8_t value)
{
	device_write(address, value);
}

void mmio_write16(uint64_t address, uint16_t value)
{
	device_write(address, value);
}

void mmio_write32(uint64_t address, uint32_t value)
{
	device_write(address, value);
}

/* ---- configuration space ---- */

uint32_t pci_read32(uint64_t address)
{
	return le32_load(fake_config + (address & 0xff));
}

uint64_t pci_read64(uint64_t address)
{
	return le64_load(fake_config + (address & 0xff));
}

void pci_write16(uint64_t address, uint16_t value)
{
	le16_store(fake_config + (address & 0xff), value);
}

void pci_write8(uint64_t address, uint8_t value)
{
	fake_config[address & 0xff] = value;
}

void pci_write32(uint64_t address, uint32_t value)
{
	le32_store(fake_config + (address & 0xff), value);
}

void pci_write64(uint64_t address, uint64_t value)
{
	le64_store(fake_config + (address & 0xff), value);
}
