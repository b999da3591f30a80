/* SPDX-License-Identifier: MIT */
/*
 * Reads one chunk of jprof's own section out of untrusted bytes.
 *
 * You give the bytes of a chunk; you get numbers, texts and bytes, in the order in which
 * profiler/section_bytes.h put them. It never reads past the end: the first read that does not fit
 * marks the cursor as failed, and from then on every read gives 0, so that one check for each item
 * covers its fields.
 */
#ifndef PROFILER_SECTION_CURSOR_H
#define PROFILER_SECTION_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct section_cursor {
	const uint8_t *next, *end;
	bool has_failed;
	const char **texts; /* of this chunk, in the order they came */
	size_t text_count, text_capacity;
};

struct section_cursor section_cursor_init(const uint8_t *bytes, size_t size);
void section_cursor_deinit(struct section_cursor *cursor);

/* 0 after a failure. */
size_t section_cursor_left(const struct section_cursor *cursor);

/* Borrowed from the chunk; NULL after a failure. */
const uint8_t *section_take_bytes(struct section_cursor *cursor, uint64_t size);
uint8_t section_take_u8(struct section_cursor *cursor);
uint64_t section_take_varint(struct section_cursor *cursor);
uint32_t section_take_u32(struct section_cursor *cursor); /* a varint that fits, else a failure */
uint64_t section_take_delta(struct section_cursor *cursor, uint64_t *last);

/* NUL-terminated, borrowed from the chunk; NULL where NULL was put, and after a failure. */
const char *section_take_text(struct section_cursor *cursor);

#endif
