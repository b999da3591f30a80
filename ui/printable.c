/* SPDX-License-Identifier: MIT */
#include "ui/printable.h"

#include <string.h>

/* How many bytes the UTF-8 character at `at` has; 0 if there is none. Overlong forms, surrogates
 * and what lies above U+10FFFF are none (RFC 3629). */
static size_t character_length(const unsigned char *at)
{
	size_t length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if ((at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] >= 0x90))
		return 0;
	return length;
}

/* C0, DEL, and C1 in UTF-8 (C2 80 to C2 9F), which some terminals obey. */
static bool is_control(const unsigned char *at)
{
	return *at < 0x20 || *at == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0);
}

size_t printable_character(const char *at, bool *may_be_shown)
{
	const unsigned char *bytes = (const unsigned char *)at;
	size_t length = character_length(bytes);

	*may_be_shown = length && !is_control(bytes);
	return length ? length : 1;
}

void print_printable(FILE *out, const char *text)
{
	bool may_be_shown;

	while (*text) {
		size_t length = printable_character(text, &may_be_shown);

		if (may_be_shown)
			fwrite(text, 1, length, out);
		else
			fputc('?', out);
		text += length;
	}
}

const char *copy_printable(char *buffer, size_t size, const char *text)
{
	bool may_be_shown;
	size_t used = 0;

	while (*text) {
		size_t length = printable_character(text, &may_be_shown);
		size_t needed = may_be_shown ? length : 1;

		if (used + needed >= size)
			break;
		memcpy(buffer + used, may_be_shown ? text : "?", needed);
		used += needed;
		text += length;
	}
	buffer[used] = '\0';
	return buffer;
}
