/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies below the image after relocation: sizes for boot/relocate.c and the linker scripts, so numbers only. */
#ifndef BOOT_LAYOUT_H
#define BOOT_LAYOUT_H

#define GUARD_SIZE 0x1000 /* bytes, as all of these; multiples of a page */
#define STACK_SIZE 0x10000
#define HEAP_SIZE 0x80000

#endif
