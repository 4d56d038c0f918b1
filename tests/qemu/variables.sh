#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs in the guest as /test.sh: what test.vars= of the command line asks for is
# done by efivarfs. BootOrder and BootNext are among the variables that it lets root change.

global=8be4df61-93ca-11d2-aa0d-00e098032b8c
folder=/sys/firmware/efi/efivars

insmod /efivarfs.ko
mount -t efivarfs none $folder && echo "T mounted $(grep -o 'efivarfs r[ow]' /proc/mounts)"
ls $folder | sed 's/^/T name /'
for name in BootOrder BootNext; do
	[ ! -e $folder/$name-$global ] || echo "T $name $(od -An -v -t x1 $folder/$name-$global | tr -d ' \n')"
done
case $(cat /proc/cmdline) in
*test.vars=set*)
	printf '\007\000\000\000\102\000\001\000' >$folder/BootOrder-$global && echo "T set BootOrder"
	printf '\007\000\000\000\102\000' >$folder/BootNext-$global && echo "T set BootNext"
	;;
*test.vars=change*)
	printf '\007\000\000\000\001\000\102\000\103\000' >$folder/BootOrder-$global && echo "T set BootOrder"
	rm $folder/BootNext-$global && echo "T removed BootNext"
	;;
esac
dmesg | sed 's/^\[[^]]*\] //' | grep -iE 'firmware bug|efi.*(warn|fail|invalid|error)' | sed 's/^/T dmesg /'
echo "T end"
poweroff -f
