/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UEFI 2.10 as C: types, status codes and the tables of services, in the order of the specification.
 *
 * Structures are the specification's names in lower case (EFI_SYSTEM_TABLE is struct efi_system_table);
 * members, constants and GUIDs have its names. Protocols are in efi/protocol/, one header a topic.
 * UINTN, EFI_PHYSICAL_ADDRESS and EFI_LBA are uint64_t: both machines are 64-bit and little-endian.
 */
#ifndef EFI_EFI_H
#define EFI_EFI_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* 2.3.4.2: x86_64 services follow Microsoft's calling convention; 2.3.6.4: AArch64 ones follow the AAPCS. */
#if defined(__x86_64__)
#define EFIAPI __attribute__((ms_abi))
typedef __builtin_ms_va_list efi_va_list;
#define efi_va_start(list, last) __builtin_ms_va_start(list, last)
#define efi_va_end(list) __builtin_ms_va_end(list)
#else
#define EFIAPI
typedef va_list efi_va_list;
#define efi_va_start(list, last) va_start(list, last)
#define efi_va_end(list) va_end(list)
#endif
#define efi_va_arg(list, type) __builtin_va_arg(list, type)

/* 2.3.1: data types */
typedef uint8_t BOOLEAN;
typedef uint16_t CHAR16; /* u"" makes a string of them */
typedef uint64_t efi_status;
typedef uint64_t efi_tpl;
typedef void *efi_handle;
typedef void *efi_event;

struct efi_guid {
	uint32_t Data1;
	uint16_t Data2;
	uint16_t Data3;
	uint8_t Data4[8];
};
_Static_assert(sizeof(struct efi_guid) == 16, "2.3.1");

/* An initialiser of a struct efi_guid, in the order in which the specification prints one. */
#define EFI_GUID(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)                              \
	{                                                                              \
		0x##a, 0x##b, 0x##c,                                                   \
		{                                                                      \
			0x##d0, 0x##d1, 0x##d2, 0x##d3, 0x##d4, 0x##d5, 0x##d6, 0x##d7 \
		}                                                                      \
	}

static inline int efi_guid_same(const struct efi_guid *a, const struct efi_guid *b)
{
	const uint32_t *x = (const uint32_t *)(const void *)a;
	const uint32_t *y = (const uint32_t *)(const void *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

/* Appendix D: status codes */
#define EFI_ERROR_BIT UINT64_C(0x8000000000000000)
#define EFI_ERROR(status) ((int64_t)(status) < 0)
#define EFI_SUCCESS UINT64_C(0)
#define EFI_LOAD_ERROR (EFI_ERROR_BIT | 1)
#define EFI_INVALID_PARAMETER (EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED (EFI_ERROR_BIT | 3)
#define EFI_BAD_BUFFER_SIZE (EFI_ERROR_BIT | 4)
#define EFI_BUFFER_TOO_SMALL (EFI_ERROR_BIT | 5)
#define EFI_NOT_READY (EFI_ERROR_BIT | 6)
#define EFI_DEVICE_ERROR (EFI_ERROR_BIT | 7)
#define EFI_WRITE_PROTECTED (EFI_ERROR_BIT | 8)
#define EFI_OUT_OF_RESOURCES (EFI_ERROR_BIT | 9)
#define EFI_VOLUME_CORRUPTED (EFI_ERROR_BIT | 10)
#define EFI_VOLUME_FULL (EFI_ERROR_BIT | 11)
#define EFI_NO_MEDIA (EFI_ERROR_BIT | 12)
#define EFI_MEDIA_CHANGED (EFI_ERROR_BIT | 13)
#define EFI_NOT_FOUND (EFI_ERROR_BIT | 14)
#define EFI_ACCESS_DENIED (EFI_ERROR_BIT | 15)
#define EFI_NO_RESPONSE (EFI_ERROR_BIT | 16)
#define EFI_NO_MAPPING (EFI_ERROR_BIT | 17)
#define EFI_TIMEOUT (EFI_ERROR_BIT | 18)
#define EFI_NOT_STARTED (EFI_ERROR_BIT | 19)
#define EFI_ALREADY_STARTED (EFI_ERROR_BIT | 20)
#define EFI_ABORTED (EFI_ERROR_BIT | 21)
#define EFI_ICMP_ERROR (EFI_ERROR_BIT | 22)
#define EFI_TFTP_ERROR (EFI_ERROR_BIT | 23)
#define EFI_PROTOCOL_ERROR (EFI_ERROR_BIT | 24)
#define EFI_INCOMPATIBLE_VERSION (EFI_ERROR_BIT | 25)
#define EFI_SECURITY_VIOLATION (EFI_ERROR_BIT | 26)
#define EFI_CRC_ERROR (EFI_ERROR_BIT | 27)
#define EFI_END_OF_MEDIA (EFI_ERROR_BIT | 28)
#define EFI_END_OF_FILE (EFI_ERROR_BIT | 31)
#define EFI_INVALID_LANGUAGE (EFI_ERROR_BIT | 32)
#define EFI_COMPROMISED_DATA (EFI_ERROR_BIT | 33)
#define EFI_IP_ADDRESS_CONFLICT (EFI_ERROR_BIT | 34)
#define EFI_HTTP_ERROR (EFI_ERROR_BIT | 35)
#define EFI_WARN_UNKNOWN_GLYPH UINT64_C(1)
#define EFI_WARN_DELETE_FAILURE UINT64_C(2)
#define EFI_WARN_WRITE_FAILURE UINT64_C(3)
#define EFI_WARN_BUFFER_TOO_SMALL UINT64_C(4)
#define EFI_WARN_STALE_DATA UINT64_C(5)
#define EFI_WARN_FILE_SYSTEM UINT64_C(6)
#define EFI_WARN_RESET_REQUIRED UINT64_C(7)

struct efi_device_path_protocol;
struct efi_simple_text_input_protocol;
struct efi_simple_text_output_protocol;
struct efi_system_table;

/* 4.1.1: the entry point of an image */
typedef efi_status(EFIAPI *efi_image_entry_point)(efi_handle ImageHandle,
						  struct efi_system_table *SystemTable);

/* 4.2: table header */
struct efi_table_header {
	uint64_t Signature;
	uint32_t Revision;
	uint32_t HeaderSize;
	uint32_t CRC32;
	uint32_t Reserved;
};
_Static_assert(sizeof(struct efi_table_header) == 24, "4.2");

#define EFI_2_100_SYSTEM_TABLE_REVISION ((2 << 16) | 100)
#define EFI_SYSTEM_TABLE_SIGNATURE UINT64_C(0x5453595320494249)
#define EFI_BOOT_SERVICES_SIGNATURE UINT64_C(0x56524553544f4f42)
#define EFI_RUNTIME_SERVICES_SIGNATURE UINT64_C(0x56524553544e5552)

/* 7.1: events, timers and task priorities */
#define EVT_TIMER 0x80000000u
#define EVT_RUNTIME 0x40000000u
#define EVT_NOTIFY_WAIT 0x00000100u
#define EVT_NOTIFY_SIGNAL 0x00000200u
#define EVT_SIGNAL_EXIT_BOOT_SERVICES 0x00000201u
#define EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE 0x60000202u

#define TPL_APPLICATION UINT64_C(4)
#define TPL_CALLBACK UINT64_C(8)
#define TPL_NOTIFY UINT64_C(16)
#define TPL_HIGH_LEVEL UINT64_C(31)

typedef void(EFIAPI *efi_event_notify)(efi_event Event, void *Context);

enum efi_timer_delay { TimerCancel, TimerPeriodic, TimerRelative };

#define EFI_EVENT_GROUP_EXIT_BOOT_SERVICES \
	EFI_GUID(27abf055, b1b8, 4c26, 80, 48, 74, 8f, 37, ba, a2, df)
#define EFI_EVENT_GROUP_BEFORE_EXIT_BOOT_SERVICES \
	EFI_GUID(8be0e274, 3970, 4b44, 80, c5, 1a, b9, 50, 2f, 3b, fc)
#define EFI_EVENT_GROUP_VIRTUAL_ADDRESS_CHANGE \
	EFI_GUID(13fa7698, c831, 49c7, 87, ea, 8f, 43, fc, c2, 51, 96)
#define EFI_EVENT_GROUP_MEMORY_MAP_CHANGE \
	EFI_GUID(78bee926, 692f, 48fd, 9e, db, 01, 42, 2e, f0, d7, ab)
#define EFI_EVENT_GROUP_READY_TO_BOOT EFI_GUID(7ce88fb3, 4bd7, 4679, 87, a8, a8, d8, de, e5, 0d, 2b)
#define EFI_EVENT_GROUP_AFTER_READY_TO_BOOT \
	EFI_GUID(3a2a00ad, 98b9, 4cdf, a4, 78, 70, 27, 77, f1, c1, 0b)
#define EFI_EVENT_GROUP_RESET_SYSTEM EFI_GUID(62da6a56, 13fb, 485a, a8, da, a3, dd, 79, 12, cb, 6b)

/* 7.2: memory. The types are mem/memmap.h's MEM_…, which are these numbers. */
enum efi_allocate_type { AllocateAnyPages, AllocateMaxAddress, AllocateAddress, MaxAllocateType };
enum efi_memory_type {
	EfiReservedMemoryType,
	EfiLoaderCode,
	EfiLoaderData,
	EfiBootServicesCode,
	EfiBootServicesData,
	EfiRuntimeServicesCode,
	EfiRuntimeServicesData,
	EfiConventionalMemory,
	EfiUnusableMemory,
	EfiACPIReclaimMemory,
	EfiACPIMemoryNVS,
	EfiMemoryMappedIO,
	EfiMemoryMappedIOPortSpace,
	EfiPalCode,
	EfiPersistentMemory,
	EfiUnacceptedMemoryType,
	EfiMaxMemoryType,
};
#define EFI_MEMORY_TYPE_OEM_MIN 0x70000000u /* …0x7fffffff: OEM, 0x80000000 on: OS loaders */
#define EFI_MEMORY_TYPE_OS_MIN 0x80000000u

#define EFI_MEMORY_UC UINT64_C(0x1)
#define EFI_MEMORY_WC UINT64_C(0x2)
#define EFI_MEMORY_WT UINT64_C(0x4)
#define EFI_MEMORY_WB UINT64_C(0x8)
#define EFI_MEMORY_UCE UINT64_C(0x10)
#define EFI_MEMORY_WP UINT64_C(0x1000)
#define EFI_MEMORY_RP UINT64_C(0x2000)
#define EFI_MEMORY_XP UINT64_C(0x4000)
#define EFI_MEMORY_NV UINT64_C(0x8000)
#define EFI_MEMORY_MORE_RELIABLE UINT64_C(0x10000)
#define EFI_MEMORY_RO UINT64_C(0x20000)
#define EFI_MEMORY_SP UINT64_C(0x40000)
#define EFI_MEMORY_RUNTIME UINT64_C(0x8000000000000000)

#define EFI_PAGE_SIZE 4096u
#define EFI_MEMORY_DESCRIPTOR_VERSION 1u

struct efi_memory_descriptor {
	uint32_t Type;
	uint32_t Padding;
	uint64_t PhysicalStart;
	uint64_t VirtualStart;
	uint64_t NumberOfPages;
	uint64_t Attribute;
};
_Static_assert(sizeof(struct efi_memory_descriptor) == 40, "7.2.3");

/* 7.3: protocol handlers */
enum efi_interface_type { EFI_NATIVE_INTERFACE };
enum efi_locate_search_type { AllHandles, ByRegisterNotify, ByProtocol };

#define EFI_OPEN_PROTOCOL_BY_HANDLE_PROTOCOL 0x01u
#define EFI_OPEN_PROTOCOL_GET_PROTOCOL 0x02u
#define EFI_OPEN_PROTOCOL_TEST_PROTOCOL 0x04u
#define EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER 0x08u
#define EFI_OPEN_PROTOCOL_BY_DRIVER 0x10u
#define EFI_OPEN_PROTOCOL_EXCLUSIVE 0x20u

struct efi_open_protocol_information_entry {
	efi_handle AgentHandle;
	efi_handle ControllerHandle;
	uint32_t Attributes;
	uint32_t OpenCount;
};
_Static_assert(sizeof(struct efi_open_protocol_information_entry) == 24, "7.3.11");

/* 4.4: boot services */
struct efi_boot_services {
	struct efi_table_header Hdr;

	efi_tpl(EFIAPI *RaiseTPL)(efi_tpl NewTpl);
	void(EFIAPI *RestoreTPL)(efi_tpl OldTpl);

	efi_status(EFIAPI *AllocatePages)(uint32_t Type, uint32_t MemoryType, uint64_t Pages,
					  uint64_t *Memory);
	efi_status(EFIAPI *FreePages)(uint64_t Memory, uint64_t Pages);
	efi_status(EFIAPI *GetMemoryMap)(uint64_t *MemoryMapSize, void *MemoryMap, uint64_t *MapKey,
					 uint64_t *DescriptorSize, uint32_t *DescriptorVersion);
	efi_status(EFIAPI *AllocatePool)(uint32_t PoolType, uint64_t Size, void **Buffer);
	efi_status(EFIAPI *FreePool)(void *Buffer);

	efi_status(EFIAPI *CreateEvent)(uint32_t Type, efi_tpl NotifyTpl,
					efi_event_notify NotifyFunction, void *NotifyContext,
					efi_event *Event);
	efi_status(EFIAPI *SetTimer)(efi_event Event, uint32_t Type, uint64_t TriggerTime);
	efi_status(EFIAPI *WaitForEvent)(uint64_t NumberOfEvents, efi_event *Event,
					 uint64_t *Index);
	efi_status(EFIAPI *SignalEvent)(efi_event Event);
	efi_status(EFIAPI *CloseEvent)(efi_event Event);
	efi_status(EFIAPI *CheckEvent)(efi_event Event);

	efi_status(EFIAPI *InstallProtocolInterface)(efi_handle *Handle,
						     const struct efi_guid *Protocol,
						     uint32_t InterfaceType, void *Interface);
	efi_status(EFIAPI *ReinstallProtocolInterface)(efi_handle Handle,
						       const struct efi_guid *Protocol,
						       void *OldInterface, void *NewInterface);
	efi_status(EFIAPI *UninstallProtocolInterface)(efi_handle Handle,
						       const struct efi_guid *Protocol,
						       void *Interface);
	efi_status(EFIAPI *HandleProtocol)(efi_handle Handle, const struct efi_guid *Protocol,
					   void **Interface);
	void *Reserved;
	efi_status(EFIAPI *RegisterProtocolNotify)(const struct efi_guid *Protocol, efi_event Event,
						   void **Registration);
	efi_status(EFIAPI *LocateHandle)(uint32_t SearchType, const struct efi_guid *Protocol,
					 void *SearchKey, uint64_t *BufferSize, efi_handle *Buffer);
	efi_status(EFIAPI *LocateDevicePath)(const struct efi_guid *Protocol,
					     struct efi_device_path_protocol **DevicePath,
					     efi_handle *Device);
	efi_status(EFIAPI *InstallConfigurationTable)(const struct efi_guid *Guid, void *Table);

	efi_status(EFIAPI *LoadImage)(BOOLEAN BootPolicy, efi_handle ParentImageHandle,
				      struct efi_device_path_protocol *DevicePath,
				      void *SourceBuffer, uint64_t SourceSize,
				      efi_handle *ImageHandle);
	efi_status(EFIAPI *StartImage)(efi_handle ImageHandle, uint64_t *ExitDataSize,
				       CHAR16 **ExitData);
	efi_status(EFIAPI *Exit)(efi_handle ImageHandle, efi_status ExitStatus,
				 uint64_t ExitDataSize, CHAR16 *ExitData);
	efi_status(EFIAPI *UnloadImage)(efi_handle ImageHandle);
	efi_status(EFIAPI *ExitBootServices)(efi_handle ImageHandle, uint64_t MapKey);

	efi_status(EFIAPI *GetNextMonotonicCount)(uint64_t *Count);
	efi_status(EFIAPI *Stall)(uint64_t Microseconds);
	efi_status(EFIAPI *SetWatchdogTimer)(uint64_t Timeout, uint64_t WatchdogCode,
					     uint64_t DataSize, CHAR16 *WatchdogData);

	efi_status(EFIAPI *ConnectController)(efi_handle ControllerHandle,
					      efi_handle *DriverImageHandle,
					      struct efi_device_path_protocol *RemainingDevicePath,
					      BOOLEAN Recursive);
	efi_status(EFIAPI *DisconnectController)(efi_handle ControllerHandle,
						 efi_handle DriverImageHandle,
						 efi_handle ChildHandle);

	efi_status(EFIAPI *OpenProtocol)(efi_handle Handle, const struct efi_guid *Protocol,
					 void **Interface, efi_handle AgentHandle,
					 efi_handle ControllerHandle, uint32_t Attributes);
	efi_status(EFIAPI *CloseProtocol)(efi_handle Handle, const struct efi_guid *Protocol,
					  efi_handle AgentHandle, efi_handle ControllerHandle);
	efi_status(EFIAPI *OpenProtocolInformation)(
		efi_handle Handle, const struct efi_guid *Protocol,
		struct efi_open_protocol_information_entry **EntryBuffer, uint64_t *EntryCount);

	efi_status(EFIAPI *ProtocolsPerHandle)(efi_handle Handle, struct efi_guid ***ProtocolBuffer,
					       uint64_t *ProtocolBufferCount);
	efi_status(EFIAPI *LocateHandleBuffer)(uint32_t SearchType, const struct efi_guid *Protocol,
					       void *SearchKey, uint64_t *NoHandles,
					       efi_handle **Buffer);
	efi_status(EFIAPI *LocateProtocol)(const struct efi_guid *Protocol, void *Registration,
					   void **Interface);
	efi_status(EFIAPI *InstallMultipleProtocolInterfaces)(efi_handle *Handle, ...);
	efi_status(EFIAPI *UninstallMultipleProtocolInterfaces)(efi_handle Handle, ...);

	efi_status(EFIAPI *CalculateCrc32)(void *Data, uint64_t DataSize, uint32_t *Crc32);

	void(EFIAPI *CopyMem)(void *Destination, void *Source, uint64_t Length);
	void(EFIAPI *SetMem)(void *Buffer, uint64_t Size, uint8_t Value);
	efi_status(EFIAPI *CreateEventEx)(uint32_t Type, efi_tpl NotifyTpl,
					  efi_event_notify NotifyFunction,
					  const void *NotifyContext,
					  const struct efi_guid *EventGroup, efi_event *Event);
};
_Static_assert(sizeof(struct efi_boot_services) == 24 + 44 * 8, "4.4: 43 services, one reserved");
_Static_assert(offsetof(struct efi_boot_services, LoadImage) == 200, "4.4");
_Static_assert(offsetof(struct efi_boot_services, CreateEventEx) == 368, "4.4");

/* 8.2: variables */
#define EFI_VARIABLE_NON_VOLATILE 0x01u
#define EFI_VARIABLE_BOOTSERVICE_ACCESS 0x02u
#define EFI_VARIABLE_RUNTIME_ACCESS 0x04u
#define EFI_VARIABLE_HARDWARE_ERROR_RECORD 0x08u
#define EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS 0x10u
#define EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS 0x20u
#define EFI_VARIABLE_APPEND_WRITE 0x40u
#define EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS 0x80u
#define EFI_GLOBAL_VARIABLE EFI_GUID(8be4df61, 93ca, 11d2, aa, 0d, 00, e0, 98, 03, 2b, 8c)
#define EFI_HARDWARE_ERROR_VARIABLE EFI_GUID(414e6bdd, e47b, 47cc, b2, 44, bb, 61, 02, 0c, f5, 16)
/* 32.6.1 */
#define EFI_IMAGE_SECURITY_DATABASE_GUID \
	EFI_GUID(d719b2cb, 3d3a, 4596, a3, bc, da, d0, 0e, 67, 65, 6f)

/* 8.3: time */
struct efi_time {
	uint16_t Year;
	uint8_t Month;
	uint8_t Day;
	uint8_t Hour;
	uint8_t Minute;
	uint8_t Second;
	uint8_t Pad1;
	uint32_t Nanosecond;
	int16_t TimeZone;
	uint8_t Daylight;
	uint8_t Pad2;
};
_Static_assert(sizeof(struct efi_time) == 16, "8.3");
#define EFI_UNSPECIFIED_TIMEZONE 0x07ff
#define EFI_TIME_ADJUST_DAYLIGHT 0x01
#define EFI_TIME_IN_DAYLIGHT 0x02

struct efi_time_capabilities {
	uint32_t Resolution;
	uint32_t Accuracy;
	BOOLEAN SetsToZero;
};
_Static_assert(sizeof(struct efi_time_capabilities) == 12, "8.3.1");

/* 8.4: virtual memory */
#define EFI_OPTIONAL_PTR 0x00000001u

/* 8.5: miscellaneous */
enum efi_reset_type { EfiResetCold, EfiResetWarm, EfiResetShutdown, EfiResetPlatformSpecific };

struct efi_capsule_header {
	struct efi_guid CapsuleGuid;
	uint32_t HeaderSize;
	uint32_t Flags;
	uint32_t CapsuleImageSize;
};
_Static_assert(sizeof(struct efi_capsule_header) == 28, "8.5.3.1");
#define CAPSULE_FLAGS_PERSIST_ACROSS_RESET 0x00010000u
#define CAPSULE_FLAGS_POPULATE_SYSTEM_TABLE 0x00020000u
#define CAPSULE_FLAGS_INITIATE_RESET 0x00040000u

/* 4.5: runtime services */
struct efi_runtime_services {
	struct efi_table_header Hdr;

	efi_status(EFIAPI *GetTime)(struct efi_time *Time,
				    struct efi_time_capabilities *Capabilities);
	efi_status(EFIAPI *SetTime)(struct efi_time *Time);
	efi_status(EFIAPI *GetWakeupTime)(BOOLEAN *Enabled, BOOLEAN *Pending,
					  struct efi_time *Time);
	efi_status(EFIAPI *SetWakeupTime)(BOOLEAN Enable, struct efi_time *Time);

	efi_status(EFIAPI *SetVirtualAddressMap)(uint64_t MemoryMapSize, uint64_t DescriptorSize,
						 uint32_t DescriptorVersion,
						 struct efi_memory_descriptor *VirtualMap);
	efi_status(EFIAPI *ConvertPointer)(uint64_t DebugDisposition, void **Address);

	efi_status(EFIAPI *GetVariable)(CHAR16 *VariableName, struct efi_guid *VendorGuid,
					uint32_t *Attributes, uint64_t *DataSize, void *Data);
	efi_status(EFIAPI *GetNextVariableName)(uint64_t *VariableNameSize, CHAR16 *VariableName,
						struct efi_guid *VendorGuid);
	efi_status(EFIAPI *SetVariable)(CHAR16 *VariableName, struct efi_guid *VendorGuid,
					uint32_t Attributes, uint64_t DataSize, void *Data);

	efi_status(EFIAPI *GetNextHighMonotonicCount)(uint32_t *HighCount);
	void(EFIAPI *ResetSystem)(uint32_t ResetType, efi_status ResetStatus, uint64_t DataSize,
				  void *ResetData);

	efi_status(EFIAPI *UpdateCapsule)(struct efi_capsule_header **CapsuleHeaderArray,
					  uint64_t CapsuleCount, uint64_t ScatterGatherList);
	efi_status(EFIAPI *QueryCapsuleCapabilities)(struct efi_capsule_header **CapsuleHeaderArray,
						     uint64_t CapsuleCount,
						     uint64_t *MaximumCapsuleSize,
						     uint32_t *ResetType);

	efi_status(EFIAPI *QueryVariableInfo)(uint32_t Attributes,
					      uint64_t *MaximumVariableStorageSize,
					      uint64_t *RemainingVariableStorageSize,
					      uint64_t *MaximumVariableSize);
};
_Static_assert(sizeof(struct efi_runtime_services) == 24 + 14 * 8, "4.5: 14 services");

/* 4.6: configuration tables */
struct efi_configuration_table {
	struct efi_guid VendorGuid;
	void *VendorTable;
};
_Static_assert(sizeof(struct efi_configuration_table) == 24, "4.6");

/* 4.3: system table */
struct efi_system_table {
	struct efi_table_header Hdr;
	CHAR16 *FirmwareVendor;
	uint32_t FirmwareRevision;
	uint32_t Padding;
	efi_handle ConsoleInHandle;
	struct efi_simple_text_input_protocol *ConIn;
	efi_handle ConsoleOutHandle;
	struct efi_simple_text_output_protocol *ConOut;
	efi_handle StandardErrorHandle;
	struct efi_simple_text_output_protocol *StdErr;
	struct efi_runtime_services *RuntimeServices;
	struct efi_boot_services *BootServices;
	uint64_t NumberOfTableEntries;
	struct efi_configuration_table *ConfigurationTable;
};
_Static_assert(sizeof(struct efi_system_table) == 120, "4.3");

#endif
