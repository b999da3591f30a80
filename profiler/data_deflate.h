/* SPDX-License-Identifier: MIT */
/*
 * The one zstd stream that runs through a file's compressed records, as they are written.
 *
 * You give whole records; you get records that hold them: the kernel's inside COMPRESSED ones,
 * perf's own (rounds, features) as they were, in the same order. It never keeps a byte back: what
 * was given is in what you get, and a file that ends behind any of it can be inflated up to there.
 * A compressed record holds whole records, but for one that is too large: two share it.
 */
#ifndef PROFILER_DATA_DEFLATE_H
#define PROFILER_DATA_DEFLATE_H

#include "profiler/error.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What mmap_len of FEATURE_COMPRESSED is to say: no compressed record inflates to so much. perf 6.1
 * (zstd_decompress_stream(), util/zstd.c) must find room for all of one at once: where zstd needs a
 * second call, it writes to the wrong place.
 */
enum { DATA_DEFLATE_INFLATED_MAX = 64 << 10 };

struct data_deflate;

/* `level` is zstd's, 1 to 22. */
struct data_deflate *data_deflate_create(uint32_t level, struct error *err);
void data_deflate_destroy(struct data_deflate *deflate);

/* Takes `*size` bytes of whole records; returns what to write instead, `*size` bytes of it, borrowed
 * until the next call. NULL if zstd fails; the stream cannot go on then. */
const uint8_t *data_deflate_records(struct data_deflate *deflate, const uint8_t *records,
				    size_t *size, struct error *err);

#endif
