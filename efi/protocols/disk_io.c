/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_DISK_IO_PROTOCOL (UEFI 2.10, 13.7): bytes of disks and partitions. */
#include "efi/event.h"
#include "efi/protocols/volume.h"

static efi_status check(struct efi_disk_io_protocol *This, uint32_t MediaId, const void *Buffer)
{
	if (!This || !Buffer)
		return EFI_INVALID_PARAMETER;
	return MediaId == efi_volume_of(disk_io, This)->media.MediaId ? EFI_SUCCESS
								      : EFI_MEDIA_CHANGED;
}

static efi_status EFIAPI read_disk(struct efi_disk_io_protocol *This, uint32_t MediaId,
				   uint64_t Offset, uint64_t BufferSize, void *Buffer)
{
	efi_status status = check(This, MediaId, Buffer);
	efi_tpl tpl;

	if (EFI_ERROR(status))
		return status;
	tpl = efi_volume_lock();
	status = efi_volume_status(
		block_read_bytes(efi_volume_of(disk_io, This)->block, Offset, BufferSize, Buffer));
	efi_volume_unlock(tpl);
	return status;
}

static efi_status EFIAPI write_disk(struct efi_disk_io_protocol *This, uint32_t MediaId,
				    uint64_t Offset, uint64_t BufferSize, void *Buffer)
{
	efi_status status = check(This, MediaId, Buffer);
	efi_tpl tpl;

	if (EFI_ERROR(status))
		return status;
	tpl = efi_volume_lock();
	status = efi_volume_status(
		block_write_bytes(efi_volume_of(disk_io, This)->block, Offset, BufferSize, Buffer));
	efi_volume_unlock(tpl);
	return status;
}

void efi_disk_io_make(struct efi_volume *volume)
{
	volume->disk_io = (struct efi_disk_io_protocol){
		.Revision = EFI_DISK_IO_PROTOCOL_REVISION,
		.ReadDisk = read_disk,
		.WriteDisk = write_disk,
	};
}
