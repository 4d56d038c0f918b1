/* SPDX-License-Identifier: BSD-2-Clause */
/* Between tests/boot/scene*.c. */
#ifndef TESTS_BOOT_SCENE_MACHINE_H
#define TESTS_BOOT_SCENE_MACHINE_H

#include "efi/variable.h"
#include "tests/boot/scene.h"

/* Makes the volume that all volumes are copies of, once. */
void scene_make_blank(void);

extern struct variables scene_variables;
extern const struct efi_guid scene_global_guid, scene_loader_guid;
/* No variables, and the services for them. */
void scene_variables_start(struct efi_runtime_services *services);

#endif
