/* SPDX-License-Identifier: BSD-2-Clause */
/* The runtime region, linked apart, as bytes; the build says which file: -DRUNTIME_REGION="path". */
	.section .rodata.runtime_file, "a"
	.balign 16
	.global runtime_file
	.hidden runtime_file
runtime_file:
	.incbin RUNTIME_REGION
	.section .note.GNU-stack, "", %progbits
