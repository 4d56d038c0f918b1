/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "boot"

#include "boot/boot_option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot_path.h"
#include "boot/boot_variable.h"
#include "boot/disk_order.h"
#include "boot/efi_app.h"
#include "lib/bytes.h"
#include "lib/log.h"

#define NUMBER_DIGITS 4
#define NAME_MAX 24 /* characters with the NUL */

/* A load option that has become a choice. */
struct option {
	struct machine *machine;
	void *data; /* the variable's */
	struct efi_load_option load; /* points into it */
	bool left_out; /* struct boot_path's */
	uint16_t number;
};

static uint8_t *order; /* BootOrder's data */
static uint64_t order_size, order_at;
static bool next_done, recovery_done, recovery_asked;

/* "Boot" and 0x2a: "Boot002A" */
static void name_of(CHAR16 *name, const CHAR16 *kind, uint16_t number)
{
	while (*kind)
		*name++ = *kind++;
	for (int shift = 4 * NUMBER_DIGITS - 4; shift >= 0; shift -= 4)
		*name++ = (CHAR16) "0123456789ABCDEF"[number >> shift & 15];
	*name = 0;
}

/* ---- booting one ---- */

static int boot_recovery(const struct boot_choice *choice)
{
	const struct option *option = choice->context;
	const struct boot_path what = {
		.title = choice->title,
		.path = option->load.path,
		.options = option->load.optional,
		.options_size = option->load.optional_size,
		.left_out = option->left_out,
	};

	return boot_path_run(option->machine, &what);
}

/* 3.3: BootCurrent is there while the option is. */
static int boot_current(const struct boot_choice *choice)
{
	const struct option *option = choice->context;
	int error;

	boot_variable_set(u"BootCurrent", BOOT_VARIABLE_VOLATILE, &option->number,
			  sizeof(option->number));
	error = boot_recovery(choice);
	boot_variable_set(u"BootCurrent", BOOT_VARIABLE_VOLATILE, NULL, 0);
	return error;
}

/* ---- making one a choice ---- */

static void discard(struct option *option)
{
	if (option)
		free(option->data);
	free(option);
}

/* Reads and parses a variable: NULL when there is none, or it is no load option, which costs a line, or no memory. */
static struct option *read_option(struct machine *machine, const CHAR16 *kind, uint16_t number)
{
	struct option *option = calloc(1, sizeof(*option));
	CHAR16 name[NAME_MAX];
	char text[NAME_MAX];
	uint64_t size;

	if (!option)
		return NULL;
	name_of(name, kind, number);
	option->machine = machine;
	option->number = number;
	option->data = boot_variable_read(name, &size);
	if (option->data && !efi_load_option_parse(&option->load, option->data, size))
		return option;
	efi_text_print(name, text, sizeof(text));
	log_error(option->data
			  ? "%s: the variable holds no load option: its %lu bytes make no sense"
			  : "%s: there is no such variable",
		  text, size);
	discard(option);
	return NULL;
}

/* The title is the variable's name, and the description. */
static int add(struct boot_choice *choice, const CHAR16 *kind, struct option *option)
{
	CHAR16 name[NAME_MAX];
	uint64_t length;
	int error;

	name_of(name, kind, option->number);
	efi_text_print(name, choice->title, sizeof(choice->title));
	length = strlen(choice->title);
	choice->title[length++] = ' ';
	efi_text_print(option->load.description, choice->title + length,
		       sizeof(choice->title) - length);
	choice->context = option;
	if (option->load.attributes & LOAD_OPTION_HIDDEN)
		choice->flags |= CHOICE_HIDDEN;
	error = choice_add(choice);
	if (error)
		discard(option);
	return error;
}

/* BootNext is somebody's explicit wish: also for an application, or what is not active. It counts once (3.1.2). */
int boot_option_next(struct machine *machine)
{
	uint64_t none = (uint64_t)UINT16_MAX + 1;
	uint64_t number = next_done ? none : boot_variable_number(u"BootNext", 2, none);
	struct boot_choice choice = {.boot = boot_current};
	struct option *option;

	next_done = true;
	if (number == none)
		return -ENOENT;
	boot_variable_set(u"BootNext", BOOT_VARIABLE_KEPT, NULL, 0);
	option = read_option(machine, u"Boot", (uint16_t)number);
	return option ? add(&choice, u"Boot", option) : 0;
}

int boot_option_order(struct machine *machine)
{
	struct boot_choice choice = {.boot = boot_current};
	struct option *option;
	uint32_t category;

	if (!order)
		order = boot_variable_read(u"BootOrder", &order_size);
	if (!order || order_size - order_at < sizeof(uint16_t))
		return -ENOENT;
	option = read_option(machine, u"Boot", le16_load(order + order_at));
	order_at += sizeof(uint16_t);
	if (!option)
		return 0;
	category = option->load.attributes & LOAD_OPTION_CATEGORY;
	if (category != LOAD_OPTION_CATEGORY_BOOT && category != LOAD_OPTION_CATEGORY_APP) {
		discard(option); /* 3.1.3: reserved, to be ignored */
		return 0;
	}
	if (!(option->load.attributes & LOAD_OPTION_ACTIVE) || category == LOAD_OPTION_CATEGORY_APP)
		choice.flags = CHOICE_BY_HAND;
	return add(&choice, u"Boot", option);
}

/*
 * 3.4.2, 3.4.3. What the disks in order have was tried already, unless recovery was asked for: then nothing was. There is one of these
 * variables: announce_recovery.
 */
int boot_option_recovery(struct machine *machine)
{
	struct boot_choice choice = {.boot = boot_recovery};
	struct option *option;

	if (recovery_done || !(recovery_asked || disk_order_leaves_out()))
		return -ENOENT;
	recovery_done = true;
	option = read_option(machine, u"PlatformRecovery", 0);
	if (!option)
		return -ENOENT;
	option->left_out = !recovery_asked;
	return add(&choice, u"PlatformRecovery", option);
}

/* ---- what the firmware says itself ---- */

#define INDICATIONS (EFI_OS_INDICATIONS_BOOT_TO_FW_UI | EFI_OS_INDICATIONS_START_PLATFORM_RECOVERY)

/* The default application of the machine, on any disk (3.4.3). */
static void announce_recovery(void)
{
	struct {
		uint8_t header[6];
		CHAR16 description[9];
		struct efi_device_path_protocol file;
		CHAR16 name[EFI_MACHINE_FILE_MAX];
		struct efi_device_path_protocol end;
	} __attribute__((packed)) option = {
		.header = {LOAD_OPTION_ACTIVE},
		.description = u"any disk",
		.file = {MEDIA_DEVICE_PATH,
			 MEDIA_FILEPATH_DP,
			 {sizeof(option.file) + sizeof(option.name)}},
		.end = EFI_DP_END,
	};

	le16_store(option.header + 4,
		   sizeof(option.file) + sizeof(option.name) + sizeof(option.end));
	memcpy(option.name, efi_machine_file, sizeof(option.name));
	boot_variable_set(u"PlatformRecovery0000", BOOT_VARIABLE_VOLATILE, &option, sizeof(option));
}

void boot_option_announce(void)
{
	static const uint64_t supported = INDICATIONS;
	static const uint32_t support = EFI_BOOT_OPTION_SUPPORT_APP;

	boot_variable_set(u"OsIndicationsSupported", BOOT_VARIABLE_VOLATILE, &supported,
			  sizeof(supported));
	boot_variable_set(u"BootOptionSupport", BOOT_VARIABLE_VOLATILE, &support, sizeof(support));
	announce_recovery();
}

static uint64_t indications(void)
{
	return boot_variable_number(u"OsIndications", sizeof(uint64_t), 0);
}

bool boot_option_asked(void)
{
	return indications() & INDICATIONS;
}

enum boot_wish boot_option_wish(void)
{
	uint64_t asked = indications();
	uint64_t left = asked & ~INDICATIONS;

	if (left == asked)
		return BOOT_AS_USUAL;
	boot_variable_set(u"OsIndications", BOOT_VARIABLE_KEPT, &left, sizeof(left));
	if (asked & EFI_OS_INDICATIONS_BOOT_TO_FW_UI)
		return BOOT_MENU;
	recovery_asked = true;
	return BOOT_RECOVERY;
}
