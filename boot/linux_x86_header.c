/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "linux"

#include "boot/linux_x86_header.h"

#include <errno.h>

#include "lib/bytes.h"
#include "lib/log.h"

#define BOOT_FLAG 0xaa55
#define MAGIC 0x53726448 /* "HdrS" */
#define VERSION_64BIT 0x20c
#define LOADED_HIGH 0x01
#define XLF_KERNEL_64 0x01
#define XLF_CAN_BE_LOADED_ABOVE_4G 0x02
#define PARAGRAPH 16

int linux_x86_recognise(const uint8_t *head, size_t size)
{
	return size >= HDR_HEADER + 4 && le32_load(head + HDR_HEADER) == MAGIC;
}

static int refuse_field(const char *field, uint64_t value)
{
	log_error(
		"the kernel's header says %s is 0x%lx, which cannot be: the file is damaged, get it again",
		field, value);
	return -EINVAL;
}

/* That the file is of a kind that we boot. */
static int check_kind(const uint8_t *head)
{
	uint32_t version = le16_load(head + HDR_VERSION);

	if (le16_load(head + HDR_BOOT_FLAG) != BOOT_FLAG)
		return refuse_field("boot_flag", le16_load(head + HDR_BOOT_FLAG));
	if (version < VERSION_64BIT || !(le16_load(head + HDR_XLOADFLAGS) & XLF_KERNEL_64) ||
	    !(head[HDR_LOADFLAGS] & LOADED_HIGH)) {
		log_error(
			"the kernel (boot protocol %u.%02u) has no 64-bit entry: take an x86_64 kernel of Linux 3.8 "
			"or later",
			version >> 8, version & 0xff);
		return -ENOEXEC;
	}
	return 0;
}

/* Where the code is in the file, and whether the file has all of it. */
static int find_code(const uint8_t *head, uint64_t file_size, struct linux_x86_header *header)
{
	uint64_t sectors = head[HDR_SETUP_SECTS] ? head[HDR_SETUP_SECTS] : 4;
	uint64_t code = (uint64_t)le32_load(head + HDR_SYSSIZE) * PARAGRAPH;
	uint64_t present;

	header->code_offset = (sectors + 1) * 512;
	present = file_size > header->code_offset ? file_size - header->code_offset : 0;
	if (!code)
		return refuse_field("syssize", code);
	/*
	 * The last paragraph may be incomplete; what follows the code (a signature) is not loaded.
	 */
	if (present + PARAGRAPH <= code) {
		log_error(
			"the kernel is cut short: its header announces %lu bytes, the file has %lu; get it again",
			header->code_offset + code, file_size);
		return -EINVAL;
	}
	header->code_size = present < code ? present : code;
	return 0;
}

static int find_place(const uint8_t *head, struct linux_x86_header *header)
{
	uint64_t init_size = le32_load(head + HDR_INIT_SIZE);

	header->alignment = le32_load(head + HDR_KERNEL_ALIGNMENT);
	header->pref_address = le64_load(head + HDR_PREF_ADDRESS);
	header->relocatable = head[HDR_RELOCATABLE_KERNEL] != 0;
	header->above_4g = (le16_load(head + HDR_XLOADFLAGS) & XLF_CAN_BE_LOADED_ABOVE_4G) != 0;
	if (header->alignment < PAGE_SIZE || header->alignment & (header->alignment - 1))
		return refuse_field("kernel_alignment", header->alignment);
	if (!header->pref_address || header->pref_address % PAGE_SIZE ||
	    header->pref_address >= UINT64_C(1) << 46)
		return refuse_field("pref_address", header->pref_address);
	if (!init_size)
		return refuse_field("init_size", init_size);
	header->span = init_size > header->code_size ? init_size : header->code_size;
	return 0;
}

int linux_x86_header(const uint8_t *head, size_t size, uint64_t file_size,
		     struct linux_x86_header *header)
{
	int error;

	if (size < HDR_END_MAX) {
		log_error("the kernel is cut short: %lu bytes do not hold its header; get it again",
			  file_size);
		return -EINVAL;
	}
	error = check_kind(head);
	if (!error)
		error = find_code(head, file_size, header);
	if (!error)
		error = find_place(head, header);
	if (error)
		return error;
	header->initrd_max = le32_load(head + HDR_INITRD_ADDR_MAX);
	header->cmdline_max = le32_load(head + HDR_CMDLINE_SIZE);
	header->header_end = HDR_HEADER + head[HDR_JUMP_LENGTH];
	if (header->header_end < HDR_END_MIN || header->header_end > HDR_END_MAX)
		return refuse_field("its own end", header->header_end);
	return 0;
}
