#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a boot costs on both boards, beside its goals and beside other firmware. Exit status 1 when a goal is missed."""

import os
import re
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))
import counting
import disks
import machine as qemu

MIB = 1 << 20
ARM, X86 = "qemu-aarch64", "qemu-x86_64"
QBOOT = "/usr/share/qemu/qboot.rom"
SEABIOS = "/usr/share/seabios/bios-256k.bin"
UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
BOOT_EFI = ("-fw_cfg", "name=opt/cadastre/boot,string=efi")
EFI_ENTRY_MAX, EFI_WORK_MAX, EFI_DESCRIPTORS_MAX, EFI_KEPT_MAX = 1_500_000, 250_000, 16, 256
DISK_ENTRY_MAX = {ARM: 5_000_000, X86: 6_000_000}
# RAM of the machines with 512 MiB, without what a PC hides between 640 KiB and 1 MiB.
RAM = {ARM: [(1 << 30, (1 << 30) + 512 * MIB)], X86: [(0, 640 << 10), (MIB, 512 * MIB)]}
FLASH_MAX = 65536  # of a build without EFI
# Typed at U-Boot's prompt: it has no script that boots what QEMU's -kernel names.
UBOOT_INPUT = b"\n\nqfw load 0x42000000 0x48000000\nbooti 0x42000000 0x48000000:$filesize $fdtcontroladdr\n"


class Table:
    def __init__(self):
        self.missed = 0

    def heading(self, text):
        print(f"\n{text:<58}{'Cadastre':>12}{'goal':>12}   others", flush=True)

    def row(self, what, ours, goal=None, others=(), at_least=False):
        bad = goal is not None and ours is not None and (ours < goal if at_least else ours > goal)
        self.missed += bad
        number = lambda n: "-" if n is None else f"{n:,.0f}" if n == int(n) else f"{n:,.1f}"
        peers = ", ".join(f"{name} {number(n)}" for name, n in others if n is not None)
        print(f"{what:<58}{number(ours):>12}{number(goal):>12}   {peers}{'   MISSED' if bad else ''}", flush=True)


def kernel(board):
    return qemu.GUESTS / qemu.ARCH[board] / "kernel-6.1"


def count(board, **settings):
    settings.setdefault("initrd", qemu.BUILD / "initrd" / f"{qemu.ARCH[board]}.cpio")
    settings.setdefault("append", "quiet")
    result = counting.count(board, kernel=kernel(board), **settings)
    if result.reached is None:
        sys.exit(f"{board}, {settings}: the kernel was not reached\n{result.console}")
    return result


def try_count(board, firmware, **settings):
    """Somebody else's firmware: None when it is not here or cannot do it."""
    if firmware and not os.path.exists(firmware):
        return None
    result = counting.count(board, kernel=kernel(board), firmware=firmware, append="quiet", timeout=40,
                            initrd=qemu.BUILD / "initrd" / f"{qemu.ARCH[board]}.cpio", **settings)
    return result if result.reached is not None else None


def devices(n):
    return [word for i in range(n) for word in ("-device", f"virtio-rng-pci,addr={4 + i:#x}")]


def lazy(size):
    return {"mem": size, "flags": ("-object", f"memory-backend-ram,id=ram0,size={size},reserve=off")}


def huge(board):
    """The settings of a machine with 1 TiB."""
    if board == ARM:
        return dict(lazy("1T"), machine="virt,memory-backend=ram0", cpu="cortex-a72")
    return dict(lazy("1T"), machine="q35,memory-backend=ram0", cpu="qemu64,phys-bits=46")


def memtotal(board, firmware):
    """MemTotal of Linux, in KiB."""
    log = "bench-" + ("ours" if firmware is None else "direct" if firmware is False else Path(firmware).name)
    initrd = qemu.BUILD / "initrd" / f"{qemu.ARCH[board]}.cpio"
    with qemu.Machine(board, f"{log}-{board}", kernel=kernel(board), initrd=initrd, append="quiet",
                      firmware=firmware) as one:
        return int(one.wait(r"CPU, (\d+) KiB of memory", 120)[1])


def handover(board, firmware):
    """What Linux is given by EFI: descriptors of the memory map, KiB of RAM that are kept from it."""
    log = f"bench-efi-{Path(firmware or 'ours').name}-{board}"
    initrd = qemu.BUILD / "initrd" / f"{qemu.ARCH[board]}.cpio"
    with qemu.Machine(board, log, kernel=kernel(board), initrd=initrd, append="efi=debug no_timer_check", firmware=firmware,
                      flags=() if firmware else BOOT_EFI) as one:
        one.wait(r"Memory: \d+K/\d+K available", 60)
        entries = qemu.efi_map(one.text.splitlines())
    given = sum(max(0, min(end, last) - max(base, first))
                for base, end, kind in entries if kind not in qemu.KEPT for first, last in RAM[board])
    return len(entries), (sum(last - first for first, last in RAM[board]) - given) / 1024


def efi_rows(table, board):
    """A kernel that is started as an EFI application: what it costs to its entry, and from there until it has left boot services."""
    image = counting.EfiImage(kernel(board))
    settings = {"stop": image.after, "image": image}
    ours = count(board, flags=BOOT_EFI, **settings)
    edk2 = qemu.EDK2[board]
    theirs = try_count(board, edk2, **settings)
    name = "AAVMF" if board == ARM else "OVMF"
    table.row("instructions to the kernel's EFI entry", ours.before, EFI_ENTRY_MAX, [(name, theirs and theirs.before)])
    table.row("  of the firmware from there until the kernel has left EFI", ours.elsewhere, EFI_WORK_MAX,
              [(name, theirs and theirs.elsewhere)])
    descriptors, kept = handover(board, None)
    their_descriptors, their_kept = handover(board, edk2) if theirs else (None, None)
    table.row("descriptors of EFI's memory map that Linux is given", descriptors, EFI_DESCRIPTORS_MAX, [(name, their_descriptors)])
    table.row("KiB of RAM that they keep from it", kept, EFI_KEPT_MAX, [(name, their_kept)])


def disk_rows(table, board):
    """The same kernel as the default application on the EFI system partition of a virtio disk."""
    image = counting.EfiImage(kernel(board))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        volume = disks.fat(folder / "esp", {f"EFI/BOOT/{disks.DEFAULT[board]}": kernel(board)})
        disk = disks.gpt(folder / "disk", volume)
        drive = ("-drive", f"if=none,id=d,format=raw,file={disk}", "-device", "virtio-blk-pci,drive=d,bootindex=1")

        def before(firmware):
            if firmware and not os.path.exists(firmware):
                return None
            return counting.count(board, firmware=firmware, stop=image.after, image=image, flags=drive, timeout=180).before

        ours = before(None)
        if ours is None:
            sys.exit(f"{board}: the kernel on the disk was not reached")
        name = "AAVMF" if board == ARM else "OVMF"
        peers = [(name, qemu.EDK2[board])] + ([("U-Boot", UBOOT)] if board == ARM else [])
        table.row("instructions to the EFI entry of a kernel on a virtio disk", ours, DISK_ENTRY_MAX[board],
                  [(peer, before(firmware)) for peer, firmware in peers])


def allocation_rows(table, board):
    """EFI's AllocatePages, FreePages, AllocatePool and FreePool: instructions of a call while 10,000 allocations live."""
    # OVMF takes minutes to get to an application while the clock counts instructions.
    theirs = counting.allocations(board, qemu.EDK2[board]) if board == ARM and os.path.exists(qemu.EDK2[board]) else {}
    for way, costs in counting.allocations(board).items():
        others = [(f"with {n:,} live", cost) for n, cost in zip(counting.LIVE, costs[:-1])]
        others += [("AAVMF", theirs[way][-1])] if way in theirs else []
        table.row(f"EFI {way}", costs[-1], int(costs[0] * counting.growth_max(way)), others)


def growth(table, board, base, goals, peer, peer_name):
    """What more RAM, CPUs, devices and bytes cost. The same of one peer."""
    def rows(what, goal, steps, **settings):
        more = count(board, **settings)
        theirs = try_count(board, peer, **{k: v for k, v in settings.items() if k != "initrd"}) if peer else None
        start = try_count(board, peer) if theirs else None
        per = lambda a, b: None if a is None or b is None else (a - b) / steps
        table.row(what, per(more.instructions, base.instructions), goal,
                  [(peer_name, per(theirs and theirs.instructions, start and start.instructions))])
        return more, theirs, start

    rows("  more instructions with 1 TiB of RAM", goals["ram"], 1, **huge(board))
    rows("  for each CPU", goals["cpu"], 7, smp=8)
    more, theirs, start = rows("  for each PCI device", goals["device"], 8, flags=devices(8))
    table.row("  device accesses for each PCI device", (more.accesses - base.accesses) / 8, goals["device accesses"],
              [(peer_name, theirs and (theirs.accesses - start.accesses) / 8)])
    with tempfile.TemporaryDirectory() as folder:
        sizes = {}
        for size in (64, 192):
            initrd = Path(folder) / f"{size}"
            with open(initrd, "wb") as file:
                file.truncate(size * MIB)
            sizes[size] = count(board, initrd=initrd).instructions
        table.row("  for each MiB of initrd", (sizes[192] - sizes[64]) / 128, goals["initrd"])


def board_rows(table, board, title, peers, goals, memory_peer):
    table.heading(title)
    base = count(board)
    others = [(name, try_count(board, firmware, **settings)) for name, firmware, settings in peers]
    pick = lambda field: [(name, result and getattr(result, field)) for name, result in others]
    table.row("instructions to the kernel, quiet", base.instructions, goals["quiet"], pick("instructions"))
    table.row("device accesses, quiet", base.accesses, goals["accesses"], pick("accesses"))
    info = count(board, log="info")
    table.row("instructions to the kernel, log=info", info.instructions, goals["info"])
    table.row("device accesses, log=info", info.accesses)
    if board == ARM:
        table.row("instructions to the kernel, quiet, EL2",
                  count(board, machine="virt,virtualization=on").instructions, goals["quiet"])
    table.row("instructions to the kernel, quiet, -cpu max",
              count(board, cpu="max" + (",pauth-impdef=on" if board == ARM else "")).instructions, goals["quiet"])
    peer_name, peer, _ = peers[-1] if board == X86 else (None, None, None)
    growth(table, board, base, goals, peer, peer_name)
    without = qemu.BUILD / f"{board}-noefi" / "cadastre.bin"
    table.row("instructions to the kernel, quiet, build without EFI", count(board, firmware=without).instructions, goals["quiet"])
    for what, path, goal in (("with EFI", qemu.firmware_of(board), None), ("without", without, FLASH_MAX)):
        image = path.read_bytes()
        table.row(f"bytes of flash, {what}", len(image), goal)
        padding = sum(len(run[0]) for run in re.finditer(rb"\0{256,}|\xff{256,}", image))
        table.row("  of them no padding", len(image) - padding)
    efi_rows(table, board)
    disk_rows(table, board)
    allocation_rows(table, board)
    name, firmware, margin = memory_peer
    theirs = memtotal(board, firmware)
    table.row("KiB that Linux has of 512 MiB (MemTotal)", memtotal(board, None), theirs + margin, [(name, theirs)],
              at_least=True)


def main():
    table = Table()
    boards = sys.argv[1:] or [ARM, X86]
    if ARM in boards:
        board_rows(table, ARM, "virt, 512 MiB, 1 CPU, Debian's Linux 6.1",
                   [("QEMU itself", False, {}), ("U-Boot", UBOOT, {"input": UBOOT_INPUT})],
                   {"quiet": 50000, "accesses": 60, "info": 400000, "ram": 1000, "cpu": 250, "device": 500,
                    "device accesses": 0, "initrd": 16}, ("QEMU itself", False, 1016))
    if X86 in boards:
        board_rows(table, X86, "q35, 512 MiB, 1 CPU, Debian's Linux 6.1",
                   [("SeaBIOS", SEABIOS, {}), ("qboot", QBOOT, {})],
                   {"quiet": 40000, "accesses": 150, "info": 400000, "ram": 1000, "cpu": 250, "device": 500,
                    "device accesses": 10, "initrd": 16}, ("SeaBIOS", SEABIOS, 0))
    if table.missed:
        print(f"\n{table.missed} goals are missed")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
