# SPDX-License-Identifier: BSD-2-Clause
"""EFI applications on builds with EFI (make EFI=yes): our own, in tests/efi-apps, and those that people run."""

import re
from pathlib import Path

import machine as qemu
import pytest

BOARDS = list(qemu.ARCH)
APPS = ["hello", "memory", "events", "protocols", "drivers", "images", "variables", "time"]
MACHINES = [("qemu-aarch64", None), ("qemu-aarch64", "virt,gic-version=3"), ("qemu-aarch64", "virt,virtualization=on"),
            ("qemu-aarch64", "virt,gic-version=3,virtualization=on"), ("qemu-x86_64", None)]
BOOT_EFI = ["-fw_cfg", "name=opt/cadastre/boot,string=efi"]

# EDK2 as Debian packages it, and what it is known to do otherwise, by application: the names of tests.
EDK2 = {"qemu-aarch64": "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd", "qemu-x86_64": "/usr/share/ovmf/OVMF.fd"}
EDK2_DIFFERS = {
    "memory": {"map: sorted, disjoint, in pages",  # AAVMF's is not sorted; UEFI does not ask for it
               "free: across allocations",  # EFI_NOT_FOUND; UEFI 2.10, 7.2.2 does not say
               "pool: no descriptors are left of them",  # it keeps pages of empty pools
               "pool: unaccepted memory"},  # older than the type
    "drivers": {"disconnect: from a driver that does not manage it",  # EFI_NOT_FOUND; UEFI 2.10, 7.3.13: success
                "disconnect: from a driver"},
    "variables": {"global variables: a read-only one"},  # EFI_INVALID_PARAMETER; UEFI 2.10, 3.3 says read-only
    "time": {"set: dates come back, with zone and daylight",  # some years are refused
             "wake: at no time", "wake: in no month"},  # EFI_UNSUPPORTED comes first
    "images": {"load: neither buffer nor path",  # EFI_INVALID_PARAMETER; UEFI 2.10, 7.4.1 says EFI_NOT_FOUND
               "load: of a size that cannot be",  # EFI_OUT_OF_RESOURCES
               "load: from a device that fails"},  # EFI_NOT_FOUND; UEFI 2.10, 7.4.1 says EFI_DEVICE_ERROR
}


def firmware(board):
    path = qemu.BUILD / f"{board}-efi" / "cadastre.bin"
    if not path.exists():
        pytest.skip(f"{path} is not built: make EFI=yes {board}")
    return path


def app(board, name):
    path = qemu.BUILD / "efi-apps" / qemu.ARCH[board] / f"{name}.efi"
    if not path.exists():
        pytest.skip(f"{path} is not built: make efi-apps")
    return path


def guest(board, name):
    path = qemu.GUESTS / qemu.ARCH[board] / name
    if not path.exists():
        pytest.skip(f"{path} is not there: scripts/guests {qemu.ARCH[board]} {name}")
    return path


def plain(text):
    """What a person reads of it, without what moves the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[78]", "", text)


def tap(text):
    """{name: passed} of the tests in what a machine printed; the plan must agree."""
    lines = plain(text).splitlines()
    results = {m[2]: m[1] == "ok" for line in lines if (m := re.match(r"(ok|not ok) \d+ - (.*)", line))}
    count = sum(1 for line in lines if re.match(r"(ok|not ok) \d+ - ", line))
    plans = [int(m[1]) for line in lines if (m := re.match(r"1\.\.(\d+)$", line))]
    assert plans == [count], f"the plan is {plans}, tests: {count}"
    return results


def rows(text):
    """The regions in each map that log level info printed: base, end, what."""
    maps = [[]]
    for line in plain(text).splitlines():
        if re.match(r" +[0-9a-f]+ +[0-9a-f]+ +[0-9]+[KMGT]? ", line):
            maps[-1].append(line.split(None, 3)[:2] + [" ".join(line.split()[3:])])
        elif maps[-1]:
            maps.append([])
    return [m for m in maps if m]


def held(regions, but=None):
    """Who has what, besides free RAM."""
    return [region for region in regions if not region[2].startswith("free") and not (but and region[2].endswith(but))]


# --- our own applications -------------------------------------------------------------------------


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("board,kind", MACHINES, ids=lambda x: x and re.sub(r"\W+", "-", x))
def test_app(start, board, kind, name):
    one = start(board, firmware=firmware(board), kernel=app(board, name), machine=kind)
    one.wait(r"the EFI application has ended with status 0: success", 30)
    assert one.wait_end() == 0
    failed = [name for name, passed in tap(one.text).items() if not passed]
    assert not failed


@pytest.mark.parametrize("board,kind", MACHINES, ids=lambda x: x and re.sub(r"\W+", "-", x))
def test_runtime(start, board, kind):
    """Services after ExitBootServices, before and after SetVirtualAddressMap; the application turns the machine off."""
    one = start(board, firmware=firmware(board), kernel=app(board, "runtime"), machine=kind)
    assert one.wait_end(30) == 0
    assert all(tap(one.text).values())


@pytest.mark.parametrize("board", BOARDS)
def test_runtime_on_edk2(start, board):
    if not Path(EDK2[board]).exists():
        pytest.skip(f"no {EDK2[board]}")
    one = start(board, firmware=EDK2[board], kernel=app(board, "runtime"))
    assert one.wait_end(90) == 0
    assert all(tap(one.text).values())


@pytest.mark.parametrize("board", BOARDS)
def test_watchdog(start, board):
    one = start(board, firmware=firmware(board), kernel=app(board, "watchdog"), flags=["-no-reboot"])
    one.wait(r"has not ended in time.*code 0x12345", 20)
    assert one.wait_end() == 0


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("board", BOARDS)
def test_app_on_edk2(start, board, name):
    if not Path(EDK2[board]).exists():
        pytest.skip(f"no {EDK2[board]}")
    one = start(board, firmware=EDK2[board], kernel=app(board, name))
    one.wait(r"^1\.\.\d+\n", 90)
    failed = {name for name, passed in tap(one.text).items() if not passed}
    assert failed <= EDK2_DIFFERS.get(name, set())


@pytest.mark.parametrize("board", BOARDS)
def test_map_as_before(start, board):
    """An application that returns leaves the map as it was, but for what it allocated itself."""
    one = start(board, firmware=firmware(board), kernel=app(board, "images"), log="info")
    one.wait(r"has ended with status 0")
    one.wait_end()
    before, after = rows(one.text)
    assert held(before) == held(after)


@pytest.mark.parametrize("board", BOARDS)
def test_small_machine(start, board):
    one = start(board, firmware=firmware(board), kernel=app(board, "hello"), mem="24M")
    one.wait(r"has ended with status 0: success")


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("cut", [2600, 5000])
def test_cut_off(start, board, cut, tmp_path):
    """A file that is cut off is refused, in one line."""
    content = app(board, "memory").read_bytes()
    short = tmp_path / "short.efi"
    short.write_bytes(content[:cut])  # QEMU refuses less than 2,560 bytes on q35
    one = start(board, firmware=firmware(board), kernel=short)
    one.wait(r"no boot entry is left")
    assert re.search(r"cannot be loaded: |of no format", one.text)


# --- Linux by its EFI stub ------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", ["kernel-6.1", "kernel-6.12"])
@pytest.mark.parametrize("board", BOARDS)
def test_linux_stub(start, initrds, board, kernel):
    """The initrd by LoadFile2, the command line as load options; userspace sees that EFI booted it."""
    one = start(board, kernel=guest(board, kernel), initrd=initrds[qemu.ARCH[board]], firmware=firmware(board),
                flags=BOOT_EFI, append="test.end=poweroff test.word=from-load-options")
    one.wait(r"EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID", 30)
    one.wait(r"efi: EFI v2\.\d+ by Cadastre", 30)
    one.wait(r"^T cmdline .*from-load-options", 120)
    one.wait(r"^T end", 60)
    assert one.wait_end(30) == 0


@pytest.mark.parametrize("board", BOARDS)
def test_linux_direct(boot, board):
    """Without the option a kernel starts by its own protocol, also here."""
    _, _, one = boot(board, kernel=guest(board, "kernel-6.1"), log=None, firmware=firmware(board))
    assert "EFI stub" not in one.text


# --- applications of others -----------------------------------------------------------------------


def in_shell(one, *commands):
    """Types commands at the UEFI Shell: what each printed."""
    said = []
    for command in commands:
        one.send(command + "\r")
        begin = one.seen
        one.wait(r"\n(.*\n)*?.*(Shell|FS\d:[^\x1b>]*)> \x1b\[0m", 20)
        said.append(plain(one.text[begin:one.seen]))
    return said


@pytest.mark.parametrize("board", BOARDS)
def test_shell(start, board):
    one = start(board, firmware=firmware(board), kernel=guest(board, "shell.efi"), log="info")
    one.wait(r"ESC.* in 5 seconds", 30)
    one.send("\x1b")
    one.wait(r"Shell> \x1b\[0m", 20)
    ver, memmap, handles, files = in_shell(one, "ver", "memmap", "dh", "ls fs0:")
    assert "Cadastre" in ver
    assert re.search(r"Total Memory: +51[12] MB", memmap)
    assert "SimpleTextOut" in handles.replace("\n", "")
    assert "kernel" in files
    one.send("exit\r")
    one.wait(r"has ended with status 0: success")
    assert one.wait_end() == 0
    before, after = rows(one.text)
    assert held(before, but="EFI pool") == held(after, but="EFI pool")  # it leaves 80 KiB of small blocks behind


@pytest.mark.parametrize("board", BOARDS)
def test_shell_reset(start, board):
    one = start(board, firmware=firmware(board), kernel=guest(board, "shell.efi"))
    one.wait(r"ESC.* in 5 seconds", 30)
    one.send("\x1b")
    one.wait(r"Shell> ", 20)
    one.send("reset -s\r")
    assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_grub(start, board):
    one = start(board, firmware=firmware(board), kernel=guest(board, "grub.efi"))
    one.wait(r"grub> ", 60)
    for command, expected in (("lsefisystab", "Cadastre"), ("lsefimmap", "conv-mem"), ("lsefi", "Handle")):
        one.send(command + "\r")
        one.wait(expected, 20)
    one.send("exit\r")
    one.wait(r"the EFI application has ended", 20)


@pytest.mark.parametrize("board", BOARDS)
def test_systemd_boot(start, board):
    """Without a disk it finds nothing, says so, and comes back."""
    one = start(board, firmware=firmware(board), kernel=guest(board, "systemd-boot.efi"))
    one.wait(r"No loader found", 30)
    one.wait(r"the EFI application has ended", 20)


@pytest.mark.parametrize("board", ["qemu-x86_64"])
def test_ipxe(start, board):
    one = start(board, firmware=firmware(board), kernel=guest(board, "ipxe.efi"))
    one.wait(r"Press Ctrl-B", 30)
    one.send("\x02")
    one.wait(r"iPXE>", 20)
    one.send("exit\r")
    one.wait(r"the EFI application has ended", 20)
