/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime region: what outlives ExitBootServices. It is a program of its own (runtime.ld), linked without the rest of the
 * firmware, so that it cannot refer to anything outside; the firmware carries it as bytes and load.c puts it where it
 * runs. This header is the door between the two. The calls through it are made before ExitBootServices only.
 *
 *   region:   | code and constants, R-X | pad to the granule | data, bss, variables, RW- |
 *   the file: | header, code, constants, relocations | data |
 *
 * All of the region is one piece of type EfiRuntimeServicesCode, since its parts refer to each other by distance and
 * an operating system may map each piece of memory wherever it likes. The memory attributes table tells its rights.
 */
#ifndef EFI_RUNTIME_RUNTIME_H
#define EFI_RUNTIME_RUNTIME_H

#include "efi/event.h"
#include "efi/image_runtime.h"
#include "efi/runtime/config.h"
#include "efi/variable.h"

#define RUNTIME_MAGIC UINT64_C(0x656d69746e757243)

/* The first bytes of the file; all are offsets from the region's start but data_file. Made by runtime.ld. */
struct runtime_header {
	uint64_t magic;
	uint32_t text_size; /* bytes of the file that are code and constants */
	uint32_t data_file; /* where data begin in the file, */
	uint32_t data; /* in the region, */
	uint32_t data_size; /* how many bytes are in the file, */
	uint32_t end; /* and where bss ends in the region */
	uint32_t rela, rela_end; /* RELATIVE relocations, all of data */
	uint32_t door; /* struct runtime_door */
};
_Static_assert(sizeof(struct runtime_header) == 40, "runtime.ld");

struct runtime_start {
	struct efi_system_table *table;
	uint64_t base; /* of the region */
	struct efi_runtime_machine machine;
	void *variables; /* memory in the region */
	uint32_t variables_size;
	void *exchange; /* UEFI_VARS_BUFFER bytes of it, aligned to 8, when there is a uefi-vars device */
	/* Boot services that are of use meanwhile. */
	efi_tpl (*lock)(void);
	void (*unlock)(efi_tpl tpl);
	void (*before_reset)(void); /* tells EFI_EVENT_GROUP_RESET_SYSTEM */
};

/* What has become of the device or the flash for variables. */
struct runtime_store {
	int device; /* 0: there is none or it works, -ENODEV, -EIO */
	struct variable_flash_report report;
	uint64_t base, size; /* what must be mapped at run time; size 0: variables do not last */
	uint64_t used, room; /* bytes */
};

/* What SetVirtualAddressMap must know of the boot services' time. */
#define RUNTIME_MAP_MAX 32
struct runtime_exit {
	struct efi_runtime_event *events;
	struct efi_runtime_image *images;
	/* See efi_memory_runtime_map; 0: there were more, and what the caller maps is not judged. */
	uint32_t map_count;
	struct efi_memory_descriptor map[RUNTIME_MAP_MAX];
};

struct runtime_door {
	struct efi_runtime_services *services;
	void (*start)(const struct runtime_start *start, struct runtime_store *store);
	efi_status (*set_variable)(const struct variable_change *change);
	void (*ready_to_boot)(void);
	void (*exit_boot_services)(const struct runtime_exit *exit);
};

#endif
