/* SPDX-License-Identifier: MIT */
#include "symbolize/kallsyms.h"

#include "jitdump/xalloc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel gives a page at a time. A name has at most 511 bytes (KSYM_NAME_LEN, 6.1), a module's 55:
 * a line that does not fit is none. */
enum { BUFFER_BYTES = 64 << 10 };

struct kallsyms {
	int fd;
	size_t start, end; /* what of the buffer has not been given */
	char buffer[BUFFER_BYTES + 1];
};

struct kallsyms *kallsyms_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kallsyms *kallsyms;

	if (fd < 0)
		return NULL;
	kallsyms = xmalloc(sizeof(*kallsyms));
	kallsyms->fd = fd;
	kallsyms->start = kallsyms->end = 0;
	return kallsyms;
}

void kallsyms_close(struct kallsyms *kallsyms)
{
	if (!kallsyms)
		return;
	close(kallsyms->fd);
	free(kallsyms);
}

/* More behind what has not been given; false at the end of the file. */
static bool fill(struct kallsyms *kallsyms)
{
	size_t left = kallsyms->end - kallsyms->start;
	ssize_t count;

	if (left == BUFFER_BYTES)
		left = 0;
	memmove(kallsyms->buffer, kallsyms->buffer + kallsyms->start, left);
	kallsyms->start = 0;
	kallsyms->end = left;
	count = read(kallsyms->fd, kallsyms->buffer + left, BUFFER_BYTES - left);
	if (count <= 0)
		return false;
	kallsyms->end += (size_t)count;
	return true;
}

/* The next line as a string, without its end; NULL: there is none. */
static char *next_text(struct kallsyms *kallsyms)
{
	char *text, *end;

	do {
		size_t size = kallsyms->end - kallsyms->start;

		text = kallsyms->buffer + kallsyms->start;
		end = memchr(text, '\n', size);
	} while (!end && fill(kallsyms));
	text = kallsyms->buffer + kallsyms->start;
	if (!end && kallsyms->start == kallsyms->end)
		return NULL;
	if (!end)
		end = kallsyms->buffer + kallsyms->end;
	*end = '\0';
	kallsyms->start = (size_t)(end - kallsyms->buffer) + 1;
	if (kallsyms->start > kallsyms->end)
		kallsyms->start = kallsyms->end;
	return text;
}

static uint64_t take_hex(const char **at)
{
	uint64_t value = 0;

	for (;; (*at)++) {
		char c = **at;

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return value;
	}
}

/* Cuts `ADDRESS TYPE NAME[\t[MODULE]]`. False if it is not such a line. */
static bool parse(char *text, struct kallsyms_line *line)
{
	const char *at = text;
	char *name, *tab, *close;

	line->address = take_hex(&at);
	if (at == text || at[0] != ' ' || !at[1] || at[2] != ' ' || !at[3])
		return false;
	line->type = at[1];
	name = text + (at - text) + 3;
	line->name = name;
	line->module = "";
	tab = strchr(name, '\t');
	if (!tab)
		return true;
	*tab = '\0';
	close = strchr(tab + 1, ']');
	if (tab[1] == '[' && close) {
		*close = '\0';
		line->module = tab + 2;
	}
	return true;
}

bool kallsyms_next(struct kallsyms *kallsyms, struct kallsyms_line *line)
{
	char *text;

	while ((text = next_text(kallsyms))) {
		if (parse(text, line))
			return true;
	}
	return false;
}
