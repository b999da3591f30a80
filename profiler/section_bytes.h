/* SPDX-License-Identifier: MIT */
/*
 * The bytes of jprof's own section while they are built.
 *
 * You give numbers, texts and bytes; they are appended in the encodings of jprof_section_format.h.
 * It never knows what they mean.
 */
#ifndef PROFILER_SECTION_BYTES_H
#define PROFILER_SECTION_BYTES_H

#include "symbolize/hash_index.h"

#include <stddef.h>
#include <stdint.h>

/* A zeroed one is empty. */
struct section_bytes {
	uint8_t *bytes;
	size_t size, capacity;
};
void section_bytes_deinit(struct section_bytes *out);

void section_put_bytes(struct section_bytes *out, const void *bytes, size_t size);
void section_put_u8(struct section_bytes *out, uint8_t value);
void section_put_varint(struct section_bytes *out, uint64_t value);

/* `value` as its distance from *last, which becomes `value`: small for what is near, either way. */
void section_put_delta(struct section_bytes *out, uint64_t value, uint64_t *last);

/* Starts a chunk; returns where, for section_end_chunk(), which fills in its size and pads it. */
size_t section_begin_chunk(struct section_bytes *out, uint32_t tag, uint32_t version);
void section_end_chunk(struct section_bytes *out, size_t start);

/* The texts that one chunk has held so far, each stored once. The texts are borrowed until deinit;
 * a zeroed one is empty. */
struct section_texts {
	const char **texts;
	size_t count, capacity;
	struct hash_index index;
};
void section_texts_deinit(struct section_texts *texts);

/* `text` may be NULL and is found again as NULL. */
void section_put_text(struct section_bytes *out, struct section_texts *texts, const char *text);

#endif
