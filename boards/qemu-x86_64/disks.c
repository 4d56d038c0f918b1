/* SPDX-License-Identifier: BSD-2-Clause */
/* Where q35 has disks: on PCI, which is enumerated at every start. */
#include "boards/board.h"
#include "boards/qemu-x86_64/devices.h"
#include "drivers/disk.h"

void board_disk_buses(struct machine *machine, struct disk_buses *buses)
{
	(void)machine;
	*buses = (struct disk_buses){.pci = devices_pci()};
}
