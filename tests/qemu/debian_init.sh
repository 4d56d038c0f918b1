#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# /init of the initrd of a Debian disk: loads the modules that find a disk, and
# goes on to the file system that root=UUID= names.

export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do
	insmod "/modules/$module"
done </modules/order

id=$(sed -n 's/.*root=\(UUID=[0-9a-f-]*\).*/\1/p' /proc/cmdline)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	device=$(findfs "$id" 2>/dev/null) && break
	sleep 1
done
mkdir -p /root
if mount -o ro "$device" /root; then
	for folder in proc sys dev; do
		mount --move /$folder /root/$folder
	done
	exec switch_root /root /sbin/init
fi
echo "There is no file system $id. /dev has:" /dev/*
poweroff -f
