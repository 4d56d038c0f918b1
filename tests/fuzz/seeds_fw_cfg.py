#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seed corpora of acpi_loader_fuzz and fw_cfg_dir_fuzz: what QEMU gives to some machines. It is read from QEMU
by its test protocol (-qtest), while its processor stands still. Of the tables only the bytes are kept that the script looks at."""
import struct
import subprocess
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"
MACHINES = {
    "q35": "",
    "smp8": "-smp 8 -smbios type=0,vendor=x -M smbios-entry-point-type=64",
    "vmgenid": "-device vmgenid,guid=auto -device pcie-root-port,id=r -device virtio-rng-pci,bus=r",
    "iommu": "-device intel-iommu -numa node,memdev=a -numa node,memdev=b"
             " -object memory-backend-ram,id=a,size=64M -object memory-backend-ram,id=b,size=64M",
}


class Machine:
    """fw_cfg of a q35, by ports."""

    def __init__(self, options):
        command = "qemu-system-x86_64 -M q35 -m 128M -accel tcg -S -qtest stdio -qtest-log /dev/null -display none -nodefaults " + options
        self.qemu = subprocess.Popen(command.split(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.qemu.stdin.write(line + "\n")
        self.qemu.stdin.flush()
        while True:
            answer = self.qemu.stdout.readline()
            if not answer:
                raise SystemExit("QEMU has ended")
            if answer.startswith("OK"):
                return answer.split()[1:]

    def item(self, key, size):
        self.ask(f"outw 0x510 {key:#x}")
        return bytes(int(self.ask("inb 0x511")[0], 16) for _ in range(size))

    def ecam_on(self):
        self.ask("outl 0xcf8 0x80000060")
        self.ask("outl 0xcfc 0xb0000001")

    def directory(self):
        count = struct.unpack(">I", self.item(0x19, 4))[0]
        data = self.item(0x19, 4 + 64 * count)
        files = {}
        for at in range(4, len(data), 64):
            size, key, _, name = struct.unpack_from(">IHH56s", data, at)
            files[name.rstrip(b"\0").decode()] = (key, size)
        return data, files

    def end(self):
        self.qemu.kill()
        self.qemu.wait()


def used_of(script):
    """The end of the last range of etc/acpi/tables that the script makes a checksum of."""
    end = 0
    for at in range(0, len(script), 128):
        command, name, _, start, length = struct.unpack_from("<I56sIII", script, at)
        if command == 3 and name.startswith(b"etc/acpi/tables\0"):
            end = max(end, start + length)
    return end


def bare(script, tables):
    """The tables without their contents: headers, and the places that the script writes to."""
    kept = bytearray(len(tables))
    for at in range(0, len(script), 128):
        command = struct.unpack_from("<I", script, at)[0]
        if command == 2 and script[at + 4:].startswith(b"etc/acpi/tables\0"):
            offset, size = struct.unpack_from("<IB", script, at + 116)
            kept[offset:offset + size] = tables[offset:offset + size]
        if command == 3 and script[at + 4:].startswith(b"etc/acpi/tables\0"):
            start = struct.unpack_from("<I", script, at + 64)[0]
            kept[start:start + 36] = tables[start:start + 36]
    kept[:64] = tables[:64]
    return bytes(kept)


def trimmed(script):
    while script.endswith(bytes(128)):
        script = script[:-128]
    return script


def write(folder, name, data):
    (CORPUS / folder).mkdir(parents=True, exist_ok=True)
    (CORPUS / folder / name).write_bytes(data)


def seed(name, options):
    machine = Machine(options)
    machine.ecam_on()
    directory, files = machine.directory()
    script = trimmed(machine.item(*files["etc/table-loader"]))
    tables = machine.item(files["etc/acpi/tables"][0], used_of(script))
    rsdp = machine.item(*files["etc/acpi/rsdp"])
    anchor = machine.item(*files["etc/smbios/smbios-anchor"])
    machine.end()
    write("fw_cfg_dir", name, directory)
    write("acpi_loader", name, struct.pack("<HHH", len(script) // 128, len(rsdp), len(anchor)) + script + rsdp + anchor
          + bare(script, tables))
    return script, rsdp, anchor, tables


def main():
    for name, options in MACHINES.items():
        seed(name, options)
    anchor = struct.pack("<4sBBBBHB5s5sBHIHB", b"_SM_", 0, 31, 2, 8, 25, 0, bytes(5), b"_DMI_", 0, 55, 0, 3, 0x28)
    structures = (struct.pack("<BBHI", 1, 8, 0x100, 1) + b"QEMU\0\0") * 3 + struct.pack("<BBHH", 127, 4, 0x7f00, 0)
    write("acpi_loader", "smbios", struct.pack("<HHH", 0, 0, 31) + anchor + structures + bytes(55 - len(structures)))
    # As QEMU 10 writes it for uefi-vars-x64, alone and behind another device; and what lies about its size.
    device = struct.pack("<QQQ", 2, 8, 0xfef10000)
    for name, entries in {"device": device, "second": struct.pack("<QQ40x", 1, 40) + device, "short": device[:20],
                          "long": struct.pack("<QQ", 1, 2**64 - 16) + device}.items():
        write("hardware_info", name, entries)
    write("fw_cfg_dir", "many", struct.pack(">I", 1025))
    write("fw_cfg_dir", "cut", struct.pack(">IIHH56s", 3, 20, 0x20, 0, b"etc/e820"))
    write("fw_cfg_dir", "endless", struct.pack(">IIHH56s", 1, 2**32 - 1, 0x20, 0, b"x" * 56))


if __name__ == "__main__":
    main()
