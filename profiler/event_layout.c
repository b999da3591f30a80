/* SPDX-License-Identifier: MIT */
#include "profiler/event_layout.h"

#include "jitdump/xalloc.h"
#include "symbolize/hash_index.h"

#include <stdlib.h>
#include <string.h>

struct layout_id {
	uint64_t id;
	uint32_t event_number;
};

struct event_layout {
	struct layout_event **events; /* one allocation each: attributes stay where they are */
	size_t count, capacity;
	struct layout_id *ids;
	size_t id_count, id_capacity;
	struct hash_index id_index;
	/* The positions in use among all events, as bits: nearly always one. */
	uint8_t start_positions, end_positions;
};

struct event_layout *event_layout_create(void)
{
	return xcalloc(1, sizeof(struct event_layout));
}

void event_layout_destroy(struct event_layout *layout)
{
	if (!layout)
		return;
	for (size_t number = 0; number < layout->count; number++)
		free(layout->events[number]);
	free(layout->events);
	free(layout->ids);
	hash_index_deinit(&layout->id_index);
	free(layout);
}

static int fields(uint64_t sample_type, uint64_t mask)
{
	return __builtin_popcountll(sample_type & mask);
}

static int8_t id_position_from_start(uint64_t sample_type)
{
	if (sample_type & PERF_SAMPLE_IDENTIFIER)
		return 0;
	if (sample_type & PERF_SAMPLE_ID)
		return (int8_t)fields(sample_type, PERF_SAMPLE_IP | PERF_SAMPLE_TID |
							   PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR);
	return -1;
}

static int8_t id_position_from_end(const struct perf_event_attr *attr)
{
	if (!attr->sample_id_all)
		return -1;
	if (attr->sample_type & PERF_SAMPLE_IDENTIFIER)
		return 1;
	if (attr->sample_type & PERF_SAMPLE_ID)
		return (int8_t)(1 +
				fields(attr->sample_type, PERF_SAMPLE_CPU | PERF_SAMPLE_STREAM_ID));
	return -1;
}

static uint16_t trailer_bytes(const struct perf_event_attr *attr)
{
	if (!attr->sample_id_all)
		return 0;
	return (uint16_t)(8 * fields(attr->sample_type,
				     PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
					     PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |
					     PERF_SAMPLE_IDENTIFIER));
}

/* A size of 0 is how the first attributes (version 0) were written. */
static void copy_attr(struct perf_event_attr *copy, const struct perf_event_attr *attr)
{
	size_t size = attr->size ? attr->size : PERF_ATTR_SIZE_VER0;

	if (size > sizeof(*copy))
		size = sizeof(*copy);
	memcpy(copy, attr, size);
	copy->size = (uint32_t)size;
}

void event_layout_add(struct event_layout *layout, const struct perf_event_attr *attr,
		      const uint64_t *ids, size_t id_count)
{
	struct layout_event *event = xcalloc(1, sizeof(*event));

	copy_attr(&event->attr, attr);
	event->number = (uint32_t)layout->count;
	event->id_from_start = id_position_from_start(event->attr.sample_type);
	event->id_from_end = id_position_from_end(&event->attr);
	event->trailer_bytes = trailer_bytes(&event->attr);
	if (event->id_from_start >= 0)
		layout->start_positions |= (uint8_t)(1 << event->id_from_start);
	if (event->id_from_end >= 0)
		layout->end_positions |= (uint8_t)(1 << event->id_from_end);

	layout->events = xgrow(layout->events, layout->count, &layout->capacity, sizeof(void *));
	layout->events[layout->count++] = event;
	for (size_t number = 0; number < id_count; number++)
		event_layout_add_id(layout, event->number, ids[number]);
}

static const struct layout_event *event_with_id(const struct event_layout *layout, uint64_t id)
{
	struct hash_cursor cursor = hash_index_begin(&layout->id_index, hash_u64(id));

	while (hash_index_next(&layout->id_index, &cursor))
		if (layout->ids[cursor.number].id == id)
			return layout->events[layout->ids[cursor.number].event_number];
	return NULL;
}

void event_layout_add_id(struct event_layout *layout, uint32_t event_number, uint64_t id)
{
	if (event_number >= layout->count || event_with_id(layout, id))
		return;
	layout->ids =
		xgrow(layout->ids, layout->id_count, &layout->id_capacity, sizeof(*layout->ids));
	hash_index_add(&layout->id_index, hash_u64(id), (uint32_t)layout->id_count);
	layout->ids[layout->id_count++] =
		(struct layout_id){ .id = id, .event_number = event_number };
}

bool event_layout_number(const struct event_layout *layout, uint64_t id, uint32_t *number)
{
	const struct layout_event *event = event_with_id(layout, id);

	if (event)
		*number = event->number;
	return event;
}

uint32_t event_layout_count(const struct event_layout *layout)
{
	return (uint32_t)layout->count;
}

const struct perf_event_attr *event_layout_attr(const struct event_layout *layout, uint32_t number)
{
	return &layout->events[number]->attr;
}

/* The event of the id at `offset`, if that event tells its id at `position`. */
static const struct layout_event *event_at(const struct event_layout *layout, const uint8_t *record,
					   size_t size, size_t offset, int position, bool is_sample)
{
	const struct layout_event *event;
	uint64_t id;

	if (offset < RECORD_HEADER_BYTES || offset + sizeof(id) > size)
		return NULL;
	memcpy(&id, record + offset, sizeof(id));
	event = event_with_id(layout, id);
	if (!event)
		return id ? NULL : layout->events[0];
	return position == (is_sample ? event->id_from_start : event->id_from_end) ? event : NULL;
}

static const struct layout_event *event_of_sample(const struct event_layout *layout,
						  const uint8_t *record, size_t size)
{
	for (int position = 0; layout->start_positions >> position; position++) {
		size_t offset = RECORD_HEADER_BYTES + sizeof(uint64_t) * (size_t)position;
		const struct layout_event *event = NULL;

		if (layout->start_positions & (1 << position))
			event = event_at(layout, record, size, offset, position, true);
		if (event)
			return event;
	}
	return layout->start_positions ? NULL : layout->events[0];
}

static const struct layout_event *event_of_other(const struct event_layout *layout,
						 const uint8_t *record, size_t size)
{
	for (int position = 1; layout->end_positions >> position; position++) {
		size_t back = sizeof(uint64_t) * (size_t)position;
		const struct layout_event *event = NULL;

		if (layout->end_positions & (1 << position) && back <= size)
			event = event_at(layout, record, size, size - back, position, false);
		if (event)
			return event;
	}
	return layout->events[0];
}

const struct layout_event *event_layout_find(const struct event_layout *layout,
					     const uint8_t *record, size_t size, bool is_sample)
{
	if (layout->count == 0)
		return NULL;
	if (layout->count == 1)
		return layout->events[0];
	return is_sample ? event_of_sample(layout, record, size)
			 : event_of_other(layout, record, size);
}
