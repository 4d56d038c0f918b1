/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's two halves: text_output.c and text_input.c, put on one handle by console.c. */
#ifndef EFI_PROTOCOLS_CONSOLE_H
#define EFI_PROTOCOLS_CONSOLE_H

#include <stdbool.h>

#include "efi/protocol/device_path.h"
#include "efi/protocol/text.h"

extern struct efi_simple_text_input_protocol efi_text_input;
extern struct efi_simple_text_input_ex_protocol efi_text_input_ex;
extern struct efi_simple_text_output_protocol efi_text_output;

/* The device path of the console; the object stays. */
const struct efi_device_path_protocol *efi_console_path(void);

/* Makes the events: EFI_SUCCESS or EFI_OUT_OF_RESOURCES. */
efi_status efi_text_input_start(void);
void efi_text_output_start(void);
/* After an application: whole screen, usual colours, a cursor, and a line of their own for those who print next. */
void efi_text_output_leave(void);

/* Reads what has been typed; answers of the terminal go to efi_text_output_size. */
void efi_text_input_poll(void);
/* Drops the key notifications whose function lies in [base, base + size). */
void efi_text_input_forget_code(uint64_t base, uint64_t size);
/* The terminal has said how large it is. */
void efi_text_output_size(uint16_t columns, uint16_t rows);

#endif
