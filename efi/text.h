/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI's text for messages. */
#ifndef EFI_TEXT_H
#define EFI_TEXT_H

#include "efi/efi.h"

/*
 * Text from anywhere as UTF-8, cut to `size` bytes with the NUL. A question mark stands for what is no printable character: what
 * controls a terminal does not get there.
 */
void efi_text_print(const CHAR16 *text, char *to, uint64_t size);

#endif
