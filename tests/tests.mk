# SPDX-License-Identifier: BSD-2-Clause
#
# Tests, part of the Makefile. What kinds there are:
#
#   tests/<folder>/<x>_test.c   runs on the host, under sanitizers, and prints TAP
#   tests/fuzz/<x>_fuzz.c       a libFuzzer target; its corpus is tests/fuzz/corpus/<x>/
#   tests/bench/<x>_bench.c     a host benchmark; tests/bench/*.py measure in QEMU
#   tests/qemu/                 pytest: boots real things
#
# A host program names the sources that it is linked with, in lines
#   /* test-sources: mem/memmap.c tests/arch/fake.c */
# so that a test of one file needs no more of the firmware than that file does. mem/memmap.c stands for
# all of the map, efi/api.c for all of EFI's boot services on a test machine, tests/boot/scene.c for the boot manager with disks,
# EFI's handles of them and file systems: MEMMAP, EFI_CORE and SCENE below.

TIME ?= 60
JOBS ?= $(shell nproc)

C_FILES := $(wildcard $(addsuffix /*.[ch],arch arch/* boards boards/* boot drivers efi efi/* fs \
	lib linker mem tests tests/* tests/*/*))

MEMMAP := $(addprefix mem/,memmap.c memmap_edit.c memmap_judge.c memmap_nodes.c memmap_read.c \
	memmap_tree.c memmap_tree_check.c memmap_tree_above.c memmap_tree_shape.c mem_props.c)
EFI_CORE := $(filter-out efi/alloc_always.c efi/platform_% $(RUNTIME_SRC),$(wildcard efi/*.c)) \
	lib/crc32.c lib/log.c mem/pages.c tests/host.c tests/efi/machine.c mem/memmap.c
SCENE := $(wildcard tests/boot/scene*.c) tests/drivers/fake_fw_cfg.c tests/drivers/fake_block.c drivers/block.c drivers/disk.c \
	$(addprefix boot/,bls.c bls_boot.c bls_tell.c bls_disk.c bls_order.c boot_option.c boot_path.c boot_variable.c bootorder.c choice.c disk_choices.c \
	disk_order.c efi_disk.c options.c) efi/api.c efi/variable.c efi/variable_store.c efi/variable_device.c drivers/uefi_vars.c \
	tests/drivers/fake_uefi_vars.c $(wildcard fs/*.c) \
	$(addprefix efi/protocols/,block_io.c device_path_nodes.c device_path_to_text.c disk_io.c disk_path.c file_info.c partition_info.c volume.c \
	volume_file.c volume_info.c volume_path.c)
test_sources = $(sort $(patsubst mem/memmap.c,$(MEMMAP),$(patsubst efi/api.c,$(EFI_CORE),$(patsubst tests/boot/scene.c,$(SCENE),\
	$(shell sed -n 's@.*test-sources: *\([^*]*\).*@\1@p' $1)))))

# --- Host objects: plain (benchmarks, make host), sanitized (tests), fuzzed --------

HOST_CFLAGS := -std=gnu11 -g -I. -isystem $(O)/lib/host/include -DCADASTRE_HOST \
	-fno-strict-aliasing $(filter-out -Wmissing-prototypes,$(WARNINGS)) -Wmissing-prototypes
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# $(call host_rules,FOLDER,COMPILER,FLAGS)
define host_rules
$(O)/$1/obj/%.o: %.c Makefile tests/tests.mk | $(O)/lib/host/libfdt.a
	@mkdir -p $$(@D)
	$$(call say,HOSTCC,$$<)
	$$(Q)$2 $(HOST_CFLAGS) $3 -MMD -MP -c $$< -o $$@
endef
$(eval $(call host_rules,host,gcc,-O2))
$(eval $(call host_rules,test,gcc,-O1 $(SANITIZE)))
$(eval $(call host_rules,fuzz,clang,-O1 $(SANITIZE) -fsanitize=fuzzer-no-link))

$(O)/lib/host/libfdt.a: scripts/build-libs fs/ffconf.h
	$(Q)scripts/setup library
	$(Q)CC=gcc AR=ar CFLAGS='-O2 -fPIC' scripts/build-libs $(@D)
$(O)/lib/host/libz.a $(O)/lib/host/libfatfs.a: $(O)/lib/host/libfdt.a ;
HOST_LIBS := $(addprefix $(O)/lib/host/,libfdt.a libz.a libfatfs.a)

# What is fuzzed trusts libfdt as far as on the machine, and so libfdt trusts it: built with the same assumptions, and watched.
# Beside it stands the other one, which checks all that it reads, under names that begin with checking_.
$(O)/lib/fuzz/libfdt.a: scripts/build-libs fs/ffconf.h Makefile tests/tests.mk $(O)/lib/host/libfdt.a
	$(Q)CC=clang AR=ar CFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link -fno-omit-frame-pointer $(FDT_ASSUME)' \
		scripts/build-libs $(@D)
$(O)/lib/fuzz/libz.a $(O)/lib/fuzz/libfatfs.a: $(O)/lib/fuzz/libfdt.a ;
$(O)/lib/fuzz/libfdt-checking.a: $(O)/lib/host/libfdt.a tests/tests.mk
	@mkdir -p $(@D)
	$(Q)nm -g --defined-only $< | sed -n 's/.* T \(.*\)/\1 checking_\1/p' >$(@:.a=.names)
	$(Q)objcopy --redefine-syms=$(@:.a=.names) $< $@

LIBS_test := $(HOST_LIBS)
LIBS_host := $(HOST_LIBS)
LIBS_fuzz := $(addprefix $(O)/lib/fuzz/,libfdt.a libz.a libfatfs.a libfdt-checking.a)

# $(call program_rules,FOLDER,SOURCE,COMPILER,FLAGS): $(O)/FOLDER/<source without tests/ or tests/FOLDER/>
program = $(patsubst tests/%.c,$(O)/$1/%,$(patsubst tests/$1/%,tests/%,$2))
define program_rules
$(call program,$1,$2): $(patsubst %.c,$(O)/$1/obj/%.o,$2 $(call test_sources,$2)) $(LIBS_$1)
	@mkdir -p $$(@D)
	$$(call say,HOSTLD,$$@)
	$$(Q)$3 $4 $$^ -lm -o $$@
-include $(patsubst %.c,$(O)/$1/obj/%.d,$2 $(call test_sources,$2))
endef

HOST_TESTS := $(filter-out tests/qemu/% tests/fuzz/% tests/bench/%,$(wildcard tests/*/*_test.c tests/*/*/*_test.c))
FUZZERS := $(wildcard tests/fuzz/$(or $(FUZZ),*)_fuzz.c)
BENCHES := $(wildcard tests/bench/*_bench.c)
ifneq ($(filter-out $(NO_FIRMWARE) $(BOARDS) run,$(GOALS))$(filter fuzz host,$(GOALS)),)
$(foreach source,$(HOST_TESTS),$(eval $(call program_rules,test,$(source),gcc,$(SANITIZE))))
$(foreach source,$(FUZZERS),$(eval $(call program_rules,fuzz,$(source),clang,$(SANITIZE) -fsanitize=fuzzer)))
$(foreach source,$(BENCHES),$(eval $(call program_rules,host,$(source),gcc,)))
endif
HOST_TEST_PROGRAMS := $(call program,test,$(HOST_TESTS))
FUZZ_PROGRAMS := $(call program,fuzz,$(FUZZERS))
BENCH_PROGRAMS := $(call program,host,$(BENCHES))

# --- make host: the map and its readings as a library for host programs -------------

# lib/host.c stands for the machine; the heap is the C library's.
HOST_LIB_OBJ := $(patsubst %.c,$(O)/host/obj/%.o,$(filter-out mem/heap.c,$(wildcard mem/*.c lib/*.c)))

.PHONY: host
host: $(O)/host/libcadastre-mem.a
$(O)/host/libcadastre-mem.a: $(HOST_LIB_OBJ) $(O)/lib/host/libfdt.a
	$(call say,AR,$@)
	$(Q)rm -rf $@ $(@D)/libfdt && mkdir -p $(@D)/libfdt
	$(Q)cd $(@D)/libfdt && ar x $(abspath $(O)/lib/host/libfdt.a)
	$(Q)ar rcsD $@ $(HOST_LIB_OBJ) $(@D)/libfdt/*.o
-include $(HOST_LIB_OBJ:.o=.d)

# --- clang: every C source of a board compiled, but not linked, and looked at by clang-tidy ---

# $(call clang_rules,BOARD,ARCH)
define clang_rules
$(O)/$1$(EFI_FLAVOUR)/clang/%.o: %.c Makefile tests/tests.mk .clang-tidy | $(call libraries,$2)
	@mkdir -p $$(@D)
	$$(call say,CLANG,$$<)
	$$(Q)flags="--target=$2-none-elf $$(CFLAGS_COMMON) $$(CFLAGS_$2) $$(CFLAGS_OWN) $$(CFLAGS_$$<) $$(CFLAGS_$2_$$<) \
		-I. -nostdinc -isystem $(O)/lib/$2/include \
		-isystem $$$$(clang -print-resource-dir)/include"; \
	clang $$$$flags -MMD -MP -c $$< -o $$@ && clang-tidy --quiet $$< -- $$$$flags 2>/dev/null
$1_CLANG := $$(patsubst $(O)/$1$(EFI_FLAVOUR)/obj/%,$(O)/$1$(EFI_FLAVOUR)/clang/%,$$(filter-out \
	$$(patsubst %.S,$(O)/$1$(EFI_FLAVOUR)/obj/%.o,$(wildcard arch/$2/*.S boards/$1/*.S boot/*.S)),$$($1_OBJ)))
-include $$($1_CLANG:.o=.d)
endef
$(foreach board,$(WANTED),$(eval $(call clang_rules,$(board),$(call arch_of,$(board)))))
CLANG_OBJ = $(foreach board,$(WANTED),$($(board)_CLANG))

# --- What is run ------------------------------------------------------------------------

# Each is one test for scripts/run-tests: "check:NAME=COMMAND" passes when the
# command does, "tap:PROGRAM" is a program that prints TAP, "pytest:FOLDER" tests of pytest.
CHECKS = 'check:layers=scripts/check-layers' \
	'check:files=scripts/check-files' \
	'check:format=clang-format --dry-run -Werror $(C_FILES)' \
	'check:cppcheck=scripts/check-cppcheck $(O)/cppcheck' \
	$(HOST_TEST_PROGRAMS:%='tap:%')
EXTRA_TESTS = $(foreach p,$(FUZZ_PROGRAMS),'check:corpus of $(notdir $p)=scripts/fuzz replay $p') \
	'check:host library=scripts/check-host-library $(O)' \
	'check:reproducible build=scripts/check-reproducible $(O) $(BOARDS)' \
	$(if $(wildcard tests/qemu/*.py),'pytest:tests/qemu')

.PHONY: check-tools test-tools
check-tools:
	@scripts/setup check $(ARCHES:%=build-%)
test-tools: check-tools
	@scripts/setup test $(ARCHES:%=build-%)
$(CLANG_OBJ): | check-tools
$(HOST_TEST_PROGRAMS): | check-tools
$(FUZZ_PROGRAMS): | check-tools

GUEST_FILES := $(foreach arch,$(ARCHES),$(O)/initrd/$(arch).cpio \
	$(addprefix $(CACHE)/guests/$(arch)/,kernel-6.1 kernel-6.12 busybox))

# The files and not the boards: testing must not change which board is remembered.
BINARIES := $(WANTED:%=$(O)/%$(EFI_FLAVOUR)/cadastre.bin)

# $(call run_tests,FLAVOUR): that of the build whose runtime region efi/runtime/region_test loads, if it has one.
run_tests = O='$(O)' RUNTIME_REGION='$(O)/qemu-x86_64$1/runtime.bin' scripts/run-tests -j $(JOBS)

.PHONY: check
check: check-tools $(BINARIES) $(CLANG_OBJ) $(HOST_TEST_PROGRAMS)
	$(Q)$(call run_tests,$(EFI_FLAVOUR)) $(CHECKS)

# What tests/qemu/test_efi*.py boot: our applications, and those of others; the build without EFI; and a second, newer QEMU.
.PHONY: test-efi
test-efi: test-tools efi-apps without-efi
	$(Q)for arch in $(ARCHES); do scripts/guests $$arch all || exit 1; done
	$(Q)scripts/qemu-10

# A make of its own, so the libraries that both builds link must be there before: two makes would unpack them over each other.
.PHONY: without-efi
without-efi: $(foreach arch,$(ARCHES),$(call libraries,$(arch)))
	$(Q)$(MAKE) --no-print-directory EFI=no $(WANTED:%=$(O)/%-noefi/cadastre.bin)

.PHONY: test
test: test-efi test-tools $(BINARIES) $(CLANG_OBJ) $(HOST_TEST_PROGRAMS) $(FUZZ_PROGRAMS) host $(GUEST_FILES)
	$(Q)$(call run_tests,) $(CHECKS) $(EXTRA_TESTS)

.PHONY: fuzz
fuzz: $(FUZZ_PROGRAMS)
	$(Q)for p in $(FUZZ_PROGRAMS); do scripts/fuzz run $$p $(TIME) || exit 1; done

.PHONY: bench
bench: without-efi efi-apps $(BINARIES) $(BENCH_PROGRAMS) $(GUEST_FILES)
	$(Q)scripts/setup bench
	$(Q)for p in $(BENCH_PROGRAMS); do echo "== $$p" && $$p || exit 1; done
	$(Q)for p in $(sort $(wildcard tests/bench/*.py)); do \
		echo "== $$p" && O='$(O)' $(PYTHON) $$p || exit 1; done

# Guest instructions by function: make qemu-x86_64 profile PROFILE='--log info --lines'
.PHONY: profile
profile: $(BOARD) $(GUEST_FILES)
	$(Q)O='$(O)' $(PYTHON) tests/bench/count $(BOARD) --profile $(PROFILE)

.PHONY: check-layers
check-layers:
	$(Q)scripts/check-layers

# --- EFI applications: tests/efi-apps/<x>.c with app.c, as $(O)/efi-apps/<arch>/<x>.efi ---------

EFI_APPS := $(patsubst tests/efi-apps/%.c,%,$(filter-out %/app.c %_tables.c,$(wildcard tests/efi-apps/*.c)))
# What an application is made of besides its own file and app.c.
EFI_APP_runtime := tests/efi-apps/runtime_tables.c
# What applications carry along, and no application itself.
EFI_APP_CARGO := child resident
EFI_APP_PE_resident := --subsystem 12
EFI_APP_CFLAGS := -std=gnu11 -Os -ffreestanding -fpie -fvisibility=hidden -fno-stack-protector -fshort-wchar \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-tree-loop-distribute-patterns $(WARNINGS)
EFI_APP_CFLAGS_x86_64 := -mno-red-zone -fcf-protection=none
EFI_APP_CFLAGS_aarch64 := -mno-outline-atomics -mbranch-protection=none
EFI_APP_LDFLAGS := -nostdlib -nostartfiles -static-pie \
	-Wl,--no-dynamic-linker,-z,text,-z,separate-code,-z,norelro,-z,noexecstack,-z,max-page-size=4096,--build-id=none,-e,efi_main

define efi_app_rules
$(O)/efi-apps/$1/images.elf: $(O)/efi-apps/$1/child.efi
$(O)/efi-apps/$1/runtime.elf: $(O)/efi-apps/$1/resident.efi
$(O)/efi-apps/$1/%.elf: tests/efi-apps/%.c $(wildcard tests/efi-apps/app.[ch] tests/efi-apps/runtime[_.]* tests/efi-apps/*.h) Makefile tests/tests.mk $(O)/toolchain-$1.mk
	@mkdir -p $$(@D)
	$$(call say,EFICC,$$<)
	$$(Q)$$(CROSS_$1)gcc $$(EFI_APP_CFLAGS) $$(EFI_APP_CFLAGS_$1) -I. -nostdinc -isystem $$(CC_INCLUDE_$1) \
		-Wa,-I,$$(@D) $$(EFI_APP_LDFLAGS) $$< $$(EFI_APP_$$*) $$(if $$(filter $$*,$(EFI_APP_CARGO)),,tests/efi-apps/app.c) -o $$@
$(O)/efi-apps/$1/%.efi: $(O)/efi-apps/$1/%.elf tests/efi-apps/make-pe
	$$(Q)tests/efi-apps/make-pe $$(EFI_APP_PE_$$*) $$< $$@
endef
$(foreach arch,$(ARCHES),$(eval $(call efi_app_rules,$(arch))))

.SECONDARY: $(foreach arch,$(ARCHES),$(EFI_APPS:%=$(O)/efi-apps/$(arch)/%.elf))
.PHONY: efi-apps
efi-apps: $(foreach arch,$(ARCHES),$(EFI_APPS:%=$(O)/efi-apps/$(arch)/%.efi))
