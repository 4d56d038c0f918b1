/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot manager starts, wherever it comes from: payloads to read, and loaders that know a format.
 */
#ifndef BOOT_LOADER_H
#define BOOT_LOADER_H

#include <stddef.h>
#include <stdint.h>

#include "boards/board.h"

#define LOADER_HEAD_SIZE 4096 /* bytes of a payload's start that recognise() may look at */

/* Bytes that can be read into memory: a kernel, an initrd. */
struct payload {
	const char *name; /* "kernel", "initrd": the tag of its claim */
	uint64_t size; /* bytes; 0: there is none */
	/* Reads [offset, offset + size) straight to `to`. 0; -EINVAL beyond the end; -EIO. */
	int (*read)(const struct payload *payload, uint64_t offset, void *to, uint64_t size);
	void *context;
	struct fw_cfg_item items[2]; /* for fw_cfg: the parts, one after the other */
};

/* One thing to boot. */
struct boot_request {
	struct machine *machine;
	struct payload kernel;
	struct payload initrd; /* size 0: none */
	const char *cmdline; /* NUL-terminated, never NULL */
	uint64_t cmdline_size; /* bytes with the NUL */
};

/* A format. */
struct loader {
	const char *name; /* "Linux arm64 Image" */
	/* 1 when the first `size` bytes are this format's (well-formed or not), else 0. */
	int (*recognise)(const uint8_t *head, size_t size);
	/* Places, loads and starts. Returns only on failure: -errno, one line said why and what to do, every
	 * claim may be left to the attempt. */
	int (*boot)(const struct boot_request *request, const uint8_t *head, size_t head_size);
};

/* The machine's formats, in the order they are tried; ends with NULL. In boot/linux_arm64.c or boot/linux_x86.c. */
extern const struct loader *const loaders[];

/* That of the machine's formats that knows these first bytes of a kernel, or NULL. */
const struct loader *loader_find(const uint8_t *head, size_t size);

/*
 * Finds the loader that knows the first `size` bytes of the kernel, and lets it boot. 0: an EFI application ran and has returned; else
 * what the loader returned; -ENOEXEC: there is none, which was said.
 */
int loader_start(const struct boot_request *request, const uint8_t *head, size_t size);

/* Reads a payload with progress lines on long loads (log level info): 0, -EINVAL, -EIO. */
int payload_read(const struct payload *payload, uint64_t offset, void *to, uint64_t size);

/* A loader calls attempt_hand_over (boot/attempt.h) before it leaves. */

#endif
