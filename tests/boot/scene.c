/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine of a scene, but for its disks and variables; see scene.h. */
#include "tests/boot/scene.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/boot_option.h"
#include "boot/efi_app.h"
#include "boot/efi_disk.h"
#include "boot/menu.h"
#include "boot/options.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "tests/boot/scene_machine.h"
#include "tests/drivers/fake_fw_cfg.h"
#include "tests/efi/machine.h"
#include "tests/efi/pe_make.h"

#define LOG_PREFIX "scene"
#define TRANSCRIPT_MAX 65536
#define TEXT_MAX 256

static struct machine machine;
static bool key, kernel;
static void (*menu)(struct machine *machine);
static void (*watch)(void);
static const struct efi_file_source *initrd;
static int transcript; /* the pipe to whom reads it */

/* ---- the transcript ---- */

static void write_log(const char *text, uint64_t size)
{
	if (write(transcript, text, size) != (ssize_t)size)
		_exit(1);
}

void scene_say(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	line[size++] = '\n';
	write_log(line, (uint64_t)size);
}

/* ---- the machine ---- */

void scene_bootorder(const char *text)
{
	fake_fw_cfg_file("bootorder", text, strlen(text));
}

void scene_option(const char *name, const char *value)
{
	fake_fw_cfg_file(name, value, strlen(value));
}

void scene_key(void)
{
	key = true;
}

void scene_kernel(void)
{
	kernel = true;
}

int console_read(struct console *console)
{
	(void)console;
	return key ? 'x' : -1;
}

void scene_menu(void (*obey)(struct machine *machine))
{
	menu = obey;
}

void scene_watch(void (*look)(void))
{
	watch = look;
}

void menu_run(struct machine *of)
{
	scene_say("the menu");
	if (menu)
		menu(of);
}

bool menu_wait(uint32_t seconds)
{
	scene_say("a key is waited for, %u s", seconds);
	return key;
}

void scene_image(uint8_t image[SCENE_IMAGE_SIZE], const char *release)
{
	pe_make(image, NULL);
	le16_store(image + PE_AT + 6, 4);
	le32_store(image + PE_OPTIONAL + 56, PE_IMAGE + 0x1000);
	memcpy(image + PE_SECTIONS + 3 * 40, ".osrel", 6);
	pe_section_make(image, 3, PE_IMAGE, (uint32_t)strlen(release), 0xa00,
			(uint32_t)strlen(release), 0x40000040);
	memcpy(image + 0xa00, release, strlen(release));
}

/* ---- what the boot manager asks of the rest ---- */

const CHAR16 efi_machine_file[EFI_MACHINE_FILE_MAX] = u"\\EFI\\BOOT\\BOOTX64.EFI";
const char efi_machine_file_name[EFI_MACHINE_FILE_MAX] = "\\EFI\\BOOT\\BOOTX64.EFI";
const char efi_machine_type[] = "X64";

static struct efi_devices devices;

const struct efi_devices *efi_devices(void)
{
	return &devices;
}

efi_status efi_initrd_offer(const struct efi_file_source *offered)
{
	initrd = offered;
	return EFI_SUCCESS;
}

void efi_devices_print(void)
{
}

int efi_session(const struct boot_request *request, int (*body)(struct machine *machine))
{
	boot_option_announce();
	return body(request->machine);
}

/* "says '…'": the first bytes of a file that is a text. */
static void tell_contents(const struct payload *file, char *to)
{
	uint64_t size = file->size < 40 ? file->size : 40;
	char text[41] = "";

	if (file->read(file, 0, text, size)) {
		snprintf(to, TEXT_MAX, "cannot be read");
		return;
	}
	text[strcspn(text, "\n")] = '\0';
	snprintf(to, TEXT_MAX, "%s", text[0] == 'M' ? "an image" : text);
}

static void tell_initrd(char *to)
{
	char text[TEXT_MAX / 2];

	if (!initrd || !initrd->size)
		return;
	memset(text, '?', sizeof(text));
	if (initrd->size >= sizeof(text) || initrd->read(initrd, 0, text, initrd->size)) {
		snprintf(to, TEXT_MAX, " initrd cannot be read");
		return;
	}
	for (uint64_t i = 0; i < initrd->size; i++)
		text[i] = text[i] ? text[i] : '.';
	snprintf(to, TEXT_MAX, " initrd '%.*s'", (int)initrd->size, text);
}

static void tell_options(const CHAR16 *options, char *to)
{
	char text[TEXT_MAX - 16];

	efi_text_print(options, text, sizeof(text));
	snprintf(to, TEXT_MAX, " options '%s'", text);
}

/* The file whose name counts the tries, while one of them runs. */
static void tell_count(char *to)
{
	CHAR16 path[64];
	uint64_t size = sizeof(path);
	char text[64];

	if (variable_get(&scene_variables, u"LoaderBootCountPath", &scene_loader_guid, NULL, &size,
			 path))
		return;
	efi_text_print(path, text, sizeof(text));
	snprintf(to, TEXT_MAX, " counts %s", text);
}

int efi_program_run(const struct efi_program *program)
{
	char contents[TEXT_MAX], options[TEXT_MAX] = "", with[TEXT_MAX] = "", current[32] = "",
				 counts[TEXT_MAX] = "";
	uint64_t size = sizeof(uint16_t);
	uint16_t number;

	tell_contents(program->file, contents);
	if (!strcmp(contents, "broken")) {
		log_error("%s (%lu bytes) cannot be loaded", program->name, program->file->size);
		return -ENOEXEC;
	}
	if (!efi_device_path_size(program->path))
		scene_say("its path is none");
	if (program->options_size)
		tell_options(program->options, options);
	tell_initrd(with);
	tell_count(counts);
	if (!variable_get(&scene_variables, u"BootCurrent", &scene_global_guid, NULL, &size,
			  &number))
		snprintf(current, sizeof(current), " current %04X", number);
	scene_say("start: %s: %s%s%s%s%s", program->name, contents, options, with, current, counts);
	if (watch)
		watch();
	return 0;
}

/* ---- playing it ---- */

static void play(void (*make)(void), void (*after)(void))
{
	struct options options = {.log = LOG_INFO};
	int error;

	machine_start(4096);
	fake_fw_cfg_start(&machine.fw_cfg);
	log_set_sink(write_log);
	log_set_level(LOG_INFO);
	if (efi_table_start())
		_exit(1);
	scene_variables_start(efi_system_table()->RuntimeServices);
	make();
	options_read(&machine.fw_cfg, &options);
	if (kernel) {
		boot_option_announce();
		if (boot_option_asked())
			efi_disk_wished(&machine);
		scene_say("start: QEMU's application");
	}
	error = efi_disk_boot(&machine);
	if (error)
		scene_say("efi_disk_boot: error %d", -error);
	if (after)
		after();
}

/* What a process of its own has said. */
static void record(void (*make)(void), void (*after)(void), char *text)
{
	int ends[2], status;
	uint64_t used = 0;
	ssize_t got;
	pid_t child;

	if (pipe(ends))
		exit(1);
	fflush(stdout);
	child = fork();
	if (!child) {
		close(ends[0]);
		transcript = ends[1];
		play(make, after);
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], text + used, TRANSCRIPT_MAX - 64 - used)) > 0)
		used += (uint64_t)got;
	close(ends[0]);
	text[used] = '\0';
	if (waitpid(child, &status, 0) != child || status)
		snprintf(text + used, 64, "it has ended with status %d\n", status);
}

static void print(const char *what, const char *text)
{
	printf("# %s\n", what);
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		printf("#   %.*s\n", (int)strcspn(text, "\n"), text);
}

bool scene_plays(void (*make)(void), void (*after)(void), const char *wanted)
{
	static char text[TRANSCRIPT_MAX];
	static bool blank;

	if (!blank)
		scene_make_blank();
	blank = true;
	record(make, after, text);
	if (!strcmp(text, wanted))
		return true;
	print("it was", text);
	print("and should have been", wanted);
	return false;
}
