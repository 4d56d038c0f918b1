/* SPDX-License-Identifier: BSD-2-Clause */
/* Reset and power-off by PSCI (Arm DEN 0022, 5.9 and 5.10). Part of the runtime region. */
#include "efi/runtime/internal.h"

#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u

void reset_machine(uint32_t type)
{
	if (runtime.given.machine.psci)
		firmware_call(runtime.given.machine.psci,
			      type == EfiResetShutdown ? PSCI_SYSTEM_OFF : PSCI_SYSTEM_RESET);
}
