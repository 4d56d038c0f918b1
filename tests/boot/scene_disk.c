/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks of a scene, and the drivers of their controllers; see scene.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/log.h"
#include "tests/boot/scene_machine.h"
#include "tests/drivers/fake_gpt.h"
#include "tests/efi/machine.h"

#define LOG_PREFIX "scene"

#define SECTOR 512u
#define VOLUME_KIB "1440"
#define VOLUME_SECTORS 2880u
#define FIRST 64u /* sector of the first partition */
#define TABLE_SECTORS 32u
#define ENTRIES 128u
#define DISKS_MAX 16
#define VOLUMES_MAX 4

static struct unit {
	struct scene_place place;
	uint64_t registers; /* of a place on virtio-mmio */
	struct fake_block fake;
} units[DISKS_MAX];
static uint32_t count;

static struct pci_function functions[DISKS_MAX];
static struct pci_host host = {.functions = functions};
static bool dead[256];
static uint64_t mmio[DISKS_MAX];
static uint32_t mmio_count;
static struct fake_block blank; /* a FAT volume with nothing on it */

/* ---- contents ---- */

void scene_make_blank(void)
{
	char path[] = "/tmp/cadastre-scene-XXXXXX", command[128];
	int file = mkstemp(path);

	close(file);
	unlink(path);
	snprintf(command, sizeof(command),
		 "PATH=$PATH:/sbin mkfs.fat -C -F 12 %s " VOLUME_KIB " >/dev/null", path);
	if (system(command)) {
		printf("Bail out! mkfs.fat does not work\n");
		exit(1);
	}
	fake_block_load(&blank, SECTOR, path);
	unlink(path);
}

static void must(int error, const char *what)
{
	if (!error)
		return;
	scene_say("the scene cannot be made: %s: error %d", what, -error);
	_exit(1);
}

static const CHAR16 *wide(const char *text)
{
	static CHAR16 buffer[256];
	uint32_t i = 0;

	do
		buffer[i] = (CHAR16)(uint8_t)text[i];
	while (text[i++]);
	return buffer;
}

static void put_file(struct fs *fs, const struct scene_file *file)
{
	uint64_t size = file->size ? file->size : strlen(file->data);
	struct fs_file *open;
	char folder[256];

	for (const char *end = strchr(file->path + 1, '\\'); end; end = strchr(end + 1, '\\')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(end - file->path), file->path);
		must(fs_open(fs, wide(folder), FS_WRITE | FS_CREATE_DIRECTORY, &open), folder);
		fs_close(open);
	}
	must(fs_open(fs, wide(file->path), FS_WRITE | FS_CREATE, &open), file->path);
	must(fs_write(open, 0, &size, file->data), file->path);
	fs_close(open);
}

/* A file system with these files, at `to`. */
static void put_volume(const struct scene_file *files, uint8_t *to)
{
	struct fake_block volume;
	struct fs *fs;

	fake_block_start(&volume, SECTOR, VOLUME_SECTORS);
	memcpy(volume.data, blank.data, VOLUME_SECTORS * SECTOR);
	must(fs_mount(&volume.block, &fs), "a volume");
	for (; files && files->path; files++)
		put_file(fs, files);
	fs_unmount(fs);
	memcpy(to, volume.data, VOLUME_SECTORS * SECTOR);
	fake_block_end(&volume);
}

void scene_guid(uint32_t disk, uint32_t partition, uint8_t guid[SCENE_GUID_SIZE])
{
	memset(guid, (int)(disk * 16 + partition), SCENE_GUID_SIZE);
}

static void put_header(struct fake_block *fake, uint64_t at, uint64_t other, uint64_t entries_at)
{
	fake_gpt_header(fake->data + at * SECTOR, at, other, fake->data + entries_at * SECTOR,
			entries_at, fake->block.sectors);
}

static void put_entry(uint8_t *entry, enum scene_kind kind, uint32_t disk, uint32_t partition)
{
	static const struct efi_guid types[] = {
		[SCENE_SYSTEM] = EFI_GUID(c12a7328, f81f, 11d2, ba, 4b, 00, a0, c9, 3e, c9, 3b),
		[SCENE_EXTENDED] = EFI_GUID(bc13c2ff, 59e6, 4262, a3, 52, b2, 75, fd, 6f, 71, 72),
		[SCENE_OTHER] = EFI_GUID(0fc63daf, 8483, 4772, 8e, 79, 3d, 69, d8, 47, 7d, e4),
	};
	uint64_t first = FIRST + (partition - 1) * VOLUME_SECTORS;

	memcpy(entry, &types[kind], sizeof(types[kind]));
	scene_guid(disk, partition, entry + 16);
	le64_store(entry + 32, first);
	le64_store(entry + 40, first + VOLUME_SECTORS - 1);
}

static void put_table(struct fake_block *fake, const struct scene_volume *volumes)
{
	uint64_t last = fake->block.sectors - 1;
	uint8_t *entries = fake->data + 2 * SECTOR;

	for (uint32_t i = 0; volumes[i].kind; i++) {
		put_entry(entries + i * 128, volumes[i].kind, count, i + 1);
		put_volume(volumes[i].files, fake->data + (FIRST + i * VOLUME_SECTORS) * SECTOR);
	}
	memcpy(fake->data + (last - TABLE_SECTORS) * SECTOR, entries, ENTRIES * 128);
	put_header(fake, 1, last, 2);
	put_header(fake, last, 1, last - TABLE_SECTORS);
	fake->data[446 + 4] = 0xee;
	le32_store(fake->data + 446 + 8, 1);
	le32_store(fake->data + 446 + 12, (uint32_t)last);
	le16_store(fake->data + 510, 0xaa55);
}

/* ---- places ---- */

static void add_function(const struct scene_place *place)
{
	for (uint32_t i = 0; i < host.functions_used; i++)
		if (functions[i].address == place->slot << 3)
			return;
	functions[host.functions_used++] = (struct pci_function){
		.address = (uint16_t)(place->slot << 3), .bridge = PCI_NONE, .class = place->kind};
}

struct fake_block *scene_disk_at(const struct scene_place *place,
				 const struct scene_volume *volumes)
{
	struct unit *unit = &units[count++];

	unit->place = *place;
	if (place->slot) {
		add_function(place);
	} else {
		unit->registers = UART_BASE + mmio_count * DISK_MMIO_SIZE; /* is mapped there */
		mmio[mmio_count++] = unit->registers;
	}
	fake_block_start(&unit->fake, SECTOR, FIRST + VOLUMES_MAX * VOLUME_SECTORS + 64);
	if (volumes->kind == SCENE_WHOLE)
		put_volume(volumes->files, unit->fake.data);
	else if (volumes->kind)
		put_table(&unit->fake, volumes);
	return &unit->fake;
}

struct fake_block *scene_disk(const struct scene_volume *volumes)
{
	return scene_disk_at(&(struct scene_place){.slot = 0}, volumes);
}

void scene_dead(uint8_t slot)
{
	dead[slot] = true;
}

void board_disk_buses(struct machine *machine, struct disk_buses *buses)
{
	(void)machine;
	*buses = (struct disk_buses){.pci = &host, .mmio = mmio, .mmio_count = mmio_count};
}

int device_map(const struct device *device, uint64_t base, uint64_t size)
{
	(void)device;
	(void)base;
	(void)size;
	abort();
}

/* ---- drivers ---- */

static bool is_at(const struct unit *unit, const struct device *device)
{
	return device->bus == DEVICE_MMIO
		       ? unit->registers == device->registers
		       : unit->place.slot && device->host->functions[device->function].address ==
						     unit->place.slot << 3;
}

static bool knows(const struct device *device, enum disk_kind kind)
{
	if (device->bus == DEVICE_MMIO)
		return kind == DISK_SINGLE;
	return device->host->functions[device->function].class == (uint32_t)kind;
}

static int start(struct disk_controller *controller)
{
	const struct device *device = &controller->device;
	int error = 0;

	if (device->bus == DEVICE_PCI && dead[functions[device->function].address >> 3]) {
		log_error("%s does not start", device->name);
		return -EIO;
	}
	for (uint32_t i = 0; i < count && !error; i++)
		if (is_at(&units[i], device))
			error = disk_add(controller, &units[i].fake.block, units[i].place.target,
					 units[i].place.lun);
	return error;
}

static void quiesce(struct disk_controller *controller)
{
	(void)controller;
}

#define DRIVER(called, of_kind, says)                           \
	static bool knows_##called(const struct device *device) \
	{                                                       \
		return knows(device, of_kind);                  \
	}                                                       \
	const struct disk_driver called##_driver = {            \
		.kind = of_kind,                                \
		.name = says,                                   \
		.knows = knows_##called,                        \
		.start = start,                                 \
		.stop = quiesce,                                \
		.quiesce = quiesce,                             \
	}
DRIVER(virtio_blk, DISK_SINGLE, "virtio-blk");
DRIVER(virtio_scsi, DISK_SCSI, "virtio-scsi");
DRIVER(nvme, DISK_NVME, "nvme");
DRIVER(ahci, DISK_SATA, "ahci");

/* ---- looking at disks ---- */

static const struct disk *disk_of(const struct fake_block *fake)
{
	for (struct disk_controller *controller = disk_controllers(); controller;
	     controller = controller->next)
		for (const struct disk *disk = controller->disks; disk; disk = disk->next)
			if (disk->block.driver == fake)
				return disk;
	return NULL;
}

void scene_list(const struct fake_block *fake, uint32_t index, const CHAR16 *folder)
{
	struct efi_disk_volume volume;
	char line[512] = "", name[64];
	struct fs_file *file;
	struct fs_info info;

	if (!disk_of(fake) || !efi_disk_volume(disk_of(fake), index, &volume) || !volume.fs ||
	    fs_open(volume.fs, folder, FS_READ, &file)) {
		scene_say("there is no such folder");
		return;
	}
	while (!fs_next(file, &info)) {
		efi_text_print(info.name, name, sizeof(name));
		snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s", name);
	}
	fs_close(file);
	scene_say("%s:%s", volume.name, line);
}

void scene_path_partition(struct scene_path *path, uint32_t disk, uint32_t partition)
{
	struct efi_dp_harddrive node = {
		.Header = {MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP, {sizeof(node)}},
		.PartitionNumber = partition,
		.PartitionStart = FIRST + (partition - 1) * VOLUME_SECTORS,
		.PartitionSize = VOLUME_SECTORS,
		.MBRType = MBR_TYPE_EFI_PARTITION_TABLE_HEADER,
		.SignatureType = SIGNATURE_TYPE_GUID,
	};

	scene_guid(disk, partition, node.Signature);
	memcpy(path->bytes + path->size, &node, sizeof(node));
	path->size += sizeof(node);
}
