/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of packed code; see arch_unpack_calls. Here they are packed as they are: where an instruction begins would have to be found out. */
#include "arch/arch.h"

void arch_unpack_calls(uint32_t *code, const uint32_t *end, uint32_t offset)
{
	(void)code;
	(void)end;
	(void)offset;
}
