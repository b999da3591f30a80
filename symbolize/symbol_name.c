/* SPDX-License-Identifier: MIT */
#include "symbolize/symbol_name.h"

#include <string.h>

/* A hostile string table has endless names. */
enum { COMPARED_MAX = 1024 };

/* "name@VERSION" is not what programs link with today; "name@@VERSION" is. */
static int is_old_version(const char *name, size_t length)
{
	const char *at = memchr(name, '@', length);

	return at && at[1] != '@';
}

/* Leading ones; more than a few say no more. */
static int underscores(const char *name)
{
	int count = 0;

	while (count < 8 && name[count] == '_')
		count++;
	return count;
}

static bool begins_or_ends_with(const char *name, size_t length, const char *part,
				size_t part_length)
{
	return length > part_length && (!memcmp(name, part, part_length) ||
					!memcmp(name + length - part_length, part, part_length));
}

int symbol_name_compare_plainness(const char *first, const char *second)
{
	size_t first_length = strcspn(first, "@"), second_length = strcspn(second, "@");

	return begins_or_ends_with(first, first_length, second, second_length) -
	       begins_or_ends_with(second, second_length, first, first_length);
}

/* The rules of perf (choose_best_symbol() in tools/perf/util/symbol.c, Linux 6.1), and before its
 * last, that the longest says most: not an old version, not a clone ("name.constprop.0"). */
int symbol_name_compare(const char *first, const char *second)
{
	size_t first_length = strnlen(first, COMPARED_MAX);
	size_t second_length = strnlen(second, COMPARED_MAX);
	int order = is_old_version(first, first_length) - is_old_version(second, second_length);

	if (!order)
		order = underscores(first) - underscores(second);
	if (!order)
		order = !!memchr(first, '.', first_length) - !!memchr(second, '.', second_length);
	if (!order && first_length != second_length)
		order = first_length > second_length ? -1 : 1;
	return order ? order : strncmp(first, second, COMPARED_MAX);
}

bool symbol_name_is_mapping(const char *name)
{
	return name[0] == '$' && name[1] && strchr("atdx", name[1]) &&
	       (name[2] == '\0' || name[2] == '.');
}
