/* SPDX-License-Identifier: BSD-2-Clause */
/* Small protocols: collation, decompression, random numbers, memory attributes. */
#ifndef EFI_PROTOCOL_MISC_H
#define EFI_PROTOCOL_MISC_H

#include "efi/efi.h"

/* 21.1: EFI_UNICODE_COLLATION_PROTOCOL (the one that uses RFC 4646 language codes, known as 2) */
#define EFI_UNICODE_COLLATION_PROTOCOL2_GUID \
	EFI_GUID(a4c751fc, 23ae, 4c3e, 92, e9, 49, 64, cf, 63, f3, 49)
struct efi_unicode_collation_protocol {
	int64_t(EFIAPI *StriColl)(struct efi_unicode_collation_protocol *This, CHAR16 *Str1,
				  CHAR16 *Str2);
	BOOLEAN(EFIAPI *MetaiMatch)
	(struct efi_unicode_collation_protocol *This, CHAR16 *String, CHAR16 *Pattern);
	void(EFIAPI *StrLwr)(struct efi_unicode_collation_protocol *This, CHAR16 *Str);
	void(EFIAPI *StrUpr)(struct efi_unicode_collation_protocol *This, CHAR16 *Str);
	void(EFIAPI *FatToStr)(struct efi_unicode_collation_protocol *This, uint64_t FatSize,
			       char *Fat, CHAR16 *String);
	BOOLEAN(EFIAPI *StrToFat)
	(struct efi_unicode_collation_protocol *This, CHAR16 *String, uint64_t FatSize, char *Fat);
	char *SupportedLanguages;
};

/* 19.5: EFI_DECOMPRESS_PROTOCOL */
#define EFI_DECOMPRESS_PROTOCOL_GUID EFI_GUID(d8117cfe, 94a6, 11d4, 9a, 3a, 00, 90, 27, 3f, c1, 4d)
struct efi_decompress_protocol {
	efi_status(EFIAPI *GetInfo)(struct efi_decompress_protocol *This, void *Source,
				    uint32_t SourceSize, uint32_t *DestinationSize,
				    uint32_t *ScratchSize);
	efi_status(EFIAPI *Decompress)(struct efi_decompress_protocol *This, void *Source,
				       uint32_t SourceSize, void *Destination,
				       uint32_t DestinationSize, void *Scratch,
				       uint32_t ScratchSize);
};

/* 37.5: EFI_RNG_PROTOCOL */
#define EFI_RNG_PROTOCOL_GUID EFI_GUID(3152bca5, eade, 433d, 86, 2e, c0, 1c, dc, 29, 1f, 44)
struct efi_rng_protocol {
	efi_status(EFIAPI *GetInfo)(struct efi_rng_protocol *This, uint64_t *RNGAlgorithmListSize,
				    struct efi_guid *RNGAlgorithmList);
	efi_status(EFIAPI *GetRNG)(struct efi_rng_protocol *This, struct efi_guid *RNGAlgorithm,
				   uint64_t RNGValueLength, uint8_t *RNGValue);
};
#define EFI_RNG_ALGORITHM_RAW EFI_GUID(e43176d7, b6e8, 4827, b7, 84, 7f, fd, c4, b6, 85, 61)
#define EFI_RNG_ALGORITHM_SP800_90_CTR_256_GUID \
	EFI_GUID(44f0de6e, 4d8c, 4045, a8, c7, 4d, d1, 68, 85, 6b, 9e)

/* 37.7: EFI_MEMORY_ATTRIBUTE_PROTOCOL */
#define EFI_MEMORY_ATTRIBUTE_PROTOCOL_GUID \
	EFI_GUID(f4560cf6, 40ec, 4b4a, a1, 92, bf, 1d, 57, d0, b1, 89)
struct efi_memory_attribute_protocol {
	efi_status(EFIAPI *GetMemoryAttributes)(struct efi_memory_attribute_protocol *This,
						uint64_t BaseAddress, uint64_t Length,
						uint64_t *Attributes);
	efi_status(EFIAPI *SetMemoryAttributes)(struct efi_memory_attribute_protocol *This,
						uint64_t BaseAddress, uint64_t Length,
						uint64_t Attributes);
	efi_status(EFIAPI *ClearMemoryAttributes)(struct efi_memory_attribute_protocol *This,
						  uint64_t BaseAddress, uint64_t Length,
						  uint64_t Attributes);
};

#endif
