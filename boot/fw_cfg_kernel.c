/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's -kernel, -initrd and -append as a boot entry. On x86 QEMU cuts the kernel file in two items, set-up and the
 * rest; a payload may have parts and gives the whole file again. QEMU 10 also offers the unmodified file.
 */
#define LOG_PREFIX "boot"

#include "boot/fw_cfg_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/loader.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define CMDLINE_MAX 65536 /* bytes; longer than any kernel takes */

static int read_parts(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	struct fw_cfg *fw = payload->context;
	uint8_t *at = to;

	for (int i = 0; i < 2 && size; i++) {
		const struct fw_cfg_item *item = &payload->items[i];
		uint64_t here;
		int error;

		if (offset >= item->size) {
			offset -= item->size;
			continue;
		}
		here = item->size - offset < size ? item->size - offset : size;
		error = fw_cfg_read(fw, item, offset, at, here);
		if (error)
			return error;
		at += here;
		size -= here;
		offset = 0;
	}
	return size ? -EINVAL : 0;
}

static struct fw_cfg_item numbered(struct fw_cfg *fw, uint32_t size_key, uint32_t data_key)
{
	return (struct fw_cfg_item){.key = data_key, .size = fw_cfg_number(fw, size_key, 4)};
}

static void describe(struct fw_cfg *fw, struct boot_request *request)
{
	struct payload *kernel = &request->kernel;
	struct payload *initrd = &request->initrd;

	*kernel = (struct payload){.name = "kernel", .read = read_parts, .context = fw};
	if (fw_cfg_find(fw, "etc/boot/kernel", &kernel->items[0])) {
		kernel->items[0] = numbered(fw, FW_CFG_SETUP_SIZE, FW_CFG_SETUP_DATA);
		kernel->items[1] = numbered(fw, FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA);
	}
	kernel->size = kernel->items[0].size + kernel->items[1].size;
	*initrd = (struct payload){.name = "initrd", .read = read_parts, .context = fw};
	initrd->items[0] = numbered(fw, FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA);
	initrd->size = initrd->items[0].size;
}

/* QEMU counts the NUL in CMDLINE_SIZE. 0; -E2BIG, -ENOMEM, -EIO. */
static int read_cmdline(struct fw_cfg *fw, struct boot_request *request, char **text)
{
	struct fw_cfg_item item = numbered(fw, FW_CFG_CMDLINE_SIZE, FW_CFG_CMDLINE_DATA);

	if (item.size > CMDLINE_MAX) {
		log_error("the command line has %lu bytes, more than %d: shorten -append",
			  item.size, CMDLINE_MAX);
		return -E2BIG;
	}
	*text = malloc(item.size + 1);
	if (!*text)
		return -ENOMEM;
	if (item.size && fw_cfg_read(fw, &item, 0, *text, item.size)) {
		free(*text);
		return -EIO;
	}
	(*text)[item.size] = '\0';
	request->cmdline = *text;
	request->cmdline_size = strlen(*text) + 1;
	return 0;
}

/* Lets the loader boot that knows the kernel's first bytes. */
static int load(const struct boot_request *request)
{
	static uint8_t head[LOADER_HEAD_SIZE] __attribute__((aligned(16), section(".noinit")));
	uint64_t size = request->kernel.size < sizeof(head) ? request->kernel.size : sizeof(head);

	if (request->kernel.read(&request->kernel, 0, head, size)) {
		log_error("the kernel cannot be read from fw_cfg");
		return -EIO;
	}
	return loader_start(request, head, size);
}

int fw_cfg_kernel_boot(struct machine *machine)
{
	struct boot_request request = {.machine = machine};
	char *cmdline = NULL;
	int error;

	if (!machine->fw_cfg.base)
		return -ENOENT;
	describe(&machine->fw_cfg, &request);
	if (!request.kernel.size)
		return -ENOENT;
	error = read_cmdline(&machine->fw_cfg, &request, &cmdline);
	if (error)
		return error;
	error = load(&request);
	free(cmdline);
	return error;
}
