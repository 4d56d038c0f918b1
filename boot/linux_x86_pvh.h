/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BOOT_LINUX_X86_PVH_H
#define BOOT_LINUX_X86_PVH_H

#include "boot/loader.h"

/* An ELF kernel with a PVH entry: Linux' vmlinux, among others. */
extern const struct loader linux_x86_pvh;

#endif
