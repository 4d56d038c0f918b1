/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI tables as QEMU gives them: files of fw_cfg, and a script (etc/table-loader) that says how
 * much memory they want, where they point to each other and which checksums to make.
 */
#ifndef BOOT_ACPI_TABLES_H
#define BOOT_ACPI_TABLES_H

#include "boards/board.h"
#include "boot/table_segment.h"

/*
 * Runs etc/table-loader: claims memory from `map` below 4 GiB (owner firmware, forever; ACPI
 * reclaim for tables, ACPI NVS for what QEMU or the operating system goes on writing to), reads
 * the files there, links them, and tells QEMU the addresses it asked for. Then machine->acpi_rsdp
 * is set. 0, also when QEMU offers no tables (acpi_rsdp stays 0); -EINVAL: the script is bad;
 * -ENOMEM; -EIO. On failure one line has said why, acpi_rsdp is 0, and map and segment are as
 * before. QEMU makes the tables when they are first read: PCI must be enumerated, and the chipset
 * set up, by then.
 */
int acpi_tables_load(struct machine *machine, struct memmap *map, struct table_segment *segment);

#endif
