/* SPDX-License-Identifier: MIT */
#include "jitdump/text.h"

#include <stdint.h>

static bool is_control(uint8_t byte)
{
	return byte < 0x20 || byte == 0x7f;
}

void text_replace_controls(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uint8_t byte = (uint8_t)text[i], next = i + 1 < length ? (uint8_t)text[i + 1] : 0;

		if (is_control(byte))
			text[i] = '?';
		else if (byte == 0xc2 && next >= 0x80 && next < 0xa0)
			text[i] = text[i + 1] = '?';
	}
}

/* The bytes of the character at `text`; 0 if it is malformed or a control character. Overlong
 * forms, surrogates and what lies beyond U+10FFFF are malformed (RFC 3629). */
static size_t character_size(const uint8_t *text, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	uint32_t value = text[0] & (0xffu >> (size + 1));

	if (size == 1)
		return is_control(text[0]) ? 0 : 1;
	if (text[0] < 0xc0 || text[0] > 0xf4 || size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	return value < 0xa0 ? 0 : size;
}

bool text_is_printable(const char *text, size_t length)
{
	for (size_t i = 0, size; i < length; i += size) {
		size = character_size((const uint8_t *)text + i, length - i);
		if (size == 0)
			return false;
	}
	return true;
}
