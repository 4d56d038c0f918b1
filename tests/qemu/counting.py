# SPDX-License-Identifier: BSD-2-Clause
"""Runs a machine under count_plugin.c and reads what it wrote: how many instructions and device
accesses a firmware needs from reset to the kernel's first instruction, and where they went."""

import gzip
import os
import re
import shlex
import struct
import subprocess
import tempfile
from bisect import bisect_right
from collections import Counter, defaultdict
from pathlib import Path

from machine import ARCH, BUILD, GUESTS, TOP, Machine, command

HEAD_MAX = 256 << 20  # bytes of a kernel file that are looked at for its first instruction


def plugin():
    """The plugin, built when it is older than its source."""
    here = TOP / "tests" / "bench"
    out = BUILD / "bench" / "count_plugin.so"
    sources = [here / "count_plugin.c", here / "plugin.h"]
    if not out.exists() or out.stat().st_mtime < max(s.stat().st_mtime for s in sources):
        out.parent.mkdir(parents=True, exist_ok=True)
        new = out.with_suffix(f".{os.getpid()}")
        subprocess.run([os.environ.get("HOSTCC", "gcc"), "-std=gnu11", "-O2", "-Wall", "-Wextra", "-shared",
                        "-fPIC", "-fvisibility=hidden", f"-I{TOP}", "-o", new, sources[0]], check=True)
        new.rename(out)
    return out


def first_code(kernel):
    """(first bytes of the kernel's code, alignment of its address): where counting stops. Of an x86
    bzImage that is the 64-bit entry, 0x200 into the protected-mode part."""
    with open(kernel, "rb") as file:
        data = file.read(HEAD_MAX)
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[0x38:0x3c] == b"ARMd":
        return data[:8], 4096
    if data[0x202:0x206] == b"HdrS":
        start = ((data[0x1f1] or 4) + 1) * 512 + 0x200
        return data[start:start + 48], 512
    if data[:4] == b"\x7fELF":
        entry = pvh_entry(data)
        for i in range(struct.unpack_from("<H", data, 0x38)[0]):
            kind, _, offset, _, paddr, size = struct.unpack_from("<IIQQQQ", data, struct.unpack_from("<Q", data, 0x20)[0] + 56 * i)
            if kind == 1 and paddr <= entry < paddr + size:
                return data[offset + entry - paddr:][:48], 1
    raise SystemExit(f"{kernel}: neither an arm64 Image nor a bzImage nor an ELF file for PVH")


def pvh_entry(data):
    """The address in an ELF file's XEN_ELFNOTE_PHYS32_ENTRY note."""
    at = data.find(struct.pack("<I", 18) + b"Xen\0")
    while at >= 0:
        size = struct.unpack_from("<I", data, at - 4)[0]
        if size in (4, 8):
            return int.from_bytes(data[at + 8:at + 8 + size], "little")
        at = data.find(struct.pack("<I", 18) + b"Xen\0", at + 1)
    raise SystemExit("the ELF file has no PVH entry note")


class EfiImage:
    """What a kernel's PE headers say of its EFI entry, and where it goes on once it has left boot services."""

    def __init__(self, kernel):
        data = Path(kernel).read_bytes()
        number = lambda kind, at: struct.unpack_from(kind, data, at)[0]
        header = number("<I", 0x3c)
        self.entry, self.size = number("<I", header + 40), number("<I", header + 80)
        self.code = None
        sections = header + 24 + number("<H", header + 20)
        for at in range(sections, sections + 40 * number("<H", header + 6), 40):
            size, address, _, offset = struct.unpack_from("<IIII", data, at + 8)
            if address <= self.entry < address + size:
                self.code = data[offset + self.entry - address:][:48]
        if not self.code:
            raise SystemExit(f"{kernel} has no EFI entry")
        self.after = b"", 2 << 20  # x86: the stub unpacks the kernel to a multiple of 2 MiB
        if data[0x38:0x3c] == b"ARMd":  # arm64: it goes where the Image's second instruction branches
            at = 4
            while number("<I", at) & 0x7c000000 == 0x14000000:  # B, BL
                at += ((number("<I", at) & 0x3ffffff ^ 0x2000000) - 0x2000000) * 4
            self.after = data[at:at + 48], 4


class Result:
    """What the plugin wrote."""

    def __init__(self, path, console):
        self.console = console
        self.devices = []
        self.sites = []  # (address, count, accesses, bytes)
        self.calls = []  # (depth, entry, count, accesses, calls)
        self.reached = None
        self.before = self.elsewhere = None  # instructions to the entry of `image`, and since then outside it
        for line in Path(path).read_text().splitlines():
            what, *words = line.split(" ")
            if what == "instructions":
                self.instructions = int(words[0])
            elif what == "accesses":
                self.accesses = int(words[0])
            elif what == "ports":
                self.ports = int(words[0])
            elif what == "reached" and words[0] == "kernel":
                self.reached = int(words[1], 0)
            elif what == "from":
                self.before, self.elsewhere = map(int, words)
            elif what == "device":
                self.devices.append((int(words[0]), " ".join(words[1:])))
            elif what == "at":
                self.sites.append((int(words[0], 0), int(words[1]), int(words[2]), bytes.fromhex(words[3])))
            elif what == "call":
                self.calls.append((int(words[0]), int(words[1], 0), *map(int, words[2:])))


def count(board, kernel=None, profile=False, timeout=120, stop=None, image=None, input=b"", **machine):
    """Boots and counts. `stop`: (bytes, alignment), if it is not the kernel's first instruction; `image`: an EfiImage, whose entry
    and what runs outside it are counted too; `input` is typed."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "counts"
        options = [f"file={plugin()}", f"out={out}"]
        if kernel and not stop:
            stop = first_code(kernel)
        if stop:
            options += [f"stop={stop[0].hex()}"] * bool(stop[0]) + [f"align={stop[1]}"]
        if image:
            options += [f"from={image.code.hex()}", f"offset={image.entry}", f"size={image.size}"]
        if profile:
            options.append("profile=1")
        words = command(board, kernel=kernel, accel="tcg,thread=single", **machine) + ["-plugin", ",".join(options), "-no-reboot"]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   cwd=TOP)
        try:
            console = process.communicate(input, timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            process.terminate()  # QEMU then ends in order, and the plugin still writes
            console = process.communicate(timeout=30)[0]
        text = console.decode(errors="replace")
        if not out.exists():
            raise SystemExit(f"QEMU ended without a count:\n{shlex.join(words)}\n{text}")
        return Result(out, text)


LIVE = (10, 1_000, 10_000)  # allocations that tests/efi-apps/scale.c keeps


def allocations(board, firmware=None, timeout=60):
    """{way of allocating: instructions of a call at each of LIVE}, as tests/efi-apps/scale.c prints them. With -icount each
    instruction takes a nanosecond, so the guest's clock counts them."""
    app = BUILD / "efi-apps" / ARCH[board] / "scale.efi"
    name = f"scale-{Path(firmware).name if firmware else 'ours'}-{board}"
    with Machine(board, name, firmware=firmware, kernel=app, flags=("-icount", "shift=0,sleep=off", "-no-reboot")) as one:
        one.wait(r"ok \d+ - nothing was refused", timeout)
        rows = re.findall(r"^# ([^:\n]*):((?: \d+){%d})$" % len(LIVE), one.text, re.M)
        assert "not ok" not in one.text and rows, one.text
    return {way: [int(word) for word in numbers.split()] for way, numbers in rows}


def growth_max(way):
    """How many times dearer a call may be with 10,000 live allocations than with 10. What is a region of the map by itself is
    found in a tree, whose height is the logarithm of their number."""
    return 3 if way.startswith("pages of two types") else 1.1


# --- Profile: which functions of an ELF file the addresses belong to ----------------------------


class Symbols:
    """Functions of an ELF file, and the bytes that it loads."""

    def __init__(self, path):
        data = Path(path).read_bytes()
        shoff, = struct.unpack_from("<Q", data, 0x28)
        shnum, = struct.unpack_from("<H", data, 0x3c)
        sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + 64 * i) for i in range(shnum)]
        # Executable sections by number: address, bytes.
        code = {i: (addr, data[offset:offset + size])
                for i, (_, kind, flags, addr, offset, size, _, _, _, _) in enumerate(sections) if kind == 1 and flags & 4}
        self.ranges = list(code.values())
        names = {}
        for _, kind, _, _, offset, size, link, _, _, entry in sections:
            if kind != 2:
                continue
            strings = sections[link][4]
            for at in range(offset, offset + size, entry):
                name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", data, at)
                text = data[strings + name:data.index(b"\0", strings + name)].decode()
                if section not in code or info & 15 not in (0, 2) or not text or text[0] in "$.":
                    continue
                # Of several names for one address a function's goes before a label's.
                if value not in names or (info & 15) == 2:
                    names[value] = text
        self.names = sorted(names.items())
        self.starts = [value for value, _ in self.names]

    def name(self, address):
        at = bisect_right(self.starts, address) - 1
        return self.names[at][1] if at >= 0 else f"{address:#x}"

    def deltas(self, sites):
        """Where the image ran: for each place that explains executed bytes, how far it lies from its link
        address. Moves are by whole pages, so the low 12 bits of an address stay."""
        places = []
        left = [s for s in sites if len(s[3]) >= 2]
        while left:
            votes = Counter()
            for address, _, _, code in left:
                for start, data in self.ranges:
                    first = start + (address - start) % 4096
                    for at in range(first, start + len(data), 4096):
                        if data.startswith(code, at - start):
                            votes[address - at] += 1
            if not votes or votes.most_common(1)[0][1] < 8:
                break
            delta = votes.most_common(1)[0][0]
            places.append(delta)
            left = [s for s in left if not self.at(s[0] - delta, s[3])]
        return places

    def at(self, address, code):
        return any(start <= address < start + len(data) and data.startswith(code, address - start)
                   for start, data in self.ranges)


def locate(result, symbols):
    """address -> link address, for the executed addresses that lie in the image."""
    places = symbols.deltas(result.sites)
    where = {}
    for address, _, _, code in result.sites:
        for delta in places:
            if symbols.at(address - delta, code):
                where[address] = address - delta
                break
    return where, places


def by_function(result, symbols):
    """{name: [instructions, accesses, inclusive instructions, calls]}, places of the image."""
    where, places = locate(result, symbols)
    table = defaultdict(lambda: [0, 0, 0, 0])
    for address, n, accesses, _ in result.sites:
        row = table[symbols.name(where[address]) if address in where else "(not in the ELF file)"]
        row[0] += n
        row[1] += accesses
    for name, path, n, calls in call_tree(result, symbols, where):
        table[name][3] += calls
        for outer in set(path) | {name}:
            table[outer][2] += n
    return table, places


def call_tree(result, symbols, where):
    """Yields (name, names of the callers from the outside in, instructions, calls) of each node."""
    path = []
    for depth, entry, n, _, calls in result.calls:
        del path[depth:]
        name = symbols.name(where[entry]) if entry in where else ("(reset)" if depth == 0 else f"{entry:#x}")
        yield name, tuple(path), n, calls
        path.append(name)


def callers(result, symbols):
    """{function: Counter({caller: instructions spent in the function and what it calls})}."""
    where, _ = locate(result, symbols)
    table = defaultdict(Counter)
    for name, path, n, _ in call_tree(result, symbols, where):
        chain = (*path, name)
        for inner, outer in {(chain[i], chain[i - 1]) for i in range(1, len(chain))}:
            table[inner][outer] += n
    return table
