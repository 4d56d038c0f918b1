/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths of disks and partitions (UEFI 2.10, 10.3), as other firmware for these machines gives them. */
#include <string.h>

#include "efi/device_path.h"
#include "efi/disks.h"
#include "efi/pool.h"
#include "efi/protocols/string16.h"
#include "efi/protocols/volume.h"
#include "lib/bytes.h"

/* EDK2's name for a place of virtio-mmio: its address follows. */
#define VIRTIO_MMIO_GUID EFI_GUID(837dca9e, e874, 4d82, b2, 9a, 23, fe, 0e, 23, d1, e2)

#define PCI_ROOT EISA_PNP_ID(0x0a03)
#define NO_PORT_MULTIPLIER 0xffff
#define GPT_UNIQUE_GUID 16 /* of an entry: UEFI 2.10, 5.3.3 */

struct mmio_node {
	struct efi_device_path_protocol header;
	struct efi_guid guid;
	uint64_t address;
} __attribute__((packed));

/* A path that is being made: the largest has a root, a bridge a level, a device, a partition, and the end. */
struct builder {
	uint8_t bytes[sizeof(struct efi_dp_acpi) + sizeof(struct efi_dp_pci) * (PCI_DEPTH_MAX + 1) +
		      sizeof(struct efi_dp_harddrive) + sizeof(struct efi_device_path_protocol)];
	uint16_t size;
};

static void add(struct builder *builder, const void *node, uint16_t size, uint8_t type,
		uint8_t subtype)
{
	struct efi_device_path_protocol header = {
		type, subtype, {(uint8_t)size, (uint8_t)(size >> 8)}};

	memcpy(builder->bytes + builder->size, node, size);
	memcpy(builder->bytes + builder->size, &header, sizeof(header));
	builder->size = (uint16_t)(builder->size + size);
}

/* `of` (NULL: nothing) with what was built behind it, and an end. */
static struct efi_device_path_protocol *finish(struct builder *builder,
					       const struct efi_device_path_protocol *of)
{
	const struct efi_device_path_protocol end = {0};
	uint64_t before = efi_device_path_instance_size(of);
	uint8_t *path;

	add(builder, &end, sizeof(end), END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE);
	path = efi_new(before + builder->size);
	if (!path)
		return NULL;
	if (before)
		memcpy(path, of, before);
	memcpy(path + before, builder->bytes, builder->size);
	return (void *)path;
}

/* The bridges above a function, from the root bus on, and itself. */
static void add_pci(struct builder *builder, const struct pci_host *host, uint16_t index)
{
	const struct pci_function *function = &host->functions[index];
	struct efi_dp_pci node = {.Function = function->address & 7,
				  .Device = function->address >> 3 & 31};
	struct efi_dp_acpi root = {.HID = PCI_ROOT, .UID = function->address >> 8};

	if (function->bridge == PCI_NONE)
		add(builder, &root, sizeof(root), ACPI_DEVICE_PATH, ACPI_DP);
	else
		add_pci(builder, host, function->bridge);
	add(builder, &node, sizeof(node), HARDWARE_DEVICE_PATH, HW_PCI_DP);
}

/* Which disk of a controller (10.3.4). */
static void add_unit(struct builder *builder, const struct disk *disk)
{
	struct efi_dp_scsi scsi = {.TargetId = disk->target, .Lun = disk->lun};
	struct efi_dp_sata sata = {.HBAPortNumber = disk->target,
				   .PortMultiplierPortNumber = NO_PORT_MULTIPLIER};
	struct efi_dp_nvme_namespace nvme = {.NamespaceId = disk->target,
					     .NamespaceUuid = __builtin_bswap64(disk->identity)};

	switch (disk->controller->driver->kind) {
	case DISK_SINGLE:
		break;
	case DISK_SCSI:
		add(builder, &scsi, sizeof(scsi), MESSAGING_DEVICE_PATH, MSG_SCSI_DP);
		break;
	case DISK_NVME:
		add(builder, &nvme, sizeof(nvme), MESSAGING_DEVICE_PATH, MSG_NVME_NAMESPACE_DP);
		break;
	case DISK_SATA:
		add(builder, &sata, sizeof(sata), MESSAGING_DEVICE_PATH, MSG_SATA_DP);
		break;
	}
}

static void add_device(struct builder *builder, const struct device *device)
{
	struct mmio_node mmio = {.guid = VIRTIO_MMIO_GUID, .address = device->registers};

	if (device->bus == DEVICE_PCI)
		add_pci(builder, device->host, device->function);
	else
		add(builder, &mmio, sizeof(mmio), HARDWARE_DEVICE_PATH, HW_VENDOR_DP);
}

struct efi_device_path_protocol *efi_path_of_device(const struct device *device)
{
	struct builder builder = {.size = 0};

	add_device(&builder, device);
	return finish(&builder, NULL);
}

struct efi_device_path_protocol *efi_disk_path(const struct disk *disk)
{
	struct builder builder = {.size = 0};

	add_device(&builder, &disk->controller->device);
	add_unit(&builder, disk);
	return finish(&builder, NULL);
}

bool efi_disk_path_is_on(const struct disk_controller *controller,
			 const struct efi_device_path_protocol *path)
{
	struct builder builder = {.size = 0};

	add_device(&builder, &controller->device);
	return efi_device_path_instance_size(path) >= builder.size &&
	       !memcmp(path, builder.bytes, builder.size);
}

struct efi_device_path_protocol *efi_partition_path(const struct efi_device_path_protocol *of,
						    const struct partition_table *table,
						    const struct partition *partition)
{
	struct builder builder = {.size = 0};
	struct efi_dp_harddrive hard = {
		.PartitionNumber = partition->number,
		.PartitionStart = partition->block.first,
		.PartitionSize = partition->block.sectors,
		.MBRType = MBR_TYPE_PCAT,
		.SignatureType = SIGNATURE_TYPE_MBR,
	};
	struct efi_dp_cdrom disc = {
		.BootEntry = partition->number,
		.PartitionStart = partition->block.first,
		.PartitionSize = partition->block.sectors,
	};

	if (table->scheme == PARTITION_EL_TORITO) {
		add(&builder, &disc, sizeof(disc), MEDIA_DEVICE_PATH, MEDIA_CDROM_DP);
		return finish(&builder, of);
	}
	if (table->scheme == PARTITION_GPT) {
		hard.MBRType = MBR_TYPE_EFI_PARTITION_TABLE_HEADER;
		hard.SignatureType = SIGNATURE_TYPE_GUID;
		memcpy(hard.Signature, partition->entry.gpt + GPT_UNIQUE_GUID,
		       sizeof(hard.Signature));
	} else {
		le32_store(hard.Signature, table->mbr_signature);
	}
	add(&builder, &hard, sizeof(hard), MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP);
	return finish(&builder, of);
}

struct efi_device_path_protocol *efi_disk_file_path(const struct efi_disk_volume *volume,
						    const CHAR16 *file)
{
	uint64_t before = efi_device_path_instance_size(volume->path);
	uint64_t name = (string16_length(file) + 1) * sizeof(*file);
	struct efi_device_path_protocol node = {MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {0}};
	const struct efi_device_path_protocol end = EFI_DP_END;
	uint8_t *path = NULL;

	if (sizeof(node) + name <= UINT16_MAX)
		path = efi_new(before + sizeof(node) + name + sizeof(end));
	if (!path)
		return NULL;
	le16_store(node.Length, (uint16_t)(sizeof(node) + name));
	memcpy(path, volume->path, before);
	memcpy(path + before, &node, sizeof(node));
	memcpy(path + before + sizeof(node), file, name);
	memcpy(path + before + sizeof(node) + name, &end, sizeof(end));
	return (void *)path;
}

void efi_disk_file_path_free(struct efi_device_path_protocol *path)
{
	if (path)
		efi_free_pool(path);
}
