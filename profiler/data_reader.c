/* SPDX-License-Identifier: MIT */
#include "profiler/data_reader.h"

#include "jitdump/xalloc.h"
#include "profiler/data_copy.h"
#include "profiler/data_features.h"
#include "profiler/data_header.h"
#include "profiler/data_input.h"
#include "profiler/data_pipe.h"
#include "profiler/data_stream.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

struct data_reader {
	char *path; /* as given */
	struct data_input input;
	struct data_header header;
	struct string_pool *strings;
	struct data_events events;
	struct data_feature_set features;
	struct jprof_section *section;
	bool is_section_in_part;
	struct data_stream stream;
	uint64_t read_bytes;
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
	return reader->stream.damage;
}

uint64_t data_reader_file_bytes(const struct data_reader *reader)
{
	return reader->input.file_bytes;
}

uint64_t data_reader_read_bytes(const struct data_reader *reader)
{
	return reader->read_bytes;
}

static void read_tables(struct data_reader *reader)
{
	if (reader->header.is_pipe) {
		data_pipe_read_tables(&reader->header, &reader->events, &reader->features);
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
	bool is_part = may_have_part_file(reader, path);

	if (is_part)
		bytes->bytes = data_input_read_part_file(path, force, &bytes->size);
	if (bytes->size) {
		reader->section = jprof_section_create();
		jprof_section_parse(reader->section, bytes->bytes, bytes->size);
	}
	section_bytes_deinit(bytes);
	if (!reader->section || !is_part)
		return;
	if (!jprof_section_is_of_file(reader->section, &reader->header.file)) {
		jprof_section_destroy(reader->section);
		reader->section = NULL;
	} else if (lacks_features(reader)) {
		use_stored_features(reader);
	}
	reader->is_section_in_part = reader->section != NULL;
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
	data_stream_init(&reader->stream, &reader->input, &reader->header, reader->events.layout);
	return true;
}

struct data_reader *data_reader_open(const char *path, bool force, struct error *err)
{
	struct data_reader *reader = xcalloc(1, sizeof(*reader));

	reader->path = xstrdup(path);
	reader->strings = string_pool_create();
	data_events_init(&reader->events, reader->strings);
	data_features_init(&reader->features, reader->strings);
	if (open_recording(reader, path, force, err))
		return reader;
	data_reader_close(reader);
	return NULL;
}

void data_reader_close(struct data_reader *reader)
{
	if (!reader)
		return;
	data_stream_deinit(&reader->stream);
	jprof_section_destroy(reader->section);
	data_features_deinit(&reader->features);
	data_events_deinit(&reader->events);
	string_pool_destroy(reader->strings);
	data_input_close(&reader->input);
	free(reader->path);
	free(reader);
}

const struct perf_event_header *data_reader_next(struct data_reader *reader)
{
	const struct perf_event_header *record = data_stream_next(&reader->stream);

	if (record)
		reader->read_bytes += record->size;
	return record;
}

void data_reader_rewind(struct data_reader *reader)
{
	reader->read_bytes = 0;
	data_stream_deinit(&reader->stream);
	data_stream_init(&reader->stream, &reader->input, &reader->header, reader->events.layout);
}

bool data_reader_copy(const struct data_reader *reader, const char *output,
		      const struct section_bytes *chunks, uint64_t *bytes, struct error *err)
{
	const struct data_copy copy = {
		.header = &reader->header,
		.path = reader->path,
		.output = output ? output : reader->path,
		.is_section_in_part = reader->is_section_in_part,
		.chunks = chunks,
	};

	return data_copy_write(&copy, bytes, err);
}
