# SPDX-License-Identifier: BSD-2-Clause
"""`make install`: what it puts where, whether QEMU's schema of descriptors likes it, and whether QEMU boots from it."""

import fnmatch
import json
import os
import re
import shutil
import subprocess

import disks
import machine as qemu
import pytest
from efi_console import BOARDS

# Of QEMU's docs/interop/firmware.json: what may stand where.
FEATURES = {"acpi-s3", "acpi-s4", "amd-sev", "amd-sev-es", "amd-sev-snp", "intel-tdx", "enrolled-keys", "requires-smm", "secure-boot",
            "verbose-dynamic", "verbose-static", "host-uefi-vars"}


# The devices of a machine as libvirt 9 makes it, around a disk.
LIBVIRT = ["-boot", "strict=on", "-rtc", "base=utc"] + [word for words in (
    ["pcie-root-port,port=8,chassis=1,id=pci.1,bus=pcie.0,multifunction=on,addr=0x1"],
    [f"pcie-root-port,port={8 + i},chassis={1 + i},id=pci.{1 + i},bus=pcie.0,addr=0x1.{i:#x}" for i in range(1, 5)],
    ["qemu-xhci,id=usb,bus=pci.1,addr=0x0", "virtio-blk-pci,bus=pci.2,addr=0x0,drive=disk,id=virtio-disk0,bootindex=1",
     "virtio-balloon-pci,id=balloon0,bus=pci.3,addr=0x0", "virtio-rng-pci,id=rng0,bus=pci.4,addr=0x0"]) for device in words
    for word in ("-device", device)]


def run_install(tmp_path, *words, **settings):
    env = {name: value for name, value in os.environ.items() if name not in ("PREFIX", "FIRMWARE", "PRIORITY")}
    subprocess.run([qemu.TOP / "scripts" / "install", *words, qemu.BUILD, *BOARDS], check=True, cwd=qemu.TOP,
                   env=dict(env, DESTDIR=str(tmp_path), **settings))


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def check_schema(descriptor):
    assert set(descriptor) == {"description", "interface-types", "mapping", "targets", "features", "tags"}
    assert descriptor["interface-types"] == ["uefi"]
    mapping = descriptor["mapping"]
    assert set(mapping) == {"device", "executable", "nvram-template"}
    assert mapping["device"] == "flash"
    for file in mapping["executable"], mapping["nvram-template"]:
        assert set(file) == {"filename", "format"} and file["format"] == "raw"
    for target in descriptor["targets"]:
        assert set(target) == {"architecture", "machines"}
        assert target["architecture"] in qemu.ARCH.values()
    assert set(descriptor["features"]) <= FEATURES
    assert not {"secure-boot", "enrolled-keys", "requires-smm"} & set(descriptor["features"])


def machine_type(arch, name):
    """The versioned name of a machine, as QEMU lists it: an alias is none to a descriptor."""
    listed = subprocess.run([f"qemu-system-{arch}", "-M", "help"], check=True, capture_output=True, text=True).stdout
    return re.search(rf"^{name} .*\(alias of (\S+)\)", listed, re.M)[1]


@pytest.mark.parametrize("board", BOARDS)
def test_boots(start, tmp_path, board):
    """A machine that is made as the descriptor says, and as libvirt does, boots from its disk, and keeps variables in its copy of the store."""
    run_install(tmp_path)
    arch = qemu.ARCH[board]
    descriptor = json.loads((tmp_path / f"usr/local/share/qemu/firmware/70-cadastre-{arch}.json").read_text())
    check_schema(descriptor)
    kind = machine_type(arch, "virt" if arch == "aarch64" else "q35")
    assert any(target["architecture"] == arch and any(fnmatch.fnmatch(kind, glob) for glob in target["machines"])
               for target in descriptor["targets"])
    code, template = (f"{tmp_path}{descriptor['mapping'][file]['filename']}" for file in ("executable", "nvram-template"))
    assert os.stat(code).st_blocks * 512 < 1 << 20  # virt's 64 MiB are a hole but for the image
    store = tmp_path / "store"
    shutil.copyfile(template, store)
    volume = disks.fat(tmp_path / "volume", {f"EFI/BOOT/{disks.DEFAULT[board]}": qemu.BUILD / "efi-apps" / arch / "hello.efi"})
    disk = disks.gpt(tmp_path / "disk", volume)
    one = start(board, firmware=False, machine=f"{kind},pflash0=code,pflash1=vars,usb=off,dump-guest-core=off", log="info", smp=2,
                flags=["-drive", f"if=none,id=code,readonly=on,format=raw,file={code}",
                       "-drive", f"if=none,id=vars,format=raw,file={store}",
                       "-drive", f"if=none,id=disk,format=raw,file={disk}", *LIBVIRT])
    one.wait(r"^efi: virtio-blk0\S* .* has ended with status 0: success", 30)
    assert one.wait_end() == 0
    assert "no flash bank for variables" not in one.text
    assert store.read_bytes() != open(template, "rb").read() and b"CadVars" in store.read_bytes()


def test_places(tmp_path):
    """Elsewhere, before others; and taken away again."""
    where = {"PREFIX": "/opt/cadastre", "FIRMWARE": "/etc/qemu/firmware", "PRIORITY": "30"}
    run_install(tmp_path, **where)
    assert files(tmp_path) == sorted(
        [f"etc/qemu/firmware/30-cadastre-{arch}.json" for arch in qemu.ARCH.values()] +
        [f"opt/cadastre/share/cadastre/{arch}-{part}.fd" for arch in qemu.ARCH.values() for part in ("code", "vars")])
    mapping = json.loads((tmp_path / "etc/qemu/firmware/30-cadastre-x86_64.json").read_text())["mapping"]
    assert mapping["executable"]["filename"] == "/opt/cadastre/share/cadastre/x86_64-code.fd"
    run_install(tmp_path, "--remove", **where)
    assert not files(tmp_path)
