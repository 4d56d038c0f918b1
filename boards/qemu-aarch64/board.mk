# SPDX-License-Identifier: BSD-2-Clause
# QEMU's `virt` machine with a 64-bit Arm processor.
ARCH := aarch64
LD_SCRIPT := linker/aarch64.ld
BIN_PAD := 0
BOARD_SRC := boards/qemu-aarch64/board.c \
	drivers/uart_pl011.c drivers/fw_cfg_mmio.c \
	boot/linux_arm64.c boot/fdt_fixup.c boot/fdt_edit.c boot/gzip.c
DISK_SRC := boards/qemu-aarch64/disks.c drivers/pci.c drivers/pci_assign.c drivers/pci_bridge.c
