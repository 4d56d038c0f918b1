# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures: the guests' initrds, and `start` and `boot` for machines whose log bears the test's name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import machine as qemu  # noqa: E402

BOOT_TIMEOUT = 120  # seconds to Linux's userspace, on a busy machine

# What Linux puts down to the firmware though it is the host's doing: where the host is busy TCG's processors stand still
# while the clocks of its devices go on. The TSC then seems to run wrong (the firmware never touches it), or the timer to
# tick too seldom when its interrupt is tried. What is the firmware's doing is there each time.
HOST_IS_BUSY = ("TSC found unstable after boot, most likely due to broken BIOS. Use 'tsc=unstable'.",
                "..MP-BIOS bug: 8254 timer not connected to IO-APIC")
# And, in QEMU before 8.1, one of several may run the breakpoint that another has put over an instruction and taken away again.
BUSY_PANICS = ("Kernel panic - not syncing: IO-APIC + timer doesn't work!", "Oops: int3: 0000")
BUSY_TRIES = 6


def pytest_configure(config):
    config.option.tbstyle = "short"  # the console's last lines matter more than our own calls


def make(target, write):
    """Makes a file once, whoever of several test processes comes first."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_suffix(f".{id(target)}.{subprocess.os.getpid()}")
        write(new)
        new.rename(target)
    return target


@pytest.fixture(scope="session")
def initrds():
    """{arch: busybox with guest.sh as /test.sh}"""
    script = Path(__file__).with_name("guest.sh")
    mkinitrd = qemu.TOP / "scripts" / "mkinitrd"

    def write(arch):
        def write_to(path):
            subprocess.run([mkinitrd, qemu.GUESTS / arch / "busybox", path], check=True)
            extra = path.with_suffix(".extra")
            files = [f"test.sh={script}"]
            if arch == "x86_64":
                program = path.with_suffix(".button")
                subprocess.run(["x86_64-linux-gnu-gcc", "-O2", "-Wall", "-Wextra", "-static", "-nostdlib",
                                "-ffreestanding", "-fno-stack-protector", "-o", program,
                                script.with_name("enable_button.c")], check=True)
                files.append(f"enable_button={program}")
            subprocess.run([mkinitrd, "-", extra, *files], check=True)
            path.write_bytes(path.read_bytes() + extra.read_bytes())
            for file in (extra, path.with_suffix(".button")):
                file.unlink(missing_ok=True)
        return write_to

    newest = max(script.stat().st_mtime, mkinitrd.stat().st_mtime)
    made = {}
    for arch in qemu.ARCH.values():
        target = qemu.BUILD / "test-guests" / f"{arch}-{newest:.0f}.cpio"
        made[arch] = make(target, write(arch))
    return made


@pytest.fixture(scope="session")
def efi_initrds(initrds):
    """The same with guest_efi.sh, and the modules that it needs, where they have been fetched."""
    script = Path(__file__).with_name("guest_efi.sh")
    made = {}
    for arch, initrd in initrds.items():
        modules = sorted((qemu.GUESTS / arch).glob("efivarfs-*.ko"))

        def write(path, initrd=initrd, modules=modules):
            subprocess.run([qemu.TOP / "scripts" / "mkinitrd", "-", path, f"efi.sh={script}",
                            *(f"{module.name}={module}" for module in modules)], check=True)
            path.write_bytes(initrd.read_bytes() + path.read_bytes())

        made[arch] = make(initrd.with_name(f"{initrd.stem}-efi-{script.stat().st_mtime:.0f}-{len(modules)}.cpio"), write)
    return made


@pytest.fixture
def start(request):
    """start(board, **settings): a machine, ended with the test."""
    machines = []

    def start_one(board, name=None, **settings):
        version = settings.get("qemu")
        if version and not qemu.qemu_program(board, version).exists():
            pytest.skip(f"{qemu.qemu_program(board, version)} is not there: scripts/qemu-{version}")
        log_name = re.sub(r"[^\w.=+-]+", "_", (name or request.node.name).removeprefix("test_")).strip("_")
        log_name = f"{Path(request.node.fspath).stem[5:]}-{log_name}" + (f"-{len(machines)}" if machines else "")
        one = qemu.Machine(board, log_name, **settings)
        machines.append(one)
        return one

    yield start_one
    for one in machines:
        one.__exit__()


class Linux:
    """What guest.sh told."""

    def __init__(self, board, text):
        self.board = board
        self.facts = {}
        for line in text.splitlines():
            if line.startswith("T "):
                _, name, *rest = line.split(" ", 2)
                self.facts.setdefault(name, []).append(rest[0] if rest else "")

    def __getitem__(self, name):
        return self.facts.get(name, [])

    def one(self, name):
        values = self[name]
        assert len(values) == 1, f"{name}: {values}"
        return values[0]

    def iomem(self, what):
        """(base, end) of the top-level entries of /proc/iomem with this name."""
        ranges = []
        for line in self["iomem"]:
            match = re.fullmatch(r"([0-9a-f]+)-([0-9a-f]+) : (.*)", line)
            if match and match[3] == what:
                ranges.append((int(match[1], 16), int(match[2], 16) + 1))
        return qemu.merged(ranges)


@pytest.fixture
def boot(start, initrds):
    """boot(board, kernel="kernel-6.1", end="poweroff", log="json", …): boots Linux to userspace and waits for the end:
    (what Linux saw, the firmware's map, the machine). help(machine) does by hand what starts our firmware, where that is
    not the machine's own. It boots again where the host was too busy, BUSY_TRIES times in all."""

    def boot_once(board, kernel="kernel-6.1", end="poweroff", append="", log="json", initrd=None, help=None, **settings):
        arch = qemu.ARCH[board]
        if not str(kernel).startswith("/"):
            kernel = qemu.GUESTS / arch / kernel
        one = start(board, kernel=kernel, initrd=initrd or initrds[arch], log=log,
                    append=f"quiet test.end={end} {append}".strip(), **settings)
        if help:
            help(one)
        one.wait("^T end|" + "|".join(map(re.escape, BUSY_PANICS)), BOOT_TIMEOUT)
        if any(panic in one.text for panic in BUSY_PANICS):
            return None
        linux = Linux(board, one.text)
        if end == "poweroff":
            assert one.wait_end(30) == 0
        return linux, qemu.map_of(one.text), one

    def boot_one(*arguments, **settings):
        booted = None
        for _ in range(BUSY_TRIES):
            booted = boot_once(*arguments, **settings)
            if booted and not set(HOST_IS_BUSY) & set(booted[0]["dmesg"]):
                break
        assert booted, "Linux panicked each time, as it does where the host is busy"
        return booted

    return boot_one
