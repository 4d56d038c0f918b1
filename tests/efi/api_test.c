/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c */
/* The way into EFI from boot/: setting it up, and running an application; see efi/api.h. */
#include <errno.h>
#include <string.h>

#include "efi/image.h"
#include "tests/efi/images.h"

static int read_part(const struct pe_source *source, uint64_t offset, void *to, uint64_t size)
{
	if (offset > source->size || size > source->size - offset)
		return -EIO;
	memcpy(to, file + offset, size);
	return 0;
}

static efi_status EFIAPI app_with_options(efi_handle image, struct efi_system_table *table)
{
	struct efi_loaded_image_protocol *loaded = efi_image_loaded(image);

	(void)table;
	ran++;
	equal(loaded->LoadOptionsSize, 12, "load options");
	ok(!memcmp(loaded->LoadOptions, u"quiet", 12), "as given");
	return 0;
}

static uint64_t starting_calls;

static void starting(void)
{
	starting_calls++;
}

static void test_run(void)
{
	struct pe_source source = {.read = read_part, .size = sizeof(file)};
	struct efi_app app = {.name = "kernel",
			      .source = &source,
			      .head = file,
			      .head_size = sizeof(file),
			      .load_options = u"quiet",
			      .load_options_size = sizeof(u"quiet"),
			      .starting = starting};
	struct snapshot before;
	struct snapshot after;

	start_efi();
	pe_make(file, (const void *)app_with_options);
	ok(efi_recognise(file, sizeof(file)), "an EFI image is recognised");
	/* The watchdog's event is made once. */
	equal(efi_run_image(&app), 0, "it runs");
	equal(machine_readied, 1, "runtime services know before it does");
	ok(starting_calls == 1 && ran == 1, "once");
	before = machine_snapshot();
	efi_run_image(&app);
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "and leaves nothing");
	file[PE_SECTIONS + 13] = 0;
	equal(efi_run_image(&app), EFI_LOAD_ERROR, "a damaged one does not");
	equal(starting_calls, 2, "it was not started");
	after = machine_snapshot();
	ok(snapshot_same(&before, &after), "and leaves nothing");
	for (uint16_t driver = PE_SUBSYSTEM_BOOT_DRIVER; driver <= PE_SUBSYSTEM_RUNTIME_DRIVER;
	     driver++) {
		pe_make(file, (const void *)app_with_options);
		le16_store(file + PE_OPTIONAL + 68, driver);
		equal(efi_run_image(&app), EFI_INCOMPATIBLE_VERSION, "a driver does not");
		equal(starting_calls, 2, "it was not started");
		after = machine_snapshot();
		ok(snapshot_same(&before, &after), "and leaves nothing");
	}
	for (uint64_t n = 1; n < 30; n++) {
		pe_make(file, (const void *)app_with_options);
		machine_fail_at(n);
		if (!efi_run_image(&app))
			break;
		machine_fail_at(0);
		after = machine_snapshot();
		if (!snapshot_same(&before, &after))
			ok(0, "out of memory leaves something");
	}
	file[0] = 0;
	ok(!efi_recognise(file, sizeof(file)), "no EFI image");
}

/* EFI without memory for its tables does not come up, leaves nothing behind, and may be tried again. */
static void test_init_out_of_memory(void)
{
	struct snapshot before, after;
	uint64_t n, refused = 0, left = 0;

	for (n = 1; n == 1 || machine_allocations() >= n - 1; n++) {
		machine_start(4096);
		before = machine_snapshot();
		machine_fail_at(n);
		if (!efi_init(&setup) || efi_system_table())
			continue;
		refused++;
		after = machine_snapshot();
		left += !snapshot_same(&before, &after);
		machine_fail_at(0);
		left += efi_init(&setup) != EFI_SUCCESS;
	}
	ok(refused >= 4, "out of memory at each allocation of the tables");
	equal(left, 0, "leaves nothing, and the next try succeeds");
}

int main(void)
{
	test_init_out_of_memory();
	test_run();
	return tap_done();
}
