/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/linux_arm64.c boot/fdt_fixup.c boot/fdt_edit.c boot/gzip.c boot/payload.c lib/fdt_walk.c lib/crc32.c */
/* test-sources: lib/log.c mem/lmb.c mem/lmb_view.c mem/memmap.c mem/memmap_tree.c mem/mem_props.c tests/host.c */
/*
 * The arm64 kernel loader up to the kernel's first instruction, on memory that the test has put at the addresses that the
 * map tells of. What the processor and fw_cfg do is acted out here.
 */
#include <errno.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/aarch64/kernel.h"
#include "boot/attempt.h"
#include "boot/loader.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "tests/host.h"
#include "tests/tap.h"

#define RAM UINT64_C(0x20000000) /* sanitizers keep clear of it */
#define RAM_SIZE MIB(64)
#define FILE_SIZE (MIB(6) + 512)

static struct memmap map;
static struct machine machine;
static jmp_buf entered;
static uint64_t entry, argument, cleaned;
static uint32_t pages_kib = 4;
static int handed_over, random_numbers, logged;

_Noreturn void aarch64_enter(uint64_t to, uint64_t x0)
{
	entry = to;
	argument = x0;
	longjmp(entered, 1);
}

int aarch64_random(uint64_t *number)
{
	*number = 0x0101010101010101;
	return random_numbers;
}

int aarch64_has_pages(uint32_t kib)
{
	return kib == pages_kib;
}

void arch_cache_clean(uint64_t base, uint64_t size)
{
	(void)base;
	cleaned += size;
}

void attempt_hand_over(const char *what, uint64_t to)
{
	(void)what;
	(void)to;
	handed_over = 1;
}

static void log_lines(const char *text, uint64_t size)
{
	logged++;
	host_log("# ", 2);
	host_log(text, size);
}

/* --- a machine and a kernel --- */

static uint8_t *image; /* an Image of FILE_SIZE bytes */
static uint64_t image_bytes;

static int read_image(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	const uint8_t *from = payload->context;

	if (offset + size > payload->size)
		return -EINVAL;
	memcpy(to, from + offset, size);
	return 0;
}

static int read_error(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	(void)payload;
	(void)offset;
	(void)to;
	(void)size;
	return -EIO;
}

/* The header of an Image (booting.rst) with a PE header of one section, as Debian's have. */
static void make_image(void)
{
	for (uint64_t i = 0; i < FILE_SIZE; i++)
		image[i] = (uint8_t)(i * 7 + (i >> 12));
	memset(image, 0, 512);
	le64_store(image + 16, FILE_SIZE + MIB(1));
	le64_store(image + 24, 0xa);
	le32_store(image + 56, 0x644d5241);
	le32_store(image + 60, 64);
	memcpy(image + 64, "PE\0\0", 4);
	le16_store(image + 64 + 6, 1);
	le16_store(image + 64 + 20, 160);
	le32_store(image + 64 + 24 + 160 + 16, FILE_SIZE - 4096);
	le32_store(image + 64 + 24 + 160 + 20, 4096);
	image_bytes = FILE_SIZE;
}

static void make_machine(uint64_t ram_size)
{
	struct mem_props props = mem_props_free();
	uint8_t *blob = (uint8_t *)(uintptr_t)RAM;

	fdt_create(blob, 4096);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_begin_node(blob, "chosen");
	fdt_end_node(blob);
	fdt_end_node(blob);
	fdt_finish(blob);
	memmap_init(&map, NULL, NULL);
	memmap_add(&map, RAM, ram_size, &props);
	props = mem_props_firmware("devicetree");
	memmap_claim_at(&map, RAM, 4096, &props);
	memmap_system_set(&map);
	memmap_attempt_begin(&map);
	machine = (struct machine){
		.dtb = RAM,
		.dtb_room = 4096,
		.dtb_size = fdt_totalsize(blob),
		.dtb_chosen = 8 + 4 + 8,
	};
}

static int start(uint64_t initrd_size)
{
	static uint8_t initrd[KIB(100)];
	struct boot_request request = {
		.machine = &machine,
		.kernel = {.name = "kernel",
			   .size = image_bytes,
			   .read = read_image,
			   .context = image},
		.initrd = {.name = "initrd",
			   .size = initrd_size,
			   .read = read_image,
			   .context = initrd},
		.cmdline = "quiet",
		.cmdline_size = 6,
	};
	size_t head = image_bytes < LOADER_HEAD_SIZE ? image_bytes : LOADER_HEAD_SIZE;

	handed_over = 0;
	logged = 0;
	cleaned = 0;
	entry = 0;
	memset(initrd, 0x5a, sizeof(initrd));
	if (initrd_size > sizeof(initrd))
		request.initrd.read = read_error;
	if (setjmp(entered))
		return 0;
	for (int i = 0; loaders[i]; i++)
		if (loaders[i]->recognise(image, head))
			return loaders[i]->boot(&request, image, head);
	return -ENOENT;
}

/* Refused with exactly one line, and all that was claimed comes back with the attempt. */
static void refused(uint64_t initrd_size, const char *what)
{
	struct mem_region region;
	int error = start(initrd_size);

	ok(error < 0 && error != -ENOENT && !entry, what);
	equal(logged, 1, "it is said why");
	memmap_attempt_fail(&map);
	memmap_find(&map, RAM + 4096, &region);
	ok(region.props.owner == MEM_OWNER_FREE && region.end == RAM + RAM_SIZE,
	   "memory is as before");
}

static const void *chosen(const char *name)
{
	const void *tree = (const void *)(uintptr_t)argument;

	return fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), name, NULL);
}

static void check_started(uint64_t text_offset, uint64_t initrd_size)
{
	struct mem_region region;
	uint64_t initrd, initrd_end;

	ok(handed_over, "handed over");
	equal((entry - text_offset) % MIB(2), 0, "the kernel is where booting.rst asks for");
	equal(argument, machine.dtb, "x0 is the devicetree");
	ok(!memcmp((void *)(uintptr_t)(entry + 512), image + 512, FILE_SIZE - 512),
	   "all of the kernel is there");
	memmap_find(&map, entry, &region);
	ok(region.props.owner == MEM_OWNER_LMB && region.base <= entry &&
		   region.end - entry >= FILE_SIZE + MIB(1),
	   "image_size bytes are the kernel's");
	ok(!strcmp(chosen("bootargs"), "quiet"), "the command line");
	if (!initrd_size)
		return;
	initrd = fdt64_ld(chosen("linux,initrd-start"));
	initrd_end = fdt64_ld(chosen("linux,initrd-end"));
	equal(initrd_end - initrd, initrd_size, "the initrd, to the byte");
	equal(*(uint8_t *)(uintptr_t)(initrd_end - 1), 0x5a, "is there");
}

static void test_starts(void)
{
	make_image();
	make_machine(RAM_SIZE);
	equal(start(KIB(100)), 0, "an Image with an initrd");
	check_started(0, KIB(100));
	ok(cleaned && cleaned < 8192, "only what the processor wrote is cleaned");

	make_machine(RAM_SIZE);
	equal(start(0), 0, "without an initrd");
	check_started(0, 0);
	ok(!chosen("linux,initrd-start"), "none is told of");

	make_image();
	le64_store(image + 8, 0x80000);
	le64_store(image + 24, 2);
	make_machine(RAM_SIZE);
	equal(start(KIB(100)), 0, "an old one that wants to be low");
	check_started(0x80000, KIB(100));
	equal(entry, RAM + MIB(2) + 0x80000, "it is as low as can be");

	make_image();
	le32_store(image + 60, 0);
	make_machine(RAM_SIZE);
	equal(start(0), 0, "one without a PE header");

	make_machine(MIB(10) - 4096);
	equal(start(KIB(100)), 0, "a machine in which whole blocks do not fit");
	check_started(0, KIB(100));
}

static void test_lies(void)
{
	make_image();
	make_machine(RAM_SIZE);
	image_bytes = FILE_SIZE - 1;
	refused(0, "cut off by a byte");
	make_image();
	image_bytes = 64;
	make_machine(RAM_SIZE);
	le32_store(image + 60, 0);
	le64_store(image + 16, 0);
	refused(0, "a bare header without a size");
	make_image();
	le64_store(image + 24, 0xb);
	make_machine(RAM_SIZE);
	refused(0, "big-endian");
	make_image();
	le64_store(image + 24, 0xe);
	make_machine(RAM_SIZE);
	refused(0, "pages of 64 KiB");
	make_image();
	le64_store(image + 16, FILE_SIZE - 1);
	make_machine(RAM_SIZE);
	refused(0, "image_size below the file's");
	make_image();
	le64_store(image + 16, UINT64_MAX);
	make_machine(RAM_SIZE);
	refused(0, "image_size beyond all");
	make_image();
	le64_store(image + 8, UINT64_MAX - 4095);
	make_machine(RAM_SIZE);
	refused(0, "text_offset beyond all");
	make_image();
	le64_store(image + 16, GIB(1));
	make_machine(RAM_SIZE);
	refused(0, "a kernel larger than RAM");
	make_image();
	make_machine(RAM_SIZE);
	refused(GIB(1), "an initrd larger than RAM");
	make_machine(RAM_SIZE);
	refused(MIB(1), "an initrd that cannot be read");
	image[56] = 0;
	equal(start(0), -ENOENT, "something else is not recognised");
}

/* The image as gzip packs it: how many bytes it put at `packed`. */
static uint64_t pack(uint8_t *packed, uint64_t room)
{
	char path[] = "/tmp/linux_arm64_test.XXXXXX", command[64];
	int file = mkstemp(path);
	uint64_t size = 0;
	FILE *from;

	if (file < 0 || write(file, image, FILE_SIZE) != (ssize_t)FILE_SIZE)
		abort();
	close(file);
	snprintf(command, sizeof(command), "gzip -6c %s", path);
	from = popen(command, "r");
	if (from) {
		size = fread(packed, 1, room, from);
		pclose(from);
	}
	unlink(path);
	return size;
}

static void test_gzip(void)
{
	uint8_t *plain = image, *packed = malloc(FILE_SIZE + KIB(64));
	uint64_t packed_bytes;

	make_image();
	packed_bytes = pack(packed, FILE_SIZE + KIB(64));
	image = packed;
	image_bytes = packed_bytes;
	make_machine(RAM_SIZE);
	equal(start(KIB(100)), 0, "a compressed Image");
	image = plain;
	check_started(0, KIB(100));
	ok(cleaned >= FILE_SIZE, "what was unpacked is cleaned");

	image = packed;
	image_bytes = packed_bytes - 1;
	make_machine(RAM_SIZE);
	refused(0, "cut off by a byte");
	image_bytes = packed_bytes / 2;
	make_machine(RAM_SIZE);
	refused(0, "cut off in the middle");
	image_bytes = 20;
	make_machine(RAM_SIZE);
	refused(0, "hardly anything");
	image_bytes = packed_bytes;
	packed[packed_bytes / 2] ^= 1;
	make_machine(RAM_SIZE);
	refused(0, "a bit is wrong");
	packed[packed_bytes / 2] ^= 1;
	packed[packed_bytes - 6] ^= 1;
	make_machine(RAM_SIZE);
	refused(0, "the sum is wrong");
	free(packed);
	image = plain;
}

static void test_seeds(void)
{
	make_image();
	make_machine(RAM_SIZE);
	random_numbers = 1;
	equal(start(0), 0, "with a processor that has random numbers");
	random_numbers = 0;
}

int main(void)
{
	void *ram = mmap((void *)(uintptr_t)RAM, RAM_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (ram == MAP_FAILED) {
		printf("1..0 # skip no room at 0x%lx\n", RAM);
		return 0;
	}
	image = malloc(FILE_SIZE);
	log_set_sink(log_lines);
	test_starts();
	test_lies();
	test_gzip();
	test_seeds();
	free(image);
	return tap_done();
}
