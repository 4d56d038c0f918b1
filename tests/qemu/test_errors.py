# SPDX-License-Identifier: BSD-2-Clause
"""When something is wrong: one clear line with the reason, and the machine ends. Never a hang, never a silent reset."""

import random
import re
import struct

import pytest

import kernels
import machine as qemu

MIB = 1 << 20
ARM, X86 = "qemu-aarch64", "qemu-x86_64"
BOARDS = [ARM, X86]
LIMIT = 15  # seconds in which a machine has failed


def guest(board, name="kernel-6.1"):
    return (qemu.GUESTS / qemu.ARCH[board] / name).read_bytes()


@pytest.fixture
def refused(start, tmp_path):
    """refused(board, kernel=bytes, …): boots what cannot boot: the firmware's lines. They are one error with its reason, the
    entry's end, and the end; then the machine has powered off by itself."""

    def refuse(board, kernel=None, initrd=None, **settings):
        for name, data in (("kernel", kernel), ("initrd", initrd)):
            if data is not None:
                (tmp_path / name).write_bytes(data)
                settings[name] = tmp_path / name
        one = start(board, flags=("-no-reboot", *settings.pop("flags", ())), **settings)
        status = one.wait_end(LIMIT)
        if status != 0 and re.match(r"qemu[\w-]*: ", one.text):
            pytest.skip(f"QEMU refuses this itself: {one.text.strip().splitlines()[0]}")
        assert status == 0
        lines = [line for line in one.text.splitlines() if line.strip()]
        errors = [line for line in lines if ": error: " in line]
        assert 1 <= len(errors) <= 3 and len(lines) <= 6, one.text
        assert "0x0000000000000000" not in one.text and "Linux version" not in one.text
        return one.text

    return refuse


# --- Kernels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("board", BOARDS)
def test_no_kernel(refused, board):
    assert "nothing to boot" in refused(board)


@pytest.mark.parametrize("board", BOARDS)
def test_empty_kernel(refused, board):
    assert "nothing to boot" in refused(board, kernel=b"")


@pytest.mark.parametrize("size", [1, 63, 600, 4000, 100000])
@pytest.mark.parametrize("board", BOARDS)
def test_stub_of_a_kernel(refused, board, size):
    refused(board, kernel=guest(board)[:size])


@pytest.mark.parametrize("part", [0.5, 0.9, 1.0])
@pytest.mark.parametrize("board", BOARDS)
def test_truncated_kernel(refused, board, part):
    data = guest(board)
    text = refused(board, kernel=data[:int(len(data) * part) - 20])
    assert "trunc" in text or "cut" in text or "incomplete" in text


@pytest.mark.parametrize("size", [700, 5000, 3 * MIB])
@pytest.mark.parametrize("board", BOARDS)
def test_random_kernel(refused, board, size):
    text = refused(board, kernel=random.Random(size).randbytes(size))
    assert re.search(rf"^boot: error: the kernel \({size} bytes\) is of no format .*: give -kernel one of: .*Linux", text, re.M)


# arm64 booting.rst: text_offset at 8, image_size at 16, flags at 24.
ARM_LIES = {
    "image_size of 2^63": (16, "<Q", 1 << 63),
    "image_size of 2^64-1": (16, "<Q", (1 << 64) - 1),
    "image_size of more than RAM": (16, "<Q", 1 << 30),
    "text_offset of 2^64-1": (8, "<Q", (1 << 64) - 1),
    "text_offset of 2^40": (8, "<Q", 1 << 40),
    "big-endian": (24, "<Q", 0xb),
}


@pytest.mark.parametrize("lie", ARM_LIES)
def test_arm_header_that_lies(refused, lie):
    refused(ARM, kernel=kernels.patched(guest(ARM), *ARM_LIES[lie]))


# x86 boot.rst: setup_sects 0x1f1, syssize 0x1f4, version 0x206, xloadflags 0x236, pref_address 0x258, init_size 0x260.
X86_LIES = {
    "init_size of 4 GiB - 1": (0x260, "<I", 0xffffffff),
    "init_size of more than RAM": (0x260, "<I", 0x30000000),
    "setup_sects of 255": (0x1f1, "<B", 255),
    "syssize of 2^32-1": (0x1f4, "<I", 0xffffffff),
    "no 64-bit entry": (0x236, "<H", 0),
    "protocol 2.04": (0x206, "<H", 0x204),
    "kernel_alignment of 3": (0x230, "<I", 3),
    "pref_address of 2^50": (0x258, "<Q", 1 << 50),
}


@pytest.mark.parametrize("lie", X86_LIES)
def test_x86_header_that_lies(refused, lie):
    refused(X86, kernel=kernels.patched(guest(X86), *X86_LIES[lie]))


# --- Too large ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("board", BOARDS)
def test_16m(refused, board):
    text = refused(board, kernel=guest(board), mem="16M")
    assert "MiB" in text or "KiB" in text or "bytes" in text


@pytest.mark.parametrize("board,size", [(ARM, 300), (X86, 110)])
def test_initrd_larger_than_ram(refused, tmp_path, board, size):
    initrd = tmp_path / "large"
    with open(initrd, "wb") as file:
        file.truncate(size * MIB)
    assert "initrd" in refused(board, kernel=guest(board), initrd=None, mem="128M",
                               flags=("-initrd", initrd))


@pytest.mark.parametrize("board", BOARDS)
def test_long_command_line(refused, board):
    text = refused(board, kernel=guest(board), append="x=" + "0123456789" * 700)
    assert "command line" in text


@pytest.mark.parametrize("board", BOARDS)
def test_longest_command_line(boot, board):
    """What fits arrives whole."""
    append = "x=" + "a" * 1900
    linux, _, _ = boot(board, append=append)
    assert linux.one("cmdline").endswith(append)


# --- The machine's description ----------------------------------------------------------------------

FDT = 0x40000000


@pytest.fixture
def damaged(start):
    """damaged(edit): a virt machine whose devicetree was changed by edit(bytearray) before the first instruction."""

    def boot_damaged(edit, size=16384):
        one = start(ARM, kernel=qemu.GUESTS / "aarch64" / "kernel-6.1", flags=("-no-reboot",), paused=True)
        blob = bytearray(one.gdb.read(FDT, size))
        edited = edit(blob) or blob
        one.gdb.write(FDT, bytes(edited))
        one.gdb.go()
        assert one.wait_end(LIMIT) == 0
        assert 1 <= len([line for line in one.text.splitlines() if line.strip()]) <= 6, one.text
        return one.text

    return boot_damaged


def header_word(index, value):
    return lambda blob: struct.pack_into(">I", blob, 4 * index, value)


DAMAGES = {
    "no magic": header_word(0, 0),
    "totalsize of 0": header_word(1, 0),
    "totalsize of 2^32-1": header_word(1, 0xffffffff),
    "structure beyond the end": header_word(2, 0x7ffffff0),
    "strings beyond the end": header_word(3, 0x7ffffff0),
    "reservations beyond the end": header_word(4, 0x7ffffff8),
    "version 99, only": lambda blob: struct.pack_into(">II", blob, 20, 99, 99),
    "zeroes": lambda blob: bytearray(len(blob)),
    "random": lambda blob: bytearray(random.Random(1).randbytes(len(blob))),
    "random structure": lambda blob: blob[:64] + random.Random(2).randbytes(len(blob) - 64),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_devicetree(damaged, damage):
    assert "devicetree" in damaged(DAMAGES[damage])


def test_devicetree_without_memory(damaged):
    def edit(blob):
        at = blob.index(b"device_type\0") if b"device_type\0" in blob else -1
        assert at >= 0
        for place in range(len(blob) - 7):
            if blob[place:place + 7] == b"memory\0":
                blob[place:place + 7] = b"memoir\0"

    text = damaged(edit)
    assert "memory" in text or "RAM" in text


# --- A table of the machine's RAM that QEMU would not make ---------------------------------------------


def e820(*entries):
    return b"".join(struct.pack("<QQI", *entry) for entry in entries)


def fragments(count, *entries):
    """RAM with so many reserved pages in it, each apart from the next, in no order."""
    return e820(*entries, (0x100000, 511 * MIB, 1),
                *((0x18000000 + 0x2000 * (5 * i % count), 0x1000, 2) for i in range(count)))


@pytest.fixture
def with_e820(tmp_path):
    """with_e820(table): the settings of a q35 whose firmware reads this table, in a file whose name is as long as that of
    QEMU's own."""

    def make(table):
        image = qemu.firmware_of(X86).read_bytes()
        assert image.count(b"etc/e820\0") == 1
        (tmp_path / "firmware").write_bytes(image.replace(b"etc/e820\0", b"opt/e820\0"))
        (tmp_path / "e820").write_bytes(table)
        return {"firmware": tmp_path / "firmware", "flags": ("-fw_cfg", f"name=opt/e820,file={tmp_path / 'e820'}", "-no-reboot")}

    return make


E820 = {
    "no RAM": e820((0, 0x20000000, 2)),
    "all RAM reserved as well": e820((0, 0x20000000, 1), (0, 0x30000000, 2)),
    "an entry that wraps": e820((0, 0x20000000, 1), (0x1000, (1 << 64) - 1, 2)),
    "half an entry": e820((0, 0x20000000, 1))[:-10],
    "129 entries": e820(*[(0, 0x20000000, 1)] * 129),
    "fragments, and nowhere to grow": fragments(126, (0, 0x20000, 1)),
}


@pytest.mark.parametrize("table", E820)
def test_hostile_e820(start, with_e820, table):
    one = start(X86, kernel=qemu.GUESTS / "x86_64" / "kernel-6.1", **with_e820(E820[table]))
    assert one.wait_end(LIMIT) == 0
    assert re.fullmatch(r"q35: etc/e820 [^\n]*: [^\n]*\n", one.text), one.text


def test_fragmented_e820(boot, with_e820):
    linux, regions, _ = boot(X86, **with_e820(fragments(126, (0, 0xa0000, 1))))
    assert len([r for r in regions if r.tag == "e820 reserved"]) == 126
    usable = qemu.merged((r.base, r.end) for r in regions if r.usable())
    assert linux.iomem("System RAM")[1:] == usable[1:]


# --- What is not supported, and how it ends ---------------------------------------------------------


def test_secure_world(start):
    one = start(ARM, machine="virt,secure=on", kernel=qemu.GUESTS / "aarch64" / "kernel-6.1")
    assert "secure=on" in one.wait(r".*secure=on.*", LIMIT)[0]


@pytest.mark.parametrize("machine", ["virt", "virt,virtualization=on"])
def test_chain_loaded(start, machine):
    """The same file starts as an arm64 Linux Image, by QEMU's own boot code, and then finds no kernel."""
    one = start(ARM, firmware=False, machine=machine,
                flags=("-kernel", qemu.firmware_of(ARM), "-fw_cfg", "name=opt/cadastre/log,string=info", "-no-reboot"))
    one.wait(r"relocated to 0x[0-9a-f]+", LIMIT)
    one.wait(r"nothing to boot", LIMIT)
    assert one.wait_end(LIMIT) == 0


def option(name, value):
    return ("-fw_cfg", f"name=opt/cadastre/{name},string={value}")


@pytest.mark.parametrize("board", BOARDS)
def test_on_fail_poweroff(start, board):
    one = start(board, flags=option("on-fail", "poweroff"))
    assert one.wait_end(LIMIT) == 0


@pytest.mark.parametrize("board", BOARDS)
def test_on_fail_halt(start, board):
    one = start(board, flags=option("on-fail", "halt"))
    one.wait(r"^halted", LIMIT)
    assert one.qmp("query-status")["running"]


@pytest.mark.parametrize("board", BOARDS)
def test_on_fail_reboot(start, board):
    one = start(board, flags=option("on-fail", "reboot"))
    one.wait("nothing to boot", LIMIT)
    one.wait("nothing to boot", LIMIT)


@pytest.mark.parametrize("board", BOARDS)
def test_unknown_option(start, board):
    one = start(board, flags=option("log", "loud") + option("on-fail", "x" * 100))
    one.wait(r"warning: opt/cadastre/log=loud", LIMIT)
    one.wait(r"warning: opt/cadastre/on-fail", LIMIT)
    assert one.wait_end(LIMIT) == 0
