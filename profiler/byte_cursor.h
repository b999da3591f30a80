/* SPDX-License-Identifier: MIT */
/*
 * Reads numbers and texts out of untrusted bytes, front to back.
 *
 * You give a range of bytes; you get its values in the machine's byte order, at any alignment. It
 * never reads past the end: the first read that does not fit marks the cursor as failed, and from
 * then on every read gives 0, so that one check at the end covers all.
 */
#ifndef PROFILER_BYTE_CURSOR_H
#define PROFILER_BYTE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct byte_cursor {
	const uint8_t *next, *end;
	bool has_failed;
};

/* `bytes` may be NULL where size is 0. */
static inline struct byte_cursor byte_cursor(const void *bytes, size_t size)
{
	const uint8_t *next = bytes;

	return (struct byte_cursor){ .next = next, .end = size ? next + size : next };
}

static inline size_t byte_cursor_left(const struct byte_cursor *cursor)
{
	return cursor->has_failed ? 0 : (size_t)(cursor->end - cursor->next);
}

/* The next `size` bytes, borrowed; NULL if there are fewer. */
static inline const uint8_t *byte_cursor_bytes(struct byte_cursor *cursor, uint64_t size)
{
	const uint8_t *bytes = cursor->next;

	if (cursor->has_failed || size > byte_cursor_left(cursor)) {
		cursor->has_failed = true;
		return NULL;
	}
	cursor->next += size;
	return bytes;
}

/* `count` items of `item_size` bytes: safe where the product does not fit a u64. */
static inline const uint8_t *byte_cursor_items(struct byte_cursor *cursor, uint64_t count,
					       size_t item_size)
{
	if (cursor->has_failed || count > byte_cursor_left(cursor) / item_size) {
		cursor->has_failed = true;
		return NULL;
	}
	return byte_cursor_bytes(cursor, count * item_size);
}

static inline uint8_t byte_cursor_u8(struct byte_cursor *cursor)
{
	const uint8_t *byte = byte_cursor_bytes(cursor, 1);

	return byte ? *byte : 0;
}

static inline uint16_t byte_cursor_u16(struct byte_cursor *cursor)
{
	const uint8_t *bytes = byte_cursor_bytes(cursor, sizeof(uint16_t));
	uint16_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

static inline uint32_t byte_cursor_u32(struct byte_cursor *cursor)
{
	const uint8_t *bytes = byte_cursor_bytes(cursor, sizeof(uint32_t));
	uint32_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

static inline uint64_t byte_cursor_u64(struct byte_cursor *cursor)
{
	const uint8_t *bytes = byte_cursor_bytes(cursor, sizeof(uint64_t));
	uint64_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/* A text that ends with a NUL inside the range, borrowed; NULL if there is no NUL. */
static inline const char *byte_cursor_text(struct byte_cursor *cursor)
{
	const char *text = (const char *)cursor->next;
	size_t left = byte_cursor_left(cursor);
	size_t length = left ? strnlen(text, left) : 0;

	if (length == left) {
		cursor->has_failed = true;
		return NULL;
	}
	cursor->next += length + 1;
	return text;
}

#endif
