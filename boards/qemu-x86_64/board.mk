# SPDX-License-Identifier: BSD-2-Clause
# QEMU's q35: qemu-system-x86_64 -M q35 -bios build/qemu-x86_64/cadastre.bin
ARCH := x86_64
BOARD_SRC := boards/qemu-x86_64/board.c boards/qemu-x86_64/early.c boards/qemu-x86_64/chipset.c boards/qemu-x86_64/devices.c \
	drivers/fw_cfg_port.c drivers/uart_16550.c \
	drivers/pci.c drivers/pci_assign.c drivers/pci_bridge.c drivers/pci_print.c \
	boot/acpi_tables.c boot/acpi_script.c boot/smbios.c boot/table_segment.c \
	$(wildcard boot/linux_x86*.c)
LD_SCRIPT := linker/x86_64.ld
BIN_PAD := 65536
DISK_SRC := boards/qemu-x86_64/disks.c
