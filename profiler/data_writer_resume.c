/* SPDX-License-Identifier: MIT */
#include "profiler/data_events.h"
#include "profiler/data_header.h"
#include "profiler/data_part.h"
#include "profiler/data_writer_state.h"
#include "profiler/event_decode.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <unistd.h>

/* How the records are laid out, by the attributes of the file. */
static struct event_layout *layout_of(const struct data_header *header)
{
	struct string_pool *names = string_pool_create();
	struct data_events events = { 0 };

	data_events_init(&events, names);
	data_header_read_events(header, &events);
	struct event_layout *layout = events.layout;

	events.layout = NULL;
	data_events_deinit(&events);
	string_pool_destroy(names);
	return layout;
}

static bool read_head(struct data_writer *writer, struct data_header *header, struct error *err)
{
	const char *path = writer->output.path;

	if (!data_header_read(header, writer->output.fd, path, err))
		return false;
	if (header->is_pipe || header->is_closed)
		return error_set(err, 0, "%s is closed: there is nothing to put right", path);
	writer->header = header->file;
	writer->layout = layout_of(header);
	if (event_layout_count(writer->layout) == 0 ||
	    header->data_start < header->file.data.offset)
		return error_set(err, 0, "%s ends before its records: nothing of it can be read",
				 path);
	return true;
}

static void note_record(struct data_writer *writer, const struct data_record *record)
{
	const struct perf_event_header *header = (const void *)record->bytes;
	uint64_t time_ns = 0;

	if (record->type < RECORD_USER_TYPE_START)
		time_ns = event_decode_time(writer->layout, header);
	if (record->type == PERF_RECORD_SAMPLE)
		data_writer_note_sample_time(writer, time_ns);
	writer->record_bytes += record->size;
	/* Rounds bear with late records where there are compressed ones; see may_end_round(). */
	if (record->is_inflated)
		writer->is_compressed = true;
	else
		late_records_note(&writer->late, record->offset, record->size,
				  time_ns ? time_ns : writer->late.newest_ns);
}

/* Goes through the records; what follows the last whole one is cut off. */
static bool read_records(struct data_writer *writer, const struct data_header *header,
			 struct error *err)
{
	struct data_record record;
	struct data_part records;

	data_part_init(&records, writer->output.fd, header->data_start, header->data_end);
	while (data_part_next(&records, &record))
		note_record(writer, &record);
	data_part_deinit(&records);
	return data_output_cut(&writer->output, records.whole_end, err);
}

/* What a section of whole chunks begins with: the features, as begin_part() put them. */
static uint64_t take_features(struct feature_sections *features,
			      const struct jprof_section *section)
{
	struct section_bytes chunks = { 0 };
	size_t count;
	const struct stored_feature *stored = jprof_section_features(section, &count);

	for (size_t i = 0; i < count; i++) {
		jprof_section_put_feature(&chunks, &stored[i]);
		feature_sections_add(features, stored[i].number, stored[i].bytes, stored[i].size);
	}
	uint64_t size = chunks.size;

	section_bytes_deinit(&chunks);
	return size;
}

static void read_part(struct data_writer *writer)
{
	char *path = xasprintf("%s.part", writer->output.path);
	struct data_output *part = &writer->part;
	struct error ignored;

	if (access(path, F_OK) == 0 && data_output_reopen(part, path, &ignored)) {
		struct jprof_section *section = jprof_section_create();
		uint8_t *bytes = xmalloc(part->offset);

		if (data_output_read_at(part, 0, bytes, part->offset, &ignored))
			jprof_section_parse(section, bytes, part->offset);
		if (jprof_section_is_of_file(section, &writer->header)) {
			writer->part_section_offset = take_features(&writer->features, section);
			part->offset -= jprof_section_unfinished_bytes(section);
		} else {
			data_output_close(part);
		}
		free(bytes);
		jprof_section_destroy(section);
	}
	free(path);
}

struct data_writer *data_writer_resume(const char *path, struct error *err)
{
	struct data_writer *writer = xcalloc(1, sizeof(*writer));
	struct data_header header;

	if (data_output_reopen(&writer->output, path, err) && read_head(writer, &header, err) &&
	    read_records(writer, &header, err)) {
		read_part(writer);
		return writer;
	}
	data_writer_destroy(writer);
	return NULL;
}
