# SPDX-License-Identifier: BSD-2-Clause
"""A Debian whose init is systemd, with udev, D-Bus and logind: debian.py makes it, and this is what it needs for that."""

import debian
import machine as qemu

PACKAGES = ("systemd systemd-sysv udev systemd-boot dbus dbus-bin dbus-daemon dbus-system-bus-common libdbus-1-3 libexpat1 mount "
            "kmod libblkid1 libcap2 libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libmount1 libssl3 libzstd1 libacl1 libcryptsetup12 "
            "libfdisk1 libkmod2 libp11-kit0 libffi8 libseccomp2 libsystemd-shared libsystemd0 libudev1 libsmartcols1 libtinfo6 "
            "libuuid1 zlib1g libargon2-1 libdevmapper1.02.1 libjson-c5 libapparmor1 libip4tc2").split()
ESP = f"UUID={debian.ESP_ID[:4]}-{debian.ESP_ID[4:]}"


def etc(board):
    """As an installed Debian has it: users of the services are there, and nothing is left to do at a first start."""
    done = "# This file was created by systemd-update-done.\n"
    return {"fstab": f"UUID={debian.UUID} / ext4 errors=remount-ro 0 1\n{ESP} /boot/efi vfat umask=0077 0 1\n",
            "passwd": "messagebus:x:100:107::/nonexistent:/usr/sbin/nologin\n",
            "group": "systemd-journal:x:101:\ninput:x:104:\nsgx:x:105:\nkvm:x:106:\nmessagebus:x:107:\nrender:x:108:\n",
            "machine-id": "5ca1ab1e00004000800000000000000b\n", ".updated": done,
            # Nothing is slow here but the machine.
            "systemd/system.conf.d/timeout.conf": "[Manager]\nDefaultTimeoutStartSec=300s\nDefaultTimeoutStopSec=300s\n"}


SYSTEM = debian.System("systemd", PACKAGES, etc)


def disk(board):
    return debian.disk(board, "grub", system=SYSTEM)
