# SPDX-License-Identifier: BSD-2-Clause
"""EFI applications that people run, as they were packaged, on builds with EFI and without a disk. Each ends as it does on other
firmware: at its prompt, or in its own message and back in our boot manager with the map as it was."""

import re

import pytest
from efi_console import BOARDS, Row, back, check_efi_map, firmware, guest, in_shell, maps, plain, to_shell

ARM, X86 = BOARDS

UP, LEFT, HOME = "\x1b[A", "\x1b[D", "\x1b[H"

# What is there once somebody has asked for disks: registers within reach, and the disks' part of the image, below the guard.
DISKS = ("virtio-mmio", "PCI config", "ahci0", "disk data", "disk constants", "disk text", "stack guard")
# And what is left behind by those that do not free all that they allocate.
POOL = DISKS + ("EFI pool",)
SHIM = POOL + ("EFI pages",)  # it keeps copies of its variables for the operating system

# The Shell's names of memory types, and ours.
SHELL_TYPES = {"Reserved": "reserved", "LoaderCode": "loader code", "LoaderData": "loader data", "BS_Code": "boot code",
               "BS_Data": "boot data", "RT_Code": "runtime code", "RT_Data": "runtime data", "Available": "conventional",
               "ACPI_Recl": "acpi tables", "ACPI_NVS": "acpi nvs", "MMIO": "mmio"}


# --- the UEFI Shell -------------------------------------------------------------------------------


@pytest.fixture
def shell(start):
    """shell(board, **settings): the Shell at its prompt."""

    def start_shell(board, **settings):
        one = start(board, firmware=firmware(board), kernel=guest(board, "shell.efi"), **settings)
        to_shell(one)
        return one

    return start_shell


def said(one, *commands):
    """What each command printed, or the only one."""
    answers = in_shell(one, *commands)
    return answers if len(answers) > 1 else answers[0]


def memmap_rows(text):
    """The entries that the Shell's memmap printed."""
    return [Row(int(m[2], 16), int(m[3], 16) + 1, SHELL_TYPES[m[1]]) for m in
            re.finditer(r"^(\w+) +([0-9A-F]{16})-([0-9A-F]{16}) [0-9A-F]{16} [0-9A-F]{16}$", text, re.M)]


@pytest.mark.parametrize("board", BOARDS)
def test_shell(shell, board):
    one = shell(board, log="info")
    ver, memmap, handles, mapping = said(one, "ver", "memmap", "dh -v", "map")
    assert re.search(r"UEFI Interactive Shell v2\.2\n.*\nUEFI v2\.100 \(Cadastre", ver)
    entries = memmap_rows(memmap)
    check_efi_map(entries, maps(one.text)[0])
    assert sum(e.end - e.base for e in entries if e.type == "loader code") > 500 * 1024  # the Shell itself
    assert re.search(r"Total Memory: +51[12] MB", memmap)

    handles = handles.replace("\n", "")  # it breaks lines in the middle of words
    for name in ("SimpleTextOut", "SimpleTextInEx", "DevicePathUtilities", "UnicodeCollation2", "HIIDatabase", "LoadFile",
                 "SimpleFileSystem", "LoadedImage", "ImageDevicePath", "ShellParameters"):
        assert name in handles, name
    assert re.search(r"ImageDevicePath\(\w+\) +VenMedia\(1428F772-B64A-441E-B8C3-9EBDD7F893C7\)/\\kernel", handles)
    assert "VenHw(" in handles and "Uart(115200,8,N,1)" in handles
    assert re.search(r"FS0:.*\n.*VenMedia\(1428F772-", mapping)

    variables, date, time, drivers, devices = said(one, "set", "date", "time", "drivers", "devices")
    assert re.search(r"uefiversion = 2\.100", variables)
    assert re.search(r"\n\d\d/\d\d/20\d\d\n", date)
    assert re.search(r"\n\d\d:\d\d:\d\d ", time)
    assert "DRIVER NAME" in drivers and "Device Name" in devices

    listing, wrong = said(one, "ls fs0:", "nonsense")
    assert re.search(r"\d,\d{3} +kernel", listing)
    assert "not recognized" in wrong
    # QEMU's files cannot be written; test_disks.py redirects to a disk.
    assert re.search("Unable to|Access Denied|not writ|[Pp]rotected|[Rr]ead-only|Unsupported", said(one, r"echo text > fs0:\new"))
    assert "new" not in said(one, "ls fs0:").replace("ls fs0:", "")

    one.send("exit\r")
    back(one, but=POOL)


def check_driver(one):
    """A driver of somebody else's stays in memory, and can be removed."""
    assert re.search(r"loaded at.*Success", said(one, "load initrd").replace("\n", ""))
    handles = said(one, "dh").replace("\n", "")
    assert handles.count("LoadedImage") == 2
    driver = re.findall(r"([0-9A-F]{2}): [^:]*?LoadedImage", handles)[-1]
    assert "Success" in said(one, f"unload -n {driver}")
    assert said(one, "dh").replace("\n", "").count("LoadedImage") == 1


@pytest.mark.parametrize("board", BOARDS)
def test_shell_keys(shell, board):
    """Editing, history, completion; then it resets the machine."""
    # QEMU lets an application on q35 have no initrd: it would be an old kernel.
    one = shell(board, initrd=guest(board, "gnu-efi-drv0.efi") if board == ARM else None)
    assert "UEFI v2.100" in said(one, "vr" + LEFT + "e")
    assert "UEFI v2.100" in said(one, UP)
    assert "UEFI v2.100" in said(one, "er" + HOME + "v")
    assert "UEFI v2.100" in said(one, "verx\b")
    assert re.search(r"FS0:\\> ", said(one, "fs0:"))
    assert re.search(r"\d,\d{3} +kernel", said(one, "ls ker\t"))

    if board == ARM:
        check_driver(one)
    one.send("reset -s\r")
    assert one.wait_end() == 0


# --- boot loaders ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.06", "2.12"])
@pytest.mark.parametrize("board", BOARDS)
def test_grub(start, board, version):
    one = start(board, firmware=firmware(board), kernel=guest(board, "grub.efi" if version == "2.06" else "grub-2.12.efi"),
                log="info")
    one.wait(rf"GNU GRUB +version {version}", 60)
    one.wait(r"grub> ", 20)
    for command, expected in (("lsefisystab", "Vendor: Cadastre"),
                              ("lsefimmap", r"conv-mem +[0-9a-f]+-[0-9a-f]+ +\S+ +\S+ UC WC WT WB"),
                              ("lsefi", "device path utilities"), ("lsefi", "simple FS")):
        one.send(command + "\r")
        one.wait(expected, 20)
        one.wait("grub> ", 20)
    one.send("exit\r")
    back(one, status=r"\d+", but=POOL)


@pytest.mark.parametrize("board", BOARDS)
def test_ipxe(start, board):
    one = start(board, firmware=firmware(board), kernel=guest(board, "ipxe.efi"), log="info")
    one.wait(r"Press Ctrl-B", 30)
    one.send("\x02")
    one.wait(r"iPXE>", 20)
    one.send("show platform\r")
    one.wait(r"platform = efi|efi", 20)
    one.wait(r"iPXE>", 20)
    one.send("exit\r")
    back(one, status=r"\d+", but=POOL)


# What is said by those that look for a disk, and find none.
NO_DISK = {
    "systemd-boot": r"Reboot Into Firmware Interface",  # all that is on its menu
    "systemd-boot-257": r"Unable to open root directory: Not found",
    "shim": r"Failed to load image \S*grub(aa|x)64\.efi: Not Found",
}


@pytest.mark.parametrize("name", NO_DISK)
@pytest.mark.parametrize("board", BOARDS)
def test_without_disk(start, board, name):
    one = start(board, firmware=firmware(board), kernel=guest(board, f"{name}.efi"), log="info")
    one.wait(NO_DISK[name], 30)
    if name == "systemd-boot":
        one.wait(r"Boot in \d+ s", 10)
        one.send("Q")
    back(one, status=r"(0: success|14, an error)", but=SHIM if name == "shim" else POOL)


# --- others ---------------------------------------------------------------------------------------


def test_memtest(start):
    """Draws its screen on the serial line, after ExitBootServices."""
    one = start(X86, firmware=firmware(X86), kernel=guest(X86, "memtest.efi"), append="console=ttyS0,115200 nosmp nobench")
    one.wait(r"Memtest86\+ v\d", 240)  # it measures the caches first: 20 s of a processor that nobody else uses
    one.wait(r"Memory +: +512MB", 30)
    one.wait(r"\[Address test", 60)


# gnu-efi's samples: the command line, what is typed, what they say, how they end.
SUCCESS, NOT_FOUND = "0: success", "14, an error"
SAMPLES = {
    "t": ("", "", r"Hello World!\n.*Hello World!", SUCCESS),
    "t3": ("", "", r"HandleProtocol\(\) +0h \(Success\)(.*\n)+.*ImageCodeType: +1h\n.*ImageDataType: +2h", SUCCESS),
    "t6": ("with options", "", r"Load options size : 1A\n.*Load options +: with options", SUCCESS),
    "t7": ("", "x", r"ScanCode: 0h +UnicodeChar: 78h CallRtStatus: 0", SUCCESS),
    "t8": ("one two", "", r"started with Argc=2\n.*'one'\n.*'two'", SUCCESS),
    "tcc": ("", "", r"Returning Failure works(.*\n)+10 args works just fine", SUCCESS),
    "setjmp": ("", "", r"3 worked\n.*\n0 got to be one yay", SUCCESS),
    "ctors_dtors_priority_test": ("", "", r"1\) .*\n2\) .*\nMain function *\n3\) .*\n4\) ", SUCCESS),
    "printenv": ("", "", r"PlatformLangCodes(.*\n)+.*ConOut ", SUCCESS),
    "AllocPages": ("AllocPages 0 2 10 0", "", r"AllocatPage\(0,2,16,0\)\n(?!.*Failed)", SUCCESS),
    "drv0_use": ("", "", r"Error looking up handles for proto: 14", NOT_FOUND),
    "modelist": ("", "", r"Could not locate GOP: Not Found", NOT_FOUND),
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("board", BOARDS)
def test_gnu_efi(start, board, name):
    append, typed, expected, status = SAMPLES[name]
    one = start(board, firmware=firmware(board), kernel=guest(board, f"gnu-efi-{name}.efi"), append=append)
    if typed:
        one.wait("Hit any key", 20)
        one.send(typed)
    one.wait(rf"the EFI application has ended with status {status}", 20)
    assert re.search(expected, plain(one.text))
    assert one.wait_end() == 0


@pytest.mark.parametrize("board", BOARDS)
def test_driver_is_not_booted(start, board):
    """gnu-efi's sample of a driver: QEMU gives it in place of an application."""
    one = start(board, firmware=firmware(board), kernel=guest(board, "gnu-efi-drv0.efi"), log="info")
    one.wait(r"the EFI application \(\d+ bytes\) cannot be loaded: it is a driver, and only applications are booted", 20)
    one.wait("no boot entry is left", 20)
    assert one.wait_end() == 0 and "Driver instance loaded" not in one.text
