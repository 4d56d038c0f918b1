/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI applications as a format beside the machine's own. EFI is set up for the first of them, and stays set up; interrupts
 * are on only while one runs.
 */
#define LOG_PREFIX "efi"

#include "boot/efi_app.h"

#include <errno.h>
#include <stdlib.h>

#include "boot/attempt.h"
#include "boot/disk_boot.h"
#include "boot/efi_ram.h"
#include "boot/efi_stages.h"
#include "boot/loader.h"
#include "boot/options.h"
#include "efi/api.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/memmap_print.h"

#define HEADERS_MAX KIB(64) /* bytes of a file's start that are looked at for its headers */
#define TABLES_MAX 2
#define RSDP_REVISION 15 /* 0: ACPI 1.0's (ACPI 6.5, 5.2.5.3) */

enum { FILE_KERNEL, FILE_INITRD, FILE_CMDLINE, FILES };

/* QEMU's files under the path that systemd-boot and shim know: vendor media, and a file on it. */
struct file_path {
	struct efi_dp_medium medium;
	struct {
		struct efi_device_path_protocol header;
		CHAR16 name[8];
	} __attribute__((packed)) file;
	struct efi_device_path_protocol end;
} __attribute__((packed));

static struct file_path kernel_path = {
	.medium = EFI_DP_MEDIUM(QEMU_KERNEL_LOADER_FS_MEDIA_GUID),
	.file = {{MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {20, 0}}, u"\\kernel"},
	.end = EFI_DP_END,
};

/* What runs, or ran last. EFI's files refer to it as long as EFI lives. */
static struct boot_request running;
static struct efi_file_source files[FILES];
static struct efi_devices devices;
static struct device console_device = {.name = "uart"};
static int interrupts;
static bool started; /* the image that was loaded last */

/* ---- what efi/ asks of boot/ ---- */

void efi_platform_quiesce(void)
{
	efi_stages_print();
	disk_boot_quiesce();
	arch_irq_quiesce();
	interrupts = 0;
}

_Noreturn void efi_platform_watchdog(uint64_t code)
{
	log_error(
		"the application has not ended in time, nor switched the watchdog off (code 0x%lx): resetting",
		code);
	board_reset(running.machine);
}

/* Our console adds the CR of a CR LF itself. */
static void write_bytes(const char *bytes, uint64_t size)
{
	struct console *console = &running.machine->console;
	uint64_t from = 0;

	for (uint64_t i = 0; i + 1 < size; i++)
		if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
			console_write(console, bytes + from, i - from);
			from = ++i;
		}
	console_write(console, bytes + from, size - from);
}

static int read_byte(void)
{
	return console_read(&running.machine->console);
}

static int read_payload(const struct efi_file_source *file, uint64_t offset, void *to,
			uint64_t size)
{
	const struct payload *payload = file->context;

	return payload->read(payload, offset, to, size);
}

static int read_cmdline(const struct efi_file_source *file, uint64_t offset, void *to,
			uint64_t size)
{
	(void)file;
	memcpy(to, running.cmdline + offset, size);
	return 0;
}

static void look_for_entropy(void)
{
	devices.entropy_look = NULL;
	disk_boot_entropy(running.machine, &devices);
}

/* Disks are for applications that look around. */
static void look_for_disks(void)
{
	devices.disks_look = NULL;
	disk_boot_offer(running.machine);
}

/* What of a session before this one has found stays: protocols are over it. */
static void offer_devices(void)
{
	uint64_t cmdline = running.cmdline_size ? running.cmdline_size - 1 : 0;
	uint64_t probe;

	if (!devices.entropy && !efi_machine_entropy(&probe, sizeof(probe)))
		devices.entropy = efi_machine_entropy;
	console_device.registers = running.machine->console.base;

	files[FILE_KERNEL] = (struct efi_file_source){"kernel", running.kernel.size, read_payload,
						      &running.kernel};
	files[FILE_INITRD] = (struct efi_file_source){"initrd", running.initrd.size, read_payload,
						      &running.initrd};
	files[FILE_CMDLINE] = (struct efi_file_source){"cmdline", cmdline, read_cmdline, NULL};
	devices = (struct efi_devices){
		.console_write = write_bytes,
		.console_read = read_byte,
		.console_device = &console_device,
		.entropy = devices.entropy,
		.disks_look = look_for_disks,
		.entropy_look = devices.entropy ? NULL : look_for_entropy,
		.entropy_path = devices.entropy_path,
		.entropy_device = devices.entropy_device,
		.files = files,
		.file_count = running.kernel.size ? FILES : 0,
		.initrd = running.initrd.size ? &files[FILE_INITRD] : NULL,
	};
	efi_devices_set(&devices);
}

/* ---- an application ---- */

/* The time of interrupts: from here to interrupts_off. */
static int interrupts_on(void)
{
	struct arch_irq_controller controller;
	int error = efi_machine_irq(running.machine, &controller);

	if (error)
		return error;
	error = arch_irq_start(memmap_system(), &controller, efi_tick);
	if (error) {
		log_error("the interrupt controller cannot be used (error %d): no EFI applications",
			  -error);
		return error;
	}
	interrupts = 1;
	efi_platform_alarm(0); /* timers that an application left behind go on */
	efi_platform_irq_enable();
	return 0;
}

static void interrupts_off(void)
{
	if (interrupts)
		arch_irq_stop(memmap_system());
	interrupts = 0;
}

/* QEMU's -append as CHAR16; NULL: there is none, or no memory for it. */
static CHAR16 *load_options(void)
{
	uint64_t count = running.cmdline_size;
	CHAR16 *options;

	if (count < 2)
		return NULL;
	options = malloc(count * sizeof(*options));
	for (uint64_t i = 0; options && i < count; i++)
		options[i] = (uint8_t)running.cmdline[i];
	return options;
}

static int read_image(const struct pe_source *source, uint64_t offset, void *to, uint64_t size)
{
	const struct payload *payload = source->context;

	return payload_read(payload, offset, to, size);
}

/* An application is about to start. */
static void starting(void)
{
	started = true;
	efi_stage_begin(EFI_STAGE_APPLICATION);
}

/* An end with success is no warning, but where there are warnings it is said what has ended. */
static void print_end(const char *name, efi_status status)
{
	if (status)
		log_warn("%s has ended with status %lu, %s", name, status & ~EFI_ERROR_BIT,
			 EFI_ERROR(status) ? "an error" : "a warning");
	else if (log_level() >= LOG_WARN)
		log_raw(LOG_PREFIX ": %s has ended with status 0: success\n", name);
	efi_stages_print();
	if (log_level() >= LOG_INFO)
		memmap_print(memmap_system());
}

static int load_and_run(const struct efi_program *program, const struct efi_app *app)
{
	efi_status status;

	attempt_hand_over(program->name, 0);
	disk_boot_list();
	efi_stage_begin(EFI_STAGE_LOADING);
	started = false;
	efi_ram_show();
	status = efi_run_image(app);
	efi_ram_hide();
	efi_stage_begin(EFI_STAGE_BETWEEN);
	if (!started)
		return -ENOEXEC;
	print_end(program->name, status);
	return 0;
}

int efi_program_run(const struct efi_program *program)
{
	const struct pe_source source = {read_image, (void *)(uintptr_t)program->file,
					 program->file->size};
	uint64_t size = source.size < HEADERS_MAX ? source.size : HEADERS_MAX;
	void *head = malloc(size);
	const struct efi_app app = {
		.name = program->name,
		.source = &source,
		.head = head,
		.head_size = size,
		.path = program->path,
		.load_options = program->options,
		.load_options_size = program->options_size,
		.starting = starting,
	};
	int error = head ? payload_read(program->file, 0, head, size) : -ENOMEM;

	if (error)
		log_error("%s cannot be read (error %d)", program->name, -error);
	else
		error = load_and_run(program, &app);
	free(head);
	return error;
}

/*
 * What tells of the machine, as configuration tables: how many. ACPI or a devicetree, never both (EBBR 2.4, 2.3): an operating system that
 * finds two descriptions takes one of them, and which one cannot be told.
 */
static uint32_t describe(struct efi_configuration_table *tables)
{
	static const struct efi_guid acpi = EFI_ACPI_20_TABLE_GUID, acpi1 = ACPI_TABLE_GUID;
	static const struct efi_guid smbios = SMBIOS_TABLE_GUID, smbios3 = SMBIOS3_TABLE_GUID;
	static const struct efi_guid dtb = EFI_DTB_TABLE_GUID;
	const struct machine *machine = running.machine;
	const char *rsdp, *anchor;
	uint32_t count = 0;

	efi_machine_describe(running.machine);
	rsdp = (const char *)(uintptr_t)machine->acpi_rsdp;
	anchor = (const char *)(uintptr_t)machine->smbios;
	if (rsdp) {
		tables[count].VendorGuid = rsdp[RSDP_REVISION] ? acpi : acpi1;
		tables[count++].VendorTable = (void *)(uintptr_t)rsdp;
	} else if (machine->dtb) {
		tables[count].VendorGuid = dtb;
		tables[count++].VendorTable = (void *)(uintptr_t)machine->dtb;
	}
	if (anchor) {
		tables[count].VendorGuid = memcmp(anchor, "_SM3_", 5) ? smbios : smbios3;
		tables[count++].VendorTable = (void *)(uintptr_t)anchor;
	}
	return count;
}

static int set_up(void)
{
	struct efi_configuration_table tables[TABLES_MAX];
	struct efi_runtime_machine runtime;
	static const char *const attribute[] = {"show", "hide", NULL};
	struct efi_setup setup = {
		.hide_memory_attribute =
			options_choose(&running.machine->fw_cfg,
				       "opt/cadastre/efi-memory-attribute", attribute) == 1,
		.tables = tables,
		.table_count = describe(tables),
	};

	efi_machine_runtime(running.machine, &runtime);
	efi_runtime_set_machine(&runtime);
	if (efi_init(&setup) || efi_ram_prepare()) {
		log_error("there is not enough memory for EFI; give the machine more (-m)");
		return -ENOMEM;
	}
	disk_boot_announce();
	return 0;
}

int efi_session(const struct boot_request *request, int (*body)(struct machine *machine))
{
	int error;

	running = *request;
	efi_stage_begin(EFI_STAGE_SET_UP);
	offer_devices();
	error = interrupts_on();
	if (!error)
		error = efi_machine_open();
	if (!error) {
		error = set_up();
		if (!error)
			error = body(running.machine);
		efi_machine_close();
	}
	interrupts_off();
	return error;
}

static int run_kernel(struct machine *machine)
{
	CHAR16 *options = load_options();
	const struct efi_program program = {
		.name = "the EFI application",
		.file = &running.kernel,
		.path = (struct efi_device_path_protocol *)(void *)&kernel_path,
		.options = options,
		.options_size = options ? (uint32_t)(running.cmdline_size * sizeof(*options)) : 0,
	};
	int error;

	disk_boot_wished(machine);
	error = efi_program_run(&program);
	free(options);
	return error;
}

int efi_app_boot(const struct boot_request *request, const uint8_t *head, size_t head_size)
{
	if (efi_recognise(head, head_size))
		return efi_session(request, run_kernel);
	log_error(
		"the kernel (%lu bytes) is of no format that this machine boots: it is a program for DOS, or for EFI on another machine",
		request->kernel.size);
	return -ENOEXEC;
}
