# SPDX-License-Identifier: BSD-2-Clause
"""Debian on disks: a root of ext4 with Debian's own packages, its kernel, and the loaders that Debian has, laid out as its
installer leaves them; and the installer's disc. Made without root's powers, and nothing of another machine's is run."""

import fcntl
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import disks
import machine as qemu
import uki
from conftest import make
from efi_console import guest

UUID = "5ca1ab1e-0000-4000-8000-00000000000a"  # of the root
ESP_ID = "5CA1AB1E"  # of the EFI system partition's volume
CONSOLE = {"aarch64": "ttyAMA0", "x86_64": "ttyS0"}
# Linux on x86 tries its timer in a way that fails where the host is busy: conftest.py.
TIMER = {"aarch64": "", "x86_64": " no_timer_check"}
SHORT = {"aarch64": "aa64", "x86_64": "x64"}
DEBIAN = {"aarch64": "arm64", "x86_64": "amd64"}
PACKAGES = ("base-files base-passwd libc6 dash util-linux login libselinux1 libpcre2-8-0 libpam0g libpam-modules libaudit1 "
            "libcap-ng0 libcrypt1 efibootmgr libefivar1 libefiboot1 libpopt0").split()
# What a small system does without: half of the packages' files.
NEEDLESS = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/i18n", "usr/share/bash-completion",
            "etc/update-motd.d")
# Commands of packages that are not here: Debian's busybox stands in.
BUSYBOX = "cat ls uname mkdir mount umount hostname sync rm dd od grep sed sleep cut tr head".split()

RC_S = """#!/bin/sh
mount -o remount,rw /
hostname -F /etc/hostname
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
echo "Started by: $(cat /proc/cmdline)"
"""
PAM = {"auth": "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
       "account": "account required pam_unix.so\n", "password": "password required pam_unix.so\n",
       "session": "session required pam_unix.so\n"}
GRUB_CFG = """set timeout=0
menuentry 'Debian GNU/Linux' --class debian --class gnu-linux --class gnu --class os {{
	insmod gzio
	insmod part_gpt
	insmod ext2
	search --no-floppy --fs-uuid --set=root {uuid}
	echo 'Loading Linux 6.1 ...'
	linux /boot/vmlinuz-6.1 {options} loader=grub
	echo 'Loading initial ramdisk ...'
	initrd /boot/initrd.img-6.1
}}
"""


def options(arch):
    return f"root=UUID={UUID} ro quiet console={CONSOLE[arch]}{TIMER[arch]}"


def made(name, write, *sources):
    """A file in the build folder, by write(path, an empty folder to work in); by one test process, and again when what it is made
    of is newer."""
    here = (qemu.TOP / "tests" / "qemu").glob("debian*.py")
    newest = max(path.stat().st_mtime for path in (*here, *sources))
    place = qemu.BUILD / "test-guests"
    place.mkdir(parents=True, exist_ok=True)

    def write_to(path):
        for old in place.glob(f"{name}-*"):
            old.unlink()
        with tempfile.TemporaryDirectory(dir=place) as folder:
            write(path, Path(folder))

    with open(place / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return make(place / f"{name}-{newest:.0f}", write_to)


def kernel(board, flavour=""):
    return guest(board, f"kernel-6.1{flavour}")


def in_order(modules):
    """The names of the modules in such an order that each comes after those that it needs: {name: file}."""
    done = []

    def add(name):
        if name not in done:
            needs = re.search(rb"\0depends=([^\0]*)", b"\0" + modules[name].read_bytes())[1].decode()
            for other in filter(None, needs.replace("-", "_").split(",")):
                add(other)
            done.append(name)

    # Those that none names, but ask the kernel for them by what they can do.
    for name in sorted(modules, key=lambda name: (not re.match("crc", name), name)):
        add(name)
    return done


def initrd(board, flavour=""):
    arch = qemu.ARCH[board]
    archive, init = guest(board, f"disk-modules-6.1{flavour}.tar"), qemu.TOP / "tests" / "qemu" / "debian_init.sh"

    def write(path, folder):
        with tarfile.open(archive) as tar:
            tar.extractall(folder)
        modules = {file.stem.replace("-", "_"): file for file in folder.glob("*.ko")}
        order = folder / "order"
        order.write_text("".join(f"{name}.ko\n" for name in in_order(modules)))
        subprocess.run([qemu.TOP / "scripts" / "mkinitrd", guest(board, "busybox"), path, f"init={init}", f"modules/order={order}",
                        *(f"modules/{name}.ko={file}" for name, file in modules.items())], check=True)

    return made(f"debian-{arch}{flavour}.cpio", write, archive, init)


class System(NamedTuple):
    """What an init and its services need beyond PACKAGES."""
    name: str
    packages: list
    etc: Callable  # etc(board): {file in /etc: text}, added to what is there


def sysvinit_etc(board):
    return {"fstab": f"UUID={UUID} / ext4 defaults 0 1\n", "init.d/rcS": RC_S,
            "inittab": "id:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\nl0:0:wait:/sbin/poweroff -f\nl6:6:wait:/sbin/reboot -f\n"
                       f"T0:23:respawn:/sbin/getty -L {CONSOLE[qemu.ARCH[board]]} 115200 vt100\n"}


SYSVINIT = System("sysvinit", ["sysvinit-core"], sysvinit_etc)


def settle(board, system, folder):
    """What the packages' scripts would do, which cannot run here."""
    for needless in NEEDLESS:
        shutil.rmtree(folder / needless, ignore_errors=True)
    for gconv in folder.glob("usr/lib/*/gconv"):
        shutil.rmtree(gconv)
    shutil.copy(guest(board, "busybox"), folder / "bin/busybox")
    for name in BUSYBOX:
        if not (folder / "bin" / name).exists():
            (folder / "usr/bin" / name).symlink_to("/bin/busybox")
    masters, etc = folder / "usr/share/base-passwd", folder / "etc"
    passwd = (masters / "passwd.master").read_text()
    files = {"passwd": re.sub("^root:.*", "root::0:0:root:/root:/bin/sh", passwd, flags=re.M),
             "group": (masters / "group.master").read_text(), "hostname": "debian\n"}
    files.update({f"pam.d/common-{kind}": text for kind, text in PAM.items()})
    for name, text in system.etc(board).items():
        files[name] = files.get(name, "") + text
    for name, text in files.items():
        (etc / name).parent.mkdir(exist_ok=True)
        (etc / name).write_text(text)
        if text.startswith("#!"):
            (etc / name).chmod(0o755)


def give_to_root(image, folder):
    """mke2fs leaves the files to whoever runs it, and programs like mount would act for him."""
    fields = [f'set_inode_field "/{path.relative_to(folder)}" {field} 0\n' for path in folder.rglob("*") for field in ("uid", "gid")]
    disks.run("debugfs", "-w", "-f", "-", image, input="".join(fields))


def root(board, flavour="", system=SYSVINIT):
    """The root's file system."""
    packages = [guest(board, f"{name}.deb") for name in PACKAGES + system.packages]
    linux, ram = kernel(board, flavour), initrd(board, flavour)

    def write(path, folder):
        for package in packages:
            subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
        settle(board, system, folder)
        (folder / "boot/grub").mkdir(parents=True)
        shutil.copy(linux, folder / "boot/vmlinuz-6.1")
        shutil.copy(ram, folder / "boot/initrd.img-6.1")
        (folder / "boot/grub/grub.cfg").write_text(GRUB_CFG.format(uuid=UUID, options=options(qemu.ARCH[board])))
        # Without what the GRUB of Debian 12 cannot read, but newer tools make.
        disks.run("mke2fs", "-q", "-t", "ext4", "-O", "^metadata_csum_seed,^orphan_file", "-L", "root", "-U", UUID, "-d", folder,
                  path, "160M")
        give_to_root(path, folder)

    return made(f"debian-{qemu.ARCH[board]}{flavour}-{system.name}.ext4", write, *packages, linux, ram)


def loader_files(board, loader):
    """What is on the EFI system partition: {name: file or text}."""
    arch = qemu.ARCH[board]
    default, short = f"EFI/BOOT/{disks.DEFAULT[board]}", SHORT[arch]
    grub_cfg = f"search.fs_uuid {UUID} root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n"
    if loader == "uki":
        return {default: uki.build(guest(board, "stub-252.efi").read_bytes(), {
            ".osrel": b'ID=debian\nVERSION_ID=12\nPRETTY_NAME="Debian GNU/Linux 12"\n',
            ".cmdline": f"{options(arch)} loader=uki".encode(), ".initrd": initrd(board).read_bytes(),
            ".linux": kernel(board).read_bytes()})}
    if loader == "shim":
        # As Debian's installer leaves them: shim's fallback.efi makes a boot entry of the list in BOOT<ARCH>.CSV.
        csv = f"shim{short}.efi,debian,,This is the boot entry for debian\n".encode("utf-16")
        return {default: guest(board, "shim-signed.efi"), f"EFI/BOOT/fb{short}.efi": guest(board, "fallback.efi"),
                f"EFI/debian/shim{short}.efi": guest(board, "shim-signed.efi"),
                f"EFI/debian/grub{short}.efi": guest(board, "grub-signed.efi"),
                f"EFI/debian/BOOT{short.upper()}.CSV": csv, "EFI/debian/grub.cfg": grub_cfg}
    entry = f"title Debian GNU/Linux\nlinux /debian/linux\ninitrd /debian/initrd\noptions {options(arch)} loader=systemd-boot\n"
    grub, systemd_boot = guest(board, "grub.efi"), guest(board, "systemd-boot.efi")
    return {default: {"grub": grub, "systemd-boot": systemd_boot}[loader],
            f"EFI/debian/grub{short}.efi": grub, "EFI/debian/grub.cfg": grub_cfg,
            f"EFI/systemd/systemd-boot{short}.efi": systemd_boot, "loader/loader.conf": "timeout 0\n",
            "loader/entries/debian.conf": entry, "debian/linux": kernel(board), "debian/initrd": initrd(board)}


def disk(board, loader, flavour="", system=SYSVINIT):
    """A whole disk. Nobody may write to it: attach it with snapshot=on."""
    base = root(board, flavour, system)

    def write(path, folder):
        disks.gpt(path, disks.fat(folder / "esp", loader_files(board, loader), 96, ("-F", "32", "-i", ESP_ID)),
                  others=[(base, disks.LINUX)])

    return made(f"debian-{qemu.ARCH[board]}{flavour}-{system.name}-{loader}.img", write, base)


def installer(board):
    """The disc of the netboot installer, also a disk: shim and GRUB in a boot image, the rest by ISO 9660."""
    arch = qemu.ARCH[board]
    short, debian = SHORT[arch], DEBIAN[arch]
    parts = {name: guest(board, f"installer-{name}") for name in ("linux", "initrd.gz", "grub.cfg", "font.pf2")}

    def write(path, folder):
        (folder / "boot/grub").mkdir(parents=True)
        (folder / ".disk").mkdir()
        (folder / ".disk/mini-info").write_text("")
        payload = folder / "debian-installer" / debian
        payload.mkdir(parents=True)
        for name, place in (("linux", payload), ("initrd.gz", payload), ("grub.cfg", folder / "boot/grub"),
                            ("font.pf2", folder / "boot/grub")):
            shutil.copy(parts[name], place / name)
        image = disks.fat(folder / "boot/grub/efi.img", {
            f"EFI/BOOT/{disks.DEFAULT[board]}": guest(board, "shim-signed.efi"),
            f"EFI/BOOT/grub{short}.efi": guest(board, "grub-disc.efi")}, 8, ("-F", "12"))
        partition = ["-append_partition", "2", "0xef", image]
        if arch == "x86_64":
            partition += ["-appended_part_as_gpt"]
        disks.run("xorriso", "-as", "mkisofs", "-quiet", "-r", "-J", "-V", "ISOIMAGE", "-e", "boot/grub/efi.img", "-no-emul-boot",
                  *partition, "-o", path, folder)

    return made(f"installer-{arch}.iso", write, *parts.values())
