#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs in the guest, from its initrd's /init: tells the test what this Linux
# sees, a line `T <what> <value>` each, and ends as the command line asks:
# test.end=poweroff, reboot, or button (waits for the machine's power button).

tell() {
	while read -r line; do
		echo "T $1 $line"
	done
}

echo "T kernel $(uname -r)"
echo "T cmdline $(cat /proc/cmdline)"
echo "T cpus $(grep -c '^processor' /proc/cpuinfo)"
sed -n 's/^MemTotal: *\([0-9]*\) kB/T memtotal \1/p' /proc/meminfo
sed 's/^/T iomem /' /proc/iomem
for device in /sys/bus/pci/devices/*; do
	[ -e "$device/vendor" ] || continue
	driver=-
	[ ! -e "$device/driver" ] || driver=$(basename "$(readlink "$device/driver")")
	echo "T pci ${device##*/} $(cat "$device/vendor" "$device/device" "$device/class" | tr '\n' ' ')$driver"
done
for file in /proc/device-tree/memory*/reg; do
	[ ! -e "$file" ] || echo "T dtmemory $(od -An -v -t x1 "$file" | tr -d ' \n')"
done
[ ! -d /proc/device-tree/reserved-memory ] || ls /proc/device-tree/reserved-memory | tell dtreserved
[ ! -d /sys/firmware/acpi/tables ] || ls /sys/firmware/acpi/tables | tell acpi
for file in product_name bios_vendor; do
	[ ! -e /sys/class/dmi/id/$file ] || tell $file </sys/class/dmi/id/$file
done
grep -c . /proc/interrupts | tell interrupts
ls -d /sys/devices/system/node/node* 2>/dev/null | tell node
dmesg | sed 's/^\[[^]]*\] //' | grep -iE 'firmware|bios|bug|warn|fail|invalid|error|started at EL|KASLR|Oops' | tell dmesg
[ ! -d /sys/firmware/efi ] || [ ! -f /efi.sh ] || . /efi.sh
echo "T end"

case $(cat /proc/cmdline) in
*test.end=reboot*)
	reboot -f
	;;
*test.end=button*)
	# ACPI's own count of the event serves; the button's driver is a module that this initrd has not.
	count=/sys/firmware/acpi/interrupts/ff_pwr_btn
	/enable_button "$(sed -n 's/^ *\([0-9a-f]*\)-.*PM1a_EVT_BLK/\1/p' /proc/ioports)"
	echo "T button ready"
	while [ "$(awk '{ print $1 }' $count)" = 0 ]; do
		sleep 1
	done
	echo "T button $(cat $count)"
	;;
esac
poweroff -f
