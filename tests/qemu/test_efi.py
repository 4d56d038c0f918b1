# SPDX-License-Identifier: BSD-2-Clause
"""EFI applications: our own, in tests/efi-apps."""

import re
from pathlib import Path

import machine as qemu
import pytest
from efi_console import BOARDS, back, firmware, plain
from machine import EDK2, LOADED, UBOOT, from_uboot

APPS = ["hello", "memory", "events", "protocols", "drivers", "images", "console", "paths", "files", "hii", "rights", "variables",
        "time"]
MACHINES = [("qemu-aarch64", None), ("qemu-aarch64", "virt,gic-version=3"), ("qemu-aarch64", "virt,virtualization=on"),
            ("qemu-aarch64", "virt,gic-version=3,virtualization=on"), ("qemu-x86_64", None)]

# Processors without instructions for random numbers.
WITHOUT_RANDOM = {"qemu-aarch64": "cortex-a57", "qemu-x86_64": "qemu64"}

# What EDK2 is known to do otherwise, by application: the names of tests.
EDK2_DIFFERS = {
    "memory": {"map: sorted, disjoint, in pages",  # AAVMF's is not sorted; UEFI does not ask for it
               "free: across allocations",  # EFI_NOT_FOUND; UEFI 2.10, 7.2.2 does not say
               "pool: no descriptors are left of them",  # it keeps pages of empty pools
               "pool: unaccepted memory"},  # older than the type
    "drivers": {"disconnect: from a driver that does not manage it",  # EFI_NOT_FOUND; UEFI 2.10, 7.3.13: success
                "disconnect: from a driver",
                "disconnect: a driver that does not stop",  # EFI_NOT_FOUND; UEFI 2.10, 7.3.13: EFI_DEVICE_ERROR
                "disconnect: a child whose driver does not"},
    "console": {"cursor: off",  # EFI_UNSUPPORTED is allowed
                "test: what can be shown",  # it knows no umlauts
                "output: half of a pair"},
    "paths": {"text: a terminal",  # VenMsg(…); UEFI 2.10, 10.6.1.6 has VenUtf8()
              "text: two instances"},  # a slash behind the comma
    "files": {"open: from the root"},  # EFI_NOT_FOUND
    "hii": {"languages: English"},  # the secondary ones too
    "variables": {"global variables: a read-only one"},  # EFI_INVALID_PARAMETER; UEFI 2.10, 3.3 says read-only
    "time": {"set: dates come back, with zone and daylight",  # some years are refused
             "wake: at no time", "wake: in no month"},  # EFI_UNSUPPORTED comes first
    "images": {"load: neither buffer nor path",  # EFI_INVALID_PARAMETER; UEFI 2.10, 7.4.1 says EFI_NOT_FOUND
               "load: of a size that cannot be",  # EFI_OUT_OF_RESOURCES
               "load: from a device that fails"},  # EFI_NOT_FOUND; UEFI 2.10, 7.4.1 says EFI_DEVICE_ERROR
}


def app(board, name):
    path = qemu.BUILD / "efi-apps" / qemu.ARCH[board] / f"{name}.efi"
    if not path.exists():
        pytest.skip(f"{path} is not built: make efi-apps")
    return path


def with_files(board, name):
    """What `files` needs besides itself. QEMU takes an initrd on x86 only with a Linux kernel; test_linux_stub has one."""
    if name != "files" or board != "qemu-aarch64":
        return {}
    return {"initrd": qemu.BUILD / "initrd" / "aarch64.cpio"}


def tap(text):
    """{name: passed} of the tests in what a machine printed; the plan must agree."""
    lines = plain(text).splitlines()
    results = {m[2]: m[1] == "ok" for line in lines if (m := re.match(r"(ok|not ok) \d+ - (.*)", line))}
    count = sum(1 for line in lines if re.match(r"(ok|not ok) \d+ - ", line))
    plans = [int(m[1]) for line in lines if (m := re.match(r"1\.\.(\d+)$", line))]
    assert plans == [count], f"the plan is {plans}, tests: {count}"
    return results


# --- our own applications -------------------------------------------------------------------------


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("board,kind", MACHINES, ids=lambda x: x and re.sub(r"\W+", "-", x))
def test_app(start, board, kind, name):
    one = start(board, firmware=firmware(board), kernel=app(board, name), machine=kind, **with_files(board, name))
    one.wait(r"the EFI application has ended with status 0: success", 30)
    assert one.wait_end() == 0
    results = tap(one.text)
    assert not [name for name, passed in results.items() if not passed]
    assert "initrd" not in with_files(board, name) or "initrd: loaded" in results


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
    one = start(board, firmware=EDK2[board], kernel=app(board, name), **with_files(board, name))
    one.wait(r"^1\.\.\d+\n", 90)
    failed = {name for name, passed in tap(one.text).items() if not passed}
    assert failed <= EDK2_DIFFERS.get(name, set())


@pytest.mark.parametrize("board", BOARDS)
def test_random_numbers(start, board):
    """A processor that has them gives EFI_RNG_PROTOCOL; one that has none gives none."""
    one = start(board, firmware=firmware(board), kernel=app(board, "rights"), cpu="max")
    one.wait(r"the EFI application has ended with status 0: success", 30)
    assert "random numbers: 1" in one.text
    assert tap(one.text)["random: they differ"]


RNGS = [("qemu-aarch64", ["-device", "virtio-rng-pci"]),
        ("qemu-aarch64", ["-device", "virtio-rng-device"]),
        ("qemu-aarch64", ["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-rng-device"]),
        ("qemu-x86_64", ["-device", "virtio-rng-pci"]),
        ("qemu-x86_64", ["-device", "pcie-root-port,id=rp0", "-device", "virtio-rng-pci,bus=rp0"])]


@pytest.mark.parametrize("board,words", RNGS)
def test_entropy_device(start, board, words):
    """A processor that has none: a device gives them."""
    one = start(board, firmware=firmware(board), kernel=app(board, "rights"), cpu=WITHOUT_RANDOM[board], flags=words)
    one.wait(r"the EFI application has ended with status 0: success", 30)
    assert "random numbers: 1" in one.text
    assert tap(one.text)["random: they differ"]
    assert "virtio-rng0" not in one.text  # nothing to complain about


@pytest.mark.parametrize("board", BOARDS)
def test_entropy_device_stalls(start, tmp_path, board):
    """One that does not answer costs one wait, a line and EFI_DEVICE_ERROR; who asks again is told at once."""
    words = ["-chardev", f"socket,id=c,path={tmp_path}/egd,server=on,wait=off", "-object", "rng-egd,id=egd,chardev=c",
             "-device", "virtio-rng-pci,rng=egd"]
    one = start(board, firmware=firmware(board), kernel=app(board, "rights"), cpu=WITHOUT_RANDOM[board], flags=words)
    one.wait(r"^virtio-rng0: error: no answer in 10 seconds: the device is not used any more", 40)
    one.wait(r"^not ok \d+ - random: bytes\n# got 0x8000000000000007,", 5)
    one.wait(r"^not ok \d+ - random: raw bytes\n# got 0x8000000000000007,", 5)
    one.wait(r"the EFI application has ended with status", 5)


@pytest.mark.parametrize("board", BOARDS)
def test_no_entropy(start, board):
    one = start(board, firmware=firmware(board), kernel=app(board, "rights"), cpu=WITHOUT_RANDOM[board])
    one.wait(r"the EFI application has ended with status 0: success", 30)
    assert "random numbers: 0" in one.text


@pytest.mark.parametrize("board", BOARDS)
def test_map_as_before(start, board):
    """An application that returns leaves the map as it was, but for what it allocated itself."""
    one = start(board, firmware=firmware(board), kernel=app(board, "images"), log="info")
    back(one)


@pytest.mark.parametrize("board", BOARDS)
def test_end_of_a_session(start, board):
    """An application that has ended well is no warning; at log level info the line after it says what it has cost."""
    one = start(board, firmware=firmware(board), kernel=app(board, "hello"), log="info")
    one.wait(r"^efi: the EFI application has ended with status 0: success\n", 30)
    times = one.wait(r"^efi: times: set-up (\d+) us, loading (\d+) us, applications (\d+) us\n")
    assert all(int(time) > 0 for time in times.groups())


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


def test_by_uboot(start):
    """Our file in RAM, not in flash: EFI's part of it is saved before the RAM is given back."""
    loader = f"loader,file={firmware('qemu-aarch64')},addr={LOADED},force-raw=on"
    one = start("qemu-aarch64", firmware=UBOOT, kernel=app("qemu-aarch64", "images"), flags=["-device", loader])
    from_uboot(one)
    one.wait(r"the EFI application has ended with status 0: success", 30)
    failed = [name for name, passed in tap(one.text).items() if not passed]
    assert not failed
