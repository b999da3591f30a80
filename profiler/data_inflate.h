/* SPDX-License-Identifier: MIT */
/*
 * The one zstd stream that runs through a file's compressed records.
 *
 * You give the pieces in order; you get the bytes they inflate to, across pieces, as many at a time
 * as you ask for. It never inflates ahead of what is asked: memory stays at a few hundred KiB
 * whatever the input claims.
 */
#ifndef PROFILER_DATA_INFLATE_H
#define PROFILER_DATA_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_inflate;

struct data_inflate *data_inflate_create(void);
void data_inflate_destroy(struct data_inflate *inflate);

/* The next piece, of at most 65,535 bytes; copied. Only when data_inflate_peek() has run dry. */
void data_inflate_add(struct data_inflate *inflate, const uint8_t *piece, size_t size);

/* The next `size` (at most 65,535) inflated bytes, borrowed until the next call; NULL if the pieces
 * so far do not hold so many, or the stream is broken. */
const uint8_t *data_inflate_peek(struct data_inflate *inflate, size_t size);

/* Passes over bytes that were peeked at. */
void data_inflate_take(struct data_inflate *inflate, size_t size);

/* Inflated bytes that were not taken. */
size_t data_inflate_left(const struct data_inflate *inflate);
bool data_inflate_is_broken(const struct data_inflate *inflate);

#endif
