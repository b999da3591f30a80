/* SPDX-License-Identifier: MIT */
/*
 * Reads DWARF's numbers and strings out of untrusted bytes, front to back.
 *
 * You give a range of bytes and their order; you get values. It never reads past the end: the first
 * read that does not fit marks the cursor as failed, and from then on every read gives 0, so that
 * one check at the end covers all.
 */
#ifndef SYMBOLIZE_DWARF_CURSOR_H
#define SYMBOLIZE_DWARF_CURSOR_H

#include <byteswap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct dwarf_cursor {
	const uint8_t *next, *end;
	bool is_swapped; /* the bytes are not in this machine's order */
	bool has_failed;
};

static inline bool dwarf_cursor_fail(struct dwarf_cursor *cursor)
{
	cursor->next = cursor->end;
	cursor->has_failed = true;
	return false;
}

static inline size_t dwarf_cursor_left(const struct dwarf_cursor *cursor)
{
	return (size_t)(cursor->end - cursor->next);
}

static inline void dwarf_cursor_skip(struct dwarf_cursor *cursor, uint64_t size)
{
	if (size > dwarf_cursor_left(cursor))
		dwarf_cursor_fail(cursor);
	else if (size) /* a section that is not there has no place to begin with */
		cursor->next += size;
}

static inline uint8_t dwarf_cursor_u8(struct dwarf_cursor *cursor)
{
	if (cursor->next == cursor->end)
		return dwarf_cursor_fail(cursor);
	return *cursor->next++;
}

static inline uint16_t dwarf_cursor_u16(struct dwarf_cursor *cursor)
{
	uint16_t value;

	if (dwarf_cursor_left(cursor) < sizeof(value))
		return dwarf_cursor_fail(cursor);
	memcpy(&value, cursor->next, sizeof(value));
	cursor->next += sizeof(value);
	return cursor->is_swapped ? bswap_16(value) : value;
}

static inline uint32_t dwarf_cursor_u32(struct dwarf_cursor *cursor)
{
	uint32_t value;

	if (dwarf_cursor_left(cursor) < sizeof(value))
		return dwarf_cursor_fail(cursor);
	memcpy(&value, cursor->next, sizeof(value));
	cursor->next += sizeof(value);
	return cursor->is_swapped ? bswap_32(value) : value;
}

static inline uint64_t dwarf_cursor_u64(struct dwarf_cursor *cursor)
{
	uint64_t value;

	if (dwarf_cursor_left(cursor) < sizeof(value))
		return dwarf_cursor_fail(cursor);
	memcpy(&value, cursor->next, sizeof(value));
	cursor->next += sizeof(value);
	return cursor->is_swapped ? bswap_64(value) : value;
}

/* Of 1, 2, 3, 4 or 8 bytes: addresses, offsets, indexes. */
static inline uint64_t dwarf_cursor_unsigned(struct dwarf_cursor *cursor, unsigned int size)
{
	uint8_t low, middle, high;

	switch (size) {
	case 1:
		return dwarf_cursor_u8(cursor);
	case 2:
		return dwarf_cursor_u16(cursor);
	case 3:
		low = dwarf_cursor_u8(cursor);
		middle = dwarf_cursor_u8(cursor);
		high = dwarf_cursor_u8(cursor);
		return cursor->is_swapped ? (uint64_t)low << 16 | middle << 8 | high
					  : (uint64_t)high << 16 | middle << 8 | low;
	case 4:
		return dwarf_cursor_u32(cursor);
	case 8:
		return dwarf_cursor_u64(cursor);
	default:
		return dwarf_cursor_fail(cursor);
	}
}

/* Bits beyond 64 are dropped. */
static inline uint64_t dwarf_cursor_uleb(struct dwarf_cursor *cursor)
{
	uint64_t value = 0;

	/* Most are of one byte. */
	if (cursor->next < cursor->end && *cursor->next < 0x80)
		return *cursor->next++;
	for (unsigned int shift = 0; cursor->next < cursor->end; shift += 7) {
		uint8_t byte = *cursor->next++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	return dwarf_cursor_fail(cursor);
}

static inline int64_t dwarf_cursor_sleb(struct dwarf_cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; cursor->next < cursor->end;) {
		uint8_t byte = *cursor->next++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (byte & 0x80)
			continue;
		if (byte & 0x40 && shift < 64)
			value |= UINT64_MAX << shift;
		return (int64_t)value;
	}
	return dwarf_cursor_fail(cursor);
}

/* NUL-terminated; borrowed. NULL if it does not end. */
static inline const char *dwarf_cursor_string(struct dwarf_cursor *cursor)
{
	const uint8_t *text = cursor->next;
	size_t left = dwarf_cursor_left(cursor);
	const uint8_t *nul = left ? memchr(text, '\0', left) : NULL;

	if (!nul) {
		dwarf_cursor_fail(cursor);
		return NULL;
	}
	cursor->next = nul + 1;
	return (const char *)text;
}

/*
 * The length at the start of a unit: it ends the cursor's range there. Returns the size of the
 * unit's offsets, 4 or 8 bytes (DWARF 5, 7.4); 0 if the unit does not fit.
 */
static inline uint8_t dwarf_cursor_unit_length(struct dwarf_cursor *cursor)
{
	uint64_t length = dwarf_cursor_u32(cursor);
	uint8_t offset_size = 4;

	if (length == 0xffffffff) {
		length = dwarf_cursor_u64(cursor);
		offset_size = 8;
	} else if (length >= 0xfffffff0) {
		dwarf_cursor_fail(cursor);
	}
	if (cursor->has_failed || length > dwarf_cursor_left(cursor)) {
		dwarf_cursor_fail(cursor);
		return 0;
	}
	cursor->end = cursor->next + length;
	return offset_size;
}

#endif
