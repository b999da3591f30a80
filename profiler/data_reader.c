/* SPDX-License-Identifier: MIT */
#include "profiler/data_reader.h"

#include "jitdump/xalloc.h"
#include "profiler/data_features.h"
#include "profiler/data_header.h"
#include "profiler/data_input.h"
#include "profiler/data_order.h"
#include "profiler/data_part.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char no_room[] = "no room to inflate it; set TMPDIR to a directory with room";

/*
 * A record is met twice: once when its file is scanned for times, and once, by its place, when its
 * turn comes. What came out of a compressed record is written to a spool meanwhile. At the end of a
 * round everything of the round before may go (profiler/data_order.h), so two spools in turn are
 * enough, and neither grows beyond a round.
 */
struct data_reader {
	struct data_input input;
	struct data_header header;
	struct string_pool *strings;
	struct data_events events;
	struct data_feature_set features;
	struct jprof_section *section;
	struct data_part *parts; /* one for each file of the input */
	size_t part_number;	 /* the one being scanned */
	struct data_order order;
	struct data_spool inflated[2];
	size_t round;
	struct data_window window; /* for records whose turn has come */
	bool has_ended;
	char damage[512];
};

struct event_layout *data_reader_layout(struct data_reader *reader)
{
	return reader->events.layout;
}

const struct data_event *data_reader_events(const struct data_reader *reader, size_t *count)
{
	*count = reader->events.count;
	return reader->events.items;
}

const struct data_features *data_reader_features(const struct data_reader *reader)
{
	return &reader->features.told;
}

const struct data_build_id *data_reader_build_ids(const struct data_reader *reader, size_t *count)
{
	*count = reader->features.build_id_count;
	return reader->features.build_ids;
}

const struct jprof_section *data_reader_section(const struct data_reader *reader)
{
	return reader->section;
}

const char *data_reader_damage(const struct data_reader *reader)
{
	return reader->damage;
}

uint64_t data_reader_file_bytes(const struct data_reader *reader)
{
	return reader->input.file_bytes;
}

static void init_parts(struct data_reader *reader)
{
	reader->parts = xcalloc(reader->input.count, sizeof(*reader->parts));
	data_part_init(&reader->parts[0], reader->input.files[0].fd, reader->header.data_start,
		       reader->header.data_end);
	for (size_t number = 1; number < reader->input.count; number++)
		data_part_init(&reader->parts[number], reader->input.files[number].fd, 0,
			       reader->input.files[number].bytes);
}

static void use_pipe_record(struct data_reader *reader, const struct data_record *record)
{
	switch (record->type) {
	case RECORD_HEADER_ATTR:
		data_events_add_record(&reader->events, record->bytes, record->size);
		break;
	case RECORD_EVENT_UPDATE:
		data_events_update(&reader->events, record->bytes, record->size);
		break;
	case RECORD_HEADER_FEATURE:
		data_features_add_record(&reader->features, &reader->events, record->bytes,
					 record->size);
		break;
	case RECORD_HEADER_BUILD_ID:
		data_features_add_build_id(&reader->features, record->bytes, record->size);
		break;
	}
}

/* Goes through a pipe's records once: all events are known before the first record is given. */
static void read_pipe_tables(struct data_reader *reader)
{
	struct data_record record;
	struct data_part part;

	data_part_init(&part, reader->input.files[0].fd, reader->header.data_start,
		       reader->header.data_end);
	part.keeps_compressed = true;
	while (data_part_next(&part, &record))
		use_pipe_record(reader, &record);
	data_part_deinit(&part);
}

static void read_tables(struct data_reader *reader)
{
	if (reader->header.is_pipe) {
		read_pipe_tables(reader);
		return;
	}
	data_header_read_events(&reader->header, &reader->events);
	data_header_read_features(&reader->header, &reader->features, &reader->events);
}

/* Where no section tells the clock, the attribute of the sampling event does. */
static void use_clock_of_events(struct data_reader *reader)
{
	const struct perf_event_attr *attr = reader->events.items[0].attr;

	if (reader->features.told.clockid == -1 && attr->use_clockid)
		reader->features.told.clockid = attr->clockid;
}

/* A killed recorder wrote no features, nor did one whose disk stayed full. */
static bool lacks_features(const struct data_reader *reader)
{
	return !reader->header.is_closed || !reader->features.told.version[0];
}

/* FILE.part holds what did not come into FILE. */
static bool may_have_part_file(const struct data_reader *reader, const char *path)
{
	if (strcmp(path, "-") == 0 || reader->features.section.size)
		return false;
	return lacks_features(reader) ||
	       strncmp(reader->features.told.version, "jprof ", strlen("jprof ")) == 0;
}

/* What FILE.part says in perf's own sections, for a FILE without them. */
static void use_stored_features(struct data_reader *reader)
{
	size_t count;
	const struct stored_feature *features = jprof_section_features(reader->section, &count);

	for (size_t i = 0; i < count; i++)
		data_features_add(&reader->features, &reader->events, features[i].number,
				  features[i].bytes, features[i].size);
}

static void read_section(struct data_reader *reader, const char *path, bool force)
{
	struct section_bytes *bytes = &reader->features.section;

	if (may_have_part_file(reader, path))
		bytes->bytes = data_input_read_part_file(path, force, &bytes->size);
	if (bytes->size) {
		reader->section = jprof_section_create();
		jprof_section_parse(reader->section, bytes->bytes, bytes->size);
		if (lacks_features(reader))
			use_stored_features(reader);
	}
	section_bytes_deinit(bytes);
}

static bool open_recording(struct data_reader *reader, const char *path, bool force,
			   struct error *err)
{
	const char *name;

	if (!data_input_open(&reader->input, path, force, err))
		return false;
	name = reader->input.name;
	if (!data_header_read(&reader->header, reader->input.files[0].fd, name, err))
		return false;
	read_tables(reader);
	if (reader->events.count == 0)
		return error_set(err, 0,
				 "%s ends before it names an event, or is damaged: nothing of it "
				 "can be read; record again with `jprof record COMMAND`",
				 name);
	read_section(reader, path, force);
	use_clock_of_events(reader);
	init_parts(reader);
	return true;
}

struct data_reader *data_reader_open(const char *path, bool force, struct error *err)
{
	struct data_reader *reader = xcalloc(1, sizeof(*reader));

	reader->inflated[0].fd = reader->inflated[1].fd = -1;
	reader->strings = string_pool_create();
	data_events_init(&reader->events, reader->strings);
	data_features_init(&reader->features, reader->strings);
	if (open_recording(reader, path, force, err))
		return reader;
	data_reader_close(reader);
	return NULL;
}

/* What reading on from record to record has gathered. */
static void end_reading(struct data_reader *reader)
{
	for (size_t number = 0; reader->parts && number < reader->input.count; number++)
		data_part_deinit(&reader->parts[number]);
	free(reader->parts);
	data_order_deinit(&reader->order);
	data_spool_close(&reader->inflated[0]);
	data_spool_close(&reader->inflated[1]);
	data_window_deinit(&reader->window);
}

void data_reader_rewind(struct data_reader *reader)
{
	end_reading(reader);
	reader->part_number = reader->round = 0;
	reader->has_ended = false;
	reader->damage[0] = '\0';
	init_parts(reader);
}

void data_reader_close(struct data_reader *reader)
{
	if (!reader)
		return;
	end_reading(reader);
	jprof_section_destroy(reader->section);
	data_features_deinit(&reader->features);
	data_events_deinit(&reader->events);
	string_pool_destroy(reader->strings);
	data_input_close(&reader->input);
	free(reader);
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
static void note_end(struct data_reader *reader, const struct data_part *part)
{
	const char *why = why_ended(&reader->header, part);

	if (why && !reader->damage[0])
		snprintf(reader->damage, sizeof(reader->damage),
			 "%s %s at byte %" PRIu64 "; everything before is here", reader->input.name,
			 why, part->next);
}

static void stop(struct data_reader *reader, const char *why)
{
	if (!reader->damage[0])
		snprintf(reader->damage, sizeof(reader->damage), "%s: %s", reader->input.name, why);
	reader->has_ended = true;
}

/* What was scanned so far is still given. */
static void stop_for_room(struct data_reader *reader)
{
	stop(reader, no_room);
	data_order_finish(&reader->order);
}

static void end_part(struct data_reader *reader)
{
	note_end(reader, &reader->parts[reader->part_number]);
	if (++reader->part_number < reader->input.count)
		return;
	data_order_finish(&reader->order);
	reader->has_ended = true;
}

/*
 * The files of a directory were written side by side: rounds say nothing across them. In a recording
 * of ours that was not closed samples that were finished late lie behind all rounds; it is sorted as
 * a whole. (Ours has no compressed records, and inflating a whole file to sort it would be dear.)
 */
static bool uses_rounds(const struct data_reader *reader)
{
	return reader->input.count == 1 && (reader->header.is_closed || reader->parts[0].inflate);
}

static void end_round(struct data_reader *reader)
{
	if (!uses_rounds(reader))
		return;
	/* What lies in there, of the round before, is taken before more is added. */
	if (!data_spool_rewind(&reader->inflated[++reader->round % 2])) {
		stop_for_room(reader);
		return;
	}
	data_order_finish_round(&reader->order);
}

static bool spool_record(struct data_reader *reader, const struct data_record *record,
			 struct data_place *place)
{
	struct data_spool *spool = &reader->inflated[reader->round % 2];
	struct error err;

	place->source = (uint16_t)(reader->input.count + reader->round % 2);
	return (spool->fd >= 0 || data_spool_open(spool, &err)) &&
	       data_spool_add(spool, record->bytes, record->size, &place->offset);
}

static void add_record(struct data_reader *reader, const struct data_record *record)
{
	const struct perf_event_header *header = (const void *)record->bytes;
	struct data_place place = {
		.offset = record->offset,
		.source = (uint16_t)reader->part_number,
		.size = record->size,
	};

	if (record->is_inflated && !spool_record(reader, record, &place)) {
		stop_for_room(reader);
		return;
	}
	data_order_add(&reader->order, event_decode_time(reader->events.layout, header), place);
}

static void scan_record(struct data_reader *reader)
{
	struct data_record record;

	if (!data_part_next(&reader->parts[reader->part_number], &record))
		end_part(reader);
	else if (record.type == RECORD_FINISHED_ROUND)
		end_round(reader);
	else if (record.type < RECORD_USER_TYPE_START)
		add_record(reader, &record);
}

static const struct perf_event_header *record_at(struct data_reader *reader,
						 const struct data_place *place)
{
	size_t files = reader->input.count;
	int fd = place->source < files ? reader->input.files[place->source].fd
				       : reader->inflated[place->source - files].fd;
	const uint8_t *bytes = data_window_read(&reader->window, fd, place->offset, place->size);
	struct perf_event_header header;

	if (bytes)
		memcpy(&header, bytes, sizeof(header));
	if (!bytes || header.size != place->size) {
		stop(reader, "it changed while it was read");
		return NULL;
	}
	return (const void *)bytes;
}

/* Scans until records may go or there are no more. */
static void scan(struct data_reader *reader)
{
	while (!reader->has_ended && !data_order_is_ready(&reader->order))
		scan_record(reader);
	for (size_t number = 0; number < 2; number++)
		if (!data_spool_flush(&reader->inflated[number]))
			stop(reader, no_room);
	data_window_forget(&reader->window);
}

const struct perf_event_header *data_reader_next(struct data_reader *reader)
{
	struct data_place place;

	if (!data_order_is_ready(&reader->order))
		scan(reader);
	return data_order_next(&reader->order, &place) ? record_at(reader, &place) : NULL;
}
