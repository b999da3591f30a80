/* SPDX-License-Identifier: MIT */
#include "ui/printable.h"

#include "jitdump/text.h"

#include <stdbool.h>
#include <string.h>

void print_printable(FILE *out, const char *text)
{
	size_t left = strlen(text);
	bool is_printable;

	while (left > 0) {
		size_t size = text_character(text, left, &is_printable);

		if (is_printable)
			fwrite(text, 1, size, out);
		else
			fputc('?', out);
		text += size;
		left -= size;
	}
}

const char *copy_printable(char *buffer, size_t size, const char *text)
{
	size_t used = 0, left = strlen(text);
	bool is_printable;

	while (left > 0) {
		size_t length = text_character(text, left, &is_printable);
		size_t needed = is_printable ? length : 1;

		if (used + needed >= size)
			break;
		memcpy(buffer + used, is_printable ? text : "?", needed);
		used += needed;
		text += length;
		left -= length;
	}
	buffer[used] = '\0';
	return buffer;
}
