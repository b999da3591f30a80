/* SPDX-License-Identifier: MIT */
#include "profiler/data_text.h"

#include "jitdump/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *data_text_add(struct string_pool *strings, const char *text, size_t length)
{
	char *copy = xstrndup(text, length);
	const char *interned;

	for (char *byte = copy; *byte; byte++)
		if ((unsigned char)*byte < ' ' || *byte == 0x7f)
			*byte = '?';
	interned = string_pool_add(strings, copy);
	free(copy);
	return interned;
}

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./,:@%";

	return *word && strspn(word, plain) == strlen(word);
}

/* In single quotes, where a quote itself is '\'' */
static void put_quoted(FILE *line, const char *word)
{
	fputc('\'', line);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", line);
		else
			fputc(*word, line);
	fputc('\'', line);
}

void data_text_put_word(FILE *line, const char *word)
{
	if (ftell(line) > 0)
		fputc(' ', line);
	if (is_plain(word))
		fputs(word, line);
	else
		put_quoted(line, word);
}
