/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: tests/boot/scene.c */
/* Entries of the Boot Loader Specification on disks: which are found, in which order, what is said of the others. */
#include <string.h>
#include <unistd.h>

#include "boot/choice.h"
#include "tests/boot/scene.h"
#include "tests/tap.h"

#define STARTED "disk: virtio-blk0: 5 MiB in sectors of 512 bytes\n"
#define ENTRY(text) "efi /a.efi\n" text
#define NOTHING                                                                                        \
	"boot: error: virtio-blk0: nothing to boot: no \\EFI\\BOOT\\BOOTX64.EFI and no boot entry on " \
	"its 1 file system\n"

/* What there is, as the menu shows it; that ends the boot. */
static void list_choices(struct machine *machine)
{
	const struct boot_choice *choice = NULL;

	while ((choice = choice_next(machine, choice)))
		scene_say("%s", choice->title);
	_exit(0);
}

static void listed(const struct scene_volume *volumes)
{
	scene_disk(volumes);
	scene_option("opt/cadastre/menu", "1");
	scene_menu(list_choices);
}

/* ---- order ---- */

static const struct scene_file many[] = {
	{"\\loader\\entries\\old.conf", ENTRY("title Debian\nversion 6.1\nsort-key debian\n"), 0},
	{"\\loader\\entries\\new.conf", ENTRY("title Debian\nversion 6.12\nsort-key debian\n"), 0},
	{"\\loader\\entries\\other.conf", ENTRY("title Arch\nsort-key arch\n"), 0},
	{"\\loader\\entries\\plain-9.conf", ENTRY(""), 0},
	{"\\loader\\entries\\plain-10.conf", ENTRY(""), 0},
	{"\\loader\\entries\\tried+0-3.conf", ENTRY("title Bad\nsort-key aaa\n"), 0},
	{"\\loader\\entries\\twin-1.conf", ENTRY("title Twin\nversion 1\nsort-key t\n"), 0},
	{"\\loader\\entries\\twin-2.conf", ENTRY("title Twin\nversion 1\nsort-key t\n"), 0},
	{"\\loader\\entries\\note.txt", "not an entry", 0},
	{"\\loader\\entries\\.hidden.conf", ENTRY(""), 0},
	{"\\loader\\entries\\folder.conf\\a.conf", ENTRY(""), 0},
	{0},
};
static const struct scene_volume order[] = {{SCENE_SYSTEM, many}, {0}};

static void make_order(void)
{
	listed(order);
}

static const struct scene_file extended[] = {
	{"\\loader\\entries\\linux-3.conf", ENTRY("version 3\nsort-key a\n"), 0},
	{"\\loader\\entries\\linux-1.conf", ENTRY("version 1\nsort-key a\n"), 0},
	{"\\loader\\loader.conf", "default linux-1\n", 0}, /* the system partition's counts */
	{0},
};
static const struct scene_file preferring[] = {
	{"\\loader\\entries\\linux-2.conf", ENTRY("version 2\nsort-key a\n"), 0},
	{"\\loader\\entries\\linux-4.conf", ENTRY("version 4\nsort-key a\n"), 0},
	{"\\loader\\loader.conf", "timeout 3\ndefault x\ndefault LINUX-[23]*.conf\n", 0},
	{0},
};
static const struct scene_file unrelated[] = {{"\\loader\\entries\\x.conf", ENTRY(""), 0}, {0}};
static const struct scene_volume two[] = {{SCENE_SYSTEM, preferring},
					  {SCENE_EXTENDED, extended},
					  {SCENE_OTHER, unrelated},
					  {0}};

static void make_two(void)
{
	listed(two);
}

static void test_order(void)
{
	ok(scene_plays(make_order, NULL,
		       "the menu\n" STARTED "virtio-blk0.1 Arch\n"
		       "virtio-blk0.1 Debian 6.12\n"
		       "virtio-blk0.1 Debian 6.1\n"
		       "virtio-blk0.1 Twin 1 (twin-2.conf)\n"
		       "virtio-blk0.1 Twin 1 (twin-1.conf)\n"
		       "virtio-blk0.1 plain-10.conf\n"
		       "virtio-blk0.1 plain-9.conf\n"
		       "virtio-blk0.1 Bad\n"),
	   "the specification's order, and titles that differ");
	ok(scene_plays(make_two, NULL,
		       "the menu\n" STARTED "virtio-blk0.2 linux-3.conf\n"
		       "virtio-blk0.1 linux-4.conf\n"
		       "virtio-blk0.1 linux-2.conf\n"
		       "virtio-blk0.2 linux-1.conf\n"),
	   "two partitions are one list; the first loader.conf's last default");
}

/* ---- unified kernel images ---- */

static uint8_t unified[SCENE_IMAGE_SIZE], plain[SCENE_IMAGE_SIZE], foreign[SCENE_IMAGE_SIZE];

static void make_images(void)
{
	const struct scene_file images[] = {
		{"\\EFI\\Linux\\plain.efi", plain, sizeof(plain)},
		{"\\EFI\\Linux\\foreign.efi", foreign, sizeof(foreign)},
		{"\\EFI\\Linux\\text.efi", "no image at all", 0},
		{"\\EFI\\Linux\\cut.efi", unified, 0xa10}, /* in the middle of its os-release */
		{"\\EFI\\Linux\\a+3.efi", unified, sizeof(unified)},
		{0},
	};
	const struct scene_volume volumes[] = {{SCENE_SYSTEM, images}, {0}};

	scene_image(unified, "ID=a\nPRETTY_NAME='An image'\nVERSION_ID=7\n");
	scene_image(foreign, "ID=b\n");
	foreign[0x40 + 4] = 0x4d;
	scene_image(plain, "ID=c\n");
	memset(plain + 0x40 + 24 + 112 + 16 * 8 + 3 * 40, 'x', 6);
	listed(volumes);
}

static void test_images(void)
{
	ok(scene_plays(
		   make_images, NULL,
		   "the menu\n" STARTED
		   "boot: warning: virtio-blk0.1 \\EFI\\Linux\\cut.efi is left out: it is damaged, or names not one of linux, efi and uki\n"
		   "virtio-blk0.1 An image 7\n"),
	   "images: those of others, and programs of another kind, are passed over");
}

/* ---- what cannot be used ---- */

static char huge[20000];

static void make_damaged(void)
{
	const struct scene_file files[] = {
		{"\\loader\\entries\\both.conf", ENTRY("linux /b\n"), 0},
		{"\\loader\\entries\\neither.conf", "title None\n", 0},
		{"\\loader\\entries\\tree.conf", ENTRY("devicetree /virt.dtb\n"), 0},
		{"\\loader\\entries\\huge.conf", huge, sizeof(huge)},
		{"\\loader\\entries\\foreign.conf", ENTRY("architecture aa64\n"), 0},
		{"\\loader\\entries\\zero.conf", "\0\0\0\0", 4},
		{"\\loader\\entries\\good.conf", ENTRY("title Good\n"), 0},
		{0},
	};
	const struct scene_volume volumes[] = {{SCENE_SYSTEM, files}, {0}};

	memset(huge, '#', sizeof(huge));
	listed(volumes);
}

#define LEFT_OUT(name, why) \
	"boot: warning: virtio-blk0.1 \\loader\\entries\\" name " is left out: " why "\n"
#define DAMAGED "it is damaged, or names not one of linux, efi and uki"

static void test_damaged(void)
{
	ok(scene_plays(make_damaged, NULL,
		       "the menu\n" STARTED LEFT_OUT("both.conf", DAMAGED) LEFT_OUT("neither.conf",
										    DAMAGED)
			       LEFT_OUT("tree.conf",
					"it comes with a devicetree, and this machine has its own")
				       LEFT_OUT("huge.conf", "it is too large") LEFT_OUT(
					       "zero.conf", DAMAGED) "virtio-blk0.1 Good\n"),
	   "a line each, but for what is another machine's");
}

/* A disk on which every entry's first sector cannot be read. */
static void make_unreadable(void)
{
	static const struct scene_file files[] = {
		{"\\loader\\entries\\a.conf", ENTRY("title A\n"), 0}, {0}};
	static const struct scene_volume volumes[] = {{SCENE_SYSTEM, files}, {0}};
	struct fake_block *fake;

	fake = scene_disk(volumes);
	scene_option("opt/cadastre/menu", "1");
	scene_menu(list_choices);
	for (uint64_t i = 0; i < fake->block.sectors; i++)
		if (!memcmp(fake->data + i * 512, "efi /a.efi", 10))
			memset(fake->data + i * 512, 0xff, 512); /* what a lost sector reads as */
}

static const struct scene_file strangers[] = {
	{"\\loader\\entries\\a.conf", ENTRY("title A\n"), 0},
	{"\\loader\\entries.srel", "grub\n", 0},
	{0},
};
static const struct scene_file own[] = {
	{"\\loader\\entries\\a.conf", ENTRY("title A\n"), 0},
	{"\\loader\\entries.srel", "type1\n", 0},
	{0},
};
static const struct scene_volume of_strangers[] = {{SCENE_SYSTEM, strangers}, {0}};
static const struct scene_volume of_own[] = {{SCENE_SYSTEM, own}, {0}};

static void make_strangers(void)
{
	listed(of_strangers);
}

static void make_own(void)
{
	listed(of_own);
}

static void test_others(void)
{
	ok(scene_plays(make_unreadable, NULL,
		       "the menu\n" STARTED LEFT_OUT("a.conf", DAMAGED) NOTHING),
	   "an entry that was lost");
	ok(scene_plays(make_strangers, NULL, "the menu\n" STARTED NOTHING),
	   "entries.srel: another semantic");
	ok(scene_plays(make_own, NULL, "the menu\n" STARTED "virtio-blk0.1 A\n"),
	   "entries.srel: ours");
}

/* ---- more than are looked at ---- */

static struct scene_file crowd[261];
static char names[260][40];

static void make_crowd(void)
{
	const struct scene_volume volumes[] = {{SCENE_SYSTEM, crowd}, {0}};

	for (uint32_t i = 0; i < 260; i++) {
		snprintf(names[i], sizeof(names[i]), "\\loader\\entries\\%03u.conf", i);
		crowd[i] = (struct scene_file){names[i], "efi /a.efi\n", 0};
	}
	scene_disk(volumes);
	scene_option("opt/cadastre/menu", "1");
}

static void count(struct machine *machine)
{
	while (choice_next(machine, NULL) && choice_count() < 256)
		;
	scene_say("%u entries", choice_count());
	_exit(0);
}

static void make_counted(void)
{
	make_crowd();
	scene_menu(count);
}

static void test_crowd(void)
{
	ok(scene_plays(make_counted, NULL,
		       "the menu\n" STARTED
		       "boot: warning: virtio-blk0.1: only 256 entries are looked at\n"
		       "256 entries\n"),
	   "256 of them");
}

int main(void)
{
	test_order();
	test_images();
	test_damaged();
	test_others();
	test_crowd();
	return tap_done();
}
