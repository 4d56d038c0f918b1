/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's `virt` machine. Promised are flash at 0 and RAM at 0x40000000; all else is in the devicetree, but for the
 * last words when that cannot be read.
 */
#define LOG_PREFIX "board"

#include "boards/board.h"

#include <errno.h>

#include "arch/aarch64/cpu.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/dram_fdt.h"

#define RAM_BASE UINT64_C(0x40000000)
#define DTB_MAX MIB(2) /* what Linux takes; QEMU makes 1 MiB at most */
#define LAST_RESORT_UART 0x09000000

const char board_name[] = "qemu-aarch64";

enum kind {
	VIRTIO,
	UART,
	FW_CFG,
	RTC,
	GIC_V2,
	GIC_V3,
	GIC_V2M,
	GIC_ITS,
	GPIO,
	PCI,
	FLASH,
	PLATFORM,
	PSCI
};

/*
 * What we look for, the most frequent first. Only what the firmware itself drives in every boot gets rights; a driver that
 * wants more calls memmap_protect for it.
 */
static const struct dram_fdt_device devices[] = {
	DRAM_FDT_DEVICE("virtio,mmio", VIRTIO, 0, MEM_MMIO, 0, "virtio-mmio"),
	DRAM_FDT_DEVICE("arm,pl011", UART, DRAM_FDT_UART, MEM_MMIO, MEM_IO, "uart"),
	DRAM_FDT_DEVICE("qemu,fw-cfg-mmio", FW_CFG, 0, MEM_MMIO, MEM_IO, "fw_cfg"),
	DRAM_FDT_DEVICE("arm,pl031", RTC, 0, MEM_MMIO, MEM_IO, "rtc"),
	DRAM_FDT_DEVICE("arm,pl061", GPIO, 0, MEM_MMIO, 0, "gpio"),
	DRAM_FDT_DEVICE("arm,cortex-a15-gic", GIC_V2, 0, MEM_MMIO, 0, "gic"),
	DRAM_FDT_DEVICE("arm,gic-v3", GIC_V3, 0, MEM_MMIO, 0, "gic"),
	DRAM_FDT_DEVICE("arm,gic-v2m-frame", GIC_V2M, 0, MEM_MMIO, 0, "gic msi"),
	DRAM_FDT_DEVICE("arm,gic-v3-its", GIC_ITS, 0, MEM_MMIO, 0, "gic msi"),
	DRAM_FDT_DEVICE("pci-host-ecam-generic", PCI, DRAM_FDT_PCI, MEM_MMIO, 0, "PCI config"),
	DRAM_FDT_DEVICE("cfi-flash", FLASH, 0, MEM_MMIO, 0, "flash"),
	DRAM_FDT_DEVICE("arm,psci-1.0", PSCI, DRAM_FDT_PSCI, MEM_MMIO, 0, "psci"),
	DRAM_FDT_DEVICE("arm,psci-0.2", PSCI, DRAM_FDT_PSCI, MEM_MMIO, 0, "psci"),
};
#define DEVICES (sizeof(devices) / sizeof(devices[0]))

/* Says on the UART that virt has always had what the devicetree cannot tell. */
static int no_devicetree(struct early *early, const struct dram_fdt *found)
{
	struct console *console = &early->machine.console;

	console->base = LAST_RESORT_UART;
	console_puts(console, "cadastre: the devicetree at ");
	console_put_hex(console, early->boot_argument);
	console_puts(console, " cannot be used: ");
	console_puts(console, found->why);
	if (found->number) {
		console_puts(console, " (");
		console_put_hex(console, found->number);
		console_puts(console, ")");
	}
	console_puts(console,
		     early->image < RAM_BASE
			     ? "; start QEMU's virt with -bios or a flash bank, and without -dtb\n"
			     : "; give its address in x0, as the Linux boot protocol asks\n");
	return -EINVAL;
}

static void describe(struct machine *machine, const struct dram_fdt *found)
{
	const struct dram_fdt_found *gic =
		&found->found[found->found[GIC_V3].size[0] ? GIC_V3 : GIC_V2];

	machine->console.base = found->uart;
	machine->fw_cfg.base = found->found[FW_CFG].base[0];
	machine->ram = found->ram;
	machine->cpus = found->cpus;
	machine->dtb_size = found->used;
	machine->dtb_room = found->room;
	machine->dtb_chosen = found->chosen;
	machine->rtc = found->found[RTC].base[0];
	machine->gic_dist = gic->base[0];
	machine->gic_redist = found->found[GIC_V3].size[0] ? gic->base[1] : 0;
	machine->ecam = found->found[PCI].base[0];
	machine->ecam_size = found->found[PCI].size[0];
	machine->psci = found->method == 'h'   ? PSCI_HVC
			: found->method == 's' ? PSCI_SMC
					       : PSCI_NONE;
}

int board_early(struct early *early)
{
	struct machine *machine = &early->machine;
	uint64_t blob = early->boot_argument;
	struct dram_fdt found;
	uint64_t limit = DTB_MAX;
	int error;

	machine->exception_level = aarch64_at_el2() ? 2 : 1;
	machine->dtb = blob;
	found.why = "it does not lie in RAM";
	found.number = 0;
	if (blob < RAM_BASE || blob >= arch_early_limit() - DTB_MAX)
		return no_devicetree(early, &found);
	if (blob < early->area_base && early->area_base - blob < limit)
		limit = early->area_base - blob;
	/* Nor may the map itself, or anything later, take RAM that the tables in flash do not reach. */
	memmap_limit(&early->map, arch_early_limit() - 1);
	error = dram_fdt_read(&early->map, (const void *)(uintptr_t)blob, limit, devices, DEVICES,
			      &found);
	if (error)
		return no_devicetree(early, &found);
	describe(machine, &found);
	return 0;
}

/* Nothing more is needed to boot. */
int board_devices(struct machine *machine)
{
	(void)machine;
	return 0;
}

/* The devicetree is there already. */
int board_tables(struct machine *machine)
{
	(void)machine;
	return 0;
}

void board_print_devices(const struct machine *machine)
{
	static const char *const conduits[] = {"none", "hvc", "smc"};

	log_info("EL%u, PSCI by %s, GICv%d at 0x%lx", machine->exception_level,
		 conduits[machine->psci], machine->gic_redist ? 3 : 2, machine->gic_dist);
	log_info("uart 0x%lx, fw_cfg 0x%lx, rtc 0x%lx", machine->console.base, machine->fw_cfg.base,
		 machine->rtc);
	if (machine->ecam)
		log_info("PCI: configuration space at 0x%lx, %lu MiB", machine->ecam,
			 machine->ecam_size >> 20);
	log_info("devicetree at 0x%lx, %lu bytes", machine->dtb, machine->dtb_size);
}

/* When no devicetree has told how to call PSCI: QEMU answers HVC at EL1 and SMC at EL2. */
static _Noreturn void psci(const struct machine *machine, uint64_t function)
{
	uint32_t conduit = machine ? machine->psci : PSCI_NONE;

	aarch64_psci(conduit == PSCI_SMC || (conduit == PSCI_NONE && aarch64_at_el2()), function);
	arch_halt();
}

_Noreturn void board_poweroff(const struct machine *machine)
{
	psci(machine, PSCI_SYSTEM_OFF);
}

_Noreturn void board_reset(const struct machine *machine)
{
	psci(machine, PSCI_SYSTEM_RESET);
}
