/* SPDX-License-Identifier: BSD-2-Clause */
/* make EFI=no: the machine's own formats are all there are. */
#include <stddef.h>

#include "boot/bootmgr.h"
#include "boot/efi_part.h"
#include "boot/fw_cfg_kernel.h"

const struct boot_entry boot_entries[] = {
	{"QEMU's -kernel", fw_cfg_kernel_boot},
	{NULL, NULL},
};

const struct loader *efi_part_loader(void)
{
	return NULL;
}

int efi_part_preferred(struct fw_cfg *fw)
{
	(void)fw;
	return 0;
}

void image_parts_keep(void)
{
}
