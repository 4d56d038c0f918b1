/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the runtime region needs to know of the machine, and what the firmware asks of it besides the services. For the
 * boot services half; boot/ fills the first in before efi_init.
 */
#ifndef EFI_RUNTIME_CONFIG_H
#define EFI_RUNTIME_CONFIG_H

#include "efi/variable_flash.h"

/* The machine's registers. Each board's driver in the runtime region reads those that are its own. */
struct efi_runtime_machine {
	uint64_t rtc; /* physical address of a PL031; 0: none */
	uint64_t rtc_size; /* bytes of registers, to be mapped at run time */
	uint16_t rtc_port; /* index port of a CMOS clock; 0: none */
	uint16_t rtc_century; /* its register of the century; 0: none */
	uint32_t psci; /* 1: by hvc, 2: by smc; 0: none */
	uint16_t reset_port; /* ACPI 6.5, 4.8.3.6: write reset_value to reset */
	uint16_t pm1_control_port; /* 4.8.3.2: write sleep_type << 10 | 1 << 13 to power off */
	uint8_t reset_value;
	uint8_t sleep_type; /* of S5 */
	/* Where the flash for variables is; flash_size 0: nowhere. */
	uint64_t flash, flash_size;
	uint8_t flash_width; /* bytes of its bus: 1 or 4 */
	uint8_t flash_below; /* 1: it ends where the flash begins that ends at flash + flash_size */
	uint64_t
		uefi_vars; /* the device that keeps variables instead (drivers/uefi_vars.h); 0: none */
};
void efi_runtime_set_machine(const struct efi_runtime_machine *machine);

/* EFI_RT_SUPPORTED_…: what works after ExitBootServices. */
uint32_t efi_runtime_supported(void);
/* Sets a variable in the firmware's name: read-only ones and any attributes. */
efi_status efi_runtime_set_variable(const struct variable_change *change);

#endif
