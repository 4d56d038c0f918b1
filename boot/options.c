/* SPDX-License-Identifier: BSD-2-Clause */
#define LOG_PREFIX "options"

#include "boot/options.h"

#include <errno.h>
#include <string.h>

#define VALUE_MAX 16 /* bytes of the longest value, and one */

static int given; /* there are options at all */

int options_choose(struct fw_cfg *fw, const char *file, const char *const *values)
{
	char text[VALUE_MAX] = "";
	struct fw_cfg_item item;

	if (!given || fw_cfg_find(fw, file, &item))
		return 0;
	if (item.size < VALUE_MAX && !fw_cfg_read(fw, &item, 0, text, item.size)) {
		text[strcspn(text, "\r\n")] = '\0'; /* from a file= that an editor ended */
		for (int i = 0; values[i]; i++)
			if (!strcmp(text, values[i]))
				return i;
	}
	log_warn("%s=%s is not known, taking %s; docs/options.md lists the values", file,
		 item.size < VALUE_MAX ? text : "(too long)", values[0]);
	return 0;
}

void options_read(struct fw_cfg *fw, struct options *options)
{
	static const char *const logs[] = {"warn", "error", "info", "debug", "json", NULL};
	static const enum log_level levels[] = {LOG_WARN, LOG_ERROR, LOG_INFO, LOG_DEBUG, LOG_WARN};
	static const char *const fails[] = {"poweroff", "halt", "reboot", NULL};
	static const char *const debugs[] = {"none", "fault", NULL};
	int log;

	given = fw_cfg_has_folder(fw, "opt/cadastre/");
	log = options_choose(fw, "opt/cadastre/log", logs);
	options->log = levels[log];
	options->json = log == 4;
	options->on_fail = (enum on_fail)options_choose(fw, "opt/cadastre/on-fail", fails);
	options->fault = options_choose(fw, "opt/cadastre/debug", debugs) == 1;
}
