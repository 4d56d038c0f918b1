/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The set-up header of a bzImage, checked (Linux, Documentation/arch/x86/boot.rst; names as there).
 * Pure C.
 */
#ifndef BOOT_LINUX_X86_HEADER_H
#define BOOT_LINUX_X86_HEADER_H

#include <stddef.h>
#include <stdint.h>

/* Offsets in the file, and in struct boot_params. */
#define HDR_SETUP_SECTS 0x1f1
#define HDR_SYSSIZE 0x1f4
#define HDR_BOOT_FLAG 0x1fe
#define HDR_JUMP_LENGTH 0x201
#define HDR_HEADER 0x202
#define HDR_VERSION 0x206
#define HDR_TYPE_OF_LOADER 0x210
#define HDR_LOADFLAGS 0x211
#define HDR_CODE32_START 0x214
#define HDR_RAMDISK_IMAGE 0x218
#define HDR_RAMDISK_SIZE 0x21c
#define HDR_CMD_LINE_PTR 0x228
#define HDR_INITRD_ADDR_MAX 0x22c
#define HDR_KERNEL_ALIGNMENT 0x230
#define HDR_RELOCATABLE_KERNEL 0x234
#define HDR_XLOADFLAGS 0x236
#define HDR_CMDLINE_SIZE 0x238
#define HDR_SETUP_DATA 0x250
#define HDR_PREF_ADDRESS 0x258
#define HDR_INIT_SIZE 0x260
#define HDR_END_MIN 0x264 /* end of the header of protocol 2.12, the first with a 64-bit entry */
#define HDR_END_MAX 0x290

struct linux_x86_header {
	uint64_t code_offset; /* of the protected-mode code in the file */
	uint64_t code_size; /* bytes of it to load */
	uint64_t span; /* bytes that must be free from the load address on: init_size, or more */
	uint64_t alignment;
	uint64_t pref_address;
	uint64_t initrd_max; /* highest address of an initrd's last byte below 4 GiB */
	uint32_t cmdline_max; /* bytes without the NUL */
	uint32_t header_end; /* bytes [HDR_SETUP_SECTS, header_end) go to boot_params */
	uint8_t relocatable; /* else only pref_address serves */
	uint8_t above_4g; /* kernel, boot_params, command line and initrd may lie above 4 GiB */
};

/* 1 when the file begins like a bzImage. */
int linux_x86_recognise(const uint8_t *head, size_t size);

/*
 * Checks the first `size` bytes of a kernel file of `file_size` bytes. 0 and *header; -EINVAL,
 * having logged one line: damaged, cut short, or a header that lies; -ENOEXEC: a kernel without a
 * 64-bit entry.
 */
int linux_x86_header(const uint8_t *head, size_t size, uint64_t file_size,
		     struct linux_x86_header *header);

#endif
