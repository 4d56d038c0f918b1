/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux on arm64: Image, plain or gzip-compressed, by Linux Documentation/arch/arm64/booting.rst.
 *
 * Kernel and initrd are read straight to their places and not touched by the processor: fw_cfg's DMA is coherent with
 * the caches, so no line of them can be stale, and cleaning 30 MiB line by line would cost more than all the rest of the boot.
 * What the processor itself has written for the kernel (the devicetree, an unpacked kernel) is cleaned.
 */
#define LOG_PREFIX "linux"

#include <errno.h>

#include "arch/aarch64/kernel.h"
#include "boot/attempt.h"
#include "boot/fdt_fixup.h"
#include "boot/gzip.h"
#include "boot/loader.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/lmb.h"

#define HEADER_SIZE 64
#define MAGIC 0x644d5241u /* "ARM\x64" */
#define PLACE_ALIGN MIB(2)
#define WINDOW GIB(32) /* that holds kernel and initrd, ... */
#define WINDOW_ALIGN GIB(1) /* ... and begins at a multiple of this */
#define TEXT_OFFSET_MAX MIB(2)
#define CMDLINE_MAX 2047 /* COMMAND_LINE_SIZE in Linux' setup.h: it cuts off the rest */
#define IMAGE_MAX GIB(4) /* no kernel is larger: a size beyond it is a lie */

enum { FLAG_BIG_ENDIAN = 1, FLAG_PAGES_SHIFT = 1, FLAG_ANYWHERE = 8 };

/* Where the PE header, if there is one, has what. */
enum {
	PE_SECTIONS = 6,
	PE_OPTIONAL_SIZE = 20,
	PE_HEADER_SIZE = 24,
	PE_SECTION_SIZE = 40,
	PE_RAW_SIZE = 16,
	PE_RAW_OFFSET = 20,
};

/* What the header says, checked. */
struct image {
	uint64_t file_size; /* bytes of the Image, unpacked */
	uint64_t text_offset;
	uint64_t size; /* bytes that must be free, from the Image's first on */
	int anywhere;
};

/* A payload's place. */
struct place {
	uint64_t base;
	uint64_t size;
};

/*
 * The PE section table tells how long the file has to be: 0 when there is none, or it lies beyond the head. Counts are
 * small: each section is looked at once.
 */
static uint64_t pe_file_size(const uint8_t *head, size_t size)
{
	uint64_t pe = le32_load(head + 60), end = 0, at;
	uint32_t sections;

	if (!pe || pe > size || size - pe < PE_HEADER_SIZE || memcmp(head + pe, "PE\0\0", 4) != 0)
		return 0;
	sections = le16_load(head + pe + PE_SECTIONS);
	at = pe + PE_HEADER_SIZE + le16_load(head + pe + PE_OPTIONAL_SIZE);
	for (; sections && at + PE_SECTION_SIZE <= size; sections--, at += PE_SECTION_SIZE) {
		uint64_t raw = (uint64_t)le32_load(head + at + PE_RAW_OFFSET) +
			       le32_load(head + at + PE_RAW_SIZE);

		if (raw > end)
			end = raw;
	}
	return end;
}

static int check_pages(uint64_t flags)
{
	static const uint8_t kib[] = {0, 4, 16, 64};
	uint32_t pages = kib[flags >> FLAG_PAGES_SHIFT & 3];

	if (!pages || aarch64_has_pages(pages))
		return 0;
	log_error("the kernel is made for pages of %u KiB, which this processor does not have: "
		  "take another kernel or -cpu",
		  pages);
	return -ENOEXEC;
}

/* Checks the header of an Image of `file_size` bytes of which `size` are at `head`. 0, or -ENOEXEC having said why. */
static int read_header(const uint8_t *head, size_t size, uint64_t file_size, struct image *image)
{
	uint64_t flags = le64_load(head + 24), whole = pe_file_size(head, size);

	image->file_size = file_size;
	image->text_offset = le64_load(head + 8);
	image->size = le64_load(head + 16);
	image->anywhere = (flags & FLAG_ANYWHERE) != 0;
	if (whole > file_size) {
		log_error(
			"the kernel is cut off: %lu of %lu bytes are there; copy or build it again",
			file_size, whole);
		return -ENOEXEC;
	}
	if (flags & FLAG_BIG_ENDIAN) {
		log_error("the kernel is big-endian: take a little-endian one");
		return -ENOEXEC;
	}
	if (!image->size) {
		log_error(
			"the kernel does not say how much memory it needs (image_size 0, older than Linux 3.17): "
			"take a later one");
		return -ENOEXEC;
	}
	if (image->size < file_size || image->size > IMAGE_MAX ||
	    image->text_offset > TEXT_OFFSET_MAX || image->text_offset & (PAGE_SIZE - 1)) {
		log_error(
			"the kernel's header contradicts itself: text_offset 0x%lx, image_size %lu, "
			"but the file has %lu bytes; the file is damaged, copy or build it again",
			image->text_offset, image->size, file_size);
		return -ENOEXEC;
	}
	return check_pages(flags);
}

static uint64_t largest_free(void)
{
	struct mem_region region;
	uint64_t largest = 0;

	memmap_first(memmap_system(), &region);
	do {
		if (region.props.owner == MEM_OWNER_FREE && region.end - region.base > largest)
			largest = region.end - region.base;
	} while (memmap_next(memmap_system(), &region));
	return largest;
}

static int too_large(const char *what, uint64_t size)
{
	log_error(
		"the %s needs %lu KiB of memory in one piece, and the largest free piece has %lu KiB: "
		"give the machine more memory (make run MEM=, qemu -m)",
		what, align_up(size, 1024) >> 10, largest_free() >> 10);
	return -ENOMEM;
}

/*
 * The highest place for `size` bytes that ends at or below `max` (0: anywhere), in whole blocks of 2 MiB where there is room for
 * that: those cost one entry of the page tables each. What a kernel does not use of it it takes for free RAM.
 */
static int place_high(struct place *place, uint64_t size, uint64_t align, uint64_t max,
		      const char *tag)
{
	enum lmb_mem_type type = max ? LMB_MEM_ALLOC_MAX : LMB_MEM_ALLOC_ANY;

	place->base = max;
	place->size = align_up(size, PLACE_ALIGN);
	if (!lmb_alloc_tagged(type, PLACE_ALIGN, &place->base, place->size, LMB_NOOVERWRITE, tag))
		return 0;
	place->base = max;
	place->size = align_up(size, PAGE_SIZE);
	return lmb_alloc_tagged(type, align, &place->base, place->size, LMB_NOOVERWRITE, tag);
}

/* The lowest place: kernels before 4.6 cannot use what lies below them. */
static int place_low(struct place *place, uint64_t size, const char *tag)
{
	struct mem_region region;

	place->size = size;
	memmap_first(memmap_system(), &region);
	do {
		if (region.props.owner != MEM_OWNER_FREE)
			continue;
		place->base = align_up(region.base ? region.base : 1, PLACE_ALIGN);
		if (place->base >= region.base && place->base < region.end &&
		    region.end - place->base >= size)
			return lmb_alloc_tagged(LMB_MEM_ALLOC_ADDR, PLACE_ALIGN, &place->base, size,
						LMB_NOOVERWRITE, tag);
	} while (memmap_next(memmap_system(), &region));
	return -ENOMEM;
}

static int place_kernel(const struct image *image, struct place *place)
{
	uint64_t size = image->text_offset + image->size;
	int error;

	error = image->anywhere ? place_high(place, size, PLACE_ALIGN, 0, "kernel")
				: place_low(place, size, "kernel");
	return error ? too_large("kernel", size) : 0;
}

static int place_initrd(const struct place *kernel, uint64_t size, struct place *place)
{
	uint64_t max = align_down(kernel->base, WINDOW_ALIGN) + WINDOW;
	uint64_t end = align_up(kernel->base + kernel->size, WINDOW_ALIGN);

	if (place_high(place, size, PAGE_SIZE, max, "initrd"))
		return too_large("initrd", size);
	if (end <= WINDOW || place->base >= end - WINDOW)
		return 0;
	log_error("the initrd (%lu KiB) finds no room within 32 GiB of the kernel at 0x%lx",
		  size >> 10, kernel->base);
	return -ENOMEM;
}

static int read_payload(const struct payload *payload, uint64_t to)
{
	int error = payload_read(payload, 0, (void *)(uintptr_t)to, payload->size);

	if (error)
		log_error("the %s cannot be read (error %d)", payload->name, -error);
	return error;
}

/* Places and reads the initrd, tells the kernel all, and enters it. Returns only on failure. */
static int start(const struct boot_request *request, const struct image *image,
		 const struct place *kernel)
{
	uint64_t entry = kernel->base + image->text_offset;
	struct machine *machine = request->machine;
	struct place initrd = {0};
	uint64_t seeds[FDT_FIXUP_SEEDS];
	struct fdt_fixup values = {
		.cmdline = request->cmdline,
		.cmdline_size = request->cmdline_size,
		.seeds = seeds,
	};
	int error = 0;

	if (request->cmdline_size - 1 > CMDLINE_MAX) {
		log_error(
			"the command line has %lu bytes, Linux on arm64 takes %d: shorten -append",
			request->cmdline_size - 1, CMDLINE_MAX);
		return -E2BIG;
	}
	if (request->initrd.size) {
		error = place_initrd(kernel, request->initrd.size, &initrd);
		if (!error)
			error = read_payload(&request->initrd, initrd.base);
		values.initrd = initrd.base;
		values.initrd_end = initrd.base + request->initrd.size;
	}
	for (int i = 0; i < FDT_FIXUP_SEEDS && values.seeds; i++)
		if (!aarch64_random(&seeds[i]))
			values.seeds = NULL;
	if (!error)
		error = fdt_fixup(machine, memmap_system(), &values);
	if (error)
		return error;
	arch_cache_clean(machine->dtb, machine->dtb_size);
	attempt_hand_over("Linux arm64 Image", entry);
	aarch64_enter(entry, machine->dtb);
}

static int recognise_image(const uint8_t *head, size_t size)
{
	return size >= HEADER_SIZE && le32_load(head + 56) == MAGIC;
}

static int boot_image(const struct boot_request *request, const uint8_t *head, size_t size)
{
	struct image image;
	struct place kernel = {0};
	int error;

	error = read_header(head, size, request->kernel.size, &image);
	if (!error)
		error = place_kernel(&image, &kernel);
	if (!error)
		error = read_payload(&request->kernel, kernel.base + image.text_offset);
	return error ? error : start(request, &image, &kernel);
}

static int recognise_gzip(const uint8_t *head, size_t size)
{
	return gzip_recognise(head, size);
}

static int damaged(const char *why)
{
	log_error("the compressed kernel %s; copy or build it again", why);
	return -ENOEXEC;
}

/* Unpacks the file at `packed` to its place. The first bytes are unpacked twice, since they tell which place that is. */
static int unpack(const uint8_t *packed, uint64_t packed_size, struct image *image,
		  struct place *kernel)
{
	uint8_t head[HEADER_SIZE * 16];
	uint64_t file_size, got;
	int error;

	error = gzip_unpack(packed, packed_size, head, sizeof(head), &got);
	if (error != -ENOSPC)
		return damaged("is damaged or hardly longer than a header");
	if (!recognise_image(head, sizeof(head)))
		return damaged("holds something that is no arm64 Image");
	/* The Image's size is at the end, modulo 2^32, which no Image comes near. */
	file_size = le32_load(packed + packed_size - 4);
	if (file_size > le64_load(head + 16))
		return damaged("is damaged or cut off");
	error = read_header(head, sizeof(head), file_size, image);
	if (!error)
		error = place_kernel(image, kernel);
	if (error)
		return error;
	error = gzip_unpack(packed, packed_size,
			    (uint8_t *)(uintptr_t)kernel->base + image->text_offset, image->size,
			    &got);
	if (error || got != image->file_size)
		return damaged("is damaged or cut off");
	arch_cache_clean(kernel->base + image->text_offset, got);
	return 0;
}

static int boot_gzip(const struct boot_request *request, const uint8_t *head, size_t size)
{
	uint64_t packed_size = request->kernel.size;
	struct place packed, kernel;
	struct image image;
	int error;

	(void)head;
	(void)size;
	if (place_high(&packed, packed_size, PAGE_SIZE, 0, "packed kernel"))
		return too_large("compressed kernel", packed_size);
	error = read_payload(&request->kernel, packed.base);
	if (!error)
		error = unpack((const uint8_t *)(uintptr_t)packed.base, packed_size, &image,
			       &kernel);
	if (error)
		return error;
	lmb_free(packed.base, packed.size, LMB_NONE);
	return start(request, &image, &kernel);
}

static const struct loader image_loader = {"Linux arm64 Image", recognise_image, boot_image};
static const struct loader gzip_loader = {"gzip-compressed Linux arm64 Image", recognise_gzip,
					  boot_gzip};

const struct loader *const loaders[] = {&image_loader, &gzip_loader, NULL};
