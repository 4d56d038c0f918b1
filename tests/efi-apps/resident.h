/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocol of resident.c: answer(n) is (n + 1) * 2. */
#ifndef TESTS_EFI_APPS_RESIDENT_H
#define TESTS_EFI_APPS_RESIDENT_H

#include "efi/efi.h"

#define RESIDENT_GUID EFI_GUID(4f1d9c02, 77b3, 4a60, 9d, 18, 20, 5b, c6, e1, 33, 7d)

struct resident {
	uint64_t(EFIAPI *answer)(uint64_t number);
};

#endif
