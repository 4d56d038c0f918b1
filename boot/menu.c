/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys come from EFI's text input, which knows what terminals send for them; the screen is drawn with the escape sequences
 * that all of them know, within 24 lines of 80 columns.
 */
#define LOG_PREFIX "boot"

#include "boot/menu.h"

#include <stdlib.h>

#include "boot/choice.h"
#include "lib/log.h"
#include "mem/memmap_print.h"

#define ROWS 17 /* of the list: a title above, help below, and one line each between them */
#define COLUMNS 76 /* of an entry */
#define SECOND 10000000 /* 100 ns */

#define CLEAR "\033[0m\033[2J\033[H"
#define REVERSE "\033[7m"
#define PLAIN "\033[0m"

/* What the menu has besides choices. */
static const struct action {
	const char *title;
	void (*run)(struct machine *machine);
} actions[];

struct menu {
	struct machine *machine;
	const struct boot_choice **choices; /* those that are shown */
	uint32_t choice_count;
	uint32_t count; /* with actions */
	uint32_t at; /* the one that is marked */
	uint32_t top; /* the first one in sight */
};

/* ---- keys ---- */

static struct efi_simple_text_input_protocol *input(void)
{
	return efi_system_table()->ConIn;
}

static struct efi_input_key next_key(void)
{
	struct efi_input_key key = {0};
	uint64_t index;

	while (EFI_ERROR(input()->ReadKeyStroke(input(), &key)))
		if (EFI_ERROR(efi_system_table()->BootServices->WaitForEvent(
			    1, &input()->WaitForKey, &index)))
			break;
	return key;
}

bool menu_wait(uint32_t seconds)
{
	struct efi_boot_services *services = efi_system_table()->BootServices;
	efi_event events[] = {input()->WaitForKey, NULL};
	uint64_t index = 1;

	if (EFI_ERROR(services->CreateEvent(EVT_TIMER, TPL_APPLICATION, NULL, NULL, &events[1])))
		return false;
	for (; seconds; seconds--) {
		log_raw("\rstarting in %u second%s; a key shows the menu ", seconds,
			seconds == 1 ? "" : "s");
		if (EFI_ERROR(services->SetTimer(events[1], TimerRelative, SECOND)) ||
		    EFI_ERROR(services->WaitForEvent(2, events, &index)) || !index)
			break;
	}
	services->CloseEvent(events[1]);
	log_raw("\n");
	return !index;
}

/* ---- actions ---- */

static void wait_to_go_back(void)
{
	log_raw("\n[a key: back to the menu]\n");
	next_key();
}

static void show_map(struct machine *machine)
{
	(void)machine;
	log_raw(CLEAR);
	memmap_print(memmap_system());
	wait_to_go_back();
}

static void show_devices(struct machine *machine)
{
	enum log_level level = log_level();

	log_raw(CLEAR);
	log_set_level(LOG_INFO);
	board_print_devices(machine);
	efi_devices_print();
	log_set_level(level);
	wait_to_go_back();
}

static void restart(struct machine *machine)
{
	board_reset(machine);
}

static void power_off(struct machine *machine)
{
	board_poweroff(machine);
}

static const struct action actions[] = {
	{"Memory map", show_map},
	{"Devices", show_devices},
	{"Restart", restart},
	{"Power off", power_off},
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

/* ---- the list ---- */

/* All that can be booted: every source is asked for all that it has. */
static void collect(struct menu *menu)
{
	const struct boot_choice *choice = NULL;

	while (choice_next(menu->machine, choice))
		choice = choice_next(menu->machine, choice);
	menu->choices = calloc(choice_count() + 1, sizeof(const struct boot_choice *));
	for (choice = NULL; menu->choices && (choice = choice_next(menu->machine, choice));)
		if (!(choice->flags & CHOICE_HIDDEN))
			menu->choices[menu->choice_count++] = choice;
	menu->count = menu->choice_count + ACTIONS;
}

static const char *title_of(const struct menu *menu, uint32_t index)
{
	return index < menu->choice_count ? menu->choices[index]->title
					  : actions[index - menu->choice_count].title;
}

static void draw(struct menu *menu)
{
	if (menu->at < menu->top)
		menu->top = menu->at;
	if (menu->at >= menu->top + ROWS)
		menu->top = menu->at - ROWS + 1;
	log_raw(CLEAR "Cadastre: what shall be booted?\n\n");
	log_raw("%s\n", menu->top ? "  ..." : "");
	for (uint32_t i = menu->top; i < menu->count && i < menu->top + ROWS; i++)
		log_raw("%s %.*s " PLAIN "\n", i == menu->at ? REVERSE ">" : " ", COLUMNS,
			title_of(menu, i));
	log_raw("%s\n\nUp, Down: choose   Enter: start   Esc: boot as without this menu\n",
		menu->top + ROWS < menu->count ? "  ..." : "");
}

static void start(struct menu *menu)
{
	const struct boot_choice *choice;

	if (menu->at >= menu->choice_count) {
		actions[menu->at - menu->choice_count].run(menu->machine);
		return;
	}
	choice = menu->choices[menu->at];
	log_raw(CLEAR);
	if (choice->boot(choice))
		log_raw("%s did not start\n", choice->title);
	wait_to_go_back();
}

/* Moves the mark by this many entries, as far as there are any. */
static void move(struct menu *menu, int32_t by)
{
	int64_t to = (int64_t)menu->at + by;

	if (to < 0)
		to = 0;
	if (to >= menu->count)
		to = menu->count - 1;
	menu->at = (uint32_t)to;
}

/* False: Esc. */
static bool obey(struct menu *menu, struct efi_input_key key)
{
	switch (key.ScanCode) {
	case SCAN_ESC:
		return false;
	case SCAN_UP:
		move(menu, -1);
		break;
	case SCAN_DOWN:
		move(menu, 1);
		break;
	case SCAN_PAGE_UP:
		move(menu, -ROWS);
		break;
	case SCAN_PAGE_DOWN:
		move(menu, ROWS);
		break;
	case SCAN_HOME:
		menu->at = 0;
		break;
	case SCAN_END:
		menu->at = menu->count - 1;
		break;
	default:
		if (key.UnicodeChar == CHAR_CARRIAGE_RETURN)
			start(menu);
	}
	return true;
}

void menu_run(struct machine *machine)
{
	struct menu menu = {.machine = machine};

	collect(&menu);
	input()->Reset(input(), 0);
	do
		draw(&menu);
	while (obey(&menu, next_key()));
	log_raw(CLEAR);
	free(menu.choices);
}
