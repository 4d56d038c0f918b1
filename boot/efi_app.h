/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting EFI applications, for -kernel and for disks; and what that needs to know of a machine: boot/efi_arm64.c,
 * boot/efi_x86.c.
 */
#ifndef BOOT_EFI_APP_H
#define BOOT_EFI_APP_H

#include "arch/irq.h"
#include "boards/board.h"
#include "boot/loader.h"
#include "efi/api.h"

/* As struct loader's boot; -ENOEXEC also when this is no EFI image for this machine. */
int efi_app_boot(const struct boot_request *request, const uint8_t *head, size_t head_size);

/*
 * Calls `body` with EFI set up and interrupts on; QEMU's kernel, initrd and command line are EFI's files, if the request has
 * a kernel. What body returns, or -errno, having said why.
 */
int efi_session(const struct boot_request *request, int (*body)(struct machine *machine));

/* An application, wherever it comes from. */
struct efi_program {
	const char *name; /* for the log */
	const struct payload *file;
	struct efi_device_path_protocol *path;
	const void *options; /* what LoadedImage shows as LoadOptions; NULL: none */
	uint32_t options_size;
};
/* Runs it, inside of a session: 0 when it has returned, having said how; -errno when it could not be started, having said why. */
int efi_program_run(const struct efi_program *program);

/* What a machine starts from media (UEFI 2.10, 3.5.1.1): \EFI\BOOT\BOOTAA64.EFI; and the same for messages. */
#define EFI_MACHINE_FILE_MAX 32 /* characters with the NUL */
extern const CHAR16 efi_machine_file[EFI_MACHINE_FILE_MAX];
extern const char efi_machine_file_name[EFI_MACHINE_FILE_MAX];
extern const char efi_machine_type[]; /* "AA64" */

/* Where the interrupt controller is. 0 or -errno, having logged why. */
int efi_machine_irq(struct machine *machine, struct arch_irq_controller *controller);
/*
 * Makes ready what tells an operating system of the machine: ACPI tables (acpi_rsdp) or a devicetree (dtb), SMBIOS (smbios). What cannot be
 * offered has cost a line.
 */
void efi_machine_describe(struct machine *machine);
/* What runtime services drive. */
void efi_machine_runtime(struct machine *machine, struct efi_runtime_machine *runtime);
/* Fills the buffer with random bytes of the processor's: 0; -ENODEV: it has none to give. */
int efi_machine_entropy(void *buffer, uint64_t size);
/* What an operating system touches before it has page tables of its own, beyond what it has allocated; and the end of it. */
int efi_machine_open(void);
void efi_machine_close(void);

#endif
