/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine lets every allocation of efi/ be tried; host tests have another file that makes some fail. */
#include "efi/platform.h"

int efi_platform_may_allocate(void)
{
	return 1;
}
