/* SPDX-License-Identifier: MIT */
/*
 * The records of several rings as one stream in time order.
 *
 * You give rings; each round gives every record that was published and is older than the horizon,
 * the oldest first. It never waits for a record: one that is published behind a horizon that has
 * passed comes in the next round, older than what was given before.
 *
 * The horizon is a clock reading made before any head is looked at. What caused a sample (a mapping,
 * an exec) was published before the sample was taken, so a sample older than the horizon never
 * comes before its cause, on whatever CPU that happened.
 */
#ifndef PROFILER_RING_MERGE_H
#define PROFILER_RING_MERGE_H

#include "profiler/event_decode.h"
#include "profiler/ring_buffer.h"

struct merged_ring {
	struct ring_buffer *ring;
	uint64_t time_ns; /* of its oldest record */
};

/* A zeroed one has no rings. */
struct ring_merge {
	const struct event_layout *layout; /* borrowed */
	struct ring_buffer **rings;	   /* borrowed */
	size_t ring_count, ring_capacity;
	struct merged_ring *heap; /* the rings that have records; [0] has the oldest */
	size_t heap_count;
	uint64_t horizon_ns;
	struct ring_buffer *given; /* whose record is with the caller; NULL: none */
};

void ring_merge_init(struct ring_merge *merge, const struct event_layout *layout);
void ring_merge_deinit(struct ring_merge *merge);
void ring_merge_add(struct ring_merge *merge, struct ring_buffer *ring);

/* Looks at all heads. `horizon_ns` must have been read from the records' clock before the call. */
void ring_merge_begin(struct ring_merge *merge, uint64_t horizon_ns);

/* The next record, NULL at the end of the round; *time_ns is its time. Borrowed until the next call,
 * which gives it back to the kernel. */
const struct perf_event_header *ring_merge_next(struct ring_merge *merge, uint64_t *time_ns);

/* What ring_merge_next() will give next, while the caller has a record: NULL if that is the last. */
const struct perf_event_header *ring_merge_upcoming(const struct ring_merge *merge);

/* How full the ring is that the caller's record lies in, by now: 0 to 1. */
double ring_merge_pressure(const struct ring_merge *merge);

#endif
