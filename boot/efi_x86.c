/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI applications on x86. */
#define LOG_PREFIX "efi"

#include <errno.h>
#include <string.h>

#include "arch/x86_64/cpu.h"
#include "boot/efi_app.h"
#include "boot/hardware_info.h"
#include "drivers/uefi_vars.h"
#include "lib/log.h"

#define CPUID_RDRAND (1u << 30)
#define RDRAND_TRIES 16

/*
 * Linux up to 6.2 puts a trampoline below the end of low RAM before it has page tables of its own; and free RAM is not mapped on ours. From
 * what the firmware itself has in low memory to its end it is one piece, and one entry of EFI's map.
 */
#define LOW_BASE TABLES_END
#define LOW_END 0xa0000

#define HARDWARE_INFO_LOOK 512 /* bytes of that file: QEMU has some 24 for each device */

#define FLASH_BASE UINT64_C(0xffe00000)
#define FLASH_END UINT64_C(0x100000000)

const CHAR16 efi_machine_file[EFI_MACHINE_FILE_MAX] = u"\\EFI\\BOOT\\BOOTX64.EFI";
const char efi_machine_file_name[EFI_MACHINE_FILE_MAX] = "\\EFI\\BOOT\\BOOTX64.EFI";
const char efi_machine_type[] = "X64";

int efi_machine_irq(struct machine *machine, struct arch_irq_controller *controller)
{
	(void)machine;
	memset(controller, 0, sizeof(*controller));
	return 0;
}

/* ACPI and SMBIOS were placed when the devices were set up, for any boot. */
void efi_machine_describe(struct machine *machine)
{
	(void)machine;
}

/* An e820 table names it as reserved; EFI's map describes memory, and devices where runtime services use them. */
static int no_memory(uint64_t base, uint64_t end, uint8_t attrs, const char *tag)
{
	const struct mem_props props =
		mem_props_make(MEM_MMIO, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, attrs, 0, tag);

	return memmap_retype(memmap_system(), base, end - base, MEM_OWNER_HARDWARE, &props);
}

/* Above 4 GiB QEMU reserves addresses where some machines have no RAM, and here is none. */
static void hide_reserved(void)
{
	struct memmap *map = memmap_system();
	struct mem_region region;

	memmap_find(map, FLASH_END, &region);
	do {
		if (region.props.owner == MEM_OWNER_HARDWARE && region.props.type == MEM_RESERVED &&
		    no_memory(region.base, region.end, 0, "e820 reserved"))
			return; /* it is told then */
	} while (memmap_next(map, &region));
}

/* The device that keeps variables; 0: there is none. */
static uint64_t find_uefi_vars(struct fw_cfg *fw)
{
	const struct mem_props props = mem_props_device("uefi-vars");
	uint8_t file[HARDWARE_INFO_LOOK];
	struct fw_cfg_item item;
	uint64_t size, address;

	if (fw_cfg_find(fw, HARDWARE_INFO_FILE, &item))
		return 0;
	size = item.size < sizeof(file) ? item.size : sizeof(file);
	if (fw_cfg_read(fw, &item, 0, file, size))
		return 0;
	address = hardware_info_find(file, size, HARDWARE_INFO_UEFI_VARS);
	if (!address || memmap_add(memmap_system(), address, UEFI_VARS_REGISTERS, &props))
		return 0;
	return address;
}

/*
 * As QEMU's FADT tells of them (ACPI 6.5, table 5.9). Variables are in the second flash unit, which ends where the one with the
 * firmware begins; both together must fit into what the map calls flash.
 */
void efi_machine_runtime(struct machine *machine, struct efi_runtime_machine *runtime)
{
	int error = no_memory(FLASH_BASE, FLASH_END, MEM_IO, "flash");

	hide_reserved();
	*runtime = (struct efi_runtime_machine){
		.rtc_port = 0x70,
		.rtc_century = 0x32,
		.reset_port = 0xcf9,
		.reset_value = 0x0f,
		.pm1_control_port = 0x604,
		.sleep_type = 0,
		.flash = FLASH_BASE,
		.flash_size = error ? 0 : FLASH_END - FLASH_BASE,
		.flash_width = 1,
		.flash_below = 1,
		.uefi_vars = find_uefi_vars(&machine->fw_cfg),
	};
}

static int random_number(uint64_t *number)
{
	for (int i = 0; i < RDRAND_TRIES; i++) {
		uint8_t got;

		__asm__ volatile("rdrand %0\n\tsetc %1" : "=r"(*number), "=qm"(got) : : "cc");
		if (got)
			return 1;
	}
	return 0;
}

int efi_machine_entropy(void *buffer, uint64_t size)
{
	uint8_t *at = buffer;

	if (!(cpu_id(1).ecx & CPUID_RDRAND))
		return -ENODEV;
	while (size) {
		uint64_t number, piece = size < sizeof(number) ? size : sizeof(number);

		if (!random_number(&number))
			return -ENODEV;
		memcpy(at, &number, piece);
		at += piece;
		size -= piece;
	}
	return 0;
}

int efi_machine_open(void)
{
	struct mem_props props = mem_props_make(MEM_BOOT_DATA, MEM_OWNER_FIRMWARE, MEM_LIFE_SESSION,
						MEM_RW | MEM_X, 0, "trampoline");
	int error = memmap_claim_at(memmap_system(), LOW_BASE, LOW_END - LOW_BASE, &props);

	if (error)
		log_error("memory from 0x%x to 0x%x is taken (error %d): this is a bug", LOW_BASE,
			  LOW_END, -error);
	return error;
}

void efi_machine_close(void)
{
	memmap_release(memmap_system(), LOW_BASE, LOW_END - LOW_BASE, MEM_OWNER_FIRMWARE);
}
