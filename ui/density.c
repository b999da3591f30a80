/* SPDX-License-Identifier: MIT */
#include "ui/density.h"

#include <langinfo.h>
#include <string.h>

wchar_t density_character(uint64_t part, uint64_t most)
{
	static const wchar_t signs[] = L".:-=+*#@", first_block = L'\u2581';
	enum { LEVELS = 8 };

	if (!part || !most)
		return L' ';
	/* Rounded up: the most is the last, the least the first. */
	uint64_t level = (uint64_t)((double)part * LEVELS / (double)most + 0.999999) - 1;

	if (level >= LEVELS)
		level = LEVELS - 1;
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return signs[level];
	return first_block + (wchar_t)level;
}
