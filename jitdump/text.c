/* SPDX-License-Identifier: MIT */
#include "jitdump/text.h"

#include <stdint.h>
#include <string.h>

/*
 * What is not seen, and changes what is: C0, DEL, and C1, which some terminals obey; what turns the
 * direction of writing, also of what stands around (UAX #9, "Trojan Source"), what ends lines in
 * some readers, and what takes no place. Joiners, which scripts need, pass.
 */
static bool is_control(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },	    { 0x7f, 0x9f },	{ 0x61c, 0x61c },     { 0x180e, 0x180e },
		{ 0x200b, 0x200b }, { 0x200e, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	if (character >= 0x20 && character < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return false;
}

/* The bytes of the character at `text`; 0 if it is malformed, as overlong forms, surrogates and what
 * lies beyond U+10FFFF are (RFC 3629). */
static size_t read_character(const char *text, size_t left, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *bytes = (const uint8_t *)text;
	size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	uint32_t value = size == 1 ? bytes[0] : bytes[0] & (0xffu >> (size + 1));

	if ((size > 1 && bytes[0] < 0xc0) || bytes[0] > 0xf4 || size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*character = value;
	return size;
}

size_t text_character(const char *text, size_t left, bool *is_printable)
{
	uint32_t character;
	size_t size = read_character(text, left, &character);

	*is_printable = size && !is_control(character);
	return size ? size : 1;
}

bool text_is_printable(const char *text, size_t length)
{
	bool is_printable = true;

	for (size_t i = 0; is_printable && i < length;)
		i += text_character(text + i, length - i, &is_printable);
	return is_printable;
}

void text_replace_controls(char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		uint32_t character;
		size_t size;

		/* Nearly all is plain ASCII. */
		if (text[i] >= 0x20 && text[i] < 0x7f) {
			i++;
			continue;
		}
		size = read_character(text + i, length - i, &character);
		if (size && is_control(character))
			memset(text + i, '?', size);
		i += size ? size : 1;
	}
}
