# SPDX-License-Identifier: BSD-2-Clause
"""Linux by its EFI stub (opt/cadastre/boot=efi): with the initrd by LoadFile2, the command line as load options; userspace looks at
what EFI left it. And as a unified kernel image."""

import re
from pathlib import Path

import machine as qemu
import pytest
import uki
from conftest import BOOT_TIMEOUT, make
from efi_console import BOARDS, BOOT_EFI, Row, check_efi_map, firmware, guest, maps
from test_linux import check_dmesg

ARM, X86 = "qemu-aarch64", "qemu-x86_64"
# Linux on x86 tries whether the timer interrupts it while it counts cycles, which fails where the host is busy: conftest.py. That it
# works is tested by the boots without EFI.
TIMER = {ARM: "", X86: "no_timer_check"}
RNG = ["-device", "virtio-rng-pci"]
DT = ["-fw_cfg", "name=opt/cadastre/tables,string=dt"]

BOOTS = {
    "virt-6.1": (ARM, "kernel-6.1", {}),
    "virt-6.12-gicv3-el2-4cpus-vars": (ARM, "kernel-6.12", {"machine": "virt,gic-version=3,virtualization=on", "smp": 4}),
    "virt-6.1-dt-el2-2cpus": (ARM, "kernel-6.1", {"machine": "virt,virtualization=on", "smp": 2, "flags": DT}),
    "virt-6.12-acpi-off-rng": (ARM, "kernel-6.12", {"machine": "virt,acpi=off", "flags": RNG}),
    "q35-6.1": (X86, "kernel-6.1", {}),
    "q35-6.12-2cpus-vars-rng": (X86, "kernel-6.12", {"smp": 2, "flags": RNG}),
    "virt-6.12-gicv3-el2-4cpus-vars-qemu10": (ARM, "kernel-6.12", {"machine": "virt,gic-version=3,virtualization=on", "smp": 4, "qemu": "10"}),
    "q35-6.12-2cpus-vars-rng-qemu10": (X86, "kernel-6.12", {"smp": 2, "flags": RNG, "qemu": "10"}),
}


def check_variables(linux, kept):
    assert "PlatformLang-8be4df61-93ca-11d2-aa0d-00e098032b8c" in linux["efivar"]
    assert linux.one("efilang") == "en"
    assert linux.one("efivarmount") == ("rw" if kept else "ro")
    if kept:
        assert linux.one("efiwrite") == "second"
        assert linux.one("efidelete") == "0"
    else:  # nothing keeps them: EFI_RT_PROPERTIES_TABLE has no SetVariable
        assert "Read-only file system" in linux.one("efiwrite")


def check_clock(linux):
    assert linux.one("rtc").startswith("rtc-efi" if linux.board == ARM else "rtc_cmos")
    device, system = linux.one("hwclock").split()
    assert device == system
    assert linux.one("hwclockset").startswith("2031-02-03 04:05:0")


@pytest.mark.parametrize("name", BOOTS)
def test_stub(boot, efi_initrds, tmp_path, name):
    board, kernel, settings = BOOTS[name]
    settings = dict(settings, flags=BOOT_EFI + settings.get("flags", []))
    kept = "-vars" in name
    guest(board, f"efivarfs-{kernel.split('-')[1]}.ko")
    linux, regions, one = boot(board, kernel, initrd=efi_initrds[qemu.ARCH[board]], firmware=firmware(board),
                               append=f"efi=debug word=from-load-options {TIMER[board]}",
                               variables=tmp_path / "vars" if kept else None, **settings)
    assert "EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID" in one.text
    assert "from-load-options" in linux.one("cmdline")
    assert linux.one("efi") == "64"
    assert int(linux.one("cpus")) == settings.get("smp", 1)
    tables = " ".join(linux["efitable"])
    with_acpi = board == X86 or ("-dt" not in name and "acpi-off" not in name)
    assert ("ACPI20=" in tables or "ACPI=" in tables) == with_acpi
    assert any(line.startswith("ACPI: RSDP") for line in linux["efimsg"]) == with_acpi
    assert "SMBIOS" in tables
    # The stub hands over what EFI_RNG_PROTOCOL gave it.
    assert any("RNG=" in line for line in linux["efimsg"]) == ("-rng" in name)
    if board == ARM:
        level = 2 if "el2" in name else 1
        assert f"CPU: All CPU(s) started at EL{level}" in linux["dmesg"]
    check_variables(linux, kept)
    check_clock(linux)
    check_efi_map([Row(*entry) for entry in qemu.efi_map(linux["efimsg"])], regions)
    check_dmesg(linux)
    assert not [line for line in linux["efimsg"] if re.search(r"[Uu]nable|[Ff]ail|[Ee]rror|WARN", line)]


@pytest.mark.parametrize("board", BOARDS)
def test_reboot(boot, board):
    """By ResetSystem: arm64 has no other way once EFI's services run, x86 is told to."""
    _, _, one = boot(board, end="reboot", log="info", append=f"reboot=efi {TIMER[board]}", firmware=firmware(board),
                     flags=BOOT_EFI)
    assert re.search(r"^efi: times: set-up \d+ us, loading \d+ us, applications \d+ us$", one.text, re.M)
    one.wait(r"^cadastre: ", 30)


@pytest.mark.parametrize("board", BOARDS)
def test_direct(boot, board):
    """Without the option a kernel starts by its own protocol, also here."""
    _, _, one = boot(board, log=None, append=TIMER[board], firmware=firmware(board))
    assert "EFI stub" not in one.text


@pytest.mark.parametrize("version", ["252", "257"])
@pytest.mark.parametrize("board", BOARDS)
def test_unified_kernel_image(start, initrds, board, version):
    arch = qemu.ARCH[board]
    console = "ttyAMA0" if board == ARM else "ttyS0"
    stub, kernel = guest(board, f"stub-{version}.efi"), guest(board, "kernel-6.1")

    def write(path):
        path.write_bytes(uki.build(stub.read_bytes(), {
            ".osrel": b'ID=test\nVERSION_ID=1\nPRETTY_NAME="A test"\n',
            ".cmdline": f"console={console} quiet word=from-the-image {TIMER[board]} test.end=poweroff".encode(),
            ".initrd": initrds[arch].read_bytes(),
            ".linux": kernel.read_bytes()}))

    newest = max(path.stat().st_mtime for path in (kernel, Path(__file__)))
    image = make(initrds[arch].with_name(f"{initrds[arch].stem}-{version}-{newest:.0f}.efi"), write)
    one = start(board, firmware=firmware(board), kernel=image, log="info")
    one.wait(r"^T cmdline .*word=from-the-image", BOOT_TIMEOUT)
    one.wait(r"^T end", 60)
    assert one.wait_end(30) == 0
    assert len(maps(one.text)) == 1
