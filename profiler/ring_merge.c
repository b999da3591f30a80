/* SPDX-License-Identifier: MIT */
#include "profiler/ring_merge.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

void ring_merge_init(struct ring_merge *merge, const struct event_layout *layout)
{
	*merge = (struct ring_merge){ .layout = layout };
}

void ring_merge_deinit(struct ring_merge *merge)
{
	free(merge->rings);
	free(merge->heap);
	*merge = (struct ring_merge){ 0 };
}

void ring_merge_add(struct ring_merge *merge, struct ring_buffer *ring)
{
	merge->rings = xgrow(merge->rings, merge->ring_count, &merge->ring_capacity,
			     sizeof(struct ring_buffer *));
	merge->rings[merge->ring_count++] = ring;
	merge->heap = xrealloc(merge->heap, merge->ring_count * sizeof(*merge->heap));
}

static void swap(struct merged_ring *a, struct merged_ring *b)
{
	struct merged_ring kept = *a;

	*a = *b;
	*b = kept;
}

static void sift_up(struct ring_merge *merge, size_t at)
{
	while (at && merge->heap[at].time_ns < merge->heap[(at - 1) / 2].time_ns) {
		swap(&merge->heap[at], &merge->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

static void sift_down(struct ring_merge *merge, size_t at)
{
	for (;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
			if (child < merge->heap_count &&
			    merge->heap[child].time_ns < merge->heap[least].time_ns)
				least = child;
		}
		if (least == at)
			return;
		swap(&merge->heap[at], &merge->heap[least]);
		at = least;
	}
}

/* False if the ring has nothing more. */
static bool read_time(const struct ring_merge *merge, struct merged_ring *merged)
{
	const struct perf_event_header *record = ring_buffer_peek(merged->ring);

	if (!record)
		return false;
	merged->time_ns = event_decode_time(merge->layout, record);
	return true;
}

/* The record that the caller had goes back. */
static void release(struct ring_merge *merge)
{
	if (merge->given)
		ring_buffer_release(merge->given);
	merge->given = NULL;
}

void ring_merge_begin(struct ring_merge *merge, uint64_t horizon_ns)
{
	release(merge);
	merge->horizon_ns = horizon_ns;
	merge->heap_count = 0;
	for (size_t i = 0; i < merge->ring_count; i++)
		ring_buffer_look(merge->rings[i]);
	for (size_t i = 0; i < merge->ring_count; i++) {
		struct merged_ring *merged = &merge->heap[merge->heap_count];

		merged->ring = merge->rings[i];
		if (read_time(merge, merged))
			sift_up(merge, merge->heap_count++);
	}
}

static bool has_upcoming(const struct ring_merge *merge)
{
	return merge->heap_count && merge->heap[0].time_ns <= merge->horizon_ns;
}

const struct perf_event_header *ring_merge_next(struct ring_merge *merge, uint64_t *time_ns)
{
	struct merged_ring *oldest = &merge->heap[0];
	const struct perf_event_header *record;

	release(merge);
	if (!has_upcoming(merge))
		return NULL;
	record = ring_buffer_peek(oldest->ring);
	*time_ns = oldest->time_ns;
	merge->given = oldest->ring;
	ring_buffer_take(oldest->ring);
	if (!read_time(merge, oldest))
		*oldest = merge->heap[--merge->heap_count];
	sift_down(merge, 0);
	return record;
}

const struct perf_event_header *ring_merge_upcoming(const struct ring_merge *merge)
{
	return has_upcoming(merge) ? ring_buffer_peek(merge->heap[0].ring) : NULL;
}

double ring_merge_pressure(const struct ring_merge *merge)
{
	return merge->given
		       ? (double)ring_buffer_used(merge->given) / (double)merge->given->data_bytes
		       : 0;
}
