/* SPDX-License-Identifier: BSD-2-Clause */
/* FAT volumes for host tests: mkfs.fat makes them in a file, they are mounted on a fake disk, and fsck.fat looks at what became of them. */
#ifndef TESTS_FS_IMAGE_H
#define TESTS_FS_IMAGE_H

#include <string.h>
#include <unistd.h>

#include "fs/fs.h"
#include "lib/log.h"
#include "tests/drivers/fake_block.h"
#include "tests/tap.h"

static char image_folder[] = "/tmp/cadastre-fat-XXXXXX";
static char image_name[64]; /* of the file */
static struct fake_block image_disk;
static struct fs *image_fs; /* what calls below mean */
static uint32_t image_lines; /* warnings and errors */

static inline void image_count(const char *text, uint64_t size)
{
	(void)text;
	(void)size;
	image_lines++;
}

/* Runs a command made of the image's name and the argument: its exit status. */
static inline int image_run(const char *format, const char *argument)
{
	char command[256];
	int status;

	snprintf(command, sizeof(command), format, image_name, argument);
	status = system(command);
	return status < 0 ? status : status >> 8;
}

/* Makes a volume of so many KiB by these options of mkfs.fat, and mounts it. */
static inline void image_start(const char *options, uint32_t sector_size, uint32_t kib)
{
	char command[256];

	unlink(image_name);
	snprintf(command, sizeof(command), "PATH=$PATH:/sbin mkfs.fat -C %s %s %u >/dev/null",
		 options, image_name, kib);
	if (system(command)) {
		printf("Bail out! mkfs.fat does not work\n");
		exit(1);
	}
	fake_block_load(&image_disk, sector_size, image_name);
	equal(fs_mount(&image_disk.block, &image_fs), 0, options);
}

/* Unmounts it; fsck.fat finds nothing, which is the test `name`. */
static inline void image_end(const char *name)
{
	equal(image_fs->open, 0, "nothing is open");
	fs_unmount(image_fs);
	fake_block_save(&image_disk, image_name);
	fake_block_end(&image_disk);
	if (!equal(image_run("PATH=$PATH:/sbin fsck.fat -n %s >%s/fsck 2>&1", image_folder), 0,
		   name))
		image_run(": %s; sed 's/^/# /' <%s/fsck", image_folder);
}

/* A path; valid until the fourth call after. */
static inline const uint16_t *image_path(const char *text)
{
	static uint16_t buffers[4][300];
	static int turn;
	uint16_t *to = buffers[turn++ & 3];
	int i = 0;

	for (; text[i]; i++)
		to[i] = (uint16_t)(uint8_t)text[i];
	to[i] = 0;
	return to;
}

/* A file, as fs_open opens it; NULL: it cannot be. */
static inline struct fs_file *image_open(const char *path, uint32_t how)
{
	struct fs_file *file = NULL;

	if (fs_open(image_fs, image_path(path), how, &file))
		return NULL;
	return file;
}

/* Makes a file of these bytes. Whether that went well. */
static inline bool image_put(const char *path, const void *data, uint64_t size)
{
	struct fs_file *file = image_open(path, FS_WRITE | FS_CREATE);
	bool good = file && !fs_resize(file, 0) && !fs_write(file, 0, &size, data);

	if (file)
		fs_close(file);
	return good;
}

/* Whether a file has these bytes and no others. */
static inline bool image_holds(const char *path, const void *data, uint64_t size)
{
	struct fs_file *file = image_open(path, FS_READ);
	uint64_t got = size + 1;
	uint8_t *buffer = malloc(got);
	bool good = file && !fs_read(file, 0, &got, buffer) && got == size &&
		    !memcmp(buffer, data, size);

	if (file)
		fs_close(file);
	free(buffer);
	return good;
}

/* Before all tests of a program. */
static inline void image_begin(void)
{
	log_set_sink(image_count);
	log_set_level(LOG_WARN);
	tap_seed();
	if (!mkdtemp(image_folder)) {
		printf("Bail out! there is no place for images\n");
		exit(1);
	}
	snprintf(image_name, sizeof(image_name), "%s/image", image_folder);
}

/* Behind all of them: what main returns. */
static inline int image_finish(void)
{
	unlink(image_name);
	snprintf(image_name, sizeof(image_name), "%s/fsck", image_folder);
	unlink(image_name);
	rmdir(image_folder);
	return tap_done();
}

#endif
