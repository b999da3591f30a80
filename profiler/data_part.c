/* SPDX-License-Identifier: MIT */
#include "profiler/data_part.h"

#include "profiler/byte_cursor.h"
#include "profiler/data_format.h"
#include "profiler/data_inflate.h"
#include "profiler/event_layout.h"

enum { RECORD_TYPE_MAX = UINT16_MAX };

void data_part_init(struct data_part *part, int fd, uint64_t start, uint64_t end)
{
	*part = (struct data_part){ .fd = fd, .next = start, .end = end, .whole_end = start };
}

void data_part_deinit(struct data_part *part)
{
	data_window_deinit(&part->window);
	data_inflate_destroy(part->inflate);
	part->inflate = NULL;
}

static bool stop(struct data_part *part, enum data_part_end why)
{
	part->why_ended = why;
	part->end = part->next;
	return false;
}

static void read_header(const uint8_t *bytes, struct data_record *record)
{
	struct perf_event_header header;

	memcpy(&header, bytes, sizeof(header));
	record->type = header.type;
	record->size = header.size;
}

/* perf's types end far below; what has none or such a one is no record, and its size says nothing. */
static bool is_plausible(const struct data_record *record)
{
	return record->size >= RECORD_HEADER_BYTES && record->type != 0 &&
	       record->type <= RECORD_TYPE_MAX;
}

/* A record as it lies in the file. */
static bool next_stored(struct data_part *part, struct data_record *record)
{
	struct data_window *window = part->shared ? part->shared : &part->window;
	uint64_t left = part->end - part->next;
	const uint8_t *bytes;

	if (left == 0)
		return false;
	bytes = left < RECORD_HEADER_BYTES
			? NULL
			: data_window_read(window, part->fd, part->next, RECORD_HEADER_BYTES);
	if (!bytes)
		return stop(part, DATA_PART_IS_CUT);
	read_header(bytes, record);
	if (!is_plausible(record))
		return stop(part, DATA_PART_IS_DAMAGED);
	bytes = record->size > left ? NULL
				    : data_window_read(window, part->fd, part->next, record->size);
	if (!bytes)
		return stop(part, DATA_PART_IS_CUT);
	record->bytes = bytes;
	record->offset = part->next;
	record->is_inflated = false;
	part->next += record->size;
	return true;
}

/* Passes over the bytes that follow some records without belonging to them. */
static bool skip_payload(struct data_part *part, const struct data_record *record)
{
	struct byte_cursor body = byte_cursor(record->bytes + RECORD_HEADER_BYTES,
					      record->size - RECORD_HEADER_BYTES);
	uint64_t size = 0;

	if (record->type == RECORD_AUXTRACE)
		size = byte_cursor_u64(&body);
	else if (record->type == RECORD_HEADER_TRACING_DATA)
		size = byte_cursor_u32(&body);
	if (size > part->end - part->next)
		return stop(part, DATA_PART_IS_CUT);
	part->next += size;
	return true;
}

static bool is_compressed(const struct data_record *record)
{
	return record->type == RECORD_COMPRESSED || record->type == RECORD_COMPRESSED2;
}

static bool add_compressed(struct data_part *part, const struct data_record *record)
{
	struct byte_cursor body = byte_cursor(record->bytes + RECORD_HEADER_BYTES,
					      record->size - RECORD_HEADER_BYTES);
	uint64_t size = record->type == RECORD_COMPRESSED2 ? byte_cursor_u64(&body)
							   : byte_cursor_left(&body);
	const uint8_t *bytes = byte_cursor_bytes(&body, size);

	if (!bytes)
		return stop(part, DATA_PART_IS_DAMAGED);
	if (!part->inflate)
		part->inflate = data_inflate_create();
	part->inflated_at = record->offset;
	data_inflate_add(part->inflate, bytes, size);
	return true;
}

/* A record out of the compressed ones so far; false too where it goes on in the next. */
static bool next_inflated(struct data_part *part, struct data_record *record)
{
	const uint8_t *bytes = data_inflate_peek(part->inflate, RECORD_HEADER_BYTES);

	if (bytes) {
		read_header(bytes, record);
		if (!is_plausible(record))
			return stop(part, DATA_PART_IS_DAMAGED);
		bytes = data_inflate_peek(part->inflate, record->size);
	}
	if (data_inflate_is_broken(part->inflate))
		return stop(part, DATA_PART_IS_NOT_INFLATED);
	if (!bytes)
		return false;
	record->bytes = bytes;
	record->offset = part->inflated_at;
	record->is_inflated = true;
	data_inflate_take(part->inflate, record->size);
	return true;
}

bool data_part_next(struct data_part *part, struct data_record *record)
{
	while (part->why_ended == DATA_PART_ENDS_WHOLE) {
		if (part->inflate && next_inflated(part, record))
			return true;
		if (part->why_ended != DATA_PART_ENDS_WHOLE)
			break;
		if (!part->inflate || !data_inflate_left(part->inflate))
			part->whole_end = part->next;
		if (!next_stored(part, record))
			break;
		if (part->keeps_compressed || !is_compressed(record))
			return skip_payload(part, record);
		if (!add_compressed(part, record))
			break;
	}
	if (part->inflate && data_inflate_left(part->inflate) &&
	    part->why_ended == DATA_PART_ENDS_WHOLE)
		part->why_ended = DATA_PART_IS_CUT;
	return false;
}
