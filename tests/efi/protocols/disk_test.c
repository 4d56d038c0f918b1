/* SPDX-License-Identifier: BSD-2-Clause */
/* test-sources: efi/api.c tests/efi/machine.c tests/host.c lib/log.c mem/memmap.c mem/pages.c */
/* test-sources: efi/protocols/volume.c efi/protocols/volume_file.c efi/protocols/volume_info.c efi/protocols/volume_path.c efi/protocols/file_info.c efi/protocols/block_io.c */
/* test-sources: efi/protocols/disk_io.c efi/protocols/partition_info.c efi/protocols/disk_path.c */
/* test-sources: fs/fs.c fs/fat.c fs/fat_disk.c fs/fat_drive.c fs/fat_entry.c fs/fat_file.c fs/fat_label.c fs/fat_node.c fs/fat_path.c fs/fat_runs.c fs/iso9660.c fs/partition.c fs/gpt.c fs/mbr.c fs/el_torito.c */
/* test-sources: drivers/block.c tests/drivers/fake_block.c lib/crc32.c */
/* Disks as handles: BlockIo, DiskIo, PartitionInfo, and files of a FAT volume, with each status that UEFI lists. */
#include <unistd.h>

#include "efi/device_path.h"
#include "efi/disks.h"
#include "efi/protocol/media.h"
#include "efi/short_path.h"
#include "lib/bytes.h"
#include "tests/drivers/fake_block.h"
#include "tests/efi/protocols/common.h"

#define RW (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE)
#define MAKE (RW | EFI_FILE_MODE_CREATE)
#define FIRST 64 /* sector of the partition */

static struct fake_block fake;
static const struct disk_driver driver = {.kind = DISK_SINGLE};
static struct disk_controller controller = {.driver = &driver,
					    .device = {.bus = DEVICE_MMIO, .registers = 0xa003e00}};
static struct disk disk;
static efi_handle whole, part;
static struct efi_file_protocol *root;

static efi_status EFIAPI get_time(struct efi_time *time, struct efi_time_capabilities *capabilities)
{
	(void)capabilities;
	*time = (struct efi_time){
		.Year = 2025, .Month = 6, .Day = 7, .Hour = 8, .Minute = 9, .Second = 10};
	return EFI_SUCCESS;
}

static void *on(efi_handle handle, struct efi_guid guid)
{
	void *interface = NULL;

	efi_handle_protocol(handle, &guid, &interface);
	return interface;
}

/* A disk with an MBR, whose second partition is a FAT volume. */
static void make_disk(void)
{
	char path[] = "/tmp/cadastre-disk-XXXXXX", command[128];
	struct fake_block volume;
	int file = mkstemp(path);

	close(file);
	unlink(path);
	snprintf(command, sizeof(command),
		 "PATH=$PATH:/sbin mkfs.fat -C -n TEST %s 2000 >/dev/null", path);
	if (system(command)) {
		printf("Bail out! mkfs.fat does not work\n");
		exit(1);
	}
	fake_block_load(&volume, 512, path);
	unlink(path);
	fake_block_start(&fake, 512, FIRST + volume.block.sectors);
	memcpy(fake.data + FIRST * 512, volume.data, volume.block.sectors * 512);
	le32_store(fake.data + 440, 0xcadabead);
	fake.data[446 + 16 + 4] = 0xef;
	le32_store(fake.data + 446 + 16 + 8, FIRST);
	le32_store(fake.data + 446 + 16 + 12, (uint32_t)volume.block.sectors);
	le16_store(fake.data + 510, 0xaa55);
	fake_block_end(&volume);
}

static void start(void)
{
	struct efi_simple_file_system_protocol *fs;
	struct efi_guid block_io = EFI_BLOCK_IO_PROTOCOL_GUID;
	efi_handle *handles;
	uint64_t count;

	machine_start(4096);
	equal(efi_table_start(), EFI_SUCCESS, "EFI");
	efi_system_table()->RuntimeServices->GetTime = get_time;
	make_disk();
	disk.block = fake.block;
	disk.controller = &controller;
	equal(efi_disk_add(&disk), EFI_SUCCESS, "a disk");
	equal(efi_disk_add(&disk), EFI_SUCCESS, "again, which does nothing");
	equal(efi_locate_handle_buffer(ByProtocol, &block_io, NULL, &count, &handles), EFI_SUCCESS,
	      "handles");
	equal(count, 2, "two");
	whole = handles[0];
	part = handles[1];
	efi_free_pool(handles);
	fs = on(part, (struct efi_guid)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
	ok(fs && !on(whole, (struct efi_guid)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID),
	   "a file system on the partition");
	equal(fs->OpenVolume(NULL, &root), EFI_INVALID_PARAMETER, "no volume");
	equal(fs->OpenVolume(fs, NULL), EFI_INVALID_PARAMETER, "no root wanted");
	machine_fail_at(1);
	equal(fs->OpenVolume(fs, &root), EFI_OUT_OF_RESOURCES, "no memory");
	machine_fail_at(0);
	equal(fs->OpenVolume(fs, &root), EFI_SUCCESS, "the root");
}

static void test_handles(void)
{
	struct efi_partition_info_protocol *info =
		on(part, (struct efi_guid)EFI_PARTITION_INFO_PROTOCOL_GUID);
	const uint8_t *path = on(part, (struct efi_guid)EFI_DEVICE_PATH_PROTOCOL_GUID);
	const struct efi_dp_harddrive *hard = (const void *)(path + 28);
	struct efi_disk_volume volume;

	ok(info && info->Type == PARTITION_TYPE_MBR && info->System && info->Info[4] == 0xef,
	   "PartitionInfo");
	equal(efi_device_path_size((const void *)path), 28 + 42 + 4, "its path");
	ok(path[0] == HARDWARE_DEVICE_PATH && path[1] == HW_VENDOR_DP &&
		   le64_load(path + 20) == 0xa003e00,
	   "the bus");
	ok(hard->PartitionNumber == 2 && hard->PartitionStart == FIRST && hard->MBRType == 1 &&
		   hard->SignatureType == 1 && le32_load(hard->Signature) == 0xcadabead,
	   "the partition");
	ok(efi_disk_volume(&disk, 1, &volume) && volume.is_system && volume.fs, "as boot/ sees it");
	ok(!efi_disk_volume(&disk, 2, &volume), "there is no third");
}

/* A path that begins with the partition is found, wherever the disk is. */
static void test_short_path(void)
{
	const uint8_t *path = on(part, (struct efi_guid)EFI_DEVICE_PATH_PROTOCOL_GUID);
	uint64_t size = efi_device_path_size((const void *)path);
	struct efi_device_path_protocol *full;
	struct efi_dp_harddrive hard;
	uint8_t copy[128];

	memcpy(copy, path + 28, size - 28);
	full = efi_short_path_expand((const void *)copy);
	ok(full && efi_device_path_size(full) == size && !memcmp(full, path, size), "expanded");
	efi_free_pool(full);
	ok(!efi_short_path_expand((const void *)path), "a full path");
	ok(!efi_short_path_expand(NULL), "none");
	memcpy(&hard, copy, sizeof(hard));
	hard.PartitionNumber = 1;
	memcpy(copy, &hard, sizeof(hard));
	ok(!efi_short_path_expand((const void *)copy), "another partition of the disk");
	hard.PartitionNumber = 2;
	hard.Signature[0] ^= 1;
	memcpy(copy, &hard, sizeof(hard));
	ok(!efi_short_path_expand((const void *)copy), "another disk");
	machine_fail_at(1);
	ok(!efi_short_path_expand((const void *)(path + 28)), "no memory");
	machine_fail_at(0);
}

static void test_block_io(void)
{
	struct efi_block_io_protocol *io = on(part, (struct efi_guid)EFI_BLOCK_IO_PROTOCOL_GUID);
	struct efi_disk_io_protocol *bytes = on(part, (struct efi_guid)EFI_DISK_IO_PROTOCOL_GUID);
	uint32_t id = io->Media->MediaId;
	uint64_t last = io->Media->LastBlock;
	static uint8_t data[2048];

	ok(io->Media->LogicalPartition && io->Media->BlockSize == 512 && !io->Media->ReadOnly,
	   "media");
	equal(io->ReadBlocks(NULL, id, 0, 512, data), EFI_INVALID_PARAMETER, "This");
	equal(io->ReadBlocks(io, id + 1, 0, 512, data), EFI_MEDIA_CHANGED, "another medium");
	equal(io->ReadBlocks(io, id, 0, 0, NULL), EFI_SUCCESS, "nothing");
	equal(io->ReadBlocks(io, id, 0, 512, NULL), EFI_INVALID_PARAMETER, "no buffer");
	equal(io->ReadBlocks(io, id, 0, 513, data), EFI_BAD_BUFFER_SIZE, "a part of a block");
	equal(io->ReadBlocks(io, id, last + 1, 512, data), EFI_INVALID_PARAMETER, "beyond the end");
	equal(io->ReadBlocks(io, id, last, 1024, data), EFI_INVALID_PARAMETER, "reaches beyond");
	equal(io->ReadBlocks(io, id, 0, 512, data), EFI_SUCCESS, "the first");
	ok(!memcmp(data, fake.data + FIRST * 512, 512), "of the partition");
	equal(io->WriteBlocks(io, id, last, 512, data), EFI_SUCCESS, "written");
	ok(!memcmp(data, fake.data + (FIRST + last) * 512, 512), "at its end");
	fake.fail_read = fake.reads + 1;
	equal(io->ReadBlocks(io, id, 0, 512, data), EFI_DEVICE_ERROR, "fails");
	io->Media->ReadOnly = 1;
	equal(io->WriteBlocks(io, id, 0, 512, data), EFI_WRITE_PROTECTED, "read-only");
	io->Media->ReadOnly = 0;
	fake.flushes = 0;
	equal(io->FlushBlocks(io), EFI_SUCCESS, "flushed");
	equal(fake.flushes, 1, "once");
	equal(io->Reset(io, 1), EFI_SUCCESS, "reset");
	equal(bytes->ReadDisk(bytes, id, 509, 1000, data), EFI_SUCCESS, "bytes");
	ok(!memcmp(data, fake.data + FIRST * 512 + 509, 1000), "right");
	equal(bytes->ReadDisk(bytes, id + 1, 0, 1, data), EFI_MEDIA_CHANGED, "another medium");
	equal(bytes->ReadDisk(bytes, id, (last + 1) * 512, 1, data), EFI_INVALID_PARAMETER,
	      "beyond the end");
	equal(bytes->WriteDisk(bytes, id, (last + 1) * 512 - 3, 3, data), EFI_SUCCESS, "written");
}

static struct efi_file_protocol *opened(struct efi_file_protocol *from, const CHAR16 *name,
					uint64_t mode, uint64_t attributes)
{
	struct efi_file_protocol *file = NULL;

	equal(from->Open(from, &file, (CHAR16 *)(uintptr_t)name, mode, attributes), EFI_SUCCESS,
	      narrow(name));
	return file;
}

static void test_open(void)
{
	struct efi_file_protocol *file, *dir, *other = NULL;

	equal(root->Open(NULL, &file, u"x", 1, 0), EFI_INVALID_PARAMETER, "This");
	equal(root->Open(root, NULL, u"x", 1, 0), EFI_INVALID_PARAMETER, "NewHandle");
	equal(root->Open(root, &file, NULL, 1, 0), EFI_INVALID_PARAMETER, "FileName");
	equal(root->Open(root, &file, u"x", 2, 0), EFI_INVALID_PARAMETER, "to write alone");
	equal(root->Open(root, &file, u"x", MAKE, 0x40), EFI_INVALID_PARAMETER,
	      "strange attributes");
	equal(root->Open(root, &file, u"x", 1, 0), EFI_NOT_FOUND, "what is not there");
	equal(root->Open(root, &file, u"..\\x", 1, 0), EFI_NOT_FOUND, "above the root");
	dir = opened(root, u"dir", MAKE, EFI_FILE_DIRECTORY);
	file = opened(dir, u"file", MAKE, EFI_FILE_HIDDEN);
	equal(root->Open(root, &other, u"dir", MAKE, 0), EFI_ACCESS_DENIED,
	      "a directory is no file");
	other = opened(dir, u"..\\DIR\\.\\\\file", EFI_FILE_MODE_READ, 0);
	equal(other->Close(other), EFI_SUCCESS, "closed");
	other = opened(file, u"\\dir", EFI_FILE_MODE_READ, 0);
	equal(other->Close(other), EFI_SUCCESS, "closed");
	other = opened(file, u"file", EFI_FILE_MODE_READ, 0); /* beside it */
	equal(other->Delete(other), EFI_WARN_DELETE_FAILURE, "opened to read");
	equal(dir->Delete(dir), EFI_WARN_DELETE_FAILURE, "not empty");
	machine_fail_at(1);
	equal(root->Open(root, &other, u"dir", 1, 0), EFI_OUT_OF_RESOURCES, "no memory");
	machine_fail_at(0);
	equal(file->Delete(file), EFI_SUCCESS, "deleted");
	dir = opened(root, u"dir", RW, 0);
	equal(dir->Delete(dir), EFI_SUCCESS, "and its directory");
	equal(root->Open(root, &dir, u"dir", 1, 0), EFI_NOT_FOUND, "gone");
}

static void test_contents(void)
{
	struct efi_file_protocol *file = opened(root, u"contents", MAKE, 0), *reader;
	uint64_t size = 11, position;
	char data[64];

	equal(file->Write(file, &size, NULL), EFI_INVALID_PARAMETER, "no buffer");
	equal(file->Write(file, &size, (void *)(uintptr_t) "hello world"), EFI_SUCCESS, "written");
	equal(file->GetPosition(file, &position), EFI_SUCCESS, "where");
	equal(position, 11, "at the end");
	reader = opened(root, u"contents", EFI_FILE_MODE_READ, 0);
	size = 64;
	equal(reader->Read(reader, &size, data), EFI_SUCCESS, "read through another handle");
	ok(size == 11 && !memcmp(data, "hello world", 11), "the same");
	size = 1;
	equal(reader->Write(reader, &size, data), EFI_ACCESS_DENIED, "opened to read");
	equal(reader->Flush(reader), EFI_ACCESS_DENIED, "nor flushed");
	equal(reader->SetPosition(reader, 12), EFI_SUCCESS, "behind the end");
	equal(reader->Read(reader, &size, data), EFI_DEVICE_ERROR, "nothing is there");
	equal(reader->SetPosition(reader, UINT64_MAX), EFI_SUCCESS, "to the end");
	size = 5;
	equal(reader->Read(reader, &size, data), EFI_SUCCESS, "at the end");
	equal(size, 0, "is nothing");
	equal(reader->Close(reader), EFI_SUCCESS, "closed");
	equal(file->Flush(file), EFI_SUCCESS, "flushed");
	equal(root->GetPosition(root, &position), EFI_UNSUPPORTED, "directories have no position");
	equal(root->SetPosition(root, 1), EFI_UNSUPPORTED, "but the first");
	equal(root->Write(root, &size, data), EFI_UNSUPPORTED, "nor contents");
	fake.cut_write = fake.writes + 1;
	size = 11;
	file->SetPosition(file, 0);
	file->Write(file, &size, data);
	equal(file->Flush(file), EFI_DEVICE_ERROR, "the power is cut");
	fake.cut_write = 0;
	equal(file->Close(file), EFI_SUCCESS, "closed");
}

static void test_directory(void)
{
	struct efi_file_info *info;
	static uint64_t buffer[64];
	uint64_t size = 0;
	uint32_t count = 0;

	info = (void *)buffer;
	equal(root->SetPosition(root, 0), EFI_SUCCESS, "to the first");
	equal(root->Read(root, &size, NULL), EFI_BUFFER_TOO_SMALL, "no room");
	ok(size > sizeof(*info), "so much is wanted");
	equal(root->Read(root, &size, buffer), EFI_SUCCESS, "the same entry");
	while (size && count < 100) {
		count++;
		size = sizeof(buffer);
		equal(root->Read(root, &size, buffer), EFI_SUCCESS, "the next");
	}
	equal(count, 1, "all");
}

static void test_info(void)
{
	struct efi_file_protocol *file = opened(root, u"first name", MAKE, 0);
	struct efi_guid file_id = EFI_FILE_INFO_ID, system_id = EFI_FILE_SYSTEM_INFO_ID;
	struct efi_guid label_id = EFI_FILE_SYSTEM_VOLUME_LABEL_ID;
	static uint64_t buffer[64];
	struct efi_file_info *info = (void *)buffer;
	struct efi_file_system_info *system = (void *)buffer;
	uint64_t size = sizeof(buffer);

	equal(file->GetInfo(file, &file_id, &size, buffer), EFI_SUCCESS, "information");
	ok(!strcmp(narrow(info->FileName), "first name") && info->Size == size && !info->FileSize,
	   "right");
	equal(info->ModificationTime.Year, 2025, "made now");
	memcpy(info->FileName, u"dir2\\second", sizeof(u"dir2\\second"));
	equal(file->SetInfo(file, &file_id, sizeof(buffer), buffer), EFI_INVALID_PARAMETER,
	      "to no directory");
	memcpy(info->FileName, u"second", sizeof(u"second"));
	info->FileSize = 1000;
	info->Attribute = EFI_FILE_HIDDEN;
	equal(file->SetInfo(file, &file_id, 20, buffer), EFI_BAD_BUFFER_SIZE, "a part of it");
	info->Attribute = 0x40;
	equal(file->SetInfo(file, &file_id, sizeof(buffer), buffer), EFI_INVALID_PARAMETER,
	      "a strange attribute");
	info->Attribute = EFI_FILE_DIRECTORY;
	equal(file->SetInfo(file, &file_id, sizeof(buffer), buffer), EFI_ACCESS_DENIED,
	      "no directory");
	info->Attribute = EFI_FILE_HIDDEN;
	equal(file->SetInfo(file, &file_id, sizeof(buffer), buffer), EFI_SUCCESS, "changed");
	size = sizeof(buffer);
	equal(file->GetInfo(file, &file_id, &size, buffer), EFI_SUCCESS, "information");
	ok(!strcmp(narrow(info->FileName), "second") && info->FileSize == 1000 &&
		   info->Attribute == EFI_FILE_HIDDEN,
	   "changed");
	equal(file->Delete(file), EFI_SUCCESS, "deleted");
	size = sizeof(buffer);
	equal(root->GetInfo(root, &system_id, &size, buffer), EFI_SUCCESS, "the volume");
	ok(!system->ReadOnly && system->VolumeSize > 1900000 &&
		   !strcmp(narrow(system->VolumeLabel), "TEST"),
	   "right");
	equal(root->SetInfo(root, &label_id, sizeof(u"NEW"), (void *)(uintptr_t)u"NEW"),
	      EFI_SUCCESS, "a label");
	size = sizeof(buffer);
	equal(root->GetInfo(root, &label_id, &size, buffer), EFI_SUCCESS, "the label");
	ok(!strcmp(narrow((CHAR16 *)(void *)buffer), "NEW") && size == sizeof(u"NEW"), "is that");
	equal(root->GetInfo(root, &(struct efi_guid){0}, &size, buffer), EFI_UNSUPPORTED,
	      "another type");
	equal(root->SetInfo(root, &(struct efi_guid){0}, 8, buffer), EFI_UNSUPPORTED,
	      "another type");
}

int main(void)
{
	start();
	test_handles();
	test_short_path();
	test_open();
	test_contents();
	test_directory();
	test_info();
	equal(root->Close(root), EFI_SUCCESS, "closed");
	test_block_io();
	fake_block_end(&fake);
	return tap_done();
}
