/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: tests/boot/scene.c */
/* What the boot manager tries, in which order, and what it says: boot options, disks, recovery, OsIndications. */
#include "boot/choice.h"
#include "tests/boot/scene.h"
#include "tests/tap.h"

#define STARTED(name) "disk: " name ": 5 MiB in sectors of 512 bytes\n"

/* ---- what there is ---- */

static const struct scene_file files[] = {
	{"\\EFI\\BOOT\\BOOTX64.EFI", "default", 0},
	{"\\one.efi", "one", 0},
	{"\\two.efi", "two", 0},
	{"\\broken.efi", "broken", 0},
	{0},
};
static const struct scene_file entries[] = {
	{"\\loader\\entries\\a.conf", "title A\nefi /two.efi\nsort-key a\n", 0},
	{"\\loader\\entries\\b.conf", "title B\nefi /two.efi\n", 0},
	{"\\two.efi", "two", 0},
	{0},
};
static const struct scene_volume disk[] = {{SCENE_SYSTEM, files}, {0}};
static const struct scene_volume only_entries[] = {{SCENE_SYSTEM, entries}, {0}};
static const struct scene_volume two_volumes[] = {{SCENE_OTHER, files}, {SCENE_SYSTEM, files}, {0}};
static const struct scene_volume nothing[] = {{0}};

static struct scene_path path_to(uint32_t on, const CHAR16 *file)
{
	struct scene_path path = {.size = 0};

	if (on)
		scene_path_partition(&path, on, 1);
	if (file)
		scene_path_file(&path, file);
	return path;
}

/* Boot#### for a file on a disk's first partition; 0: on any disk. */
static void option(const CHAR16 *name, uint32_t attributes, uint32_t on, const CHAR16 *file)
{
	const struct scene_path path = path_to(on, file);

	scene_option_variable(name, attributes, name + 4, &path, name + 4);
}

#define number(name, value) scene_variable(name, &(const uint16_t){value}, 2)
#define order(...)                                                    \
	scene_variable(u"BootOrder", (const uint16_t[]){__VA_ARGS__}, \
		       sizeof((const uint16_t[]){__VA_ARGS__}))

static void indications(uint64_t value)
{
	scene_variable(u"OsIndications", &value, sizeof(value));
}

static void show_all(void)
{
	scene_show(u"BootNext");
	scene_show(u"BootCurrent");
	scene_show(u"BootOrder");
	scene_show(u"OsIndications");
}

/* ---- boot options ---- */

static void make_order(void)
{
	scene_disk(disk);
	option(u"Boot0001", LOAD_OPTION_ACTIVE, 1, u"\\one.efi");
	option(u"Boot0002", LOAD_OPTION_ACTIVE, 1, u"\\two.efi");
	option(u"Boot0003", 0, 1, u"\\one.efi");
	option(u"Boot0004", LOAD_OPTION_ACTIVE | LOAD_OPTION_CATEGORY_APP, 1, u"\\one.efi");
	option(u"Boot0005", LOAD_OPTION_ACTIVE | 0x200, 1, u"\\one.efi");
	option(u"Boot0006", LOAD_OPTION_ACTIVE, 1, u"\\broken.efi");
	option(u"Boot0007", LOAD_OPTION_ACTIVE, 1, u"\\missing.efi");
	option(u"Boot0008", LOAD_OPTION_ACTIVE, 2, u"\\one.efi");
	scene_variable(u"Boot0009", "\1\0\0\0\x40", 6);
	order(2, 3, 4, 5, 6, 7, 8, 9, 10, 1);
}

/* BootOrder's, as they stand, each refusal with its line; then the disk's own application. */
static void test_order(void)
{
	ok(scene_plays(
		   make_order, show_all,
		   STARTED("virtio-blk0") "start: Boot0002 0002: virtio-blk0.1 \\two.efi: two options '0002' current 0002\n"
					  "boot: Boot0003 0003 is only started by hand\n"
					  "boot: Boot0004 0004 is only started by hand\n"
					  "scene: error: Boot0006 0006: virtio-blk0.1 \\broken.efi (6 bytes) cannot be loaded\n"
					  "boot: error: Boot0007 0007: virtio-blk0.1 \\missing.efi: there is no such file\n"
					  "boot: error: Boot0008 0008: HD(1,GPT,21212121-2121-2121-2121-212121212121,0x40,0xB40)/\\one.efi: no disk has that partition\n"
					  "boot: error: Boot0009: the variable holds no load option: its 6 bytes make no sense\n"
					  "boot: error: Boot000A: there is no such variable\n"
					  "start: Boot0001 0001: virtio-blk0.1 \\one.efi: one options '0001' current 0001\n"
					  "start: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "BootNext: none\n"
					  "BootCurrent: none\n"
					  "BootOrder 02 00 03 00 04 00 05 00 06 00 07 00 08 00 09 00 0a 00 01 00\n"
					  "OsIndications: none\n"),
	   "BootOrder");
}

static void make_next(void)
{
	scene_disk(disk);
	option(u"Boot0001", LOAD_OPTION_ACTIVE, 1, u"\\one.efi");
	option(u"Boot0002", LOAD_OPTION_CATEGORY_APP, 1, u"\\two.efi");
	order(1);
	number(u"BootNext", 2);
}

static void make_next_missing(void)
{
	make_next();
	number(u"BootNext", 0xabc);
}

static void make_next_odd(void)
{
	make_next();
	scene_variable(u"BootNext", "\2", 1);
}

/* BootNext's comes first, whatever its attributes, and once; one that makes no sense does no harm. */
static void test_next(void)
{
#define ONE_AND_DEFAULT                                                                    \
	"start: Boot0001 0001: virtio-blk0.1 \\one.efi: one options '0001' current 0001\n" \
	"start: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
#define AFTER(next) "BootNext" next "\nBootCurrent: none\nBootOrder 01 00\nOsIndications: none\n"
	ok(scene_plays(
		   make_next, show_all,
		   STARTED("virtio-blk0") "start: Boot0002 0002: virtio-blk0.1 \\two.efi: two options '0002' current 0002\n" ONE_AND_DEFAULT
			   AFTER(": none")),
	   "BootNext, of an application that is not active");
	ok(scene_plays(make_next_missing, show_all,
		       "boot: error: Boot0ABC: there is no such variable\n" STARTED("virtio-blk0")
			       ONE_AND_DEFAULT AFTER(": none")),
	   "BootNext, of an option that is not there");
	ok(scene_plays(make_next_odd, show_all,
		       STARTED("virtio-blk0") ONE_AND_DEFAULT AFTER(" 02")),
	   "BootNext of another size");
}

/* ---- where an option's path leads ---- */

static void make_paths(void)
{
	static const struct scene_place port = {5, DISK_SATA, 1, 0}, drive = {6, DISK_SCSI, 2, 3};
	struct scene_path path = {.size = 0}, whole = {.size = 0};

	scene_disk_at(&port, disk); /* ahci0, disk 1 */
	scene_disk_at(&drive, nothing); /* virtio-scsi0, disk 2 */
	scene_disk(disk); /* virtio-blk0, disk 3 */
	scene_disk(two_volumes)->block.removable = true; /* virtio-blk1, disk 4 */
	option(u"Boot0001", LOAD_OPTION_ACTIVE, 3, u"two.efi");
	option(u"Boot0002", LOAD_OPTION_ACTIVE, 3, NULL);
	option(u"Boot0003", LOAD_OPTION_ACTIVE, 0, u"\\one.efi");
	option(u"Boot0004", LOAD_OPTION_ACTIVE, 0, u"\\missing.efi");
	scene_path_pci(&path, 30);
	scene_path_file(&path, u"\\one.efi");
	scene_option_variable(u"Boot0005", LOAD_OPTION_ACTIVE, u"no such place", &path, NULL);
	scene_path_pci(&whole, 6);
	scene_option_variable(u"Boot0006", LOAD_OPTION_ACTIVE, u"a controller", &whole, NULL);
	order(1, 2, 3, 4, 5, 6);
	scene_bootorder("/virtio-mmio@0000000009000200/disk@0,0\n");
}

/*
 * A partition is looked for in the disks' order, that of bootorder first; what is on none, or on any, needs all of them. What bootorder names comes
 * then, and at last recovery on the rest.
 */
static void test_paths(void)
{
	ok(scene_plays(
		   make_paths, NULL,
		   STARTED("virtio-blk1") STARTED("ahci0") STARTED("virtio-scsi0") STARTED(
			   "virtio-blk0") "start: Boot0001 0001: virtio-blk0.1 \\two.efi: two options '0001' current 0001\n"
					  "start: Boot0002 0002: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default options '0002' current 0002\n"
					  "start: Boot0003 0003: virtio-blk1.2 \\one.efi: one options '0003' current 0003\n"
					  "start: Boot0003 0003: virtio-blk1.1 \\one.efi: one options '0003' current 0003\n"
					  "start: Boot0003 0003: ahci0.1 \\one.efi: one options '0003' current 0003\n"
					  "start: Boot0003 0003: virtio-blk0.1 \\one.efi: one options '0003' current 0003\n"
					  "boot: error: Boot0004 0004: \\missing.efi: no disk has that file\n"
					  "boot: error: Boot0005 no such place: PciRoot(0x0)/Pci(0x1E,0x0)/\\one.efi: there is no such disk\n"
					  "boot: error: Boot0006 a controller: PciRoot(0x0)/Pci(0x6,0x0): there is no such disk\n"
					  "start: virtio-blk1.2 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "start: virtio-blk1.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "start: PlatformRecovery0000 any disk: ahci0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "start: PlatformRecovery0000 any disk: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"),
	   "full, short, of a file, of no place");
}

/* ---- disks ---- */

static void make_bootorder(void)
{
	static const struct scene_place ports[] = {{5, DISK_SATA, 0, 0},
						   {5, DISK_SATA, 1, 0},
						   {5, DISK_SATA, 2, 0},
						   {7, DISK_SINGLE, 0, 0}};

	for (uint32_t i = 0; i < 3; i++)
		scene_disk_at(&ports[i], disk); /* ahci0; ahci0,1; ahci0,2 */
	scene_disk_at(&ports[3], only_entries); /* virtio-blk0 */
	scene_disk(disk); /* virtio-blk1 */
	scene_bootorder("/pci@i0cf8/pci8086,2922@5/drive@2/disk@0\n"
			"/rom@genroms/kvmvapic.bin\n"
			"/pci@i0cf8/scsi@7/disk@0,0\n"
			"/pci@i0cf8/pci8086,2922@5/drive@9/disk@0\n"
			"/pci@i0cf8/pci8086,2922@5/drive@0/disk@0\n");
}

/* As bootindex says, disk for disk; a disk that nobody has named is only for recovery. */
static void test_bootorder(void)
{
	ok(scene_plays(
		   make_bootorder, NULL,
		   STARTED("ahci0") STARTED("ahci0,1")
			   STARTED("ahci0,2") "start: ahci0,2.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n" STARTED(
				   "virtio-blk0") "start: virtio-blk0.1 A: /two.efi: two\n"
						  "start: virtio-blk0.1 B: /two.efi: two\n"
						  "boot: error: ahci0: bootorder wants its disk 9,0, which is not there\n"
						  "start: ahci0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n" STARTED(
							  "virtio-blk1") "start: PlatformRecovery0000 any disk: ahci0,1.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
									 "start: PlatformRecovery0000 any disk: virtio-blk1.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"),
	   "bootorder");
}

static const struct scene_volume whole[] = {{SCENE_WHOLE, files}, {0}};

static void make_all(void)
{
	static const struct scene_place dead = {3, DISK_SCSI, 0, 0};

	scene_disk_at(&dead, disk);
	scene_dead(3);
	scene_disk(nothing);
	scene_disk(two_volumes);
	scene_disk(whole);
}

static void make_no_disk(void)
{
	static const struct scene_place dead = {3, DISK_SCSI, 0, 0};

	scene_disk_at(&dead, disk);
	scene_dead(3);
}

static void make_no_controller(void)
{
	scene_option("opt/cadastre/menu", "0");
}

/* Without bootorder all of them, EFI system partitions first; what cannot be started, or has nothing, costs a line. */
static void test_disks(void)
{
	ok(scene_plays(
		   make_all, NULL,
		   "scene: error: virtio-scsi0 does not start\n" STARTED("virtio-blk0") "boot: error: virtio-blk0: nothing to boot: no \\EFI\\BOOT\\BOOTX64.EFI and no boot entry on its 0 file systems\n" STARTED(
			   "virtio-blk1") "start: virtio-blk1.2 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "start: virtio-blk1.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n" STARTED(
						  "virtio-blk2") "start: virtio-blk2 \\EFI\\BOOT\\BOOTX64.EFI: default\n"),
	   "all disks");
	ok(scene_plays(make_no_disk, NULL,
		       "scene: error: virtio-scsi0 does not start\n"
		       "boot: warning: nothing to boot: none of 1 disk controllers has a disk\n"),
	   "no disk");
	ok(scene_plays(make_no_controller, NULL, "efi_disk_boot: error 2\n"), "no controller");
}

/* ---- recovery, and the menu ---- */

static void make_recovery(void)
{
	scene_disk(disk);
	scene_disk(nothing);
	option(u"Boot0001", LOAD_OPTION_ACTIVE, 1, u"\\one.efi");
	order(1);
	number(u"BootNext", 1);
	scene_bootorder("/virtio-mmio@0000000009000200/disk@0,0\n");
	indications(0x40 | 0x8000);
}

static void make_recovery_in_vain(void)
{
	scene_disk(nothing);
	scene_bootorder("/virtio-mmio@0000000009000000/disk@0,0\n");
}

static void test_recovery(void)
{
	ok(scene_plays(
		   make_recovery, show_all,
		   STARTED("virtio-blk0") STARTED(
			   "virtio-blk1") "start: PlatformRecovery0000 any disk: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "BootNext 01 00\n"
					  "BootCurrent: none\n"
					  "BootOrder 01 00\n"
					  "OsIndications 00 80 00 00 00 00 00 00\n"),
	   "asked for: nothing else is tried, and BootNext stays");
	ok(scene_plays(
		   make_recovery_in_vain, NULL,
		   STARTED("virtio-blk0") "boot: error: virtio-blk0: nothing to boot: no \\EFI\\BOOT\\BOOTX64.EFI and no boot entry on its 0 file systems\n"
					  "boot: error: PlatformRecovery0000 any disk: \\EFI\\BOOT\\BOOTX64.EFI: no other disk has that file\n"),
	   "in vain");
}

/* What the menu would show. */
static void list_choices(struct machine *machine)
{
	const struct boot_choice *choice = NULL;

	while ((choice = choice_next(machine, choice)))
		scene_say("choice: %s%s%s", choice->title,
			  choice->flags & CHOICE_BY_HAND ? ", by hand" : "",
			  choice->flags & CHOICE_HIDDEN ? ", hidden" : "");
}

static void make_menu_options(void)
{
	scene_disk(disk);
	option(u"Boot0001", LOAD_OPTION_ACTIVE | LOAD_OPTION_HIDDEN, 1, u"\\one.efi");
	option(u"Boot0002", 0, 1, u"\\one.efi");
	order(1, 2);
	scene_menu(list_choices);
}

static void make_menu_indicated(void)
{
	make_menu_options();
	indications(1);
}

static void make_kernel(void)
{
	make_menu_options();
	scene_kernel();
}

static void make_kernel_menu(void)
{
	make_kernel();
	indications(1);
}

static void make_kernel_recovery(void)
{
	make_kernel();
	indications(0x40);
}

static void make_menu_by_option(void)
{
	scene_option("opt/cadastre/menu", "1");
	scene_bootorder("");
}

static void make_menu_by_key(void)
{
	scene_disk(disk);
	scene_key();
}

static void make_timeout(void)
{
	scene_disk(disk);
	number(u"Timeout", 3);
}

static void make_timeout_zero(void)
{
	scene_disk(disk);
	number(u"Timeout", 0);
}

static void make_timeout_forever(void)
{
	scene_disk(disk);
	number(u"Timeout", 0xffff);
}

static void test_menu(void)
{
#define DEFAULT STARTED("virtio-blk0") "start: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
	ok(scene_plays(
		   make_menu_indicated, show_all,
		   "the menu\n"
		   "choice: Boot0001 0001, hidden\n"
		   "choice: Boot0002 0002, by hand\n" STARTED(
			   "virtio-blk0") "choice: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI\n"
					  "start: Boot0001 0001: virtio-blk0.1 \\one.efi: one options '0001' current 0001\n"
					  "boot: Boot0002 0002 is only started by hand\n"
					  "start: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "BootNext: none\n"
					  "BootCurrent: none\n"
					  "BootOrder 01 00 02 00\n"
					  "OsIndications 00 00 00 00 00 00 00 00\n"),
	   "an operating system has asked for it");
#define AS_USUAL                                                                           \
	"start: Boot0001 0001: virtio-blk0.1 \\one.efi: one options '0001' current 0001\n" \
	"boot: Boot0002 0002 is only started by hand\n"                                    \
	"start: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
	ok(scene_plays(make_kernel, NULL,
		       "start: QEMU's application\n" STARTED("virtio-blk0") AS_USUAL),
	   "an application of QEMU's comes first");
	ok(scene_plays(make_kernel_menu, NULL,
		       "the menu\n"
		       "choice: Boot0001 0001, hidden\n"
		       "choice: Boot0002 0002, by hand\n" STARTED(
			       "virtio-blk0") "choice: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI\n"
					      "start: QEMU's application\n" AS_USUAL),
	   "but not before the menu, when that is asked for");
	ok(scene_plays(
		   make_kernel_recovery, NULL,
		   STARTED("virtio-blk0") "start: PlatformRecovery0000 any disk: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"
					  "start: QEMU's application\n"
					  "start: PlatformRecovery0000 any disk: virtio-blk0.1 \\EFI\\BOOT\\BOOTX64.EFI: default\n"),
	   "nor before recovery, which is all that is tried then");
	ok(scene_plays(make_menu_by_option, NULL,
		       "the menu\n"
		       "boot: warning: nothing to boot: none of 0 disk controllers has a disk\n"),
	   "the option, and no disk");
	ok(scene_plays(make_menu_by_key, NULL, "the menu\n" DEFAULT), "a key");
	ok(scene_plays(make_timeout, NULL, "a key is waited for, 3 s\n" DEFAULT), "Timeout");
	ok(scene_plays(make_timeout_zero, NULL, DEFAULT), "Timeout 0: nobody waits");
	ok(scene_plays(make_timeout_forever, NULL, "the menu\n" DEFAULT), "Timeout 65535");
}

static void show_announced(void)
{
	scene_show(u"OsIndicationsSupported");
	scene_show(u"BootOptionSupport");
}

static void test_announced(void)
{
	ok(scene_plays(make_timeout_zero, show_announced,
		       DEFAULT "OsIndicationsSupported 41 00 00 00 00 00 00 00\n"
			       "BootOptionSupport 02 00 00 00\n"),
	   "what it can do");
}

int main(void)
{
	test_order();
	test_next();
	test_paths();
	test_bootorder();
	test_disks();
	test_recovery();
	test_menu();
	test_announced();
	return tap_done();
}
