/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *present(void *memory)
{
	if (!memory) {
		fputs("jprof: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

void *xmalloc(size_t size)
{
	return present(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return present(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *memory, size_t size)
{
	return present(realloc(memory, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return present(strdup(text));
}

char *xstrndup(const char *text, size_t max)
{
	return present(strndup(text, max));
}

char *xasprintf(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return present(length < 0 ? NULL : text);
}

void *xgrow(void *items, size_t count, size_t *capacity, size_t item_size)
{
	if (count < *capacity)
		return items;
	size_t wanted = *capacity ? *capacity * 2 : 16;

	if (wanted > SIZE_MAX / item_size)
		present(NULL);
	*capacity = wanted;
	return xrealloc(items, wanted * item_size);
}
