# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU machine for tests: started by the command line that people use (qemu/<board>), its console read line
by line and kept in build/test-logs/, its monitor at hand."""

import json
import os
import queue
import re
import shlex
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from gdbstub import GdbStub

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("O") or TOP / "build").absolute()
CACHE = Path(os.environ.get("CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cadastre")
GUESTS = CACHE / "guests"
ARCH = {"qemu-aarch64": "aarch64", "qemu-x86_64": "x86_64"}
# What qemu/<board> takes from the environment must come from the test alone.
SETTINGS = ("V", "BIOS", "KERNEL", "INITRD", "APPEND", "MEM", "SMP", "MACHINE", "CPU", "LOG", "ACCEL", "QEMU",
            "QEMU_FLAGS", "VARS")


def firmware_of(board):
    return BUILD / board / "cadastre.bin"


def qemu_program(board, version):
    """A QEMU beside the machine's own: "10" is what scripts/qemu-10 has made, 10 or newer."""
    return CACHE / f"qemu-{version}" / "bin" / f"qemu-system-{ARCH[board]}"


def command(board, firmware=None, kernel=None, initrd=None, append="", mem="512M", smp=1, machine=None, cpu=None,
            log=None, accel="tcg", variables=None, qemu=None, flags=()):
    """The command line that qemu/<board> runs, as words. firmware False: none, QEMU boots the kernel itself; qemu "10": by
    qemu_program(), not by the QEMU that the machine has."""
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    wanted = {"BIOS": firmware or firmware_of(board), "KERNEL": kernel, "INITRD": initrd, "APPEND": append,
              "MEM": mem, "SMP": smp, "MACHINE": machine, "CPU": cpu, "LOG": log, "ACCEL": accel, "VARS": variables,
              "QEMU": qemu and qemu_program(board, qemu)}
    env.update({name: str(value) for name, value in wanted.items() if value})
    line = subprocess.run([TOP / "qemu" / board, "--print"], env=env, check=True, capture_output=True, text=True,
                          cwd=TOP).stdout
    words = shlex.split(line)
    if firmware is False:
        at = words.index("-bios")
        del words[at:at + 2]
    words[words.index("-serial") + 1] = "stdio"
    return words + [str(flag) for flag in flags]


class Machine:
    """A running QEMU. Use as a context manager; what it printed is in .text, and in the log."""

    def __init__(self, board, log_name, paused=False, **settings):
        """paused: stopped before the first instruction; memory may be changed with .gdb, whose go() starts it."""
        self.board = board
        self.text = ""
        self.seen = 0  # how much of the text wait() has passed
        self.folder = tempfile.TemporaryDirectory(prefix="cadastre-")
        self.monitor_path = f"{self.folder.name}/qmp"
        self.monitor = None
        self.words = command(board, **settings) + ["-qmp", f"unix:{self.monitor_path},server=on,wait=off"]
        if paused:
            self.words += ["-S", "-gdb", f"unix:path={self.folder.name}/gdb,server=on,wait=off"]
        self.log_path = BUILD / "test-logs" / f"{log_name}.log"
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        self.log = open(self.log_path, "w", encoding="utf-8", errors="replace")
        self.log.write(shlex.join(self.words) + "\n\n")
        self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, cwd=TOP)
        self.pieces = queue.Queue()
        self.closed = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.gdb = GdbStub(f"{self.folder.name}/gdb") if paused else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self._take(0)
        self.log.close()
        if self.monitor:
            self.monitor.close()
        self.process.stdin.close()
        self.process.stdout.close()
        self.folder.cleanup()

    def _read(self):
        while piece := os.read(self.process.stdout.fileno(), 65536):
            self.pieces.put(piece.decode(errors="replace").replace("\r", ""))
        self.pieces.put(None)

    def _take(self, timeout):
        """Adds what has come to the text: False at the end of it, or when nothing came in time."""
        if self.closed:
            return False
        try:
            piece = self.pieces.get(timeout=timeout) if timeout > 0 else self.pieces.get_nowait()
        except queue.Empty:
            return False
        if piece is None:
            self.closed = True
            return False
        self.text += piece
        self.log.write(piece)
        self.log.flush()
        return True

    def fail(self, why):
        __tracebackhide__ = True
        tail = "\n".join(line for line in self.text.splitlines()[-60:] if not line.startswith("T "))
        raise AssertionError(f"{why}\nthe console's last lines, of {self.log_path}:\n{tail}") from None

    def wait(self, pattern, timeout=20):
        """Waits until the console shows the pattern after what was waited for before: the match."""
        __tracebackhide__ = True
        end = time.monotonic() + timeout
        while True:
            match = re.compile(pattern, re.M).search(self.text, self.seen)
            if match:
                self.seen = match.end()
                return match
            if not self._take(end - time.monotonic()) and (self.closed or time.monotonic() >= end):
                self.fail(f"no '{pattern}' " + ("before QEMU ended" if self.closed else f"in {timeout} s"))

    def wait_end(self, timeout=20):
        """Waits until QEMU has ended by itself: its exit status."""
        __tracebackhide__ = True
        end = time.monotonic() + timeout
        while self._take(end - time.monotonic()):
            pass
        try:
            return self.process.wait(max(end - time.monotonic(), 0.5))
        except subprocess.TimeoutExpired:
            return self.fail(f"the machine has not ended in {timeout} s")

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def qmp(self, name, **arguments):
        """Asks the monitor: what it returned."""
        if not self.monitor:
            self.monitor = socket.socket(socket.AF_UNIX)
            self.monitor.settimeout(20)
            for _ in range(100):
                try:
                    self.monitor.connect(self.monitor_path)
                    break
                except OSError:
                    time.sleep(0.1)
            self.answers = self.monitor.makefile()
            self.answers.readline()
            self.qmp("qmp_capabilities")
        self.monitor.sendall(json.dumps({"execute": name, "arguments": arguments}).encode())
        while line := self.answers.readline():
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise AssertionError(f"QEMU refuses {name}: {answer['error']['desc']}")
        raise AssertionError("QEMU's monitor is gone")


# --- Our file as a Linux Image that U-Boot starts -----------------------------------------------------------

# EDK2 as Debian packages it.
EDK2 = {"qemu-aarch64": "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd", "qemu-x86_64": "/usr/share/ovmf/OVMF.fd"}
UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
LOADED = "0x48000000"  # where the machine's loader leaves our file


def from_uboot(one):
    one.wait("stop autoboot", 60)
    one.send("\n")
    one.wait("=> $", 20)
    one.send(f"booti {LOADED} - $fdtcontroladdr\n")
    one.wait("Starting kernel", 20)


# --- The memory map that the firmware prints with opt/cadastre/log=json -----------------------------


# Types that are no RAM to an operating system.
KEPT = {"reserved", "runtime code", "runtime data", "unusable", "acpi tables", "acpi nvs", "mmio", "mmio ports", "pal code",
        "persistent"}


class Region:
    def __init__(self, entry):
        self.base, self.end, self.size = (int(entry[key], 16) for key in ("base", "end", "size"))
        self.owner, self.life, self.rights, self.type = (entry[key] for key in ("owner", "life", "rights", "type"))
        self.flags, self.tag, self.since = entry["flags"], entry["tag"], entry["since"]

    def usable(self):
        """Does the operating system get it as RAM? (memmap_os_kind in mem/mem_props.c)"""
        return self.type not in KEPT and self.life != "forever" and not self.flags & 1

    def __repr__(self):
        return f"{self.base:#x}-{self.end:#x} {self.owner} {self.life} {self.rights} {self.type} {self.tag}"


def map_of(text):
    """The map's regions in what the console printed."""
    return [Region(json.loads(line)) for line in text.splitlines() if line.startswith('{"base"')]


# As Linux writes the types of EFI's map, and as we do.
EFI_TYPES = {"Reserved": "reserved", "Loader Code": "loader code", "Loader Data": "loader data", "Boot Code": "boot code",
             "Boot Data": "boot data", "Runtime Code": "runtime code", "Runtime Data": "runtime data",
             "Conventional": "conventional", "ACPI Reclaim": "acpi tables", "ACPI Mem NVS": "acpi nvs", "MMIO": "mmio"}


def efi_map(lines):
    """(base, end, type) of each descriptor that Linux printed of EFI's map (efi=debug). x86 prints it again, as it is mapped."""
    entries = []
    for line in lines:
        if match := re.search(r"efi: +0x([0-9a-f]+)-0x([0-9a-f]+) \[([^|]*)\|", line):
            base, end, kind = match.groups()
        elif match := re.search(r"efi: mem\d+: \[([^|]*)\|.* range=\[0x([0-9a-f]+)-0x([0-9a-f]+)\]", line):
            kind, base, end = match.groups()
        else:
            continue
        base, end = int(base, 16), int(end, 16) + 1
        if any(base < last and first < end for first, last, _ in entries):
            break
        entries.append((base, end, EFI_TYPES[kind.strip()]))
    return entries


def merged(ranges):
    """Sorted (base, end) pairs, neighbours made one."""
    out = []
    for base, end in sorted(ranges):
        if out and base <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((base, end))
    return out
