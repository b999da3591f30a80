/* SPDX-License-Identifier: MIT */
/*
 * Reads one chunk of jprof's own section out of untrusted bytes.
 *
 * You give the bytes of a chunk; you get numbers, texts and bytes, in the order in which
 * profiler/section_bytes.h put them; plain bytes through byte_cursor_bytes() and byte_cursor_u8(). It
 * never reads past the end: the first read that does not fit marks the bytes as failed, and from then
 * on every read gives 0, so that one check for each item covers its fields.
 */
#ifndef PROFILER_SECTION_CURSOR_H
#define PROFILER_SECTION_CURSOR_H

#include "profiler/byte_cursor.h"

struct section_cursor {
	struct byte_cursor bytes;
	const char **texts; /* of this chunk, in the order they came */
	size_t text_count, text_capacity;
};

struct section_cursor section_cursor_init(const uint8_t *bytes, size_t size);
void section_cursor_deinit(struct section_cursor *cursor);

uint64_t section_take_varint(struct section_cursor *cursor);
uint32_t section_take_u32(struct section_cursor *cursor); /* a varint that fits, else a failure */
uint64_t section_take_delta(struct section_cursor *cursor, uint64_t *last);

/* NUL-terminated, borrowed from the chunk; NULL where NULL was put, and after a failure. */
const char *section_take_text(struct section_cursor *cursor);

#endif
