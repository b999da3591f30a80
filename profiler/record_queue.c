/* SPDX-License-Identifier: MIT */
#include "profiler/record_queue.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* What the queue holds from the start: twice a second's records of a usual recording. */
enum { QUEUE_BYTES_MIN = 1 << 20 };

void record_queue_deinit(struct record_queue *queue)
{
	if (!queue)
		return;
	free(queue->heap);
	free(queue->bytes);
	*queue = (struct record_queue){ 0 };
}

static bool is_before(const struct queued_record *a, const struct queued_record *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->number < b->number;
}

static void sift_up(struct queued_record *heap, size_t place)
{
	struct queued_record record = heap[place];

	for (; place > 0 && is_before(&record, &heap[(place - 1) / 2]); place = (place - 1) / 2)
		heap[place] = heap[(place - 1) / 2];
	heap[place] = record;
}

/* Puts `record` where it belongs at or below the root, which is free. */
static void sift_down(struct queued_record *heap, size_t count, struct queued_record record)
{
	size_t place = 0;

	for (size_t child = 1; child < count; child = 2 * place + 1) {
		if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &record))
			break;
		heap[place] = heap[child];
		place = child;
	}
	heap[place] = record;
}

static void move_live_bytes(struct record_queue *queue, size_t capacity)
{
	uint8_t *bytes = xmalloc(capacity);
	size_t offset = 0;

	for (size_t i = 0; i < queue->count; i++) {
		struct queued_record *record = &queue->heap[i];
		size_t size = (size_t)record->size + record->extra_size;

		memcpy(bytes + offset, queue->bytes + record->offset, size);
		record->offset = offset;
		offset += size;
	}
	free(queue->bytes);
	queue->bytes = bytes;
	queue->byte_count = offset;
	queue->byte_capacity = capacity;
}

static void make_room(struct record_queue *queue, size_t size)
{
	if (queue->count == 0)
		queue->byte_count = 0;
	if (queue->byte_capacity - queue->byte_count >= size)
		return;
	size_t wanted = queue->live_byte_count + size;
	size_t capacity = queue->byte_capacity ? queue->byte_capacity : QUEUE_BYTES_MIN;

	while (capacity / 2 < wanted)
		capacity *= 2;
	move_live_bytes(queue, capacity);
}

void record_queue_push(struct record_queue *queue, uint64_t time_ns, const void *bytes,
		       uint32_t size, const void *extra, uint32_t extra_size)
{
	struct queued_record record = { .time_ns = time_ns,
					.number = queue->pushed_count++,
					.size = size,
					.extra_size = extra_size };

	make_room(queue, (size_t)size + extra_size);
	record.offset = queue->byte_count;
	if (size)
		memcpy(queue->bytes + queue->byte_count, bytes, size);
	if (extra_size)
		memcpy(queue->bytes + queue->byte_count + size, extra, extra_size);
	queue->byte_count += (size_t)size + extra_size;
	queue->live_byte_count += (size_t)size + extra_size;
	queue->heap = xgrow(queue->heap, queue->count, &queue->capacity, sizeof(*queue->heap));
	queue->heap[queue->count] = record;
	sift_up(queue->heap, queue->count++);
}

bool record_queue_pop(struct record_queue *queue, uint64_t before_ns, struct queued_record *record)
{
	if (queue->count == 0 || queue->heap[0].time_ns >= before_ns)
		return false;
	*record = queue->heap[0];
	queue->count--;
	queue->live_byte_count -= (size_t)record->size + record->extra_size;
	if (queue->count)
		sift_down(queue->heap, queue->count, queue->heap[queue->count]);
	return true;
}

const uint8_t *record_queue_bytes(const struct record_queue *queue,
				  const struct queued_record *record)
{
	return queue->bytes + record->offset;
}
