/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices that x86 finds nowhere else: QEMU's file etc/hardware-info of fw_cfg (QEMU 10.0, include/hw/uefi/hardware-info.h), one entry after
 * the other: type (8 bytes), bytes of what follows (8), and that, an address for a simple device. All little-endian.
 */
#ifndef BOOT_HARDWARE_INFO_H
#define BOOT_HARDWARE_INFO_H

#include <stdint.h>

#define HARDWARE_INFO_FILE "etc/hardware-info"
#define HARDWARE_INFO_UEFI_VARS 2

/* The address of the first device of this type in a file of `size` bytes; 0: there is none. An entry that is cut off ends the file. */
uint64_t hardware_info_find(const uint8_t *file, uint64_t size, uint64_t type);

#endif
