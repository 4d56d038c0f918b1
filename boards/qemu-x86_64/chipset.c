/* SPDX-License-Identifier: BSD-2-Clause */
/* See chipset.h. No static data: power-off must work before relocation. */
#include "boards/qemu-x86_64/chipset.h"

#include "arch/x86_64/cpu.h"
#include "arch/x86_64/io.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define CONFIG_ENABLE 0x80000000

#define MCH 0x0000 /* 00:00.0 as bus << 8 | device << 3 | function */
#define LPC 0x00f8 /* 00:1f.0 */

#define MCH_PCIEXBAR 0x60
#define PCIEXBAR_256M_ENABLE 1
#define MCH_PAM0 0x90
#define MCH_PAM4 0x94
#define PAM_RAM 0x33333333 /* two segments a byte: reads and writes go to RAM */
#define MCH_SMRAM 0x9d
#define SMRAM_LOCKED 0x12 /* compatible segment, closed, and it stays so until reset */

#define LPC_PMBASE 0x40
#define LPC_ACPI_CTRL 0x44
#define ACPI_ENABLE 0x80 /* SCI is IRQ 9 */
#define LPC_PIRQ_A 0x60
#define LPC_PIRQ_E 0x68
#define PIRQ_ROUTES 0x0b0b0a0a /* A, B: IRQ 10; C, D: 11; E to H the same */
#define ELCR1 0x4d0
#define ELCR2 0x4d1
#define ELCR2_IRQ_10_11 0x0c

#define PM1A_CNT (PM_BASE + 4)
#define SLEEP_S5 0x2000 /* SLP_EN with SLP_TYP 0, which is S5 here */
#define RESET_CONTROL 0xcf9

static void select_register(uint32_t function, uint32_t reg)
{
	io_out32(CONFIG_ADDRESS, CONFIG_ENABLE | function << 8 | (reg & 0xfc));
}

static void config_write32(uint32_t function, uint32_t reg, uint32_t value)
{
	select_register(function, reg);
	io_out32(CONFIG_DATA, value);
}

static void config_write8(uint32_t function, uint32_t reg, uint8_t value)
{
	select_register(function, reg);
	io_out8((uint16_t)(CONFIG_DATA + (reg & 3)), value);
}

static void power_management_on(void)
{
	config_write32(LPC, LPC_PMBASE, PM_BASE | 1);
	config_write8(LPC, LPC_ACPI_CTRL, ACPI_ENABLE);
}

void chipset_init(void)
{
	config_write32(MCH, MCH_PCIEXBAR, ECAM_BASE | PCIEXBAR_256M_ENABLE);
	config_write32(MCH, MCH_PAM0, PAM_RAM & 0xffffff30);
	config_write32(MCH, MCH_PAM4, PAM_RAM & 0x00ffffff);
	config_write8(MCH, MCH_SMRAM, SMRAM_LOCKED);

	power_management_on();
	config_write32(LPC, LPC_PIRQ_A, PIRQ_ROUTES);
	config_write32(LPC, LPC_PIRQ_E, PIRQ_ROUTES);
	io_out8(ELCR1, 0);
	io_out8(ELCR2, ELCR2_IRQ_10_11); /* PCI interrupts are levels */

	cpu_clock_reference(PM_TIMER);
}

void chipset_poweroff(void)
{
	power_management_on();
	io_out16(PM1A_CNT, SLEEP_S5);
}

void chipset_reset(void)
{
	io_out8(RESET_CONTROL, 0x02);
	io_out8(RESET_CONTROL, 0x06);
}
