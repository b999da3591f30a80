/* SPDX-License-Identifier: MIT */
/*
 * How the stacks of the samples written last were found, until that is stored itself.
 *
 * You give one quality per sample in the order of the file; you get a chunk of jprof's section.
 */
#ifndef PROFILER_QUALITY_BATCH_H
#define PROFILER_QUALITY_BATCH_H

#include "profiler/jprof_section.h"

struct chain;

enum { QUALITY_BITMAP_BYTES = STACK_DEPTH_LIMIT / 8 };

/* A zeroed one is empty. */
struct quality_batch {
	struct sample_quality *items; /* `guessed` is not valid before they are put */
	size_t count, capacity;
	struct section_bytes bitmaps; /* of all items, one behind the other */
};
void quality_batch_deinit(struct quality_batch *batch);

/* The quality of a chain. `bitmap` has QUALITY_BITMAP_BYTES bytes and is what `guessed` borrows. */
struct sample_quality quality_of_chain(const struct chain *chain, uint8_t *bitmap);

/* Copied, the bitmap too. */
void quality_batch_add(struct quality_batch *batch, const struct sample_quality *quality);

/* Appends the chunk, if there is anything for it, and empties the batch. */
void quality_batch_put(struct quality_batch *batch, struct section_bytes *out);

#endif
