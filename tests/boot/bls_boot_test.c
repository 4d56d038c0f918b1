/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: tests/boot/scene.c */
/* Booting entries of the Boot Loader Specification: options, initrds, the counting of tries, and what is missing. */
#include <stddef.h>

#include "tests/boot/scene.h"
#include "tests/tap.h"

#define STARTED "disk: virtio-blk0: 5 MiB in sectors of 512 bytes\n"
#define READ_ONLY "disk: virtio-blk0: 5 MiB in sectors of 512 bytes, read-only\n"
#define ENTRY(name, text)                           \
	{                                           \
		"\\loader\\entries\\" name, text, 0 \
	}
#define PROGRAM                   \
	{                         \
		"\\a.efi", "a", 0 \
	}
#define SYSTEM(files)                  \
	{                              \
		{SCENE_SYSTEM, files}, \
		{                      \
			0              \
		}                      \
	}

static struct fake_block *fake;

static void show(void)
{
	scene_list(fake, 1, u"\\loader\\entries");
	scene_loader_show(u"LoaderBootCountPath");
}

/* ---- options and initrds ---- */

static void make_linux(void)
{
	static const struct scene_file files[] = {
		ENTRY("a.conf",
		      "title A\nversion 1\nlinux \\dir/a.efi\noptions root=/dev/vda1\t ro\n"
		      "initrd dir/one\noptions \xc3\xa4 quiet\ninitrd /two\ninitrd /empty\ninitrd /two\n"),
		{"\\dir\\a.efi", "a", 0},
		{"\\dir\\one", "12345", 0},
		{"\\two", "ABCD", 0},
		{"\\empty", "", 0},
		{0},
	};
	static const struct scene_volume volumes[] = SYSTEM(files);

	fake = scene_disk(volumes);
}

static void make_missing(void)
{
	static const struct scene_file files[] = {
		ENTRY("a.conf",
		      "title A\nsort-key a\nlinux /a.efi\ninitrd /two\ninitrd /missing\n"),
		ENTRY("b.conf", "title B\nsort-key b\nlinux /a.efi\ninitrd /dir\n"),
		ENTRY("c.conf", "title C\nsort-key c\nlinux /missing.efi\n"),
		ENTRY("d.conf", "title D\nsort-key d\nlinux /broken.efi\ninitrd /two\n"),
		ENTRY("e.conf", "title E\nsort-key e\nefi /a.efi\n"),
		PROGRAM,
		{"\\broken.efi", "broken", 0},
		{"\\two", "ABCD", 0},
		{"\\dir\\x", "x", 0},
		{0},
	};
	static const struct scene_volume volumes[] = SYSTEM(files);

	fake = scene_disk(volumes);
}

static uint8_t image[SCENE_IMAGE_SIZE];

static void make_image(void)
{
	const struct scene_file files[] = {{"\\EFI\\Linux\\a.efi", image, sizeof(image)}, {0}};
	const struct scene_volume volumes[] = SYSTEM(files);

	scene_image(image, "ID=a\n");
	fake = scene_disk(volumes);
}

static void make_uki(void)
{
	const struct scene_file files[] = {
		ENTRY("a.conf", "uki /a.efi\nsort-key a\n"),
		ENTRY("b.conf", "uki /a.efi\nsort-key b\nprofile 2\n"),
		ENTRY("c.conf", "uki /a.efi\nsort-key c\nprofile 2\noptions x\noptions y\n"),
		ENTRY("d.conf", "efi /a.efi\nsort-key d\nprofile 2\n"),
		ENTRY("e.conf", "uki-url http://host/a.efi\nsort-key e\n"),
		ENTRY("f.conf", "uki /a.efi\nlinux /a.efi\nefi /a.efi\nsort-key e\n"),
		{"\\a.efi", image, sizeof(image)},
		{0},
	};
	const struct scene_volume volumes[] = SYSTEM(files);

	scene_image(image, "ID=a\n");
	fake = scene_disk(volumes);
}

static void test_boot(void)
{
	ok(scene_plays(
		   make_linux, NULL,
		   STARTED
		   "start: virtio-blk0.1 A 1: \\dir/a.efi: a options 'root=/dev/vda1  ro \xc3\xa4 quiet' initrd '12345...ABCDABCD'\n"),
	   "options are joined, initrds are one file, each at a multiple of 4");
	ok(scene_plays(
		   make_missing, NULL,
		   STARTED
		   "boot: error: virtio-blk0.1 A: its initrd /missing cannot be opened (error 2)\n"
		   "boot: error: virtio-blk0.1 B: its initrd /dir cannot be opened (error 21)\n"
		   "boot: error: virtio-blk0.1 C: /missing.efi: there is no such file\n"
		   "scene: error: virtio-blk0.1 D: /broken.efi (6 bytes) cannot be loaded\n"
		   "start: virtio-blk0.1 E: /a.efi: a\n"),
	   "what is missing costs a line; what was one entry's is not the next one's");
	ok(scene_plays(make_image, NULL, STARTED "start: virtio-blk0.1 a: a.efi: an image\n"),
	   "a unified kernel image, with its own command line");
#define LEFT_OUT(name)                                          \
	"boot: warning: virtio-blk0.1 \\loader\\entries\\" name \
	" is left out: it is damaged, or names not one of linux, efi and uki\n"
	ok(scene_plays(
		   make_uki, NULL,
		   STARTED LEFT_OUT("e.conf") LEFT_OUT(
			   "f.conf") "start: virtio-blk0.1 a.conf: /a.efi: an image\n"
				     "start: virtio-blk0.1 b.conf: /a.efi: an image options '@2 '\n"
				     "start: virtio-blk0.1 c.conf: /a.efi: an image options '@2 x y'\n"
				     "start: virtio-blk0.1 d.conf: /a.efi: an image\n"),
	   "an entry for a unified kernel image, and one of its profiles");
}

/* ---- counting ---- */

#define COUNTED "sort-key a\nefi /a.efi\n"

static void make_counted(void)
{
	static const struct scene_file files[] = {
		ENTRY("new+2.conf", "title New\n" COUNTED),
		ENTRY("old+0-2.conf", "title Old\n" COUNTED),
		ENTRY("plain.conf", "title Plain\nsort-key b\nefi /a.efi\n"),
		PROGRAM,
		{0},
	};
	static const struct scene_volume volumes[] = SYSTEM(files);

	fake = scene_disk(volumes);
}

static void make_read_only(void)
{
	make_counted();
	fake->block.read_only = true;
}

/* The name that the next try would have is there. */
static void make_taken(void)
{
	static const struct scene_file files[] = {
		ENTRY("new+2.conf", "title New\n" COUNTED),
		ENTRY("new+1-1.conf", "title Next\n" COUNTED),
		PROGRAM,
		{0},
	};
	static const struct scene_volume volumes[] = SYSTEM(files);

	fake = scene_disk(volumes);
}

/* A disk that takes no more writes. */
static void make_cut(void)
{
	make_counted();
	fake->cut_write = fake->writes + 1;
}

static void make_counted_image(void)
{
	const struct scene_file files[] = {{"\\EFI\\Linux\\a+1.EFI", image, sizeof(image)}, {0}};
	const struct scene_volume volumes[] = SYSTEM(files);

	scene_image(image, "ID=a\n");
	fake = scene_disk(volumes);
}

static void show_images(void)
{
	scene_list(fake, 1, u"\\EFI\\Linux");
}

static void test_counting(void)
{
#define LOST "fat: error: virtio-blk0.1: what was written to a file is lost\n"
	ok(scene_plays(
		   make_counted, show,
		   STARTED
		   "start: virtio-blk0.1 New: /a.efi: a counts \\loader\\entries\\new+1-1.conf\n"
		   "start: virtio-blk0.1 Plain: /a.efi: a\n"
		   "start: virtio-blk0.1 Old: /a.efi: a counts \\loader\\entries\\old+0-3.conf\n"
		   "virtio-blk0.1: old+0-3.conf plain.conf new+1-1.conf\n"
		   "LoaderBootCountPath: none\n"),
	   "each try is in the file's name, before it, and the system is told which");
	ok(scene_plays(make_read_only, show,
		       READ_ONLY "start: virtio-blk0.1 New: /a.efi: a\n"
				 "start: virtio-blk0.1 Plain: /a.efi: a\n"
				 "start: virtio-blk0.1 Old: /a.efi: a\n"
				 "virtio-blk0.1: new+2.conf old+0-2.conf plain.conf\n"
				 "LoaderBootCountPath: none\n"),
	   "a disk that cannot be written just boots");
	ok(scene_plays(
		   make_taken, show,
		   STARTED
		   "boot: warning: virtio-blk0.1 New: this try cannot be counted (error 17)\n"
		   "start: virtio-blk0.1 New: /a.efi: a\n"
		   "start: virtio-blk0.1 Next: /a.efi: a counts \\loader\\entries\\new+0-2.conf\n"
		   "virtio-blk0.1: new+2.conf new+0-2.conf\n"
		   "LoaderBootCountPath: none\n"),
	   "the next name is taken");
	ok(scene_plays(make_cut, NULL,
		       STARTED LOST
		       "boot: warning: virtio-blk0.1 New: this try cannot be counted (error 5)\n"
		       "start: virtio-blk0.1 New: /a.efi: a\n"
		       "start: virtio-blk0.1 Plain: /a.efi: a\n" LOST
		       "boot: warning: virtio-blk0.1 Old: this try cannot be counted (error 5)\n"
		       "start: virtio-blk0.1 Old: /a.efi: a\n"),
	   "a disk that fails boots as well");
	ok(scene_plays(
		   make_counted_image, show_images,
		   STARTED
		   "start: virtio-blk0.1 a: a+0-1.EFI: an image counts \\EFI\\Linux\\a+0-1.EFI\n"
		   "virtio-blk0.1: a+0-1.EFI\n"),
	   "an image");
}

int main(void)
{
	test_boot();
	test_counting();
	return tap_done();
}
