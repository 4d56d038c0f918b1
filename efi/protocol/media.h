/* SPDX-License-Identifier: BSD-2-Clause */
/* File systems and block devices (UEFI 2.10, chapter 13). */
#ifndef EFI_PROTOCOL_MEDIA_H
#define EFI_PROTOCOL_MEDIA_H

#include "efi/efi.h"

struct efi_file_protocol;

/* 13.4: EFI_SIMPLE_FILE_SYSTEM_PROTOCOL */
#define EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID \
	EFI_GUID(964e5b22, 6459, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
#define EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_REVISION UINT64_C(0x00010000)
struct efi_simple_file_system_protocol {
	uint64_t Revision;
	efi_status(EFIAPI *OpenVolume)(struct efi_simple_file_system_protocol *This,
				       struct efi_file_protocol **Root);
};

/* 13.5: EFI_FILE_PROTOCOL */
#define EFI_FILE_PROTOCOL_REVISION UINT64_C(0x00010000)
#define EFI_FILE_PROTOCOL_REVISION2 UINT64_C(0x00020000)
#define EFI_FILE_MODE_READ UINT64_C(0x0000000000000001)
#define EFI_FILE_MODE_WRITE UINT64_C(0x0000000000000002)
#define EFI_FILE_MODE_CREATE UINT64_C(0x8000000000000000)
#define EFI_FILE_READ_ONLY UINT64_C(0x01)
#define EFI_FILE_HIDDEN UINT64_C(0x02)
#define EFI_FILE_SYSTEM UINT64_C(0x04)
#define EFI_FILE_RESERVED UINT64_C(0x08)
#define EFI_FILE_DIRECTORY UINT64_C(0x10)
#define EFI_FILE_ARCHIVE UINT64_C(0x20)
#define EFI_FILE_VALID_ATTR UINT64_C(0x37)

struct efi_file_io_token {
	efi_event Event;
	efi_status Status;
	uint64_t BufferSize;
	void *Buffer;
};
_Static_assert(sizeof(struct efi_file_io_token) == 32, "13.5.4");

struct efi_file_protocol {
	uint64_t Revision;
	efi_status(EFIAPI *Open)(struct efi_file_protocol *This,
				 struct efi_file_protocol **NewHandle, CHAR16 *FileName,
				 uint64_t OpenMode, uint64_t Attributes);
	efi_status(EFIAPI *Close)(struct efi_file_protocol *This);
	efi_status(EFIAPI *Delete)(struct efi_file_protocol *This);
	efi_status(EFIAPI *Read)(struct efi_file_protocol *This, uint64_t *BufferSize,
				 void *Buffer);
	efi_status(EFIAPI *Write)(struct efi_file_protocol *This, uint64_t *BufferSize,
				  void *Buffer);
	efi_status(EFIAPI *GetPosition)(struct efi_file_protocol *This, uint64_t *Position);
	efi_status(EFIAPI *SetPosition)(struct efi_file_protocol *This, uint64_t Position);
	efi_status(EFIAPI *GetInfo)(struct efi_file_protocol *This,
				    struct efi_guid *InformationType, uint64_t *BufferSize,
				    void *Buffer);
	efi_status(EFIAPI *SetInfo)(struct efi_file_protocol *This,
				    struct efi_guid *InformationType, uint64_t BufferSize,
				    void *Buffer);
	efi_status(EFIAPI *Flush)(struct efi_file_protocol *This);
	efi_status(EFIAPI *OpenEx)(struct efi_file_protocol *This,
				   struct efi_file_protocol **NewHandle, CHAR16 *FileName,
				   uint64_t OpenMode, uint64_t Attributes,
				   struct efi_file_io_token *Token);
	efi_status(EFIAPI *ReadEx)(struct efi_file_protocol *This, struct efi_file_io_token *Token);
	efi_status(EFIAPI *WriteEx)(struct efi_file_protocol *This,
				    struct efi_file_io_token *Token);
	efi_status(EFIAPI *FlushEx)(struct efi_file_protocol *This,
				    struct efi_file_io_token *Token);
};

#define EFI_FILE_INFO_ID EFI_GUID(09576e92, 6d3f, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
struct efi_file_info {
	uint64_t Size;
	uint64_t FileSize;
	uint64_t PhysicalSize;
	struct efi_time CreateTime;
	struct efi_time LastAccessTime;
	struct efi_time ModificationTime;
	uint64_t Attribute;
	CHAR16 FileName[];
};
_Static_assert(offsetof(struct efi_file_info, FileName) == 80, "13.5.16");

#define EFI_FILE_SYSTEM_INFO_ID EFI_GUID(09576e93, 6d3f, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
struct efi_file_system_info {
	uint64_t Size;
	BOOLEAN ReadOnly;
	uint64_t VolumeSize;
	uint64_t FreeSpace;
	uint32_t BlockSize;
	CHAR16 VolumeLabel[];
};
_Static_assert(offsetof(struct efi_file_system_info, VolumeLabel) == 36, "13.5.17");

#define EFI_FILE_SYSTEM_VOLUME_LABEL_ID \
	EFI_GUID(db47d7d3, fe81, 11d3, 9a, 35, 00, 90, 27, 3f, c1, 4d)

/* 13.7: EFI_DISK_IO_PROTOCOL */
#define EFI_DISK_IO_PROTOCOL_GUID EFI_GUID(ce345171, ba0b, 11d2, 8e, 4f, 00, a0, c9, 69, 72, 3b)
#define EFI_DISK_IO_PROTOCOL_REVISION UINT64_C(0x00010000)
struct efi_disk_io_protocol {
	uint64_t Revision;
	efi_status(EFIAPI *ReadDisk)(struct efi_disk_io_protocol *This, uint32_t MediaId,
				     uint64_t Offset, uint64_t BufferSize, void *Buffer);
	efi_status(EFIAPI *WriteDisk)(struct efi_disk_io_protocol *This, uint32_t MediaId,
				      uint64_t Offset, uint64_t BufferSize, void *Buffer);
};

/* 13.9: EFI_BLOCK_IO_PROTOCOL */
#define EFI_BLOCK_IO_PROTOCOL_GUID EFI_GUID(964e5b21, 6459, 11d2, 8e, 39, 00, a0, c9, 69, 72, 3b)
#define EFI_BLOCK_IO_PROTOCOL_REVISION2 UINT64_C(0x00020001)
#define EFI_BLOCK_IO_PROTOCOL_REVISION3 UINT64_C(0x0002001f)
struct efi_block_io_media {
	uint32_t MediaId;
	BOOLEAN RemovableMedia;
	BOOLEAN MediaPresent;
	BOOLEAN LogicalPartition;
	BOOLEAN ReadOnly;
	BOOLEAN WriteCaching;
	uint32_t BlockSize;
	uint32_t IoAlign;
	uint64_t LastBlock;
	uint64_t LowestAlignedLba;
	uint32_t LogicalBlocksPerPhysicalBlock;
	uint32_t OptimalTransferLengthGranularity;
};
_Static_assert(sizeof(struct efi_block_io_media) == 48, "13.9.1");

struct efi_block_io_protocol {
	uint64_t Revision;
	struct efi_block_io_media *Media;
	efi_status(EFIAPI *Reset)(struct efi_block_io_protocol *This, BOOLEAN ExtendedVerification);
	efi_status(EFIAPI *ReadBlocks)(struct efi_block_io_protocol *This, uint32_t MediaId,
				       uint64_t LBA, uint64_t BufferSize, void *Buffer);
	efi_status(EFIAPI *WriteBlocks)(struct efi_block_io_protocol *This, uint32_t MediaId,
					uint64_t LBA, uint64_t BufferSize, void *Buffer);
	efi_status(EFIAPI *FlushBlocks)(struct efi_block_io_protocol *This);
};

/* 13.18: EFI_PARTITION_INFO_PROTOCOL and the media GUIDs that loaders look for */
#define EFI_PARTITION_INFO_PROTOCOL_GUID \
	EFI_GUID(8cf2f62c, bc9b, 4821, 80, 8d, ec, 9e, c4, 21, a1, a0)
#define EFI_PARTITION_INFO_PROTOCOL_REVISION UINT32_C(0x0001000)
#define PARTITION_TYPE_OTHER 0
#define PARTITION_TYPE_MBR 1
#define PARTITION_TYPE_GPT 2
struct efi_partition_info_protocol {
	uint32_t Revision;
	uint32_t Type;
	uint8_t System;
	uint8_t Reserved[7];
	uint8_t Info[128]; /* of GPT the entry, of MBR the record */
};
#define EFI_PART_TYPE_EFI_SYSTEM_PART_GUID \
	EFI_GUID(c12a7328, f81f, 11d2, ba, 4b, 00, a0, c9, 3e, c9, 3b)

#endif
