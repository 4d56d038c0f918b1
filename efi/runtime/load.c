/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts the runtime region where it runs and speaks with it through its door; see runtime.h. This is the boot services' side:
 * nothing of this file outlives ExitBootServices.
 */
#define LOG_PREFIX "efi"

#include <string.h>

#include "efi/memory.h"
#include "efi/platform.h"
#include "efi/protocol/tables.h"
#include "efi/runtime.h"
#include "efi/runtime/runtime.h"
#include "drivers/uefi_vars.h"
#include "lib/assert.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define VARIABLES_MIN \
	(48 * 1024) /* room for variables; what the granule leaves is theirs as well */

/* The region as a file: efi/runtime/region.S. */
extern const uint8_t runtime_file[];

static const struct efi_guid reset_group = EFI_EVENT_GROUP_RESET_SYSTEM;
static struct efi_runtime_machine machine;
static uint64_t region_base;
static struct runtime_door *door;
static struct runtime_store store; /* what keeps variables, as the region has found it */

void efi_runtime_set_machine(const struct efi_runtime_machine *given)
{
	machine = *given;
}

uint32_t efi_runtime_supported(void)
{
	bool clock = machine.rtc || machine.rtc_port;

	return EFI_RT_SUPPORTED_GET_VARIABLE | EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME |
	       EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO | EFI_RT_SUPPORTED_SET_VIRTUAL_ADDRESS_MAP |
	       EFI_RT_SUPPORTED_CONVERT_POINTER | EFI_RT_SUPPORTED_RESET_SYSTEM |
	       (store.size ? EFI_RT_SUPPORTED_SET_VARIABLE |
				     EFI_RT_SUPPORTED_GET_NEXT_HIGH_MONOTONIC_COUNT
			   : 0) |
	       (clock ? EFI_RT_SUPPORTED_GET_TIME | EFI_RT_SUPPORTED_SET_TIME : 0);
}

efi_status efi_runtime_set_variable(const struct variable_change *change)
{
	return door->set_variable(change);
}

static void before_reset(void)
{
	efi_event_signal_group(&reset_group);
}

/* Code, data, zeros, and the addresses in the data. */
static void place(const struct runtime_header *header, uint8_t *region)
{
	struct rela {
		uint64_t offset, info, addend;
	};
	const uint8_t *file = (const uint8_t *)header;

	memcpy(region, file, header->text_size);
	memcpy(region + header->data, file + header->data_file, header->data_size);
	memset(region + header->data + header->data_size, 0,
	       header->end - header->data - header->data_size);
	for (uint32_t at = header->rela; at < header->rela_end; at += sizeof(struct rela)) {
		const struct rela *rela = (const void *)(region + at);

		le64_store(region + rela->offset, (uint64_t)(uintptr_t)region + rela->addend);
	}
}

/* An operating system must map it, and nobody else may have it. */
static void keep_store(const char *tag)
{
	struct mem_props props = mem_props_device(tag);

	if (memmap_retype(memmap_system(), store.base, store.size, MEM_OWNER_HARDWARE, &props) ||
	    efi_memory_add_runtime_io(store.base, store.size))
		log_warn("what keeps the variables has no place in the memory map; it works until "
			 "the operating system starts");
}

static void describe_device(void)
{
	if (store.device) {
		log_warn("the uefi-vars device does not answer as it should (error %d): variables "
			 "last until the machine is reset",
			 -store.device);
		return;
	}
	keep_store("uefi-vars");
	log_info("the uefi-vars device at 0x%lx keeps the variables, %lu of %lu bytes, and no "
		 "flash does",
		 store.base, store.used, store.room);
}

static void describe_flash(void)
{
	static const char remedy[] = "variables last until the machine is reset; give an empty "
				     "bank (docs/options.md, VARS)";
	const struct variable_flash_report *report = &store.report;

	switch (report->state) {
	case VARIABLE_FLASH_READY:
		keep_store("variables");
		log_info("%u variables in flash at 0x%lx, %lu of %lu bytes", report->variables,
			 store.base, store.used, store.room);
		break;
	case VARIABLE_FLASH_READ_ONLY:
		log_warn("the flash with %u variables cannot be written: changes last until the "
			 "machine is reset",
			 report->variables);
		break;
	case VARIABLE_FLASH_EDK2:
		log_warn("the flash bank for variables holds those of an EDK2 firmware, which "
			 "stay as they are: %s",
			 remedy);
		break;
	case VARIABLE_FLASH_FOREIGN:
		log_warn(
			"the flash bank for variables holds something else, which stays as it is: %s",
			remedy);
		break;
	case VARIABLE_FLASH_SMALL:
		log_warn("the flash bank for variables is too small, or of too large blocks: %s",
			 remedy);
		break;
	default:
		log_info("no flash bank for variables: %s", remedy);
		break;
	}
	if (report->damaged)
		log_warn(
			"the variables in flash were damaged: %u pieces are lost, %u variables are there",
			report->damaged, report->variables);
	if (report->torn)
		log_debug("%u writes of variables were cut off", report->torn);
}

/* Where the variables are in it, and what it takes of memory. */
static uint64_t variables_at(void)
{
	return align_up(((const struct runtime_header *)(const void *)runtime_file)->end, 8);
}

/* What the uefi-vars device needs of it, behind the variables. */
static uint64_t exchange_size(void)
{
	return machine.uefi_vars ? UEFI_VARS_BUFFER : 0;
}

static uint64_t region_size(void)
{
	return align_up(variables_at() + VARIABLES_MIN + exchange_size(),
			efi_platform_runtime_granule());
}

efi_status efi_runtime_claim(void)
{
	struct efi_pages_request request = {
		.pages = region_size() / EFI_PAGE_SIZE,
		.align = efi_platform_runtime_granule(),
		.props = efi_memory_policy(EfiRuntimeServicesCode, MEM_OWNER_FIRMWARE,
					   "EFI runtime"),
	};

	return efi_pages_claim(&request, &region_base);
}

void efi_runtime_release(void)
{
	efi_pages_release(region_base, region_size() / EFI_PAGE_SIZE, MEM_OWNER_FIRMWARE);
}

struct efi_runtime_services *efi_runtime_start(struct efi_system_table *table)
{
	const struct runtime_header *header = (const void *)runtime_file;
	uint64_t variables = variables_at(), size = region_size();
	struct runtime_start start = {
		.base = region_base,
		.table = table,
		.machine = machine,
		.variables_size = (uint32_t)(size - exchange_size() - variables),
		.lock = efi_lock,
		.unlock = efi_unlock,
		.before_reset = before_reset,
	};
	uint8_t *region = (uint8_t *)(uintptr_t)region_base;

	assert(header->magic == RUNTIME_MAGIC &&
	       header->data % efi_platform_runtime_granule() == 0);
	place(header, region);
	efi_platform_code_sync(start.base, header->text_size);
	/* Cannot run out of nodes half way with harm: what stays is writable and executable, not lost. */
	efi_pages_protect(start.base, header->data / EFI_PAGE_SIZE, MEM_OWNER_FIRMWARE, MEM_RX);
	efi_pages_protect(start.base + header->data, (size - header->data) / EFI_PAGE_SIZE,
			  MEM_OWNER_FIRMWARE, MEM_RW);
	if (machine.rtc)
		efi_memory_add_runtime_io(machine.rtc, machine.rtc_size);
	start.variables = region + variables;
	start.exchange = region + size - exchange_size();
	door = (struct runtime_door *)(void *)(region + header->door);
	door->start(&start, &store);
	if (machine.uefi_vars)
		describe_device();
	else
		describe_flash();
	return door->services;
}

void efi_runtime_ready_to_boot(void)
{
	door->ready_to_boot();
}

void efi_runtime_exit_boot_services(void)
{
	static struct runtime_exit at_exit;
	uint64_t count = efi_memory_runtime_map(at_exit.map, RUNTIME_MAP_MAX);

	at_exit.events = efi_event_runtime();
	at_exit.images = efi_image_runtime();
	at_exit.map_count = count <= RUNTIME_MAP_MAX ? (uint32_t)count : 0;
	door->exit_boot_services(&at_exit);
}
