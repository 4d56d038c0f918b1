/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the time of an EFI session goes, beside the stages of the boot before it (stages.h). */
#ifndef BOOT_EFI_STAGES_H
#define BOOT_EFI_STAGES_H

enum efi_stage {
	EFI_STAGE_BETWEEN, /* the boot manager's: not printed */
	EFI_STAGE_SET_UP, /* tables, protocols, interrupts, disks */
	EFI_STAGE_LOADING, /* reading applications and placing them */
	EFI_STAGE_APPLICATION, /* theirs, and that of the services that they call */
	EFI_STAGES
};

/* From now on it goes there. */
void efi_stage_begin(enum efi_stage what);
/* One line at log level info: what the session has cost so far. */
void efi_stages_print(void);

#endif
