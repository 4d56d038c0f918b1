/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of contents of a boot, from relocation to the boot manager. docs/booting.md tells the story. */
#define LOG_PREFIX "cadastre"

#include <stdlib.h>

#include "boot/boot.h"
#include "boot/bootmgr.h"
#include "boot/efi_part.h"
#include "boot/options.h"
#include "boot/stages.h"
#include "lib/assert.h"
#include "lib/bytes.h"
#include "mem/heap.h"
#include "mem/memmap_print.h"

#define DIRECTORY_ENTRY 64 /* bytes of a file's entry in fw_cfg's directory */

static struct early *boot;
static struct options options = {.log = LOG_WARN};

static const struct memmap_ops follow_map = {
	.prepare = arch_mmu_prepare,
	.changed = arch_mmu_changed,
};

static void write_console(const char *text, uint64_t size)
{
	console_write(&boot->machine.console, text, size);
}

/* The end of a machine that has nothing left to boot, or has failed: opt/cadastre/on-fail. */
static void end(void)
{
	switch (options.on_fail) {
	case ON_FAIL_HALT:
		log_raw("halted; end QEMU with Ctrl-A X\n");
		arch_halt();
	case ON_FAIL_REBOOT:
		board_reset(&boot->machine);
	case ON_FAIL_POWEROFF:
		board_poweroff(&boot->machine);
	}
	arch_halt();
}

/*
 * The map that was made before relocation is the machine's map from here on: the page tables follow it, and what we
 * stood on before is free. The early area stays where the board has left fw_cfg's directory in it.
 */
static void adopt_map(void)
{
	struct mem_region loaded;
	int error;

	boot->mmu.map = &boot->map;
	memmap_attach(&boot->map, &follow_map, &boot->mmu);
	memmap_system_set(&boot->map);
	memmap_stage(&boot->map, 1);

	if (!boot->machine.fw_cfg.directory) {
		error = memmap_release(&boot->map, boot->area_base, boot->area_size,
				       MEM_OWNER_FIRMWARE);
		assert(!error);
	}
	memmap_find(&boot->map, boot->image, &loaded);
	if (loaded.props.owner != MEM_OWNER_FIRMWARE)
		return;
	image_parts_keep();
	error = memmap_release(&boot->map, loaded.base, loaded.end - loaded.base,
			       MEM_OWNER_FIRMWARE);
	assert(!error);
}

/* fw_cfg's directory, kept for the session, if the board has not read it already. */
static void open_fw_cfg(void)
{
	struct fw_cfg *fw = &boot->machine.fw_cfg;
	uint32_t files;
	void *buffer;

	if (!fw->base || fw->directory)
		return;
	if (fw_cfg_count_files(fw, &files)) {
		log_error("fw_cfg's directory cannot be read: no options, no -kernel");
		return;
	}
	buffer = malloc((size_t)files * DIRECTORY_ENTRY);
	if (!buffer || fw_cfg_read_directory(fw, buffer, files))
		log_error("fw_cfg's directory of %u files cannot be read: no options, no -kernel",
			  files);
}

/* At log level info: what machine this is and who owns its memory, on one screen. */
static void introduce(void)
{
	if (log_level() < LOG_INFO)
		return;
	log_info("%s, %lu MiB of RAM, %u CPU%s; relocated to 0x%lx", board_name,
		 boot->machine.ram >> 20, boot->machine.cpus, boot->machine.cpus == 1 ? "" : "s",
		 relocate_placement()->image);
	board_print_devices(&boot->machine);
}

_Noreturn void boot_main(void *early)
{
	boot = early;
	stage_began("early", boot->ticks);
	stage_begin("main");
	log_set_sink(write_console);
	arch_exceptions_init(&boot->map, end);
	arch_mmu_enter(&boot->mmu);
	adopt_map();
	heap_init(relocate_placement()->heap, HEAP_SIZE);
	open_fw_cfg();
	options_read(&boot->machine.fw_cfg, &options);
	log_set_level(options.log);
	if (options.fault)
		*(volatile uint32_t *)(uintptr_t)(relocate_placement()->stack - GUARD_SIZE) = 0;

	stage_begin("devices");
	board_devices(&boot->machine);
	board_tables(&boot->machine);
	introduce();

	stage_begin("boot");
	bootmgr_run(&boot->machine, &options);
	end();
	arch_halt();
}

_Noreturn void assert_failed(const char *expression, const char *file, int line)
{
	log_error("%s:%d: this is a bug: not true: %s", file, line, expression);
	arch_fault("assertion");
}
