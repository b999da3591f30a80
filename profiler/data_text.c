/* SPDX-License-Identifier: MIT */
#include "profiler/data_text.h"

#include "jitdump/xalloc.h"

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

static int is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./,:@%";

	return *word && strspn(word, plain) == strlen(word);
}

/* In single quotes, where a quote itself is '\'' */
static char *quote(const char *word)
{
	char *quoted = xmalloc(4 * strlen(word) + 3);
	char *out = quoted;

	*out++ = '\'';
	for (; *word; word++) {
		if (*word == '\'') {
			memcpy(out, "'\\''", 4);
			out += 4;
		} else {
			*out++ = *word;
		}
	}
	*out++ = '\'';
	*out = '\0';
	return quoted;
}

char *data_text_append_word(char *text, const char *word)
{
	char *quoted = is_plain(word) ? xstrdup(word) : quote(word);
	char *longer = text ? xasprintf("%s %s", text, quoted) : xstrdup(quoted);

	free(quoted);
	free(text);
	return longer;
}
