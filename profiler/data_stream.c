/* SPDX-License-Identifier: MIT */
#include "profiler/data_stream.h"

#include "jitdump/xalloc.h"
#include "profiler/data_format.h"
#include "profiler/event_decode.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char no_room[] = "no room to inflate it; set TMPDIR to a directory with room";

static void init_parts(struct data_stream *stream)
{
	const struct data_header *header = stream->header;
	const struct data_input_file *files = stream->input->files;

	stream->parts = xcalloc(stream->input->count, sizeof(*stream->parts));
	data_part_init(&stream->parts[0], files[0].fd, header->data_start, header->data_end);
	for (size_t number = 1; number < stream->input->count; number++)
		data_part_init(&stream->parts[number], files[number].fd, 0, files[number].bytes);
	for (size_t number = 0; number < stream->input->count; number++)
		stream->parts[number].shared = &stream->windows[0];
}

void data_stream_init(struct data_stream *stream, const struct data_input *input,
		      const struct data_header *header, const struct event_layout *layout)
{
	*stream = (struct data_stream){
		.input = input,
		.header = header,
		.layout = layout,
		.inflated = { { .fd = -1 }, { .fd = -1 } },
	};
	init_parts(stream);
}

void data_stream_deinit(struct data_stream *stream)
{
	for (size_t number = 0; stream->parts && number < stream->input->count; number++)
		data_part_deinit(&stream->parts[number]);
	free(stream->parts);
	data_order_deinit(&stream->order);
	data_spool_close(&stream->inflated[0]);
	data_spool_close(&stream->inflated[1]);
	for (size_t i = 0; i < sizeof(stream->windows) / sizeof(*stream->windows); i++)
		data_window_deinit(&stream->windows[i]);
	*stream = (struct data_stream){ .inflated = { { .fd = -1 }, { .fd = -1 } } };
}

/* The sentence for the end of a part; NULL where it ends as it should. */
static const char *why_ended(const struct data_header *header, const struct data_part *part)
{
	if (part->why_ended == DATA_PART_IS_DAMAGED)
		return "is damaged: there is no record";
	if (part->why_ended == DATA_PART_IS_NOT_INFLATED)
		return "is damaged: there are compressed records that cannot be inflated";
	if (!header->is_closed)
		return "was not closed (its recorder was killed, or still runs): it ends";
	if (part->why_ended == DATA_PART_IS_CUT || header->data_missing_bytes)
		return "is cut: it ends";
	return NULL;
}

/* The first reason to stop early is the one that is told. */
static void note_end(struct data_stream *stream, const struct data_part *part)
{
	const char *why = why_ended(stream->header, part);

	if (!why && stream->header->lacks_features && !stream->damage[0])
		snprintf(
			stream->damage, sizeof(stream->damage),
			"%s is cut behind its records: they are here, but not all that was said of "
			"them",
			stream->input->name);
	else if (why && !stream->damage[0])
		snprintf(stream->damage, sizeof(stream->damage),
			 "%s %s at byte %" PRIu64 "; everything before is here",
			 stream->input->name, why, part->next);
}

static void stop(struct data_stream *stream, const char *why)
{
	if (!stream->damage[0])
		snprintf(stream->damage, sizeof(stream->damage), "%s: %s", stream->input->name,
			 why);
	stream->has_ended = true;
}

/* What was scanned so far is still given. */
static void stop_for_room(struct data_stream *stream)
{
	stop(stream, no_room);
	data_order_finish(&stream->order);
}

static void end_part(struct data_stream *stream)
{
	note_end(stream, &stream->parts[stream->part_number]);
	if (++stream->part_number < stream->input->count)
		return;
	data_order_finish(&stream->order);
	stream->has_ended = true;
}

/*
 * The files of a directory were written side by side: rounds say nothing across them. In a recording
 * of ours that was not closed samples that were finished late lie behind all rounds; it is sorted as
 * a whole. Not so where records are compressed: rounds wait for late ones there, in perf's files and
 * in ours (data_writer.h), and inflating a whole file to sort it would be dear.
 */
static bool uses_rounds(const struct data_stream *stream)
{
	return stream->input->count == 1 && (stream->header->is_closed || stream->parts[0].inflate);
}

static void end_round(struct data_stream *stream)
{
	if (!uses_rounds(stream))
		return;
	/* What lies in there, of the round before, is taken before more is added. */
	if (!data_spool_rewind(&stream->inflated[++stream->round % 2])) {
		stop_for_room(stream);
		return;
	}
	data_order_finish_round(&stream->order);
}

static bool spool_record(struct data_stream *stream, const struct data_record *record,
			 struct data_place *place)
{
	struct data_spool *spool = &stream->inflated[stream->round % 2];
	struct error err;

	place->source = (uint16_t)(stream->input->count + stream->round % 2);
	return (spool->fd >= 0 || data_spool_open(spool, &err)) &&
	       data_spool_add(spool, record->bytes, record->size, &place->offset);
}

static void add_record(struct data_stream *stream, const struct data_record *record)
{
	const struct perf_event_header *header = (const void *)record->bytes;
	struct data_place place = {
		.offset = record->offset,
		.source = (uint16_t)stream->part_number,
		.size = record->size,
	};

	if (record->is_inflated && !spool_record(stream, record, &place)) {
		stop_for_room(stream);
		return;
	}
	data_order_add(&stream->order, event_decode_time(stream->layout, header), place);
}

static void scan_record(struct data_stream *stream)
{
	struct data_record record;

	if (!data_part_next(&stream->parts[stream->part_number], &record))
		end_part(stream);
	else if (record.type == RECORD_FINISHED_ROUND)
		end_round(stream);
	else if (record.type < RECORD_USER_TYPE_START)
		add_record(stream, &record);
}

static const struct perf_event_header *record_at(struct data_stream *stream,
						 const struct data_place *place)
{
	size_t files = stream->input->count;
	bool is_in_file = place->source < files;
	size_t inflated = is_in_file ? 0 : place->source - files;
	int fd =
		is_in_file ? stream->input->files[place->source].fd : stream->inflated[inflated].fd;
	struct data_window *window = &stream->windows[is_in_file ? 0 : 1 + inflated];
	const uint8_t *bytes = data_window_read(window, fd, place->offset, place->size);
	struct perf_event_header header;

	if (bytes)
		memcpy(&header, bytes, sizeof(header));
	if (!bytes || header.size != place->size) {
		stop(stream, "it changed while it was read");
		return NULL;
	}
	return (const void *)bytes;
}

/* Scans until records may go or there are no more. */
static void scan(struct data_stream *stream)
{
	while (!stream->has_ended && !data_order_is_ready(&stream->order))
		scan_record(stream);
	for (size_t number = 0; number < 2; number++) {
		if (!stream->inflated[number].unwritten_bytes)
			continue;
		/* It may have been rewound since: then this overwrites what was read. */
		data_window_forget(&stream->windows[1 + number]);
		if (!data_spool_flush(&stream->inflated[number]))
			stop(stream, no_room);
	}
}

const struct perf_event_header *data_stream_next(struct data_stream *stream)
{
	struct data_place place;

	if (!data_order_is_ready(&stream->order))
		scan(stream);
	return data_order_next(&stream->order, &place) ? record_at(stream, &place) : NULL;
}
