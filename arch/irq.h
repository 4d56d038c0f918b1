/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timer's interrupt, the only one there is, and only while EFI applications run: arch/<name>/irq.c implements this
 * for the builds that have EFI. Before arch_irq_start and after arch_irq_stop interrupt controller, timer and processor
 * are as they would be without it.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <stdint.h>

#include "mem/memmap.h"

/* Where the interrupt controller is, as far as the architecture does not know it itself (x86: nothing of this). */
struct arch_irq_controller {
	uint64_t distributor; /* GIC */
	uint64_t redistributor; /* GICv3; 0: GICv2 */
	uint64_t cpu_interface; /* GICv2 */
};

/*
 * Sets the controller up, maps its registers by giving rights to their regions of `map`, and takes over the vectors.
 * Interrupts stay off at the processor. `tick` is called from the timer's interrupt, with interrupts off, on the stack that was
 * interrupted; all registers, FP and SIMD included, are saved around it. Unaligned accesses are allowed from here on.
 * 0; -errno of memmap_protect, or -ENODEV: the controller is none that we know. Nothing has changed then.
 */
int arch_irq_start(struct memmap *map, const struct arch_irq_controller *controller,
		   void (*tick)(void));
/* No interrupt comes any more. Called with interrupts off; touches no map: an operating system may have read it. */
void arch_irq_quiesce(void);
/* The same, and all else as before arch_irq_start, the rights on the map included. */
void arch_irq_stop(struct memmap *map);

void arch_irq_disable(void);
void arch_irq_enable(void);
/* With interrupts off: waits for one, and lets it in. None is lost in between. */
void arch_irq_idle(void);

/* The timer's interrupt comes when arch_ticks() has reached `ticks`, at once when it has already, or sooner: then the caller asks
 * again. UINT64_MAX: never. Replaces the request before. */
void arch_irq_alarm(uint64_t ticks);

#endif
