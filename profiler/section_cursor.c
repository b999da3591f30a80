/* SPDX-License-Identifier: MIT */
#include "profiler/section_cursor.h"

#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

#include <stdlib.h>

struct section_cursor section_cursor_init(const uint8_t *bytes, size_t size)
{
	return (struct section_cursor){ .bytes = byte_cursor(bytes, size) };
}

void section_cursor_deinit(struct section_cursor *cursor)
{
	if (!cursor)
		return;
	free(cursor->texts);
	*cursor = (struct section_cursor){ 0 };
}

uint64_t section_take_varint(struct section_cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = byte_cursor_u8(&cursor->bytes);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return cursor->bytes.has_failed ? 0 : value;
	}
	cursor->bytes.has_failed = true;
	return 0;
}

uint32_t section_take_u32(struct section_cursor *cursor)
{
	uint64_t value = section_take_varint(cursor);

	if (value <= UINT32_MAX)
		return (uint32_t)value;
	cursor->bytes.has_failed = true;
	return 0;
}

uint64_t section_take_delta(struct section_cursor *cursor, uint64_t *last)
{
	uint64_t coded = section_take_varint(cursor);

	*last += coded & 1 ? ~(coded >> 1) : coded >> 1;
	return *last;
}

static const char *take_new_text(struct section_cursor *cursor)
{
	uint64_t length = section_take_varint(cursor);
	const char *text = (const char *)byte_cursor_bytes(&cursor->bytes, length);

	if (byte_cursor_u8(&cursor->bytes) != 0 || cursor->bytes.has_failed) {
		cursor->bytes.has_failed = true;
		return NULL;
	}
	cursor->texts = xgrow(cursor->texts, cursor->text_count, &cursor->text_capacity,
			      sizeof(*cursor->texts));
	cursor->texts[cursor->text_count++] = text;
	return text;
}

const char *section_take_text(struct section_cursor *cursor)
{
	uint64_t number = section_take_varint(cursor);

	if (number == SECTION_TEXT_NONE)
		return NULL;
	if (number == SECTION_TEXT_NEW)
		return take_new_text(cursor);
	if (number - SECTION_TEXT_FIRST < cursor->text_count)
		return cursor->texts[number - SECTION_TEXT_FIRST];
	cursor->bytes.has_failed = true;
	return NULL;
}
