/* SPDX-License-Identifier: MIT */
#include "profiler/section_cursor.h"

#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

#include <stdlib.h>

struct section_cursor section_cursor_init(const uint8_t *bytes, size_t size)
{
	return (struct section_cursor){ .next = bytes, .end = bytes + size };
}

void section_cursor_deinit(struct section_cursor *cursor)
{
	if (!cursor)
		return;
	free(cursor->texts);
	*cursor = (struct section_cursor){ 0 };
}

size_t section_cursor_left(const struct section_cursor *cursor)
{
	return cursor->has_failed ? 0 : (size_t)(cursor->end - cursor->next);
}

const uint8_t *section_take_bytes(struct section_cursor *cursor, uint64_t size)
{
	const uint8_t *bytes = cursor->next;

	if (cursor->has_failed || size > section_cursor_left(cursor)) {
		cursor->has_failed = true;
		return NULL;
	}
	cursor->next += size;
	return bytes;
}

uint8_t section_take_u8(struct section_cursor *cursor)
{
	const uint8_t *byte = section_take_bytes(cursor, 1);

	return byte ? *byte : 0;
}

uint64_t section_take_varint(struct section_cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = section_take_u8(cursor);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return cursor->has_failed ? 0 : value;
	}
	cursor->has_failed = true;
	return 0;
}

uint32_t section_take_u32(struct section_cursor *cursor)
{
	uint64_t value = section_take_varint(cursor);

	if (value <= UINT32_MAX)
		return (uint32_t)value;
	cursor->has_failed = true;
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
	const char *text = (const char *)section_take_bytes(cursor, length);

	if (section_take_u8(cursor) != 0 || cursor->has_failed) {
		cursor->has_failed = true;
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
	cursor->has_failed = true;
	return NULL;
}
