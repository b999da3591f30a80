/* SPDX-License-Identifier: MIT */
/*
 * Finished records that wait for their turn, by time.
 *
 * You give records in any order; you get them back in time order, those of equal times as they
 * came. It never looks into a record, and allocates only while it grows.
 */
#ifndef PROFILER_RECORD_QUEUE_H
#define PROFILER_RECORD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queued_record {
	uint64_t time_ns;
	uint64_t number; /* in the order of pushes */
	size_t offset;	 /* of its bytes in the queue's */
	uint32_t size, extra_size;
};

/* A zeroed one is empty. */
struct record_queue {
	struct queued_record *heap; /* the oldest first; a binary heap by (time_ns, number) */
	size_t count, capacity;
	uint64_t pushed_count;
	uint8_t *bytes;
	size_t byte_count, byte_capacity;
	size_t live_byte_count; /* of records that were not popped */
};
void record_queue_deinit(struct record_queue *queue);

/* `extra` is what belongs to the record and is not of it. Both are copied; both may be empty. */
void record_queue_push(struct record_queue *queue, uint64_t time_ns, const void *bytes,
		       uint32_t size, const void *extra, uint32_t extra_size);

/* The oldest record, if it is older than `before_ns`: false if none is. */
bool record_queue_pop(struct record_queue *queue, uint64_t before_ns, struct queued_record *record);

/* Of a popped record, valid until the next push. `extra` follows `size` bytes behind. */
const uint8_t *record_queue_bytes(const struct record_queue *queue,
				  const struct queued_record *record);

#endif
