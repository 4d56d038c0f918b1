# SPDX-License-Identifier: BSD-2-Clause
#
# The part of guest.sh for a Linux that EFI has started: variables, the clock, what
# the kernel says of EFI. Read by guest.sh when it lies beside it.

variables=/sys/firmware/efi/efivars
own=Cadastre-cfc8fc79-be2e-4ddc-97f0-9f98bfe298a0 # a GUID of those that Linux lets anybody remove

# Attributes (4 bytes: kept, boot and runtime access) and a value.
write_own() { (printf '\007\000\000\000%s' "$1" >"$variables/$own") 2>&1; }

# A variable's value as text, without its attributes.
value_of() { dd if="$variables/$1" bs=1 skip=4 2>/dev/null; }

echo "T efi $(cat /sys/firmware/efi/fw_platform_size)"
tell efitable </sys/firmware/efi/systab
if insmod "/efivarfs-$(uname -r | cut -d. -f1,2).ko" && mount -t efivarfs none $variables; then
	ls $variables | tell efivar
	echo "T efilang $(value_of PlatformLang-8be4df61-93ca-11d2-aa0d-00e098032b8c | tr -d '\0')"
	echo "T efivarmount $(sed -n "s@^none $variables efivarfs \([^, ]*\).*@\1@p" /proc/mounts)"
	echo "T efiwrite $(write_own first && write_own second && value_of $own)"
	echo "T efidelete $(rm "$variables/$own" 2>&1; ls $variables | grep -c $own)"
fi

echo "T rtc $(cat /sys/class/rtc/rtc0/name)"
echo "T hwclock $(cat /sys/class/rtc/rtc0/date) $(date -u +%Y-%m-%d)"
date -u -s '2031-02-03 04:05:06' >/dev/null
hwclock -u -w
echo "T hwclockset $(cat /sys/class/rtc/rtc0/date /sys/class/rtc/rtc0/time | tr '\n' ' ')"

dmesg | sed 's/^\[[^]]*\] //' | grep -E '^(efi|efivars|Remapping|rtc-efi|Registered efivars|ACPI: RSDP|EFI stub)' | tell efimsg
