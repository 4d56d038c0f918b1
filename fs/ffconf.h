/* SPDX-License-Identifier: BSD-2-Clause */
/* What FatFs is built with (scripts/build-libs); its own documentation tells what each setting means. */
#ifndef FS_FFCONF_H
#define FS_FFCONF_H

#define FFCONF_DEF 80286 /* the release that these settings are for */

#define FF_FS_READONLY 0
#define FF_FS_MINIMIZE 0
#define FF_USE_FIND 0
#define FF_USE_MKFS 0
#define FF_USE_FASTSEEK 0
#define FF_USE_EXPAND 0
#define FF_USE_CHMOD 1
#define FF_USE_LABEL 1
#define FF_USE_FORWARD 0
#define FF_USE_STRFUNC 0

/* Names in UTF-16; short names in the code page that PCs began with. */
#define FF_CODE_PAGE 437
#define FF_USE_LFN 3
#define FF_MAX_LFN 255
#define FF_LFN_UNICODE 1
#define FF_LFN_BUF 255
#define FF_SFN_BUF 12
#define FF_FS_RPATH 0

#define FF_VOLUMES 10
#define FF_STR_VOLUME_ID 0
#define FF_MULTI_PARTITION 0
#define FF_MIN_SS 512
#define FF_MAX_SS 4096
#define FF_LBA64 0
#define FF_MIN_GPT 0x10000000
#define FF_USE_TRIM 0

#define FF_FS_TINY 1 /* files have no buffer of their own */
#define FF_FS_EXFAT 0
#define FF_FS_NORTC 0
#define FF_FS_NOFSINFO 0
#define FF_FS_LOCK 64 /* files and directories that may be open */
#define FF_FS_REENTRANT 0

#endif
