/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot entry of disks: an EFI session, in which boot/choice.c goes through what there is to boot, after boot/menu.c if
 * somebody wants to choose.
 */
#define LOG_PREFIX "boot"

#include <errno.h>

#include "boot/boot_option.h"
#include "boot/boot_variable.h"
#include "boot/disk_order.h"
#include "boot/efi_app.h"
#include "boot/efi_disk.h"
#include "boot/menu.h"
#include "boot/options.h"

#define TIMEOUT_FOREVER 0xffff

static bool asked;

void efi_disk_offer(struct machine *machine)
{
	if (!disk_order_find(machine))
		disk_order_start_wanted();
}

/* Whether somebody has asked for the menu before there was EFI: by the option, or a key. */
static bool menu_asked(struct machine *machine)
{
	static const char *const values[] = {"0", "1", NULL};

	return options_choose(&machine->fw_cfg, "opt/cadastre/menu", values) == 1 ||
	       console_read(&machine->console) >= 0;
}

/* UEFI 2.10, 3.3: Timeout. Nobody is waited for when there is none. */
static bool menu_in_time(void)
{
	uint32_t seconds = (uint32_t)boot_variable_number(u"Timeout", sizeof(uint16_t), 0);

	return seconds == TIMEOUT_FOREVER || (seconds && menu_wait(seconds));
}

void efi_disk_wished(struct machine *machine)
{
	if (disk_order_find(machine))
		return;
	if (boot_option_wish() == BOOT_MENU) {
		menu_run(machine);
	} else {
		choice_only_recovery();
		choice_try_all(machine);
	}
}

static int choose(struct machine *machine)
{
	enum boot_wish wish = boot_option_wish();

	if (wish == BOOT_RECOVERY)
		choice_only_recovery();
	else if (asked || wish == BOOT_MENU || menu_in_time())
		menu_run(machine);
	choice_try_all(machine);
	return 0;
}

int efi_disk_boot(struct machine *machine)
{
	const struct boot_request request = {.machine = machine, .cmdline = ""};

	asked = menu_asked(machine);
	if (disk_order_find(machine))
		return -ENOMEM;
	return disk_order_get(0) || asked ? efi_session(&request, choose) : -ENOENT;
}
