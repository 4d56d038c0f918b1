/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's q35 before relocation: fw_cfg, and the map from its e820 table and from what that leaves
 * out. This file stays in flash (linker/x86_64.ld): nothing that runs later may call it.
 */
#include <errno.h>

#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "boards/board.h"
#include "boards/qemu-x86_64/chipset.h"
#include "lib/bytes.h"
#include "mem/dram_e820.h"

#define FW_CFG_PORT 0x510
#define FW_CFG_ENTRY_SIZE 64
#define SERIAL_PORT 0x3f8

/*
 * The part of the early area that is not for the stack: fw_cfg's directory lies there from now on,
 * and the e820 table while board_early looks at it.
 */
#define SCRATCH_SIZE (EARLY_AREA_SIZE / 2)
#define FEW_ENTRIES 12 /* that many, and the fixtures, fit the map's first node */
#define E820_SIZE_MAX ((uint64_t)DRAM_E820_ENTRY_SIZE * DRAM_E820_ENTRIES_MAX)

struct fixture {
	uint64_t base, size;
	struct mem_props props;
};

#define FIXTURE(base_, size_, type_, attrs_, tag_)                                            \
	{                                                                                     \
		base_, size_,                                                                 \
		{                                                                             \
			.type = type_, .owner = MEM_OWNER_HARDWARE, .life = MEM_LIFE_FOREVER, \
			.attrs = attrs_, .tag = tag_                                          \
		}                                                                             \
	}

/*
 * What a q35 has at fixed addresses and etc/e820 leaves out. What the firmware itself does not
 * touch has no rights here and so is not mapped. ECAM and flash are MEM_RESERVED, because an e820
 * table must name them (MCFG is only believed then); registers that ACPI describes are MEM_MMIO.
 */
static const struct fixture fixtures[] = {
	FIXTURE(0, PAGE_SIZE, MEM_RESERVED, 0, "BIOS data"),
	FIXTURE(0xa0000, 0x20000, MEM_MMIO, 0, "VGA window"),
	FIXTURE(0xc0000, 0x30000, MEM_RESERVED, 0, "option ROMs"),
	FIXTURE(0xf0000, 0x10000, MEM_RESERVED, MEM_RW, "OS tables"), /* boot/table_segment.h */
	FIXTURE(ECAM_BASE, ECAM_SIZE, MEM_RESERVED, MEM_IO, "PCI ECAM"),
	FIXTURE(0xfec00000, 0x300000, MEM_MMIO, 0, "APICs, HPET"), /* and what is between them */
	FIXTURE(0xffe00000, 0x200000, MEM_RESERVED, MEM_RX, "flash"),
};

static int say(struct early *early, const char *what, const char *why)
{
	struct console *console = &early->machine.console;

	console_puts(console, "q35: ");
	console_puts(console, what);
	console_puts(console, why);
	console_puts(console, "\n");
	return -ENODEV;
}

/* The table, read to scratch. 0; -errno when it has said why not. */
static int read_e820(struct early *early, uint8_t **table, uint64_t *size)
{
	struct fw_cfg *fw = &early->machine.fw_cfg;
	uint8_t *scratch = (uint8_t *)(uintptr_t)early->area_base;
	struct fw_cfg_item item;
	uint32_t files;

	if (fw_cfg_probe(fw))
		return say(early, "there is no fw_cfg device with DMA at port 0x510",
			   ": run this firmware on qemu-system-x86_64 -M q35");
	if (fw_cfg_count_files(fw, &files) ||
	    files * FW_CFG_ENTRY_SIZE + E820_SIZE_MAX > SCRATCH_SIZE ||
	    fw_cfg_read_directory(fw, scratch, files))
		return say(early, "fw_cfg's directory cannot be read",
			   ": is it damaged, or larger than 960 files?");
	if (fw_cfg_find(fw, "etc/e820", &item))
		return say(early, "fw_cfg has no etc/e820, so nothing is known of RAM",
			   ": run a QEMU of 2013 or later with -M q35");
	if (item.size > E820_SIZE_MAX)
		return say(early, "etc/e820 has more than 128 entries", ": it is damaged");
	*table = scratch + files * FW_CFG_ENTRY_SIZE;
	*size = item.size;
	if (fw_cfg_read(fw, &item, 0, *table, item.size))
		return say(early, "etc/e820 cannot be read",
			   ": the fw_cfg device reports an error");
	return 0;
}

static int refuse_e820(struct early *early, const struct dram_e820 *dram)
{
	struct console *console = &early->machine.console;

	console_puts(console, "q35: etc/e820 is refused: ");
	console_puts(console, dram->problem);
	console_puts(console, " (entry ");
	console_put_hex(console, dram->entry);
	console_puts(console, "); start QEMU's q35 with the table that it makes\n");
	return -ENODEV;
}

static int add_fixtures(struct memmap *map)
{
	for (unsigned int i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
		const struct fixture *f = &fixtures[i];
		int error = memmap_add(map, f->base, f->size, &f->props);

		if (error && (f->props.attrs || error != -EEXIST))
			return error;
	}
	return 0;
}

/*
 * An ELF kernel of -kernel is in RAM already: QEMU loads its segments itself and tells where
 * (hw/i386/x86.c, load_elfboot). Nothing else may land there.
 */
static void claim_preloaded(struct early *early)
{
	struct fw_cfg *fw = &early->machine.fw_cfg;
	const struct mem_props props = mem_props_make(
		MEM_LOADER_CODE, MEM_OWNER_LMB, MEM_LIFE_SESSION, MEM_RW | MEM_X, 0, "kernel ELF");
	uint64_t base;

	if (!fw_cfg_number(fw, FW_CFG_KERNEL_ENTRY, 4))
		return;
	base = fw_cfg_number(fw, FW_CFG_KERNEL_ADDR, 4);
	/*
	 * Refused where it lies on something else: boot/linux_x86_pvh.c finds no such region then,
	 * and says so.
	 */
	memmap_claim_at(&early->map, base, fw_cfg_number(fw, FW_CFG_KERNEL_SIZE, 4), &props);
}

int board_early(struct early *early)
{
	struct machine *machine = &early->machine;
	struct dram_e820 dram;
	uint8_t *table = NULL;
	uint64_t ground = 0;
	uint64_t size = 0;
	int error;

	machine->console.base = SERIAL_PORT;
	machine->fw_cfg.base = FW_CFG_PORT;
	error = read_e820(early, &table, &size);
	if (error)
		return error;
	/*
	 * Should the map need more nodes, they must lie where the tables in flash reach
	 * (board_devices lifts the limit): above the early area, or wherever there is RAM.
	 */
	if (size > FEW_ENTRIES * DRAM_E820_ENTRY_SIZE) {
		memmap_limit(&early->map, arch_early_limit() - 1);
		ground = early->area_base + early->area_size;
	}
	error = dram_e820_describe(&early->map, table, size, ground, &dram);
	if (error)
		return refuse_e820(early, &dram);
	error = add_fixtures(&early->map);
	if (error)
		return say(early,
			   "etc/e820 is refused: ", "it leaves the map no room for the devices");
	machine->ram = dram.ram;
	machine->ram_top = dram.low_end;
	machine->cpus = (uint32_t)fw_cfg_number(&machine->fw_cfg, FW_CFG_NB_CPUS, 2);
	if (machine->cpus > 1)
		cpu_wait_others(machine->cpus - 1);
	machine->ecam = ECAM_BASE;
	machine->ecam_size = ECAM_SIZE;
	claim_preloaded(early);
	return 0;
}

extern const uint8_t image_link[]; /* link address 0 */

/*
 * Called by arch/x86_64/start.S when an exception happens before relocation. scripts/backtrace
 * knows the line.
 */
_Noreturn void early_fault(uint64_t rip, uint64_t address);

_Noreturn void early_fault(uint64_t rip, uint64_t address)
{
	struct console console = {.base = SERIAL_PORT};

	console_puts(&console, "fault before relocation: at cadastre.elf+");
	console_put_hex(&console, rip - (uint64_t)(uintptr_t)image_link);
	console_puts(&console, ", last page fault at ");
	console_put_hex(&console, address);
	console_puts(&console, "; this is a bug\n");
	board_poweroff(NULL);
}
