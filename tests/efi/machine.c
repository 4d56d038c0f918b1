/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine for tests of efi/; see machine.h. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "efi/debug_image.h"
#include "efi/event.h"
#include "efi/exit.h"
#include "efi/handle.h"
#include "efi/image.h"
#include "efi/memory.h"
#include "efi/memory_attributes.h"
#include "efi/misc.h"
#include "efi/object.h"
#include "efi/platform.h"
#include "efi/pool.h"
#include "efi/protocols.h"
#include "efi/runtime.h"
#include "efi/table.h"
#include "tests/efi/machine.h"

struct memmap machine_map;
uint64_t machine_quiesced;
uint64_t machine_exited;
uint64_t machine_readied;
uint64_t machine_watchdog_code;
uint16_t machine_pe = 0x8664;

static uint64_t granule;
static uint64_t now;
static uint64_t clock_step;
static uint64_t alarm_at;
static bool interrupts;
static uint64_t fail_at;
static uint64_t allocations;

static void map_arena(void)
{
	static void *arena;

	if (arena)
		return;
	arena = mmap((void *)(uintptr_t)RAM_BASE, RAM_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (arena != (void *)(uintptr_t)RAM_BASE) {
		perror("the test machine's memory cannot be mapped at 0x40000000");
		exit(1);
	}
}

void machine_start(uint64_t runtime_granule)
{
	struct mem_props props = mem_props_free();

	map_arena();
	efi_debug_image_forget();
	efi_memory_attributes_forget();
	efi_event_reset();
	efi_exit_reset();
	efi_handle_reset();
	efi_image_reset();
	efi_memory_reset();
	efi_misc_reset();
	efi_object_reset();
	efi_pool_reset();
	efi_table_reset();
	granule = runtime_granule;
	now = 1000;
	clock_step = 0;
	alarm_at = UINT64_MAX;
	interrupts = true;
	fail_at = 0;
	allocations = 0;
	machine_quiesced = 0;
	machine_exited = 0;
	machine_readied = 0;
	machine_watchdog_code = UINT64_MAX;
	memmap_init(&machine_map, NULL, NULL);
	memmap_add(&machine_map, RAM_BASE, RAM_SIZE, &props);
	props = mem_props_device("uart0");
	memmap_add(&machine_map, UART_BASE, 0x1000, &props);
	props = mem_props_firmware("text");
	memmap_claim_at(&machine_map, RAM_BASE + RAM_SIZE - FIRMWARE_SIZE, FIRMWARE_SIZE, &props);
	memmap_system_set(&machine_map);
}

/* ---- time and interrupts ---- */

static void interrupt_if_due(void)
{
	while (interrupts && alarm_at <= now) {
		alarm_at = UINT64_MAX;
		interrupts = false;
		efi_event_tick();
		interrupts = true;
	}
}

uint64_t efi_platform_now(void)
{
	now += clock_step;
	if (clock_step)
		interrupt_if_due();
	return now;
}

void machine_run(uint64_t time)
{
	uint64_t end = now + time;

	while (interrupts && alarm_at <= end) {
		if (alarm_at > now)
			now = alarm_at;
		interrupt_if_due();
	}
	now = end;
	interrupt_if_due();
}

void machine_clock_step(uint64_t step)
{
	clock_step = step;
}

void efi_platform_alarm(uint64_t when)
{
	alarm_at = when;
}

uint64_t machine_alarm(void)
{
	return alarm_at;
}

bool machine_interrupts_on(void)
{
	return interrupts;
}

void efi_platform_irq_disable(void)
{
	interrupts = false;
}

void efi_platform_irq_enable(void)
{
	interrupts = true;
	interrupt_if_due();
}

void efi_platform_idle(void)
{
	if (alarm_at == UINT64_MAX) {
		printf("# the machine would sleep for ever\n");
		exit(1);
	}
	if (alarm_at > now)
		now = alarm_at;
	efi_platform_irq_enable();
}

void efi_platform_stall(uint64_t microseconds)
{
	machine_run(microseconds * 10);
}

/* ---- the rest of the platform ---- */

uint64_t efi_platform_runtime_granule(void)
{
	return granule;
}

uint16_t efi_platform_machine(void)
{
	return machine_pe;
}

void efi_platform_code_sync(uint64_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

struct host_context {
	jmp_buf buffer;
	efi_status status;
};
_Static_assert(sizeof(struct host_context *) <= sizeof(struct efi_context), "it holds a pointer");

/* The image's stack stays unused here: a sanitizer wants to know its stacks. */
efi_status efi_platform_enter(struct efi_context *context, efi_image_entry_point entry,
			      efi_handle handle, struct efi_system_table *table, uint64_t stack)
{
	struct host_context host;

	memset((void *)(stack - 4096), 0x5a, 4096); /* it must be there */
	context->words[0] = (uint64_t)(uintptr_t)&host;
	if (!setjmp(host.buffer))
		return entry(handle, table);
	return host.status;
}

_Noreturn void efi_platform_leave(struct efi_context *context, efi_status status)
{
	struct host_context *host = (struct host_context *)context->words[0];

	host->status = status;
	longjmp(host->buffer, 1);
}

void efi_platform_quiesce(void)
{
	machine_quiesced++;
}

static jmp_buf watchdog_buffer;

_Noreturn void efi_platform_watchdog(uint64_t code)
{
	machine_watchdog_code = code;
	longjmp(watchdog_buffer, 1);
}

int machine_watchdog_bites(uint64_t time);
int machine_watchdog_bites(uint64_t time)
{
	if (setjmp(watchdog_buffer))
		return 1;
	machine_run(time);
	return 0;
}

int efi_platform_may_allocate(void)
{
	allocations++;
	return allocations != fail_at;
}

void machine_fail_at(uint64_t n)
{
	allocations = 0;
	fail_at = n;
}

uint64_t machine_allocations(void)
{
	return allocations;
}

/* ---- runtime services and protocols, as little as boot services ask for ---- */

static uint32_t high_count;

static efi_status EFIAPI next_high_count(uint32_t *high)
{
	*high = ++high_count;
	return EFI_SUCCESS;
}

static struct efi_runtime_services runtime_services = {
	.Hdr = {.Signature = EFI_RUNTIME_SERVICES_SIGNATURE,
		.Revision = EFI_2_100_SYSTEM_TABLE_REVISION,
		.HeaderSize = sizeof(struct efi_runtime_services)},
	.GetNextHighMonotonicCount = next_high_count,
};

efi_status efi_runtime_claim(void)
{
	return efi_platform_may_allocate() ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

void efi_runtime_release(void)
{
}

struct efi_runtime_services *efi_runtime_start(struct efi_system_table *table)
{
	(void)table;
	high_count = 0;
	return &runtime_services;
}

void efi_runtime_exit_boot_services(void)
{
	machine_exited++;
}

void efi_runtime_ready_to_boot(void)
{
	machine_readied++;
}

efi_status efi_protocols_install(void)
{
	return EFI_SUCCESS;
}

void efi_protocols_leave(void)
{
}

void efi_protocols_asked_for(const struct efi_guid *guid)
{
	(void)guid;
}

void efi_protocols_forget_code(uint64_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

/* ---- snapshots ---- */

static uint64_t hash(uint64_t h, const void *data, uint64_t size)
{
	const uint8_t *byte = data;

	while (size--)
		h = (h ^ *byte++) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t map_hash(void)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	struct mem_region region;

	memmap_first(&machine_map, &region);
	do {
		h = hash(h, &region, sizeof(region));
	} while (memmap_next(&machine_map, &region));
	return h;
}

struct snapshot machine_snapshot(void)
{
	struct snapshot s = {
		.map = map_hash(),
		.handles = efi_object_count(EFI_OBJECT_HANDLE),
		.events = efi_object_count(EFI_OBJECT_EVENT),
		.notifies = efi_object_count(EFI_OBJECT_NOTIFY),
	};

	for (uint32_t type = 0; type < EfiMaxMemoryType; type++)
		s.pools += efi_pool_used(type);
	return s;
}

bool snapshot_same(const struct snapshot *a, const struct snapshot *b)
{
	if (a->map != b->map)
		printf("# the map differs\n");
	if (a->pools != b->pools)
		printf("# pools: %lu and %lu bytes\n", a->pools, b->pools);
	if (a->handles != b->handles || a->events != b->events || a->notifies != b->notifies)
		printf("# handles %lu %lu, events %lu %lu, notifies %lu %lu\n", a->handles,
		       b->handles, a->events, b->events, a->notifies, b->notifies);
	return !memcmp(a, b, sizeof(*a));
}

uint64_t machine_regions(void)
{
	return memmap_count(&machine_map);
}

uint64_t machine_regions_tagged(const char *tag)
{
	struct mem_region region;
	uint64_t count = 0;

	memmap_first(&machine_map, &region);
	do {
		count += !strncmp(region.props.tag, tag, MEM_TAG_MAX);
	} while (memmap_next(&machine_map, &region));
	return count;
}
