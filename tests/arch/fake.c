/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for an architecture in tests on the host: what the tested sources use of arch/arch.h. */
#include "arch/arch.h"
#include "lib/checksum.h"

uint8_t arch_fp_sum(const void *data, uint64_t size)
{
	return checksum8(data, size);
}
