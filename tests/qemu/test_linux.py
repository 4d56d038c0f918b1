# SPDX-License-Identifier: BSD-2-Clause
"""Linux boots to userspace on all the machines that the firmware is made for, and sees what the map says."""

import gzip

import pytest
from conftest import make

import counting
import kernels
import machine as qemu
from machine import LOADED, UBOOT, from_uboot

MIB, GIB = 1 << 20, 1 << 30
ARM, X86 = "qemu-aarch64", "qemu-x86_64"
EL2 = "virt,virtualization=on"
MAX = "max,pauth-impdef=on"


def lazy(size):
    """RAM that the host gives only where it is touched."""
    return ("-object", f"memory-backend-ram,id=ram0,size={size},reserve=off")


def devices(count):
    """Virtio devices, eight functions a slot."""
    return [word for i in range(count) for word in
            ("-device", f"virtio-rng-pci,addr={2 + i // 8:#x}.{i % 8}" + (",multifunction=on" if i % 8 == 0 else ""))]


def numa(count, size):
    flags = []
    for node in range(count):
        flags += ["-object", f"memory-backend-ram,id=m{node},size={size // count}",
                  "-numa", f"node,nodeid={node},cpus={node},memdev=m{node}"]
    return flags


# What a Linux of so much memory may use for itself, its initrd and its page structs; the rest is MemTotal.
def memtotal_min(size):
    return size - 96 * MIB - size // 32


# name: board, kernel, RAM, other settings of the machine
BOOTS = {
    "virt-6.1": (ARM, "kernel-6.1", 512 * MIB, {}),
    "virt-6.12": (ARM, "kernel-6.12", 512 * MIB, {}),
    "virt-128M": (ARM, "kernel-6.1", 128 * MIB, {}),
    "virt-4G-8cpus": (ARM, "kernel-6.1", 4 * GIB, {"smp": 8}),
    "virt-el2": (ARM, "kernel-6.1", 512 * MIB, {"machine": EL2}),
    "virt-el2-gicv3-max-6.12": (ARM, "kernel-6.12", GIB, {"machine": EL2 + ",gic-version=3", "cpu": MAX, "smp": 2}),
    "virt-gicv3": (ARM, "kernel-6.1", 512 * MIB, {"machine": "virt,gic-version=3"}),
    "virt-max": (ARM, "kernel-6.1", 512 * MIB, {"cpu": MAX}),
    "virt-numa": (ARM, "kernel-6.1", 512 * MIB, {"smp": 2, "flags": numa(2, 512 * MIB)}),
    "virt-32-devices": (ARM, "kernel-6.1", 512 * MIB, {"flags": devices(32)}),
    "q35-6.1": (X86, "kernel-6.1", 512 * MIB, {}),
    "q35-6.12": (X86, "kernel-6.12", 512 * MIB, {}),
    "q35-128M": (X86, "kernel-6.1", 128 * MIB, {}),
    "q35-2G": (X86, "kernel-6.1", 2 * GIB, {}),
    "q35-3G": (X86, "kernel-6.1", 3 * GIB, {}),
    "q35-4G-8cpus": (X86, "kernel-6.1", 4 * GIB, {"smp": 8}),
    "q35-max-6.12": (X86, "kernel-6.12", GIB, {"cpu": "max", "smp": 2}),
    "q35-16-devices": (X86, "kernel-6.1", 512 * MIB, {"flags": devices(16)}),
}


def check_ram(linux, regions):
    """Linux's RAM is the map's: what is usable it has, and nothing else, but for parts of pages and, on x86, page 0."""
    ram = linux.iomem("System RAM")
    first = 4096 if linux.board == X86 else 0
    usable = qemu.merged((r.base, r.end) for r in regions if r.usable())
    whole = [(max(first, (base + 4095) & ~4095), end & ~4095) for base, end in usable]
    if linux.board == X86:
        assert ram == [(base, end) for base, end in whole if base < end]
        return
    # arm64 keeps as "System RAM" what it is told to reserve in RAM but to map.
    mapped = qemu.merged([(r.base, r.end) for r in regions if r.usable() or
                          (r.type in ("reserved", "runtime data") and not r.flags & 1 and "d" not in r.rights)])
    for base, end in whole:
        assert any(a <= base and end <= b for a, b in ram), f"{base:#x}-{end:#x} is usable, but not in {ram}"
    for base, end in ram:
        assert any(a <= base and end <= b for a, b in mapped), f"{base:#x}-{end:#x} is no RAM of the map: {mapped}"


def check_dmesg(linux):
    """Nothing that Linux says of the firmware is a complaint."""
    complaints = [line for line in linux["dmesg"] if any(word in line for word in (
        "Firmware Bug", "Firmware Warn", "FIRMWARE BUG", "BIOS bug", "broken", "can't claim", "no space for",
        "failed to assign", "corrupt", "Oops", "ACPI BIOS Error", "ACPI Error", "Invalid", "MP-BIOS"))]
    assert not complaints


@pytest.mark.parametrize("name", BOOTS)
def test_boot(boot, name):
    board, kernel, size, settings = BOOTS[name]
    linux, regions, _ = boot(board, kernel, name=name, mem=f"{size // MIB}M", **settings)
    assert linux.one("kernel").startswith(kernel.split("-")[1] + ".")
    console = "ttyAMA0" if board == ARM else "ttyS0"
    assert linux.one("cmdline") == f"console={console} quiet test.end=poweroff"
    assert int(linux.one("cpus")) == settings.get("smp", 1)
    assert int(linux.one("memtotal")) * 1024 >= memtotal_min(size)
    check_ram(linux, regions)
    check_dmesg(linux)

    if board == ARM:
        level = 2 if "virtualization" in settings.get("machine", "") else 1
        assert f"CPU: All CPU(s) started at EL{level}" in linux["dmesg"]
        assert "KASLR enabled" in linux["dmesg"]  # a seed got through
    else:
        assert {"APIC", "DSDT", "FACP", "MCFG"} <= set(linux["acpi"])
        assert linux.one("product_name").startswith("Standard PC (Q35")
    if "numa" in name:
        assert len(linux["node"]) == 2
    if "devices" in name:
        found = [line for line in linux["pci"] if "0x1af4 0x1005" in line or "0x1af4 0x1044" in line]
        assert len(found) == int(name.split("-")[1])


# Here Linux is told to use little of the RAM (it would write 16 GiB of page structs for 1 TiB), and asked for the
# devicetree's sizes.
HUGE = {"255G": ("255G", {}), "256G": ("256G", {}), "1T": ("1T", {"cpu": "cortex-a72"}), "1T-max": ("1T", {"cpu": MAX})}


@pytest.mark.parametrize("name", HUGE)
def test_virt_huge(boot, name):
    mem, settings = HUGE[name]
    linux, regions, _ = boot(ARM, append="mem=1G", mem=mem, machine="virt,memory-backend=ram0", flags=lazy(mem),
                             **settings)
    size = int(mem[:-1]) << {"G": 30, "T": 40}[mem[-1]]
    assert sum(int(entry[16:], 16) for entry in linux["dtmemory"]) == size
    assert sum(r.size for r in regions if r.usable()) >= size - 16 * MIB


def test_q35_64g(boot):
    linux, regions, _ = boot(X86, append="mem=1G", mem="64G", machine="q35,memory-backend=ram0", flags=lazy("64G"))
    assert sum(r.size for r in regions if r.usable()) >= 64 * GIB - 16 * MIB
    assert any("user-defined" in line or "0x000000107fffffff" in line for line in linux["dmesg"])
    check_dmesg(linux)


def test_virt_gzip(boot):
    def write(path):
        path.write_bytes(gzip.compress((qemu.GUESTS / "aarch64" / "kernel-6.1").read_bytes(), 1))

    packed = make(qemu.BUILD / "test-guests" / "Image.gz", write)
    linux, _, _ = boot(ARM, str(packed))
    assert linux.one("kernel").startswith("6.1.")


def test_virt_gzip_that_the_firmware_unpacks(boot):
    """QEMU unpacks no more than 256 MiB, and then leaves the file as it is."""
    def write(path):
        data = (qemu.GUESTS / "aarch64" / "kernel-6.1").read_bytes()
        path.write_bytes(gzip.compress(kernels.patched(data, 16, "<Q", 272 * MIB) + bytes(260 * MIB - len(data)), 1))

    packed = make(qemu.BUILD / "test-guests" / "Image-260M.gz", write)
    linux, _, _ = boot(ARM, str(packed), mem="1G")
    assert linux.one("kernel").startswith("6.1.")


def test_q35_pvh(boot):
    source = qemu.GUESTS / "x86_64" / "kernel-6.1"
    elf = make(qemu.BUILD / "test-guests" / f"vmlinux-{source.stat().st_mtime:.0f}",
               lambda path: path.write_bytes(kernels.vmlinux(source)))
    linux, regions, _ = boot(X86, str(elf))
    assert linux.one("cmdline") == "console=ttyS0 quiet test.end=poweroff"
    check_ram(linux, regions)
    check_dmesg(linux)


@pytest.mark.parametrize("machine", ["virt", EL2])
def test_virt_uboot(boot, machine):
    """U-Boot starts our file as it starts a Linux Image, and we start Linux with the devicetree that U-Boot gave."""
    linux, regions, _ = boot(ARM, firmware=UBOOT, machine=machine, help=from_uboot,
                               flags=("-device", f"loader,file={qemu.firmware_of(ARM)},addr={LOADED},force-raw=on"))
    assert linux.one("cmdline") == "console=ttyAMA0 quiet test.end=poweroff"
    level = 2 if machine == EL2 else 1
    assert f"CPU: All CPU(s) started at EL{level}" in linux["dmesg"]
    check_ram(linux, regions)
    check_dmesg(linux)


@pytest.mark.parametrize("board", [ARM, X86])
def test_reboot(boot, board):
    _, _, one = boot(board, end="reboot", log="info")
    one.wait(r"^cadastre: ", 30)  # the firmware's first line again


def test_q35_power_button(boot):
    _, _, one = boot(X86, end="button")
    one.wait(r"^T button ready")
    one.qmp("system_powerdown")
    one.wait(r"^T button +1 ")
    assert one.wait_end() == 0


def sparse(path, data, size):
    """A file that begins with the data and is `size` longer, with zeroes that take no room."""
    path.write_bytes(data)
    with open(path, "r+b") as file:
        file.truncate(len(data) + size)
    return path


@pytest.mark.parametrize("board", [ARM, X86])
def test_large_initrd(boot, initrds, tmp_path, board):
    initrd = sparse(tmp_path / "initrd", initrds[qemu.ARCH[board]].read_bytes(), 100 * MIB)
    linux, regions, _ = boot(board, initrd=initrd)
    assert any(r.tag == "initrd" and r.size >= initrd.stat().st_size for r in regions)
    check_ram(linux, regions)


@pytest.mark.parametrize("board", [ARM, X86])
def test_huge_initrd(tmp_path, board):
    """More than 1 GiB, on a machine with RAM above 4 GiB: as far as the kernel's first instruction, since Linux reads all of
    it."""
    initrd = sparse(tmp_path / "initrd", b"", 1100 * MIB)
    result = counting.count(board, kernel=qemu.GUESTS / qemu.ARCH[board] / "kernel-6.1", initrd=initrd, mem="5G",
                            log="json")
    assert result.reached is not None, result.console
    assert any(r.tag == "initrd" and r.size >= 1100 * MIB for r in qemu.map_of(result.console))


@pytest.mark.parametrize("board", [ARM, X86])
def test_huge_kernel(tmp_path, board):
    """A file of more than 1 GiB, as far as its first instruction; on q35 it needs more RAM than there is below 4 GiB."""
    size, room = 1100 * MIB, 3000 * MIB
    data = (qemu.GUESTS / qemu.ARCH[board] / "kernel-6.1").read_bytes()
    if board == ARM:
        data = kernels.patched(data, 16, "<Q", room)  # image_size
    else:
        setup = (data[0x1f1] + 1) * 512
        data = kernels.patched(data, 0x1f4, "<I", (size - setup) // 16)  # syssize
        data = kernels.patched(data, 0x260, "<I", room)  # init_size
    kernel = sparse(tmp_path / "kernel", data, size - len(data))
    result = counting.count(board, kernel=kernel, mem="8G", log="json")
    assert result.reached is not None, result.console
    assert board == ARM or result.reached >= 4 * GIB
    assert any(r.tag == "kernel" and r.size >= room for r in qemu.map_of(result.console))
