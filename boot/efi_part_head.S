/* SPDX-License-Identifier: BSD-2-Clause */
/* struct efi_part_head. An object of its own: when the linker finds out what only EFI needs, it leaves this out (Makefile). */
	.section .efi_part_head, "aw"
	.balign	8
	.global	efi_part_head
efi_part_head:
	.quad	efi_app_boot, disk_boot

	.section .note.GNU-stack, "", %progbits
