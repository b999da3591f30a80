/* SPDX-License-Identifier: MIT */
#include "profiler/data_events.h"

#include "jitdump/xalloc.h"
#include "profiler/byte_cursor.h"
#include "profiler/data_text.h"
#include "profiler/event_layout.h"
#include "profiler/event_name.h"

#include <stdlib.h>

/* PERF_EVENT_UPDATE__NAME of Linux tools/lib/perf/include/perf/event.h; units and scales are of no
 * use to a profile. */
enum { UPDATE_NAME = 2 };

void data_events_init(struct data_events *events, struct string_pool *strings)
{
	*events = (struct data_events){ .layout = event_layout_create(), .strings = strings };
}

void data_events_deinit(struct data_events *events)
{
	event_layout_destroy(events->layout);
	free(events->items);
	*events = (struct data_events){ 0 };
}

bool data_events_add(struct data_events *events, const uint8_t *bytes, size_t attr_size,
		     const uint8_t *ids, size_t id_count)
{
	uint32_t number = event_layout_count(events->layout);
	struct byte_cursor id = byte_cursor(ids, 8 * id_count);
	struct perf_event_attr attr = { 0 };
	char name[EVENT_NAME_BYTES];

	if (attr_size < PERF_ATTR_SIZE_VER0)
		return false;
	if (attr_size > sizeof(attr))
		attr_size = sizeof(attr);
	memcpy(&attr, bytes, attr_size);
	attr.size = (uint32_t)attr_size;
	event_layout_add(events->layout, &attr, NULL, 0);
	while (byte_cursor_left(&id))
		event_layout_add_id(events->layout, number, byte_cursor_u64(&id));

	event_name_derive(&attr, name, sizeof(name));
	events->items =
		xgrow(events->items, events->count, &events->capacity, sizeof(*events->items));
	events->items[events->count++] = (struct data_event){
		.name = string_pool_add(events->strings, name),
		.attr = event_layout_attr(events->layout, number),
		.rate_asked_hz = attr.freq ? attr.sample_freq : 0,
		.is_side_band =
			attr.type == PERF_TYPE_SOFTWARE && attr.config == PERF_COUNT_SW_DUMMY,
	};
	return true;
}

void data_events_set_name(struct data_events *events, size_t number, const char *name)
{
	if (number < events->count && *name)
		events->items[number].name = data_text_add(events->strings, name, strlen(name));
}

void data_events_add_record(struct data_events *events, const uint8_t *record, size_t size)
{
	struct byte_cursor body =
		byte_cursor(record + RECORD_HEADER_BYTES, size - RECORD_HEADER_BYTES);
	struct byte_cursor attr = body;
	uint32_t attr_size;
	const uint8_t *bytes;

	byte_cursor_u32(&attr); /* type */
	attr_size = byte_cursor_u32(&attr);
	bytes = byte_cursor_bytes(&body, attr_size ? attr_size : PERF_ATTR_SIZE_VER0);
	if (bytes)
		data_events_add(events, bytes, (size_t)(body.next - bytes), body.next,
				byte_cursor_left(&body) / 8);
}

void data_events_update(struct data_events *events, const uint8_t *record, size_t size)
{
	struct byte_cursor body =
		byte_cursor(record + RECORD_HEADER_BYTES, size - RECORD_HEADER_BYTES);
	uint64_t what = byte_cursor_u64(&body);
	uint64_t id = byte_cursor_u64(&body);
	const char *text = byte_cursor_text(&body);
	uint32_t number;

	if (text && what == UPDATE_NAME && event_layout_number(events->layout, id, &number))
		data_events_set_name(events, number, text);
}

/* One event of FEATURE_EVENT_DESC: attr, u32 id count, u32 name size, name, ids. */
static bool describe_one(struct data_events *events, struct byte_cursor *body, size_t number,
			 uint32_t attr_size, bool has_events)
{
	const uint8_t *attr = byte_cursor_bytes(body, attr_size);
	uint32_t id_count = byte_cursor_u32(body);
	uint32_t name_size = byte_cursor_u32(body);
	struct byte_cursor name = { 0 };
	const uint8_t *ids;
	const char *text;

	name.next = byte_cursor_bytes(body, name_size);
	name.end = name.next ? name.next + name_size : NULL;
	ids = byte_cursor_items(body, id_count, 8);
	if (!ids)
		return false;
	if (!has_events && !data_events_add(events, attr, attr_size, ids, id_count))
		return false;
	text = byte_cursor_text(&name);
	if (text)
		data_events_set_name(events, number, text);
	return true;
}

void data_events_describe(struct data_events *events, const uint8_t *bytes, size_t size)
{
	struct byte_cursor body = byte_cursor(bytes, size);
	bool has_events = events->count > 0;
	uint32_t count = byte_cursor_u32(&body);
	uint32_t attr_size = byte_cursor_u32(&body);

	for (size_t number = 0; number < count; number++)
		if (!describe_one(events, &body, number, attr_size, has_events))
			break;
}
