# SPDX-License-Identifier: BSD-2-Clause
"""EFI variables that last (make run VARS=): over resets, over power cuts at any moment, set by Linux; and banks that
are not ours. The store is also read here, from the format in docs/variables.md alone."""

import array
import fcntl
import os
import random
import signal
import struct
import subprocess
import termios
import time
import zlib
from pathlib import Path

import machine as qemu
import pytest
from efi_console import BOARDS, BOOT_EFI, firmware, guest, plain
from test_efi import app, tap

# Bytes from one area to the next, by board.
STRIDE = {"qemu-aarch64": 256 << 10, "qemu-x86_64": 128 << 10}
AREA = 128 << 10
AREAS = 4
SNAPSHOTS = 150
CUTS = 4  # the power goes, and the machine starts again


def areas(board, data):
    for i in range(AREAS):
        yield data[i * STRIDE[board]:i * STRIDE[board] + AREA]


def sequence(area):
    for at in (0, 32):
        magic, number, size = struct.unpack_from("<8sII", area, at)
        if magic == b"CadVars\0" and size == AREA and struct.unpack_from("<I", area, at + 28)[0] == zlib.crc32(
                area[at:at + 28]):
            return number
    return 0


def read_store(board, data):
    """({name: (attributes, data)}, how many writes were cut off)"""
    best = max(areas(board, data), key=sequence)
    number = sequence(best)
    variables, torn, at, lost = {}, 0, 64, False
    used = len(best.rstrip(b"\xff"))
    while number and at < used and at + 64 <= AREA:
        start, check, attributes, size, name_size, _, body = struct.unpack_from("<IIIIHHI", best, at)
        end = at + 64 + name_size + size
        if start != 0x52615643 or end > AREA or check != zlib.crc32(struct.pack("<II", number, at) +
                                                                    best[at + 8:at + 56]):
            torn += not lost  # the size is not known: the next one that is right
            lost = True
            at += 8
            continue
        lost = False
        at, begin = (end + 7) // 8 * 8, at
        if best[begin + 56:begin + 60] != b"CMiT":
            torn += 1
            continue
        assert zlib.crc32(best[begin + 64:end]) == body, "a damaged record"
        name = best[begin + 64:begin + 64 + name_size].decode("utf-16-le").rstrip("\0")
        if attributes:
            variables[name] = attributes, best[begin + 64 + name_size:end]
        else:
            variables.pop(name, None)
    return variables, torn


# --- tests/efi-apps/writer.c's values -----------------------------------------------------------------


def value(n):
    return struct.pack("<I", n) + bytes([n & 255]) * (n * 37 % 900)


def state(n):
    """What its variables are when n is done."""
    return {chr(ord("A") + i): (3, value(m)) for i in range(3) for m in range(n, n - 3, -1) if m > 0 and m % 3 == i}


def last_done(text):
    done = [line for line in plain(text).split("\n")[:-1] if line.startswith("done ")]
    return int(done[-1].split()[1], 16) if done else 0


def stop(one):
    """Halts QEMU where it is: signals reach its threads one after the other."""
    os.kill(one.process.pid, signal.SIGSTOP)
    threads = list(Path(f"/proc/{one.process.pid}/task").iterdir())
    while any(thread.joinpath("stat").read_text().rsplit(") ", 1)[1][0] not in "Tt" for thread in threads):
        time.sleep(0.001)


def settle(one):
    """Takes all that a stopped or dead machine has printed: what is in its pipe, and what was read from there just before."""
    waiting, more = array.array("i", [1]), True
    while waiting[0] or more:
        fcntl.ioctl(one.process.stdout.fileno(), termios.FIONREAD, waiting)
        more = one._take(0.05)
    return last_done(one.text)


def ours(variables):
    return {name: what for name, what in variables.items() if name in "ABC"}


@pytest.mark.parametrize("version", [None, "10"])  # they emulate flash in two ways
@pytest.mark.parametrize("board", BOARDS)
def test_power_cut(start, board, version, tmp_path):
    """QEMU is stopped at many points of its writes and what the file holds then is looked at; and it is killed, and starts
    again. A variable has its old value or its new one."""
    path = tmp_path / "vars"
    rng = random.Random(board)
    expected, torn, before = [{}], 0, 0
    for _ in range(CUTS + 1):
        one = start(board, firmware=firmware(board), kernel=app(board, "writer"), variables=path, qemu=version)
        found = [int(word, 16) for word in one.wait(r"^found (\S+ \S+ \S+)\n", 60)[1].split()]
        assert {name: what for name, what in state(max(found)).items()} in expected
        assert {chr(65 + i): n for i, n in enumerate(found) if n} == {
            name: struct.unpack_from("<I", what[1])[0] for name, what in state(max(found)).items()}
        one.wait(r"^done ", 20)
        for _ in range(SNAPSHOTS // CUTS):
            time.sleep(rng.random() * 0.02)
            stop(one)
            done = settle(one)
            with open(path, "rb") as file:
                data = file.read(AREAS * STRIDE[board])
            os.kill(one.process.pid, signal.SIGCONT)
            variables, cut_off = read_store(board, data)
            torn += cut_off > before
            before = cut_off
            assert ours(variables) in (state(done), state(done + 1)), f"after {done}"
        one.process.kill()
        one.process.wait()
        done = settle(one)
        expected = [state(done), state(done + 1)]
    assert "failed" not in plain(one.text)
    print(f"{done} writes, {torn} of the looks found one under way")
    assert done > 100 and torn > 0


# --- other banks, and none ----------------------------------------------------------------------------


@pytest.mark.parametrize("board", BOARDS)
def test_none(start, board):
    one = start(board, firmware=firmware(board), kernel=app(board, "hello"), log="info")
    one.wait(r"no flash bank for variables: variables last until the machine is reset")
    assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("kind", ["edk2", "other", "read-only", "damaged"])
def test_banks(start, board, kind, tmp_path):
    """What is not ours stays as it is; what is ours is read as far as it can be."""
    path = tmp_path / "vars"
    first = start(board, firmware=firmware(board), kernel=app(board, "runtime"), variables=path)
    assert first.wait_end(60) == 0
    assert all(tap(first.text).values())
    data = bytearray(path.read_bytes()[:1 << 20])
    variables, _ = read_store(board, data)
    assert variables["Kept"] == (7, b"kept")
    if kind == "edk2":
        data[:64] = bytes(40) + b"_FVH" + bytes(20)
    if kind == "other":
        data[:64] = b"x" * 64
    if kind == "damaged":
        data[data.index("Kept\0".encode("utf-16-le"))] ^= 1
    with open(path, "r+b") as file:
        file.write(data)
    if kind == "read-only":
        path.chmod(0o444)
        words = ["-drive", f"if=pflash,unit=1,format=raw,readonly=on,file={path}"]
        if board == "qemu-x86_64":
            words += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={firmware(board)}"]
    lines = {"edk2": r"holds those of an EDK2 firmware, which stay as they are",
             "other": r"holds something else, which stays as it is",
             "read-only": r"the flash with 1 variables cannot be written",
             "damaged": r"were damaged: \d+ pieces are lost"}
    settings = {"flags": words} if kind == "read-only" else {"variables": path}
    second = start(board, firmware=firmware(board), kernel=app(board, "variables"), **settings)
    second.wait(lines[kind], 20)
    assert second.wait_end(60) == 0
    assert all(tap(second.text).values())
    if kind != "damaged":
        assert path.read_bytes()[:1 << 20] == data, "it was written to"


@pytest.mark.parametrize("board", BOARDS)
def test_direct(boot, board, tmp_path):
    """A boot without EFI does not touch the bank, not even to make a store of a blank one."""
    path = tmp_path / "vars"
    boot(board, firmware=firmware(board), variables=path)
    assert not path.read_bytes()[:512 << 10].strip(b"\xff")


# --- Linux -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linux(tmp_path_factory, initrds):
    """linux(board, kernel): an initrd with efivarfs and variables.sh"""
    def make(board, kernel):
        arch = qemu.ARCH[board]
        extra = tmp_path_factory.mktemp("initrd") / "extra"
        module = guest(board, kernel.replace("kernel", "efivarfs") + ".ko")
        script = qemu.TOP / "tests" / "qemu" / "variables.sh"
        subprocess.run([qemu.TOP / "scripts" / "mkinitrd", "-", extra, f"test.sh={script}", f"efivarfs.ko={module}"],
                       check=True)
        whole = extra.with_name("initrd")
        whole.write_bytes(initrds[arch].read_bytes() + extra.read_bytes())
        return whole
    return make


@pytest.mark.parametrize("board,kernel", [("qemu-aarch64", "kernel-6.12"), ("qemu-x86_64", "kernel-6.1")])
def test_linux(start, linux, board, kernel, tmp_path):
    """Linux sets, changes and deletes variables: the next start has what it set, and the bank the rest."""
    path, initrd = tmp_path / "vars", linux(board, kernel)
    seen = []
    for what in ("set", "change"):
        one = start(board, firmware=firmware(board), kernel=guest(board, kernel), initrd=initrd, variables=path,
                    append=f"quiet test.vars={what}", flags=BOOT_EFI)
        one.wait(r"^T end", 120)
        assert one.wait_end(30) == 0
        assert "T mounted efivarfs rw" in one.text
        assert "T dmesg" not in one.text
        seen.append(one.text)
    assert "T set BootOrder" in seen[0] and "T set BootNext" in seen[0]
    assert "T BootOrder 0700000042000100" in seen[1] and "T BootNext 070000004200" in seen[1]
    assert "T removed BootNext" in seen[1]
    variables, _ = read_store(board, path.read_bytes()[:AREAS * STRIDE[board]])
    assert variables["BootOrder"] == (7, bytes.fromhex("010042004300"))
    assert "BootNext" not in variables
