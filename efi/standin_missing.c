/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for what is still being written, so that the rest links: to be removed with the last of it. */
#include "efi/protocol/hii.h"
#include "efi/protocols/install.h"
#include "efi/runtime/config.h"

#define STAND_IN __attribute__((weak))

STAND_IN efi_status efi_collation_install(void)
{
	return EFI_SUCCESS;
}

STAND_IN efi_status efi_hii_install(void)
{
	return EFI_SUCCESS;
}

extern const struct efi_hii_config_routing_protocol hii_config_routing_protocol;
STAND_IN const struct efi_hii_config_routing_protocol hii_config_routing_protocol;

STAND_IN void efi_runtime_set_machine(const struct efi_runtime_machine *machine)
{
	(void)machine;
}

STAND_IN uint32_t efi_runtime_supported(void)
{
	return 0;
}

STAND_IN efi_status efi_runtime_set_variable(const struct variable_change *change)
{
	(void)change;
	return EFI_SUCCESS;
}
