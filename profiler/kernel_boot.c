/* SPDX-License-Identifier: MIT */
#include "profiler/kernel_boot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool kernel_boot_is(const char *symbol, uint64_t address)
{
	FILE *kallsyms = fopen(KALLSYMS_PATH, "re");
	char line[512], name[256];
	bool is_there = false;

	if (!kallsyms)
		return false;
	while (!is_there && fgets(line, sizeof(line), kallsyms)) {
		uint64_t start;

		/* "ffffffff81000000 T _text" */
		if (sscanf(line, "%" SCNx64 " %*c %255s", &start, name) == 2 && start == address &&
		    !strcmp(name, symbol))
			is_there = start != 0;
	}
	fclose(kallsyms);
	return is_there;
}
