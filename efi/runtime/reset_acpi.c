/* SPDX-License-Identifier: BSD-2-Clause */
/* Reset and power-off by the registers that ACPI describes (ACPI 6.5, 4.8.3.2 and 4.8.3.6). Part of the runtime region. */
#include "efi/runtime/internal.h"

#define SLP_TYP_SHIFT 10
#define SLP_EN (1 << 13)

void reset_machine(uint32_t type)
{
	const struct efi_runtime_machine *machine = &runtime.given.machine;

	if (type == EfiResetShutdown && machine->pm1_control_port)
		port_out16(machine->pm1_control_port,
			   (uint16_t)(machine->sleep_type << SLP_TYP_SHIFT | SLP_EN));
	else if (machine->reset_port)
		port_out8(machine->reset_port, machine->reset_value);
}
