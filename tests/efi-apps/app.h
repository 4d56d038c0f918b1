/* SPDX-License-Identifier: BSD-2-Clause */
/* What the test applications share: they print TAP on the console. */
#ifndef TESTS_EFI_APPS_APP_H
#define TESTS_EFI_APPS_APP_H

#include "efi/efi.h"
#include "efi/protocol/image.h"
#include "efi/protocol/text.h"

extern efi_handle app_handle;
extern struct efi_system_table *app_system;
extern struct efi_boot_services *bs;
extern struct efi_runtime_services *rs;

/* Each application implements this. */
void app_main(void);

/* Where it is set, characters go there and not to the console. */
extern void (*app_serial)(char c);
/* The last line of TAP; the start-up code calls it when app_main has returned. */
void app_plan(void);

void app_print(const char *text);
void app_print_hex(uint64_t number);
void app_print_decimal(uint64_t number);

/* One test: its name, and, when it fails, two numbers. */
void app_ok(int passed, const char *name, uint64_t got, uint64_t expected);
#define ok(condition, name) app_ok(!!(condition), name, 0, 1)
#define is(got, expected, name)                                   \
	do {                                                      \
		uint64_t got_ = (uint64_t)(got);                  \
		uint64_t expected_ = (uint64_t)(expected);        \
		app_ok(got_ == expected_, name, got_, expected_); \
	} while (0)
/* Whether this firmware is ours: where another one has been seen to behave otherwise. */
int app_is_cadastre(void);
/* A remark. */
void app_note(const char *text, uint64_t number);

void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
