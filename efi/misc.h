/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: forgets the watchdog and the monotonic counter (their services are in table.h). */
#ifndef EFI_MISC_H
#define EFI_MISC_H

void efi_misc_reset(void);

#endif
