/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI applications on arm64: the interrupt controller is in the devicetree, and so is all that they are told. */
#define LOG_PREFIX "efi"

#include <errno.h>
#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

#include "arch/aarch64/kernel.h"
#include "boot/acpi_tables.h"
#include "boot/efi_app.h"
#include "boot/fdt_fixup.h"
#include "boot/options.h"
#include "boot/smbios.h"
#include "drivers/uefi_vars.h"
#include "lib/bytes.h"
#include "lib/fdt_walk.h"
#include "lib/log.h"

#define FLASH_MAPPED MIB(4)
#define FLASH_WIDTH 4 /* bytes of a bank's bus: two chips of 16 bits, as QEMU has them */
#define DTB_TOTAL_SIZE 4 /* of the blob's header: be32 */

const CHAR16 efi_machine_file[EFI_MACHINE_FILE_MAX] = u"\\EFI\\BOOT\\BOOTAA64.EFI";
const char efi_machine_file_name[EFI_MACHINE_FILE_MAX] = "\\EFI\\BOOT\\BOOTAA64.EFI";
const char efi_machine_type[] = "AA64";

/* Of a GICv2's registers the second range is the processor's interface: 64-bit addresses and sizes, as QEMU writes them. */
static uint64_t cpu_interface(const struct machine *machine)
{
	struct fdt_walk walk;
	enum fdt_token token;

	if (fdt_walk_begin(&walk, (const void *)(uintptr_t)machine->dtb, UINT32_MAX))
		return 0;
	while ((token = fdt_walk_next(&walk)) != FDT_TOKEN_END && token != FDT_TOKEN_BAD) {
		const char *name = token == FDT_TOKEN_PROPERTY ? fdt_walk_name(&walk) : NULL;

		if (name && !strcmp(name, "reg") && walk.size >= 32 &&
		    fdt_cells(walk.value, 2) == machine->gic_dist)
			return fdt_cells(walk.value + 16, 2);
	}
	return 0;
}

int efi_machine_irq(struct machine *machine, struct arch_irq_controller *controller)
{
	*controller = (struct arch_irq_controller){.distributor = machine->gic_dist,
						   .redistributor = machine->gic_redist};
	if (!machine->gic_redist)
		controller->cpu_interface = cpu_interface(machine);
	if (controller->redistributor || controller->cpu_interface)
		return 0;
	log_error(
		"the devicetree describes no interrupt controller that we know: no EFI applications");
	return -ENODEV;
}

/*
 * The blob as a table of EFI (EBBR 2.4, 2.3.1): memory that an operating system may reclaim when it has read it, and as long as the
 * map keeps of it, not as the room that QEMU has left behind it. The clock and the flash are
 * switched off in it: they belong to runtime services.
 */
static void settle_dtb(struct machine *machine)
{
	struct mem_props props = mem_props_firmware("devicetree");
	int error = machine->rtc ? fdt_fixup_disable(machine, "arm,pl031") : 0;
	int flash = fdt_fixup_disable(machine, "cfi-flash");

	if (error)
		log_warn("the devicetree cannot say that the clock is the firmware's (error %d)",
			 -error);
	if (flash && flash != -ENOENT)
		log_warn("the devicetree cannot say that the flash is the firmware's (error %d)",
			 -flash);
	props.type = MEM_ACPI_RECLAIM;
	props.life = MEM_LIFE_FOREVER;
	be32_store((void *)(uintptr_t)(machine->dtb + DTB_TOTAL_SIZE), (uint32_t)machine->dtb_room);
	/* Refused when it lies in what is not ours: then it is kept as that is. */
	memmap_retype(memmap_system(), machine->dtb, machine->dtb_room, MEM_OWNER_FIRMWARE, &props);
}

void efi_machine_describe(struct machine *machine)
{
	static const char *const kinds[] = {"acpi", "dt", NULL};
	struct table_segment none = {0};

	if (machine->acpi_rsdp || machine->smbios)
		return; /* for the application before this one */
	/* Each says why when it fails; then an operating system does without. */
	if (options_choose(&machine->fw_cfg, "opt/cadastre/tables", kinds) == 0 &&
	    acpi_tables_load(machine, memmap_system(), &none))
		log_warn("the devicetree is given instead");
	if (smbios_load(machine, memmap_system(), &none))
		log_debug("no SMBIOS");
	if (!machine->acpi_rsdp)
		settle_dtb(machine);
}

/* What a node of the devicetree says of flash, or of a uefi-vars device. NULL: nothing of the form that QEMU gives it. */
struct keeper_node {
	bool is_flash, is_device;
	uint32_t width; /* bytes of a bank's bus; 0: it does not say */
	const uint8_t *banks; /* two of 64-bit addresses and sizes */
	const uint8_t *place; /* 32 bits of address on its bus, and of size */
};

/* What keeps variables. */
struct keepers {
	const uint8_t *banks; /* as above */
	const uint8_t *
		window; /* of the last bus: 32 bits of its own address, 64 of memory's, 32 of size */
	uint64_t device; /* 0: there is none */
};

static void read_property(const struct fdt_walk *walk, struct keeper_node *node,
			  struct keepers *found)
{
	static const char device[] = "qemu,uefi-vars";
	const char *name = fdt_walk_name(walk);

	if (!name)
		return;
	if (!strcmp(name, "reg")) {
		node->banks = walk->size >= 32 ? walk->value : NULL;
		node->place = walk->size == 8 ? walk->value : NULL;
	} else if (!strcmp(name, "bank-width") && walk->size == 4) {
		node->width = (uint32_t)fdt_cells(walk->value, 1);
	} else if (!strcmp(name, "compatible")) {
		node->is_flash = fdt_stringlist_contains((const char *)walk->value, (int)walk->size,
							 "cfi-flash");
		node->is_device = walk->size == sizeof(device) &&
				  !memcmp(walk->value, device, sizeof(device));
	} else if (walk->size == 16 && !strcmp(name, "ranges")) {
		found->window = walk->value;
	}
}

/* A node's properties are all known, and those of the bus that it is on. */
static void read_node(const struct keeper_node *node, struct keepers *found)
{
	const uint8_t *window = found->window;

	if (node->is_flash && node->banks && node->width == FLASH_WIDTH)
		found->banks = node->banks;
	if (node->is_device && node->place && window)
		found->device =
			fdt_cells(window + 4, 2) + fdt_cells(node->place, 1) - fdt_cells(window, 1);
}

/* One pass; libfdt would look at most of the tree's properties several times. */
static void find_keepers(const struct machine *machine, struct keepers *found)
{
	struct keeper_node node = {0};
	struct fdt_walk walk;
	enum fdt_token token;

	*found = (struct keepers){0};
	if (fdt_walk_begin(&walk, (const void *)(uintptr_t)machine->dtb, UINT32_MAX))
		return;
	while ((token = fdt_walk_next(&walk)) != FDT_TOKEN_END && token != FDT_TOKEN_BAD) {
		if (token == FDT_TOKEN_PROPERTY) {
			read_property(&walk, &node, found);
			continue;
		}
		read_node(&node, found);
		node = (struct keeper_node){0};
	}
}

/*
 * The bank for variables is the second of the flash that the devicetree has; the first is the firmware's. As much of it is
 * mapped as a store may need.
 */
static void find_flash(const uint8_t *banks, struct efi_runtime_machine *runtime)
{
	uint64_t bytes;

	if (!banks)
		return;
	bytes = fdt_cells(banks + 24, 2);
	if (bytes > FLASH_MAPPED)
		bytes = FLASH_MAPPED;
	runtime->flash = fdt_cells(banks + 16, 2);
	runtime->flash_width = FLASH_WIDTH;
	if (!memmap_protect(memmap_system(), runtime->flash, bytes, MEM_OWNER_HARDWARE, MEM_IO))
		runtime->flash_size = bytes;
}

void efi_machine_runtime(struct machine *machine, struct efi_runtime_machine *runtime)
{
	const struct mem_props props = mem_props_device("uefi-vars");
	struct keepers keepers;

	*runtime = (struct efi_runtime_machine){
		.rtc = machine->rtc,
		.rtc_size = PAGE_SIZE,
		.psci = machine->psci == PSCI_HVC   ? 1
			: machine->psci == PSCI_SMC ? 2
						    : 0,
	};
	find_keepers(machine, &keepers);
	find_flash(keepers.banks, runtime);
	if (keepers.device &&
	    !memmap_add(memmap_system(), keepers.device, UEFI_VARS_REGISTERS, &props))
		runtime->uefi_vars = keepers.device;
}

int efi_machine_entropy(void *buffer, uint64_t size)
{
	uint8_t *at = buffer;

	while (size) {
		uint64_t number, piece = size < sizeof(number) ? size : sizeof(number);

		if (!aarch64_random(&number))
			return -ENODEV;
		memcpy(at, &number, piece);
		at += piece;
		size -= piece;
	}
	return 0;
}

int efi_machine_open(void)
{
	return 0;
}

void efi_machine_close(void)
{
}
