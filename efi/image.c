/* SPDX-License-Identifier: BSD-2-Clause */
/* Images: load, start, exit, unload; see image.h. */
#define LOG_PREFIX "efi"

#include <errno.h>
#include <string.h>

#include "efi/debug_image.h"
#include "efi/device_path.h"
#include "efi/event.h"
#include "efi/handle.h"
#include "efi/image.h"
#include "efi/image_hii.h"
#include "efi/image_pages.h"
#include "efi/image_runtime.h"
#include "efi/image_source.h"
#include "efi/list.h"
#include "efi/memory.h"
#include "efi/platform.h"
#include "efi/pool.h"
#include "efi/protocol/hii.h"
#include "efi/protocols.h"
#include "efi/short_path.h"
#include "efi/table.h"
#include "lib/bytes.h"
#include "lib/log.h"

struct image {
	struct efi_loaded_image_protocol loaded;
	struct list link;
	efi_handle handle;
	efi_image_entry_point entry;
	uint64_t pages;
	uint16_t subsystem;
	bool nx_compat;
	bool started;
	bool running;
	struct efi_device_path_protocol *path;
	struct efi_runtime_image *runtime; /* of a runtime driver: its pointers; else NULL */
	struct efi_hii_package_list_header *hii; /* in the image; NULL: it has none */
	struct efi_context context;
	uint64_t exit_data_size;
	CHAR16 *exit_data;
};

static const struct efi_guid loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static const struct efi_guid loaded_path_guid = EFI_LOADED_IMAGE_DEVICE_PATH_PROTOCOL_GUID;
static const struct efi_guid hii_guid = EFI_HII_PACKAGE_LIST_PROTOCOL_GUID;
static const struct efi_guid path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static struct list images = LIST_EMPTY(images);
static struct image *current;

static struct image *image_of(efi_handle handle)
{
	list_for_each (link, &images) {
		struct image *image = list_of(link, struct image, link);

		if (image->handle == handle)
			return handle ? image : NULL;
	}
	return NULL;
}

bool efi_image_is(efi_handle handle)
{
	return image_of(handle) != NULL;
}

struct efi_loaded_image_protocol *efi_image_loaded(efi_handle handle)
{
	struct image *image = image_of(handle);

	return image ? &image->loaded : NULL;
}

efi_handle efi_image_current(void)
{
	return current ? current->handle : NULL;
}

/* The stack of images that boot/ starts: it stays, so that it lies beside what else EFI has claimed first. 0: there is none. */
static uint64_t first_stack;

void efi_image_reset(void)
{
	first_stack = 0;
	list_init(&images);
	current = NULL;
	efi_image_runtime_reset();
}

/* ---- load ---- */

static efi_status status_of(int error)
{
	switch (error) {
	case 0:
		return EFI_SUCCESS;
	case -ENOEXEC:
		return EFI_UNSUPPORTED;
	case -EIO:
		return EFI_DEVICE_ERROR;
	case -ENOMEM:
		return EFI_OUT_OF_RESOURCES;
	default:
		return EFI_LOAD_ERROR;
	}
}

/* 9.2: an image without a device path has the protocol too, with NULL for an interface. */
static efi_status install_image(struct image *image)
{
	image->handle = NULL;
	return efi_install_multiple_protocol_interfaces(
		&image->handle, &loaded_guid, &image->loaded, &loaded_path_guid, image->path,
		image->hii ? &hii_guid : NULL, image->hii, (void *)NULL);
}

/* Gives back all that an image that is no longer on a handle has. */
static void image_free(struct image *image)
{
	uint64_t base = (uint64_t)(uintptr_t)image->loaded.ImageBase;

	if (base)
		efi_pages_release(base, image->pages, MEM_OWNER_EFI);
	if (image->runtime)
		efi_image_runtime_remove(image->runtime);
	if (image->path)
		efi_free_pool(image->path);
	if (image->loaded.FilePath)
		efi_free_pool(image->loaded.FilePath);
	efi_free_pool(image);
}

static efi_status image_build(struct image *image, const struct efi_image_request *request)
{
	struct pe_image pe;
	efi_status status = status_of(pe_parse(&pe, request->head, request->head_size,
					       request->source->size, efi_platform_machine()));

	if (EFI_ERROR(status))
		return status;
	image->subsystem = pe.subsystem;
	image->nx_compat = pe.nx_compat;
	if (request->path && !(image->path = efi_device_path_duplicate(request->path)))
		return EFI_OUT_OF_RESOURCES;
	if (request->file_path &&
	    !(image->loaded.FilePath = efi_device_path_duplicate(request->file_path)))
		return EFI_OUT_OF_RESOURCES;
	status = image_pages_claim(&image->loaded, &pe);
	image->pages = image->loaded.ImageSize / PAGE_SIZE;
	if (!EFI_ERROR(status))
		status = status_of(pe_load(&pe, request->source, image->loaded.ImageBase));
	if (EFI_ERROR(status))
		return status;
	if (pe.subsystem == PE_SUBSYSTEM_RUNTIME_DRIVER &&
	    !(image->runtime = efi_image_runtime_add(&pe, image->loaded.ImageBase)))
		return EFI_OUT_OF_RESOURCES;
	image->hii = image_hii_find(&pe, image->loaded.ImageBase);
	status = image_pages_protect(&image->loaded, &pe);
	if (EFI_ERROR(status))
		return status;
	image->entry = (efi_image_entry_point)((uintptr_t)image->loaded.ImageBase + pe.entry);
	return install_image(image);
}

efi_status efi_image_load(const struct efi_image_request *request, efi_handle *handle)
{
	struct image *image = efi_new(sizeof(*image));
	efi_status status;

	if (!image)
		return EFI_OUT_OF_RESOURCES;
	image->loaded.Revision = EFI_LOADED_IMAGE_PROTOCOL_REVISION;
	image->loaded.ParentHandle = request->parent;
	image->loaded.SystemTable = efi_system_table();
	image->loaded.DeviceHandle = request->device;
	status = image_build(image, request);
	if (EFI_ERROR(status)) {
		image_free(image);
		return status;
	}
	list_append(&images, &image->link);
	efi_debug_image_add(image->handle, &image->loaded);
	*handle = image->handle;
	log_debug("image at 0x%lx, %lu KiB%s", (uint64_t)(uintptr_t)image->loaded.ImageBase,
		  image->loaded.ImageSize >> 10, image->nx_compat ? "" : ", not NX_COMPAT");
	return EFI_SUCCESS;
}

static int read_buffer(const struct pe_source *source, uint64_t offset, void *to, uint64_t size)
{
	if (offset > source->size || size > source->size - offset)
		return -EINVAL;
	memcpy(to, (const uint8_t *)source->context + offset, size);
	return 0;
}

static efi_status load_image(BOOLEAN BootPolicy, efi_handle ParentImageHandle,
			     struct efi_device_path_protocol *DevicePath, void *SourceBuffer,
			     uint64_t SourceSize, efi_handle *ImageHandle)
{
	struct efi_file_buffer file = {.data = SourceBuffer, .size = SourceSize};
	struct efi_device_path_protocol *rest = DevicePath;
	struct pe_source source = {.read = read_buffer};
	struct efi_image_request request = {.source = &source, .parent = ParentImageHandle};
	efi_status status = EFI_SUCCESS;

	if (!ImageHandle ||
	    (!image_of(ParentImageHandle) && ParentImageHandle != efi_firmware_handle()) ||
	    !ParentImageHandle)
		return EFI_INVALID_PARAMETER;
	if (!SourceBuffer && !DevicePath)
		return EFI_NOT_FOUND;
	if (SourceBuffer && !SourceSize)
		return EFI_LOAD_ERROR;
	if (!SourceBuffer)
		status = efi_image_source_read(DevicePath, BootPolicy, &file);
	if (EFI_ERROR(status))
		return status;
	if (DevicePath && efi_device_path_size(DevicePath)) {
		request.path = DevicePath;
		if (!EFI_ERROR(efi_locate_device_path(&path_guid, &rest, &request.device)))
			request.file_path = rest;
		else
			request.file_path = DevicePath;
	}
	source.context = file.data;
	source.size = file.size;
	request.head = file.data;
	request.head_size = file.size;
	status = efi_image_load(&request, ImageHandle);
	if (!SourceBuffer)
		efi_free_pool(file.data);
	return status;
}

efi_status EFIAPI efi_load_image(BOOLEAN BootPolicy, efi_handle ParentImageHandle,
				 struct efi_device_path_protocol *DevicePath, void *SourceBuffer,
				 uint64_t SourceSize, efi_handle *ImageHandle)
{
	struct efi_device_path_protocol *full = efi_short_path_expand(DevicePath);
	efi_status status = load_image(BootPolicy, ParentImageHandle, full ? full : DevicePath,
				       SourceBuffer, SourceSize, ImageHandle);

	if (full)
		efi_free_pool(full);
	return status;
}

/* ---- end ---- */

/* Takes an image out of the database and gives everything back. */
static void image_remove(struct image *image)
{
	uint64_t base = (uint64_t)(uintptr_t)image->loaded.ImageBase;
	uint64_t events = efi_event_forget_code(base, image->loaded.ImageSize);

	if (events)
		log_debug("an image left %lu events behind; they are closed", events);
	efi_protocols_forget_code(base, image->loaded.ImageSize);
	efi_debug_image_remove(image->handle);
	efi_handle_close_agent(image->handle);
	if (image->hii)
		efi_uninstall_protocol_interface(image->handle, &hii_guid, image->hii);
	efi_uninstall_protocol_interface(image->handle, &loaded_path_guid, image->path);
	efi_uninstall_protocol_interface(image->handle, &loaded_guid, &image->loaded);
	list_remove(&image->link);
	image_free(image);
}

efi_status EFIAPI efi_unload_image(efi_handle ImageHandle)
{
	struct image *image = image_of(ImageHandle);
	efi_status status;

	if (!image)
		return EFI_INVALID_PARAMETER;
	if (image->running)
		return EFI_UNSUPPORTED;
	if (image->started) {
		if (!image->loaded.Unload)
			return EFI_UNSUPPORTED;
		status = image->loaded.Unload(ImageHandle);
		if (EFI_ERROR(status))
			return status;
	}
	image_remove(image);
	return EFI_SUCCESS;
}

/* ---- start and exit ---- */

/* A stack with a page below it that nobody may touch. */
static efi_status stack_claim(uint64_t *base)
{
	struct efi_pages_request request = {
		.pages = EFI_STACK_SIZE / PAGE_SIZE + 1,
		.props = efi_memory_policy(EfiBootServicesData, MEM_OWNER_EFI, "EFI stack"),
	};
	efi_status status = efi_pages_claim(&request, base);

	if (EFI_ERROR(status))
		return status;
	status = efi_pages_protect(*base, 1, MEM_OWNER_EFI, 0);
	if (EFI_ERROR(status))
		efi_pages_release(*base, request.pages, MEM_OWNER_EFI);
	return status;
}

efi_status efi_image_prepare(void)
{
	return stack_claim(&first_stack);
}

static void stack_release(uint64_t base)
{
	if (base != first_stack)
		efi_pages_release(base, EFI_STACK_SIZE / PAGE_SIZE + 1, MEM_OWNER_EFI);
}

/* Runs the image: from here on until it is back it is the current one, and the memory policy is its own. */
static efi_status image_run(struct image *image, uint64_t stack)
{
	struct image *before = current;
	bool strict = efi_memory_set_strict(image->nx_compat);
	efi_tpl tpl = efi_current_tpl();
	efi_status status;

	current = image;
	image->started = true;
	image->running = true;
	status = efi_platform_enter(&image->context, image->entry, image->handle,
				    efi_system_table(), stack + PAGE_SIZE + EFI_STACK_SIZE);
	image->running = false;
	current = before;
	efi_memory_set_strict(strict);
	/* 7.4.5: it should come back at the level at which it started. */
	efi_restore_tpl(tpl);
	return status;
}

efi_status EFIAPI efi_start_image(efi_handle ImageHandle, uint64_t *ExitDataSize, CHAR16 **ExitData)
{
	struct image *image = image_of(ImageHandle);
	efi_status status;
	uint64_t stack;

	if (!image || image->started)
		return EFI_INVALID_PARAMETER;
	stack = current ? 0 : first_stack;
	status = stack ? EFI_SUCCESS : stack_claim(&stack);
	if (EFI_ERROR(status))
		return EFI_OUT_OF_RESOURCES;
	status = image_run(image, stack);
	stack_release(stack);
	if (ExitDataSize)
		*ExitDataSize = image->exit_data_size;
	if (ExitData)
		*ExitData = image->exit_data;
	else if (image->exit_data)
		efi_free_pool(image->exit_data);
	image->exit_data = NULL;
	if (EFI_ERROR(status) || image->subsystem == PE_SUBSYSTEM_APPLICATION)
		image_remove(image);
	return status;
}

efi_status EFIAPI efi_exit(efi_handle ImageHandle, efi_status ExitStatus, uint64_t ExitDataSize,
			   CHAR16 *ExitData)
{
	struct image *image = image_of(ImageHandle);
	void *copy = NULL;

	if (!image)
		return EFI_INVALID_PARAMETER;
	if (!image->started) {
		image_remove(image);
		return EFI_SUCCESS;
	}
	if (image != current)
		return EFI_INVALID_PARAMETER;
	/* 7.4.5: it does not return to an image that runs, so without memory it goes without its data. */
	if (ExitDataSize && ExitData &&
	    !EFI_ERROR(efi_allocate_pool(EfiBootServicesData, ExitDataSize, &copy))) {
		memcpy(copy, ExitData, ExitDataSize);
		image->exit_data_size = ExitDataSize;
		image->exit_data = copy;
	}
	efi_platform_leave(&image->context, ExitStatus);
}
