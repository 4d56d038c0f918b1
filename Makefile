# SPDX-License-Identifier: BSD-2-Clause
#
# Cadastre's build. `make help` lists what can be asked for.
#
#   make qemu-aarch64 run     build the firmware for a board and boot it in QEMU
#
# A board is a folder boards/<name>/ with a board.mk that sets
#   ARCH       aarch64 or x86_64
#   BOARD_SRC  the sources that only this board needs, as paths from the top
#   DISK_SRC   more of them where there are disks
#   LD_SCRIPT  its linker script, which goes through the C preprocessor
#   BIN_PAD    make cadastre.bin a multiple of so many bytes without EFI (0: leave it)
# The rules for all boards are written once, in `board_rules` below.

# EFI=no builds without the EFI services, beside the other build: <board>-noefi/. Disks belong to EFI; DISKS=no builds it without
# them, to see what they cost: <board>-nodisks/.
O ?= build
EFI ?= yes
ifneq ($(filter-out yes no,$(EFI)),)
$(error EFI=$(EFI)? It is yes or no)
endif
DISKS ?= yes
ifneq ($(filter-out yes no,$(DISKS)),)
$(error DISKS=$(DISKS)? It is yes or no)
endif
EFI_FLAVOUR := $(if $(filter no,$(EFI)),-noefi,$(if $(filter no,$(DISKS)),-nodisks))
CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/cadastre
PYTHON ?= /usr/bin/python3
DISK_FLAVOUR := $(if $(filter yes,$(EFI)),$(filter yes,$(DISKS)))
FLASH_MAX := $(if $(DISK_FLAVOUR),196608,$(if $(filter yes,$(EFI)),163840,65536))
export CACHE PYTHON V CROSS_COMPILE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-builtin-variables

# With V=1 commands are shown, else one short line for each file.
ifeq ($(filter-out 0,$(V)),)
Q := @
say = @printf '  %-7s %s\n' '$1' '$2'
else
Q :=
say =
endif

comma := ,

BOARDS := $(sort $(patsubst boards/%/board.mk,%,$(wildcard boards/*/board.mk)))

# Which board? The one named on the command line, else the one built last.
BOARD ?= $(or $(lastword $(filter $(BOARDS),$(MAKECMDGOALS))),$(file <$(O)/.board))

ifneq ($(filter-out $(BOARDS),$(BOARD)),)
$(error There is no boards/$(BOARD)/board.mk; the boards are: $(BOARDS))
endif

# --- Sources of every board ------------------------------------------------

# What an architecture or a board adds is in arch/<arch>/ and in its board.mk.
COMMON_SRC := $(filter-out lib/host.c,$(wildcard lib/*.c mem/*.c)) drivers/console.c drivers/fw_cfg.c \
	$(addprefix boot/,early.c relocate.c main.c stages.c options.c bootmgr.c attempt.c \
	fw_cfg_kernel.c loader.c payload.c mmu_check.c)

# Files, not #ifdefs, are what a build with EFI has more of: $(call efi_src,ARCH).
ifeq ($(EFI),yes)
efi_src = boot/efi_part.c boot/efi_part_head.S boot/efi_unpack.c boot/efi_app.c boot/efi_stages.c boot/efi_ram.c boot/efi_$(BOOT_NAME_$1).c $(TABLES_SRC_$1) $(FIND_SRC_$1) \
	$(filter-out efi/platform_% $(RUNTIME_SRC),$(wildcard efi/*.c)) \
	efi/platform_machine.c efi/platform_$1.c efi/enter_$1.S \
	$(filter-out $(DISK_EFI_SRC),$(wildcard efi/protocols/*.c)) efi/runtime/load.c efi/runtime/region.S \
	$(wildcard arch/$1/irq*.c arch/$1/irq*.S) arch/$1/mmu_fill.c arch/$1/unpack.c
else
efi_src = boot/efi_none.c
endif

# ACPI and SMBIOS, which Linux on arm64 finds by EFI alone.
TABLES_SRC_aarch64 := $(addprefix boot/,acpi_tables.c acpi_script.c smbios.c table_segment.c)
# The devices that x86 finds nowhere else.
FIND_SRC_x86_64 := boot/hardware_info.c
# The same of disks; what a board adds is DISK_SRC in its board.mk.
DISK_COMMON_SRC := $(addprefix drivers/,block.c device.c disk.c virtio.c virtio_disk.c virtio_pci.c virtio_mmio.c virtio_blk.c virtio_scsi.c virtio_rng.c scsi.c nvme.c nvme_queue.c ahci.c ahci_port.c) \
	$(wildcard fs/*.c)
DISK_EFI_SRC := $(addprefix efi/protocols/,block_io.c disk_io.c partition_info.c disk_path.c device_list.c) $(wildcard efi/protocols/volume*.c)
disk_src = $(if $(DISK_FLAVOUR),$(DISK_COMMON_SRC) $(DISK_EFI_SRC) $(addprefix boot/,disk_part.c disk_part_head.S efi_disk.c entropy.c choice.c disk_choices.c disk_order.c bootorder.c bls.c bls_order.c bls_disk.c bls_boot.c bls_tell.c boot_option.c boot_path.c boot_variable.c menu.c) $(DISK_SRC),$(if $(filter yes,$(EFI)),boot/disk_none.c))

# The runtime region is linked apart, so that it can refer to nothing else.
RUNTIME_SRC := drivers/cfi_flash.c drivers/uefi_vars.c \
	$(addprefix efi/,variable.c variable_device.c variable_store.c variable_flash.c variable_log.c) \
	$(addprefix efi/runtime/,address.c bytes.c services.c store.c time.c)
RUNTIME_SRC_aarch64 := $(addprefix efi/runtime/,port_aarch64.c reset_psci.c rtc_pl031.c)
RUNTIME_SRC_x86_64 := $(addprefix efi/runtime/,port_x86_64.c reset_acpi.c rtc_cmos.c)
# Its code is made when it is linked, and must not touch x18, the platform's register (UEFI 2.10, 2.3.6): Linux keeps something there.
RUNTIME_FLAGS_aarch64 := -ffixed-x18
GRANULE_aarch64 := 65536
GRANULE_x86_64 := 4096
BOOT_NAME_aarch64 := arm64
BOOT_NAME_x86_64 := x86

# --- Flags -------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Werror

# Position independent, because the image moves itself to the top of RAM; for
# general registers only, because the FPU is off; and never for Linux, whatever
# the compiler was made for.
CFLAGS_COMMON := -std=gnu11 -Os -g -ffreestanding -fbuiltin -fpie -fvisibility=hidden \
	-ffunction-sections -fdata-sections -fno-common -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -mgeneral-regs-only \
	-fno-omit-frame-pointer \
	-U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
CFLAGS_aarch64 := -march=armv8-a -mcmodel=tiny -mstrict-align -mno-outline-atomics -mbranch-protection=none
# At -Os gcc would clear and copy by REP STOSL and MOVSB, slower than our own.
CFLAGS_x86_64 := -march=x86-64 -mno-red-zone -fcf-protection=none -fno-builtin-memset -fno-builtin-memcpy

# Two builds in different folders must give the same bytes: no path of this
# folder gets into an object.
CFLAGS_COMMON += -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(O)=build

# Our own C sources, beyond what the libraries and the assembler get.
CFLAGS_OWN := $(WARNINGS) -include lib/visibility.h

# What one file needs beyond that: CFLAGS_<path>, or CFLAGS_<architecture>_<path>. These two run so often on the way to a
# kernel that speed is worth their size; in the flash of aarch64 there is no room for the second.
CFLAGS_drivers/fw_cfg.c := -O2
CFLAGS_x86_64_mem/memmap_edit.c := -O2
# Objects of their own: they stay in flash.
CFLAGS_boot/efi_unpack.c := -fno-lto -O2
CFLAGS_arch/aarch64/unpack.c := -fno-lto -O2

# Link-time optimisation of our own C, as one unit. Not on x86_64, where the linker script tells files apart. Instructions that are not
# scheduled for some processor are more alike, and pack better.
LTO_aarch64 := -flto -flto-partition=one -fno-shrink-wrap -fno-schedule-insns2

LDFLAGS_COMMON := -nostdlib -nostartfiles -static -no-pie \
	-Wl,-pie,--no-dynamic-linker,-z,text,-z,norelro,-z,noexecstack,-z,max-page-size=4096,--gc-sections,--build-id=none

# The work-around for Cortex-A53's erratum 843419 that some compilers ask for: in place, not by a stub, which costs a page.
LDFLAGS_aarch64 := -Wl,--fix-cortex-a53-843419=adr

# $(call headers,ARCH): newlib's headers first, then the compiler's own, and no others
headers = -nostdinc -isystem $(O)/lib/$1/include -isystem $(CC_INCLUDE_$1)

# --- Toolchains and libraries, one set an architecture -------------------------

# Goals that build no firmware must not ask for a cross compiler.
NO_FIRMWARE := help clean distclean uninstall host fuzz format setup check-layers
ONE_BOARD := run shell memmap gdb map profile
GOALS := $(or $(MAKECMDGOALS),help)
ifneq ($(filter-out $(NO_FIRMWARE),$(GOALS)),)
# `make qemu-aarch64 run` builds one board; anything else may build all.
ifneq ($(filter-out $(NO_FIRMWARE) $(BOARDS) $(ONE_BOARD),$(GOALS)),)
WANTED := $(BOARDS)
else
WANTED := $(or $(filter $(BOARDS),$(GOALS)),$(BOARD))
endif
endif

arch_of = $(if $1,$(shell sed -n 's/^ARCH *:*= *//p' boards/$1/board.mk))
ARCHES := $(sort $(foreach board,$(WANTED),$(call arch_of,$(board))))

# Made by scripts/toolchain: CROSS_<arch>, CC_INCLUDE_<arch>. Looked up at each
# run (milliseconds); rewritten, so that all is built again, when it changed.
ifneq ($(ARCHES),)
include $(ARCHES:%=$(O)/toolchain-%.mk)
endif

$(O)/toolchain-%.mk: FORCE
	@mkdir -p $(@D)
	@scripts/toolchain $* '$(or $(CROSS_COMPILE_$*),$(CROSS_COMPILE))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# libfdt need not check again what a walk of our own has: blocks inside of the blob, whole tokens, version 17.
FDT_ASSUME := -DFDT_ASSUME_MASK=0x2f

libraries = $(addprefix $(O)/lib/$1/,libfdt.a libz.a libfatfs.a liblz4.a libc.a)

define library_rules
$(O)/lib/$1/libc.a: scripts/build-newlib $(O)/toolchain-$1.mk
	$$(Q)scripts/build-newlib $1 $$(CROSS_$1) $$(@D)

$(O)/lib/$1/libfdt.a: scripts/build-libs fs/ffconf.h $(O)/lib/$1/libc.a
	$$(Q)CC=$$(CROSS_$1)gcc AR=$$(CROSS_$1)$$(if $$(LTO_$1),gcc-)ar \
	CFLAGS='$$(filter-out -Os -g,$$(CFLAGS_COMMON)) $$(CFLAGS_$1) $$(LTO_$1) $$(FDT_ASSUME) $$(call headers,$1)' \
		scripts/build-libs $$(@D)

# Made together with libfdt.
$(O)/lib/$1/libz.a $(O)/lib/$1/libfatfs.a $(O)/lib/$1/liblz4.a: $(O)/lib/$1/libfdt.a ;
endef
$(foreach arch,$(ARCHES),$(eval $(call library_rules,$(arch))))

# --- Boards --------------------------------------------------------------------

# $(call board_rules,BOARD,ARCH), with board.mk read just before
define board_rules
$1_OBJ := $(patsubst %,$(O)/$1$(EFI_FLAVOUR)/obj/%.o,$(basename $(sort $(COMMON_SRC) \
	$(filter-out arch/$2/irq% arch/$2/mmu_fill% arch/$2/unpack%,$(wildcard arch/$2/*.c arch/$2/*.S)) $(BOARD_SRC) $(call efi_src,$2) $(disk_src))))

.PHONY: $1
$1: $(O)/$1$(EFI_FLAVOUR)/cadastre.bin
	@echo $1 >$(O)/.board

$(O)/$1$(EFI_FLAVOUR)/obj/%.o: %.c Makefile $(O)/toolchain-$2.mk | $(call libraries,$2)
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$$(CROSS_$2)gcc $$(CFLAGS_COMMON) $$(CFLAGS_$2) $$(LTO_$2) $$(CFLAGS_OWN) $$(CFLAGS_$$<) $$(CFLAGS_$2_$$<) \
		-I. $$(call headers,$2) -MMD -MP -c $$< -o $$@

$(O)/$1$(EFI_FLAVOUR)/obj/%.o: %.S Makefile $(O)/toolchain-$2.mk | $(call libraries,$2)
	@mkdir -p $$(@D)
	$$(call say,AS,$$<)
	$$(Q)$$(CROSS_$2)gcc $$(CFLAGS_COMMON) $$(CFLAGS_$2) $$(CFLAGS_$$<) \
		-I. $$(call headers,$2) -MMD -MP -c $$< -o $$@

# With EFI linked first without the heads of its parts, so that the linker finds what not every boot needs, and with disks then without the head
# of theirs (linker/efi_part.ld); the parts are packed (scripts/pack-image).
$1_LINK = $$(CROSS_$2)gcc $$(if $$(LTO_$2),$$(CFLAGS_COMMON) $$(CFLAGS_$2) $$(LTO_$2)) \
	$$(LDFLAGS_COMMON) $$(LDFLAGS_$2) $$($1_OBJ) $(call libraries,$2) -lgcc
$1_LDS = $$(CROSS_$2)gcc -E -P -undef -x assembler-with-cpp -I. $(if $(filter yes,$(EFI)),-DEFI_PART) \
	-DFLASH_KIB=$(if $(filter yes,$(EFI)),192,64) \
	-MMD -MP -MT $$@ $(LD_SCRIPT) -o $$@
# What falls away goes to a .log, the rest to an .elf beside the target.
$1_FIND = LC_ALL=C $$($1_LINK) -g0 -Wl,-T,$$<,--print-gc-sections $$(HEADS) -o $$(@:.log=.elf) 2>$$@ || \
	{ grep -v 'removing unused section' $$@ >&2; exit 1; }

ifeq ($(EFI),yes)
$1_PARTS := efi_part $(if $(DISK_FLAVOUR),disk_part)

$(O)/$1$(EFI_FLAVOUR)/first.lds: $(LD_SCRIPT) Makefile
	@mkdir -p $$(@D)
	$$(Q)$$($1_LDS)

$(O)/$1$(EFI_FLAVOUR)/efi_part.log: $(O)/$1$(EFI_FLAVOUR)/first.lds $$($1_OBJ) $(call libraries,$2)
	$$(call say,SPLIT,$$@)
	$$(Q)$$($1_FIND)

$(O)/$1$(EFI_FLAVOUR)/efi_part.h: $(O)/$1$(EFI_FLAVOUR)/efi_part.log scripts/efi-part
	$$(Q)scripts/efi-part $$(CROSS_$2) $$(@:.h=.elf) kind=EFI $$< >$$@

$(O)/$1$(EFI_FLAVOUR)/second.lds: $(LD_SCRIPT) Makefile $(O)/$1$(EFI_FLAVOUR)/efi_part.h
	$$(Q)$$($1_LDS) -include $(O)/$1$(EFI_FLAVOUR)/efi_part.h

$(O)/$1$(EFI_FLAVOUR)/disk_part.log: private HEADS := -Wl,-u,efi_part_head
$(O)/$1$(EFI_FLAVOUR)/disk_part.log: $(O)/$1$(EFI_FLAVOUR)/second.lds
	$$(call say,SPLIT,$$@)
	$$(Q)$$($1_FIND)

$(O)/$1$(EFI_FLAVOUR)/parts.h: $$($1_PARTS:%=$(O)/$1$(EFI_FLAVOUR)/%.log) scripts/efi-part
	$$(Q)scripts/efi-part $$(CROSS_$2) $(O)/$1$(EFI_FLAVOUR)/efi_part.elf \
		kind=EFI $(O)/$1$(EFI_FLAVOUR)/efi_part.log $(if $(DISK_FLAVOUR),kind=DISK $(O)/$1$(EFI_FLAVOUR)/disk_part.log) >$$@

$(O)/$1$(EFI_FLAVOUR)/cadastre.lds: $(LD_SCRIPT) Makefile $(O)/$1$(EFI_FLAVOUR)/parts.h
	$$(call say,LDS,$$<)
	$$(Q)$$($1_LDS) -include $(O)/$1$(EFI_FLAVOUR)/parts.h
else
$(O)/$1$(EFI_FLAVOUR)/cadastre.lds: $(LD_SCRIPT) Makefile
	@mkdir -p $$(@D)
	$$(call say,LDS,$$<)
	$$(Q)$$($1_LDS)
endif

$(O)/$1$(EFI_FLAVOUR)/cadastre.elf: $(O)/$1$(EFI_FLAVOUR)/cadastre.lds $$($1_OBJ) $(call libraries,$2) scripts/check-image
	$$(call say,LD,$$@)
	$$(Q)$$($1_LINK) $$($1_PARTS:%=-Wl$$(comma)-u$$(comma)%_head) -Wl,-T,$$<,-Map,$$(@:.elf=.map) -o $$@
	$$(Q)scripts/check-image $2 $$(CROSS_$2) $$@

ifeq ($(EFI),yes)
$(O)/$1$(EFI_FLAVOUR)/cadastre.bin: $(O)/$1$(EFI_FLAVOUR)/cadastre.elf scripts/pack-image
	$$(Q)$(PYTHON) scripts/pack-image $$< $$@ $(FLASH_MAX)
else
$(O)/$1$(EFI_FLAVOUR)/cadastre.bin: $(O)/$1$(EFI_FLAVOUR)/cadastre.elf
	$$(Q)$$(CROSS_$2)objcopy -O binary $$< $$@
	$(if $(filter-out 0,$(BIN_PAD)),$$(Q)truncate -s %$(BIN_PAD) $$@)
	$$(Q)size=$$$$(stat -c %s $$@); \
	printf '  BIN     %s: %d of %d bytes\n' $$@ $$$$size $(FLASH_MAX); \
	if [ $$$$size -gt $(FLASH_MAX) ]; then \
		echo "$$@ is larger than the flash it has to fit ($(FLASH_MAX) bytes)" >&2; exit 1; \
	fi
endif

$1_RUNTIME := $(patsubst %.c,$(O)/$1$(EFI_FLAVOUR)/obj/%.o,$(RUNTIME_SRC) lib/crc32.c $(RUNTIME_SRC_$2))

$(O)/$1$(EFI_FLAVOUR)/runtime.elf: efi/runtime/runtime.ld $$($1_RUNTIME) scripts/check-runtime
	$$(call say,LD,$$@)
	$$(Q)$$(CROSS_$2)gcc $$(if $$(LTO_$2),$$(CFLAGS_COMMON) $$(CFLAGS_$2) $$(LTO_$2) $$(RUNTIME_FLAGS_$2)) \
		$$(LDFLAGS_COMMON) -Wl,--defsym=GRANULE=$$(GRANULE_$2),-u,runtime_door -Wl,-T,$$< \
		$$($1_RUNTIME) -o $$@
	$$(Q)scripts/check-runtime '$$(CROSS_$2)' $$@ $$($1_RUNTIME)

$(O)/$1$(EFI_FLAVOUR)/runtime.bin: $(O)/$1$(EFI_FLAVOUR)/runtime.elf
	$$(Q)$$(CROSS_$2)objcopy -O binary $$< $$@

$(O)/$1$(EFI_FLAVOUR)/obj/efi/runtime/region.o: $(O)/$1$(EFI_FLAVOUR)/runtime.bin
$(O)/$1$(EFI_FLAVOUR)/obj/efi/runtime/region.o: \
	CFLAGS_efi/runtime/region.S := -DRUNTIME_REGION='"runtime.bin"' -Wa,-I,$(O)/$1$(EFI_FLAVOUR)

-include $$($1_OBJ:.o=.d) $$($1_RUNTIME:.o=.d) $(foreach lds,cadastre first second,$(O)/$1$(EFI_FLAVOUR)/$(lds).d)
endef

# board.mk's variables are read for one board after the other.
define read_board
ARCH :=
BOARD_SRC :=
DISK_SRC :=
LD_SCRIPT :=
BIN_PAD := 0
include boards/$1/board.mk
$$(eval $$(call board_rules,$1,$$(ARCH)))
endef
$(foreach board,$(WANTED),$(eval $(call read_board,$(board))))

# --- Running ---------------------------------------------------------------------

# KERNEL= INITRD= APPEND= MEM= SMP= CPU= ACCEL= MACHINE= VARS= QEMU_FLAGS= LOG= are for
# qemu/<board>, which explains them. Without KERNEL= a Linux of Debian's is
# fetched, once, and boots to a shell in an initrd made here.
RUN_ARCH := $(call arch_of,$(BOARD))
GUESTS := $(CACHE)/guests/$(RUN_ARCH)
LOG ?= info
APPEND ?= quiet
ifneq ($(APP)$(filter shell memmap,$(GOALS)),)
# APP= is an EFI application; `make shell` runs the UEFI Shell.
RUN_KERNEL := $(or $(APP),$(GUESTS)/shell.efi)
override APPEND := $(filter-out quiet,$(APPEND))
else ifeq ($(KERNEL),)
RUN_KERNEL := $(GUESTS)/kernel-6.1
INITRD ?= $(O)/initrd/$(RUN_ARCH).cpio
else
RUN_KERNEL := $(KERNEL)
endif

ifneq ($(filter $(ONE_BOARD),$(GOALS)),)
ifeq ($(BOARD),)
$(error Which board? For example: make $(or $(firstword $(BOARDS)),<board>) $(firstword $(filter $(ONE_BOARD),$(GOALS))))
endif
endif

# The settings of qemu/<board>, for one command.
RUN = scripts/setup run-$(RUN_ARCH) && BIOS='$(O)/$(BOARD)$(EFI_FLAVOUR)/cadastre.bin' KERNEL='$(RUN_KERNEL)' INITRD='$(INITRD)' \
	APPEND='$(APPEND)' LOG='$(LOG)' MEM='$(MEM)' SMP='$(SMP)' CPU='$(CPU)' ACCEL='$(ACCEL)' VARS='$(VARS)' \
	MACHINE='$(MACHINE)' QEMU_FLAGS='$(subst ','\'',$(QEMU_FLAGS))' O='$(O)'

.PHONY: run shell memmap gdb map
run shell memmap gdb map: $(BOARD) $(RUN_KERNEL) $(INITRD)

run shell:
	@echo '  RUN     qemu/$(BOARD) (Ctrl-A X ends it)'
	$(Q)$(RUN) qemu/$(BOARD)

# Memory as EFI tells it and as we keep it.
memmap:
	$(Q)$(RUN) scripts/memmap-shell $(BOARD)

# The debugger, stopped where the firmware has just moved to the top of RAM.
gdb:
	$(if $(GDB),,$(Q)scripts/setup gdb)
	$(Q)$(RUN) scripts/gdb $(BOARD)

# The memory map at the hand-over as a picture. That Linux finds no init, and QEMU ends.
map: LOG := json
map: APPEND := quiet rdinit=/none panic=-1
map:
	$(Q)$(RUN) qemu/$(BOARD) -no-reboot </dev/null >$(O)/map.log
	$(Q)scripts/memmap-svg --title '$(BOARD): memory at the hand-over to Linux' $(O)/map.log >$(O)/map.svg
	@echo '  MAP     $(O)/map.svg'

define guest_rules
$$(CACHE)/guests/$1/%:
	$$(Q)scripts/guests $1 $$*

$$(O)/initrd/$1.cpio: scripts/mkinitrd $$(CACHE)/guests/$1/busybox
	@mkdir -p $$(@D)
	@scripts/setup run-$1
	$$(call say,INITRD,$$@)
	$$(Q)scripts/mkinitrd $$(CACHE)/guests/$1/busybox $$@
endef
$(foreach arch,$(sort $(foreach board,$(BOARDS),$(call arch_of,$(board)))),$(eval $(call guest_rules,$(arch))))

# --- Installing --------------------------------------------------------------------

# PREFIX= FIRMWARE= PRIORITY= DESTDIR= are for scripts/install, which explains them.
export PREFIX FIRMWARE PRIORITY DESTDIR

.PHONY: install uninstall
install: $(WANTED:%=$(O)/%/cadastre.bin)
	$(Q)scripts/install '$(O)' $(WANTED)
uninstall:
	$(Q)scripts/install --remove '$(O)' $(BOARDS)

include tests/tests.mk

# --- The rest ------------------------------------------------------------------

.PHONY: format
format:
	$(Q)scripts/setup check
	$(Q)clang-format -i $(C_FILES)

.PHONY: setup
setup:
	$(Q)scripts/setup all

.PHONY: clean
clean:	# the libraries stay: they take a minute each, and change with their pins only
	rm -rf $(filter-out $(O)/lib $(O)/toolchain-%,$(wildcard $(O)/* $(O)/.board))

.PHONY: distclean
distclean:	# downloads stay, in $(CACHE)
	rm -rf $(O)

.PHONY: help
help:
	@scripts/help $(BOARDS)

.PHONY: FORCE
FORCE:
