/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: boot/linux_x86.c boot/linux_x86_header.c boot/linux_x86_e820.c boot/linux_x86_pvh.c boot/linux_x86_elf.c */
/* test-sources: boot/payload.c lib/log.c mem/lmb.c mem/lmb_view.c mem/pages.c mem/memmap.c mem/memmap_tree.c */
/* test-sources: mem/mem_props.c tests/host.c */
/*
 * The x86 kernel loaders up to the kernel's first instruction, on memory that the test has put at
 * the addresses that the map tells of. What the processor, fw_cfg and the low memory of a PC do is
 * acted out here.
 */
#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>

#include "arch/x86_64/cpu.h"
#include "boot/attempt.h"
#include "boot/linux_x86_e820.h"
#include "boot/linux_x86_elf.h"
#include "boot/linux_x86_header.h"
#include "boot/linux_x86_low.h"
#include "boot/linux_x86_pvh.h"
#include "boot/loader.h"
#include "lib/bytes.h"
#include "lib/log.h"
#include "mem/lmb.h"
#include "tests/host.h"
#include "tests/tap.h"

#define RAM UINT64_C(0x10000000)
#define RAM_SIZE MIB(64)
#define RSDP 0xf5a30

static struct memmap map;
static struct machine machine = {.ram = RAM_SIZE, .acpi_rsdp = RSDP};
static jmp_buf entered;
static uint64_t entry, argument, kernel_entry_item;
static int bits, logged;

_Noreturn void cpu_enter64(uint64_t to, uint64_t with)
{
	entry = to;
	argument = with;
	bits = 64;
	longjmp(entered, 1);
}

_Noreturn void cpu_enter64_early(uint64_t to, uint64_t with)
{
	cpu_enter64(to, with);
}

_Noreturn void cpu_enter32(uint32_t to, uint32_t with)
{
	entry = to;
	argument = with;
	bits = 32;
	longjmp(entered, 1);
}

int linux_x86_open_low(void)
{
	return 0;
}

void attempt_hand_over(const char *what, uint64_t at)
{
	(void)what;
	(void)at;
}

uint64_t fw_cfg_number(struct fw_cfg *fw, uint32_t key, uint32_t size)
{
	(void)fw;
	(void)size;
	return key == FW_CFG_KERNEL_ENTRY ? kernel_entry_item : 0;
}

static void count_lines(const char *text, uint64_t size)
{
	(void)text;
	(void)size;
	logged++;
}

/* ---- payloads ---- */

static int read_bytes(const struct payload *payload, uint64_t offset, void *to, uint64_t size)
{
	memcpy(to, (const uint8_t *)payload->context + offset, size);
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

static struct payload payload(const char *name, void *bytes, uint64_t size)
{
	return (struct payload){.name = name, .size = size, .read = read_bytes, .context = bytes};
}

static uint8_t file[0x3000];
#define CODE_OFFSET 0x1000

/* A kernel of 0x2000 bytes of code that may lie anywhere from 0x1000000 on. */
static void make_kernel(void)
{
	memset(file, 0xcc, sizeof(file));
	memset(file, 0, CODE_OFFSET);
	file[HDR_SETUP_SECTS] = CODE_OFFSET / 512 - 1;
	le32_store(file + HDR_SYSSIZE, 0x200);
	le16_store(file + HDR_BOOT_FLAG, 0xaa55);
	file[HDR_JUMP_LENGTH] = 0x6a;
	memcpy(file + HDR_HEADER, "HdrS", 4);
	le16_store(file + HDR_VERSION, 0x20f);
	file[HDR_LOADFLAGS] = 1;
	le32_store(file + HDR_INITRD_ADDR_MAX, 0x7fffffff);
	le32_store(file + HDR_KERNEL_ALIGNMENT, 0x200000);
	file[HDR_RELOCATABLE_KERNEL] = 1;
	le16_store(file + HDR_XLOADFLAGS, 3);
	le32_store(file + HDR_CMDLINE_SIZE, 16);
	le64_store(file + HDR_PREF_ADDRESS, 0x1000000);
	le32_store(file + HDR_INIT_SIZE, 0x300000);
}

static void make_map(void)
{
	const struct mem_props free_ram = mem_props_free();
	const struct mem_props acpi = mem_props_make(MEM_ACPI_RECLAIM, MEM_OWNER_FIRMWARE,
						     MEM_LIFE_FOREVER, MEM_RW, 0, "acpi/tables");
	const struct mem_props ecam = mem_props_make(MEM_RESERVED, MEM_OWNER_HARDWARE,
						     MEM_LIFE_FOREVER, MEM_IO, 0, "ecam");
	const struct mem_props hpet = mem_props_device("hpet");

	memmap_init(&map, NULL, NULL);
	memmap_add(&map, RAM, RAM_SIZE, &free_ram);
	memmap_claim_at(&map, RAM + RAM_SIZE - 0x3000, 0x2100, &acpi); /* an end within a page */
	memmap_add(&map, 0xb0000000, 0x10000000, &ecam);
	memmap_add(&map, 0xfed00000, 0x1000, &hpet);
	memmap_system_set(&map);
}

/* Boots in an attempt of its own. 0 when the kernel was entered. */
static int boot(struct boot_request *request)
{
	int error = 0;

	make_map();
	memmap_attempt_begin(&map);
	logged = 0;
	if (!setjmp(entered)) {
		const struct loader *const *loader = loaders;

		while (*loader && !(*loader)->recognise(file, 4096))
			loader++;
		error = *loader ? (*loader)->boot(request, file, 4096) : -ENOEXEC;
	}
	return error;
}

static struct boot_request request(void)
{
	return (struct boot_request){.machine = &machine,
				     .kernel = payload("kernel", file, sizeof(file)),
				     .cmdline = "console=ttyS0",
				     .cmdline_size = 14};
}

/* ---- bzImage ---- */

static void check_e820(const uint8_t *params)
{
	static const struct e820_range wanted[] = {
		{RAM, RAM_SIZE - 0x3000, 1},
		{RAM + RAM_SIZE - 0x3000, 0x3000, 3},
		{0xb0000000, 0x10000000, 2},
	};

	equal(params[0x1e8], 3, "three e820 entries");
	for (int i = 0; i < 3; i++) {
		const uint8_t *p = params + 0x2d0 + 20 * i;

		ok(le64_load(p) == wanted[i].base && le64_load(p + 8) == wanted[i].size &&
			   le32_load(p + 16) == wanted[i].type,
		   "an e820 entry");
	}
}

static void test_bzimage(void)
{
	static uint8_t initrd[5000];
	struct boot_request r = request();
	const uint8_t *params;
	struct mem_region region;
	uint64_t at;

	make_kernel();
	memset(initrd, 0x5a, sizeof(initrd));
	r.initrd = payload("initrd", initrd, sizeof(initrd));
	equal(boot(&r), 0, "a kernel and an initrd start");
	equal(bits, 64, "at the 64-bit entry");
	params = (const uint8_t *)(uintptr_t)argument;
	equal(entry % 0x200000, 0x200, "0x200 into an aligned place");
	ok(memcmp((void *)(uintptr_t)(entry - 0x200), file + CODE_OFFSET, 0x2000) == 0,
	   "the code is there");
	equal(le32_load(params + HDR_CODE32_START), entry - 0x200, "code32_start");
	ok(memcmp(params + HDR_HEADER, "HdrS", 4) == 0, "the set-up header is copied");
	equal(params[HDR_TYPE_OF_LOADER], 0xff, "type_of_loader");
	equal(le64_load(params + 0x70), RSDP, "the RSDP");
	at = le32_load(params + HDR_CMD_LINE_PTR);
	ok(strcmp((char *)(uintptr_t)at, "console=ttyS0") == 0, "the command line");
	at = le32_load(params + HDR_RAMDISK_IMAGE);
	equal(le32_load(params + HDR_RAMDISK_SIZE), sizeof(initrd), "the initrd's size");
	ok(memcmp((void *)(uintptr_t)at, initrd, sizeof(initrd)) == 0, "the initrd");
	check_e820(params);
	memmap_find(&map, entry, &region);
	ok(region.end - region.base >= 0x300000, "and has its init_size");

	le32_store(file + HDR_INITRD_ADDR_MAX, RAM + MIB(32) - 1);
	le64_store(file + HDR_PREF_ADDRESS, RAM);
	equal(boot(&r), 0, "another kernel");
	params = (const uint8_t *)(uintptr_t)argument;
	equal(entry, RAM + 0x200, "lies at its preferred address");
	at = le32_load(params + HDR_RAMDISK_IMAGE);
	ok(at + sizeof(initrd) <= RAM + MIB(32), "and its initrd where it wants it");
}

static void refused(struct boot_request r, int error, const char *what)
{
	struct memmap before;

	make_map();
	memcpy(&before, &map, sizeof(map));
	equal(boot(&r), error, what);
	ok(logged > 0, "  and says why");
	memmap_attempt_fail(&map);
	equal(memmap_count(&map), memmap_count(&before), "  and gives all memory back");
}

static void test_bzimage_refusals(void)
{
	struct boot_request r = request();

	make_kernel();
	r.kernel.size -= 0x1000;
	refused(r, -EINVAL, "half a kernel is refused");
	r = request();
	r.cmdline = "a command line that is too long";
	r.cmdline_size = 32;
	refused(r, -E2BIG, "a long command line is refused");
	r = request();
	r.initrd = payload("initrd", file, RAM_SIZE);
	refused(r, -ENOMEM, "an initrd as large as RAM is refused");
	r.initrd.size = UINT64_MAX - 5;
	refused(r, -ENOMEM, "an initrd as large as the address space is refused");
	r = request();
	r.kernel.read = read_error;
	refused(r, -EIO, "a kernel that cannot be read is refused");
	le32_store(file + HDR_INIT_SIZE, 0xffffffff);
	refused(request(), -ENOMEM, "a kernel larger than RAM is refused");
	make_kernel();
	le64_store(file + HDR_PREF_ADDRESS, 0x20000000);
	refused(request(), -ENOMEM, "a kernel that wants to lie above RAM is refused");
	make_kernel();
	file[HDR_RELOCATABLE_KERNEL] = 0;
	refused(request(), -ENOMEM, "a kernel that cannot move and has no place is refused");
	make_kernel();
	le16_store(file + HDR_XLOADFLAGS, 0);
	refused(request(), -ENOEXEC, "a 32-bit kernel is refused");
	make_kernel();
	file[HDR_JUMP_LENGTH] = 0xff;
	refused(request(), -EINVAL, "a header that says it is too long is refused");
	make_kernel();
	le32_store(file + HDR_KERNEL_ALIGNMENT, 0x300000);
	refused(request(), -EINVAL, "an alignment that is none is refused");
}

/* 200 reserved pages: more than boot_params has room for. */
static void test_many_ranges(void)
{
	const struct mem_props reserved =
		mem_props_make(MEM_RESERVED, MEM_OWNER_HARDWARE, MEM_LIFE_FOREVER, 0, 0, "x");
	struct boot_request r = request();
	const uint8_t *params, *extra;

	make_kernel();
	make_map();
	for (uint64_t i = 0; i < 100; i++)
		memmap_claim_at(&map, RAM + MIB(1) + i * 0x2000, 0x1000, &reserved);
	memmap_attempt_begin(&map);
	if (!setjmp(entered))
		equal(loaders[0]->boot(&r, file, 4096), 0, "not reached");
	params = (const uint8_t *)(uintptr_t)argument;
	equal(params[0x1e8], 128, "128 e820 entries in boot_params");
	extra = (const uint8_t *)(uintptr_t)le64_load(params + HDR_SETUP_DATA);
	ok(extra != NULL, "and setup_data");
	if (!extra)
		return;
	equal(le64_load(extra), 0, "of one element");
	equal(le32_load(extra + 8), 1, "of type SETUP_E820_EXT");
	equal(le32_load(extra + 12), (203 - 128) * 20, "with the other 75");
	equal(le64_load(extra + 16 + 74 * 20), 0xb0000000, "up to the last");
}

/* ---- PVH ---- */

static const uint8_t pvh_note[] = {4,	0,   0,	  0, 8,	   0, 0, 0,    18, 0, 0, 0,
				   'X', 'e', 'n', 0, 0x50, 8, 0, 0x10, 0,  0, 0, 0};

/* An ELF file with a segment of 0x1000 bytes (0x3000 in memory) and a note. */
static void make_elf(void)
{
	uint8_t *p = file + 64;

	memset(file, 0, sizeof(file));
	memcpy(file, "\177ELF\2\1\1", 7);
	le16_store(file + 16, 2);
	le16_store(file + 18, 62);
	le64_store(file + 32, 64);
	le16_store(file + 54, 56);
	le16_store(file + 56, 2);
	le32_store(p, 1);
	le64_store(p + 8, 0x1000);
	le64_store(p + 24, RAM);
	le64_store(p + 32, 0x1000);
	le64_store(p + 40, 0x3000);
	le32_store(p + 56, 4);
	le64_store(p + 64, 0x200);
	le64_store(p + 88, sizeof(pvh_note));
	le64_store(p + 96, sizeof(pvh_note));
	memcpy(file + 0x200, pvh_note, sizeof(pvh_note));
	memset(file + 0x1000, 0x90, 0x1000);
}

static void test_pvh(void)
{
	struct boot_request r = request();
	const uint8_t *info, *memory = (const uint8_t *)(uintptr_t)RAM;

	make_elf();
	kernel_entry_item = 0;
	r.initrd = payload("initrd", file, 777);
	equal(boot(&r), 0, "an ELF kernel and an initrd start");
	equal(bits, 32, "in 32 bits");
	equal(entry, 0x10000850, "where the note says");
	ok(memory[0] == 0x90 && memory[0xfff] == 0x90 && memory[0x1000] == 0 && memory[0x2fff] == 0,
	   "the segment is loaded, and zero where the file has no bytes");
	info = (const uint8_t *)(uintptr_t)argument;
	equal(le32_load(info), 0x336ec578, "start_info");
	equal(le32_load(info + 4), 1, "of version 1");
	equal(le32_load(info + 12), 1, "one module");
	equal(le64_load((void *)(uintptr_t)(le64_load(info + 16) + 8)), 777,
	      "of the initrd's size");
	ok(strcmp((char *)(uintptr_t)le64_load(info + 24), "console=ttyS0") == 0,
	   "the command line");
	equal(le64_load(info + 32), RSDP, "the RSDP");
	equal(le32_load(info + 48), 3, "three map entries");
	equal(le64_load((void *)(uintptr_t)(le64_load(info + 40) + 48)), 0xb0000000,
	      "the last of them");
}

static void test_pvh_refusals(void)
{
	make_elf();
	file[0x200 + 8] = 17;
	refused(request(), -ENOEXEC, "a kernel without a PVH entry is refused");
	make_elf();
	le64_store(file + 64 + 24, RAM + RAM_SIZE - 0x4000);
	refused(request(), -EEXIST, "a segment on something else is refused");
	make_elf();
	le64_store(file + 64 + 24, RAM - 0x1000);
	refused(request(), -EINVAL, "a segment outside RAM is refused");
	make_elf();
	le64_store(file + 64 + 8, sizeof(file));
	refused(request(), -EINVAL, "a segment outside the file is refused");
	make_elf();
	kernel_entry_item = 0x10000850;
	refused(request(), -ENOMEM,
		"a kernel that QEMU has loaded to where nothing was free is refused");
	kernel_entry_item = 0;
	memcpy(file, "\177ELF\2\2", 6);
	refused(request(), -ENOEXEC, "a big-endian file is refused");
}

int main(void)
{
	void *ram = mmap((void *)(uintptr_t)RAM, RAM_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (ram != (void *)(uintptr_t)RAM) {
		printf("1..0 # SKIP no memory at 0x%lx\n", (unsigned long)RAM);
		return 0;
	}
	memset(ram, 0xee, RAM_SIZE);
	log_set_sink(count_lines);
	test_bzimage();
	test_bzimage_refusals();
	test_many_ranges();
	test_pvh();
	test_pvh_refusals();
	return tap_done();
}
