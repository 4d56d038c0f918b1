/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_BLOCK_IO_PROTOCOL (UEFI 2.10, 13.9) of disks and partitions. */
#include "efi/event.h"
#include "efi/protocols/volume.h"

#define MEDIA_ID 1 /* media that are exchanged are another device's */

/* 13.9.3, 13.9.4: what both check, in the order of the specification's lists. */
static efi_status check(const struct efi_block_io_protocol *This, uint32_t MediaId, uint64_t LBA,
			uint64_t BufferSize, const void *Buffer)
{
	const struct efi_block_io_media *media;

	if (!This)
		return EFI_INVALID_PARAMETER;
	media = This->Media;
	if (MediaId != media->MediaId)
		return EFI_MEDIA_CHANGED;
	if (!BufferSize)
		return EFI_SUCCESS;
	if (!Buffer)
		return EFI_INVALID_PARAMETER;
	if (BufferSize % media->BlockSize)
		return EFI_BAD_BUFFER_SIZE;
	if (LBA > media->LastBlock || BufferSize / media->BlockSize - 1 > media->LastBlock - LBA)
		return EFI_INVALID_PARAMETER;
	if (media->IoAlign > 1 && (uintptr_t)Buffer & (media->IoAlign - 1))
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

static efi_status EFIAPI reset(struct efi_block_io_protocol *This, BOOLEAN ExtendedVerification)
{
	(void)ExtendedVerification;
	if (!This)
		return EFI_INVALID_PARAMETER;
	return efi_volume_of(block_io, This)->block->dead ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static efi_status EFIAPI read_blocks(struct efi_block_io_protocol *This, uint32_t MediaId,
				     uint64_t LBA, uint64_t BufferSize, void *Buffer)
{
	efi_status status = check(This, MediaId, LBA, BufferSize, Buffer);
	efi_tpl tpl;

	if (EFI_ERROR(status) || !BufferSize)
		return status;
	tpl = efi_volume_lock();
	status = efi_volume_status(block_read(efi_volume_of(block_io, This)->block, LBA,
					      BufferSize / This->Media->BlockSize, Buffer));
	efi_volume_unlock(tpl);
	return status;
}

static efi_status EFIAPI write_blocks(struct efi_block_io_protocol *This, uint32_t MediaId,
				      uint64_t LBA, uint64_t BufferSize, void *Buffer)
{
	efi_status status = check(This, MediaId, LBA, BufferSize, Buffer);
	efi_tpl tpl;

	if (!EFI_ERROR(status) && This->Media->ReadOnly)
		return EFI_WRITE_PROTECTED;
	if (EFI_ERROR(status) || !BufferSize)
		return status;
	tpl = efi_volume_lock();
	status = efi_volume_status(block_write(efi_volume_of(block_io, This)->block, LBA,
					       BufferSize / This->Media->BlockSize, Buffer));
	efi_volume_unlock(tpl);
	return status;
}

static efi_status EFIAPI flush_blocks(struct efi_block_io_protocol *This)
{
	efi_status status;
	efi_tpl tpl;

	if (!This)
		return EFI_INVALID_PARAMETER;
	tpl = efi_volume_lock();
	status = efi_volume_status(block_flush(efi_volume_of(block_io, This)->block));
	efi_volume_unlock(tpl);
	return status;
}

void efi_block_io_make(struct efi_volume *volume)
{
	const struct block *block = volume->block;

	volume->media = (struct efi_block_io_media){
		.MediaId = MEDIA_ID,
		.RemovableMedia = block->removable,
		.MediaPresent = 1,
		.LogicalPartition = volume->partition != NULL,
		.ReadOnly = block->read_only,
		.WriteCaching = block->ops->flush && !block->read_only,
		.BlockSize = block->sector_size,
		.IoAlign = block->align,
		.LastBlock = block->sectors - 1,
		.LogicalBlocksPerPhysicalBlock =
			volume->partition ? 0 : block->physical_size / block->sector_size,
		.OptimalTransferLengthGranularity = block->transfer_max / block->sector_size,
	};
	volume->block_io = (struct efi_block_io_protocol){
		.Revision = EFI_BLOCK_IO_PROTOCOL_REVISION3,
		.Media = &volume->media,
		.Reset = reset,
		.ReadBlocks = read_blocks,
		.WriteBlocks = write_blocks,
		.FlushBlocks = flush_blocks,
	};
}
