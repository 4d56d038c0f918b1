/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI applications on arm64: the interrupt controller is in the devicetree, and so is all that they are told. */
#define LOG_PREFIX "efi"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

#include "arch/aarch64/kernel.h"
#include "boot/efi_app.h"
#include "lib/bytes.h"
#include "lib/log.h"

/* Of a GICv2's registers the second range is the processor's interface. */
int efi_machine_irq(struct machine *machine, struct arch_irq_controller *controller)
{
	const void *blob = (const void *)(uintptr_t)machine->dtb;
	const uint8_t *reg;
	int node, size = 0;

	*controller = (struct arch_irq_controller){.distributor = machine->gic_dist,
						   .redistributor = machine->gic_redist};
	if (machine->gic_redist)
		return 0;
	node = fdt_node_offset_by_compatible(blob, -1, "arm,cortex-a15-gic");
	reg = node < 0 ? NULL : fdt_getprop(blob, node, "reg", &size);
	if (!reg || size < 32) {
		log_error("the devicetree describes no interrupt controller that we know: no EFI applications");
		return -ENODEV;
	}
	controller->cpu_interface = be64_load(reg + 16);
	return 0;
}

uint32_t efi_machine_tables(struct machine *machine, struct efi_configuration_table *tables)
{
	static const struct efi_guid dtb_guid = EFI_DTB_TABLE_GUID;

	tables[0].VendorGuid = dtb_guid;
	tables[0].VendorTable = (void *)(uintptr_t)machine->dtb;
	return 1;
}

void efi_machine_runtime(const struct machine *machine, struct efi_runtime_machine *runtime)
{
	*runtime = (struct efi_runtime_machine){
		.rtc = machine->rtc,
		.rtc_size = PAGE_SIZE,
		.psci = machine->psci == PSCI_HVC ? 1 : machine->psci == PSCI_SMC ? 2 : 0,
	};
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
