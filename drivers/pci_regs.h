/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration space (PCI Local Bus Specification 3.0, chapter 6; PCI-to-PCI Bridge Architecture
 * 1.2, 3.2). Registers that are read or written two at a time, as 64 bits, stand together.
 */
#ifndef DRIVERS_PCI_REGS_H
#define DRIVERS_PCI_REGS_H

#define PCI_DEVICE_SIZE 0x8000 /* bytes by memory: 8 functions of 4 KiB */
#define PCI_VENDOR 0x00 /* and device at 0x02 */
#define PCI_COMMAND 0x04
#define PCI_COMMAND_IO 1
#define PCI_COMMAND_MEMORY 2
#define PCI_COMMAND_MASTER 4u
#define PCI_REVISION 0x08 /* 8 bits, class 24; cache line, latency, header type 8, self test */
#define PCI_BAR0 0x10
#define PCI_CAPABILITIES 0x34
#define PCI_INTERRUPT_LINE 0x3c /* and pin at 0x3d */

#define PCI_BUSES 0x18 /* primary, secondary, subordinate, latency; I/O base and limit, status */
#define PCI_IO_WINDOW 0x1c
#define PCI_MEMORY_WINDOW 0x20 /* base and limit; the same of prefetchable memory */
#define PCI_PREFETCH_WINDOW 0x24
#define PCI_PREFETCH_UPPER 0x28 /* bits 63:32 of base, of limit */
#define PCI_IO_UPPER 0x30

#define PCI_IO_CLOSED 0x00f0 /* base above limit: the window decodes nothing */
#define PCI_MEMORY_CLOSED 0x0000fff0

#define PCI_CAPABILITY_EXPRESS 0x10 /* bits 23:20 of its first word: what kind of port */
#define PCI_EXPRESS_ROOT_PORT 4
#define PCI_EXPRESS_DOWNSTREAM 6

/*
 * QEMU's wish for room behind a bridge (QEMU include/hw/pci/pci_bridge.h): a vendor's capability of
 * 32 bytes, type 1. All ones: no wish.
 */
#define PCI_VENDOR_QEMU 0x1b36
#define PCI_RESERVE 0x01200009
#define PCI_RESERVE_MASK 0xffff00ff
#define PCI_RESERVE_BUSES 4
#define PCI_RESERVE_IO 8 /* 64 bits */
#define PCI_RESERVE_MEMORY 16
#define PCI_RESERVE_PREFETCH_32 20
#define PCI_RESERVE_PREFETCH_64 24 /* 64 bits */

#endif
