/* SPDX-License-Identifier: MIT */
#include "ui/printable.h"

#include <stdbool.h>
#include <string.h>

/* How many bytes at `at` are one control character: C0, DEL, or C1 in UTF-8 (C2 80 to C2 9F, which
 * some terminals obey); 0 for none. */
static size_t control_length(const unsigned char *at)
{
	if (*at < 0x20 || *at == 0x7f)
		return 1;
	if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
		return 2;
	return 0;
}

static size_t plain_length(const char *text)
{
	size_t length = 0;

	while (text[length] && !control_length((const unsigned char *)text + length))
		length++;
	return length;
}

void print_printable(FILE *out, const char *text)
{
	while (*text) {
		size_t plain = plain_length(text);

		fwrite(text, 1, plain, out);
		text += plain;
		if (!*text)
			return;
		fputc('?', out);
		text += control_length((const unsigned char *)text);
	}
}

const char *copy_printable(char *buffer, size_t size, const char *text)
{
	size_t used = 0;

	while (*text && used + 1 < size) {
		size_t control = control_length((const unsigned char *)text);

		buffer[used++] = control ? '?' : *text;
		text += control ? control : 1;
	}
	buffer[used] = '\0';
	return buffer;
}
