/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: tests/boot/scene.c */
/* systemd's Boot Loader Interface: what entries find, and which of them an operating system has asked for. */
#include <unistd.h>

#include "boot/choice.h"
#include "tests/boot/scene.h"
#include "tests/tap.h"

#define STARTED "disk: virtio-blk0: 5 MiB in sectors of 512 bytes\n"
#define ENTRY(name, key)                                                        \
	{                                                                       \
		"\\loader\\entries\\" name, "sort-key " key "\nefi /a.efi\n", 0 \
	}
#define PROGRAM                   \
	{                         \
		"\\a.efi", "a", 0 \
	}
#define TEXT(text) text, sizeof(text)

static void show(void)
{
	scene_loader_show(u"LoaderEntrySelected");
	scene_loader_show(u"LoaderEntries");
	scene_loader_show(u"LoaderDevicePartUUID");
	scene_loader_show(u"LoaderInfo");
	scene_loader_bytes(u"LoaderFeatures");
	scene_loader_show(u"LoaderEntryOneShot");
}

static const struct scene_file files[] = {ENTRY("a+3.conf", "a"),
					  ENTRY("b.conf", "b"),
					  ENTRY("c.CONF", "c"),
					  PROGRAM,
					  {0}};
static const struct scene_file others[] = {ENTRY("d.conf", "d"), PROGRAM, {0}};
static const struct scene_volume disk[] = {{SCENE_OTHER, NULL},
					   {SCENE_SYSTEM, files},
					   {SCENE_EXTENDED, others},
					   {0}};
static const struct scene_volume no_system[] = {{SCENE_EXTENDED, others}, {0}};
static const struct scene_file settings[] = {ENTRY("a.conf", "a"),
					     ENTRY("b.conf", "b"),
					     ENTRY("c.conf", "c"),
					     ENTRY("d.conf", "d"),
					     PROGRAM,
					     {"\\loader\\loader.conf", "default c\n", 0},
					     {0}};
static const struct scene_volume wanting[] = {{SCENE_SYSTEM, settings}, {0}};

/* ---- what is told ---- */

static void make_told(void)
{
	scene_disk(disk);
	scene_watch(show);
}

static void make_no_system(void)
{
	scene_disk(no_system);
	scene_watch(show);
}

#define TOLD(selected, entries, partition)                               \
	"LoaderEntrySelected " selected "|\n"                            \
	"LoaderEntries " entries "\n" partition "LoaderInfo Cadastre|\n" \
	"LoaderFeatures 3c 01 01 00 00 00 00 00\n"                       \
	"LoaderEntryOneShot: none\n"
#define NOT_TOLD                       \
	"LoaderEntrySelected: none\n"  \
	"LoaderEntries: none\n"        \
	"LoaderDevicePartUUID: none\n" \
	"LoaderInfo: none\n"           \
	"LoaderFeatures: none\n"       \
	"LoaderEntryOneShot: none\n"

static void test_told(void)
{
#define ALL "a.conf|b.conf|c.CONF|d.conf|"
#define SYSTEM "LoaderDevicePartUUID 12121212-1212-1212-1212-121212121212|\n"
	ok(scene_plays(
		   make_told, show,
		   STARTED
		   "start: virtio-blk0.2 a+3.conf: /a.efi: a counts \\loader\\entries\\a+2-1.conf\n" TOLD("a.conf", ALL, SYSTEM) "start: virtio-blk0.2 b.conf: /a.efi: a\n" TOLD(
			   "b.conf", ALL,
			   SYSTEM) "start: virtio-blk0.2 c.CONF: /a.efi: a\n" TOLD("c.CONF", ALL,
										   SYSTEM) "start: virtio-blk0.3 d.conf: /a.efi: a\n" TOLD("d.conf",
																	   ALL,
																	   SYSTEM)
			   NOT_TOLD),
	   "while an entry runs; nothing afterwards");
	ok(scene_plays(make_no_system, NULL,
		       STARTED "start: virtio-blk0.1 d.conf: /a.efi: a\n" TOLD(
			       "d.conf", "d.conf|", "LoaderDevicePartUUID: none\n")),
	   "a disk without an EFI system partition");
}

/* ---- what is asked for ---- */

static void list_choices(struct machine *machine)
{
	const struct boot_choice *choice = NULL;

	while ((choice = choice_next(machine, choice)))
		scene_say("%s", choice->title);
	scene_loader_show(u"LoaderEntryOneShot");
	_exit(0);
}

static void make_wish(void)
{
	scene_disk(wanting);
	scene_loader_variable(u"LoaderEntryOneShot", TEXT(u"D.conf"));
	scene_loader_variable(u"LoaderEntryDefault", TEXT(u"b"));
}

static void make_listed(void)
{
	make_wish();
	scene_option("opt/cadastre/menu", "1");
	scene_menu(list_choices);
}

static void make_default(void)
{
	scene_disk(wanting);
	scene_loader_variable(u"LoaderEntryDefault", TEXT(u"b.conf"));
}

/* Neither means anything; a text without an end; nothing at all. */
static void make_strange(void)
{
	scene_disk(wanting);
	scene_loader_variable(u"LoaderEntryOneShot", TEXT(u"nobody"));
	scene_loader_variable(u"LoaderEntryDefault", u"b.conf", 3);
}

static void show_wishes(void)
{
	scene_loader_show(u"LoaderEntryOneShot");
	scene_loader_show(u"LoaderEntryDefault");
}

#define START(name) "start: virtio-blk0.1 " name ".conf: /a.efi: a\n"

static void test_asked(void)
{
	ok(scene_plays(make_listed, NULL,
		       "the menu\n" STARTED "virtio-blk0.1 d.conf\n"
		       "virtio-blk0.1 b.conf\n"
		       "virtio-blk0.1 c.conf\n"
		       "virtio-blk0.1 a.conf\n"
		       "LoaderEntryOneShot D.conf|\n"),
	   "the wish for one boot, the default, loader.conf's: in this order, and it stays until "
	   "something boots");
	ok(scene_plays(make_wish, show_wishes,
		       STARTED START("d") START("b") START("c")
			       START("a") "LoaderEntryOneShot: none\n"
					  "LoaderEntryDefault b|\n"),
	   "the wish for one boot is for one");
	ok(scene_plays(make_default, show_wishes,
		       STARTED START("b") START("c") START("a")
			       START("d") "LoaderEntryOneShot: none\n"
					  "LoaderEntryDefault b.conf|\n"),
	   "the default is above loader.conf's");
	ok(scene_plays(make_strange, show_wishes,
		       STARTED START("c") START("a") START("b")
			       START("d") "LoaderEntryOneShot: none\n"
					  "LoaderEntryDefault b.\n"),
	   "wishes that mean nothing");
}

int main(void)
{
	test_told();
	test_asked();
	return tap_done();
}
