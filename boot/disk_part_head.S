/* SPDX-License-Identifier: BSD-2-Clause */
/* struct disk_part_head. An object of its own, as boot/efi_part_head.S is. */
	.section .disk_part_head, "aw"
	.balign	8
	.global	disk_part_head
disk_part_head:
	.quad	efi_disk_boot, efi_disk_offer, efi_disk_wished, virtio_rng_read, disk_quiesce_all

	.section .note.GNU-stack, "", %progbits
