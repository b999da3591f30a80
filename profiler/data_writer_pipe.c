/* SPDX-License-Identifier: MIT */
/*
 * The pipe form: a header of 16 bytes, and all that the file form has around its records as records
 * of perf's own types.
 */
#include "profiler/data_writer_state.h"

#include <string.h>

enum { RECORD_BYTES_MAX = UINT16_MAX / 8 * 8, UPDATE_NAME = 2 /* PERF_EVENT_UPDATE__NAME */ };

/* Starts with the record's header, whose size is filled in by write_record(). */
static struct section_bytes begin_record(enum data_record_type type)
{
	struct section_bytes record = { 0 };
	struct perf_event_header header = { .type = type };

	section_put_bytes(&record, &header, sizeof(header));
	return record;
}

/* Pads, writes and frees a record of at most RECORD_BYTES_MAX. */
static bool write_record(struct data_output *output, struct section_bytes *record,
			 struct error *err)
{
	static const uint8_t zeros[8];

	section_put_bytes(record, zeros, -record->size % sizeof(zeros));
	uint16_t size = (uint16_t)record->size;

	memcpy(record->bytes + offsetof(struct perf_event_header, size), &size, sizeof(size));
	bool is_done = data_output_append(output, record->bytes, size, err);

	section_bytes_deinit(record);
	return is_done;
}

static bool write_event(struct data_writer *writer, const struct written_event *event,
			struct error *err)
{
	struct section_bytes attr = begin_record(RECORD_HEADER_ATTR);
	struct section_bytes update = begin_record(RECORD_EVENT_UPDATE);
	uint64_t what[2] = { UPDATE_NAME, event->id_count ? event->ids[0] : 0 };

	section_put_bytes(&attr, &event->attr, WRITTEN_ATTR_BYTES);
	section_put_bytes(&attr, event->ids, event->id_count * sizeof(*event->ids));
	section_put_bytes(&update, what, sizeof(what));
	section_put_bytes(&update, event->name, strlen(event->name) + 1);
	if (attr.size > RECORD_BYTES_MAX) {
		section_bytes_deinit(&attr);
		section_bytes_deinit(&update);
		return error_set(err, 0,
				 "cannot write %s into a pipe: it is open %zu times; write a file "
				 "with -o FILE, or sample the whole system with -a",
				 event->name, event->id_count);
	}
	bool is_done = write_record(&writer->output, &attr, err);

	return write_record(&writer->output, &update, err) && is_done;
}

static bool write_feature(struct data_writer *writer, uint64_t number, const void *bytes,
			  size_t size, struct error *err)
{
	struct section_bytes record = begin_record(RECORD_HEADER_FEATURE);

	section_put_bytes(&record, &number, sizeof(number));
	section_put_bytes(&record, bytes, size);
	return write_record(&writer->output, &record, err);
}

/* Its bytes follow the record and are not of it. */
static bool write_tracing_data(struct data_writer *writer, const void *bytes, size_t size,
			       struct error *err)
{
	struct {
		struct perf_event_header header;
		uint32_t size;
	} record = { { .type = RECORD_HEADER_TRACING_DATA, .size = sizeof(record) },
		     (uint32_t)size + -(uint32_t)size % 8 };
	static const uint8_t zeros[8];

	return data_output_write(&writer->output, &record, sizeof(record), err) &&
	       data_output_write(&writer->output, bytes, size, err) &&
	       data_output_write(&writer->output, zeros, record.size - size, err);
}

static bool write_known_feature(struct data_writer *writer, const struct feature_section *item,
				struct error *err)
{
	const uint8_t *bytes = writer->features.bytes.bytes + item->offset;

	switch (item->number) {
	case FEATURE_TRACING_DATA:
		return write_tracing_data(writer, bytes, item->size, err);
	case FEATURE_EVENT_DESC:  /* says nothing that the events' records do not; may not fit */
	case FEATURE_SAMPLE_TIME: /* not known yet */
		return true;
	default:
		return write_feature(writer, item->number, bytes, item->size, err);
	}
}

bool data_writer_begin_pipe(struct data_writer *writer, struct error *err)
{
	struct data_pipe_header header = { .magic = DATA_MAGIC, .size = sizeof(header) };

	if (!data_output_write(&writer->output, &header, sizeof(header), err))
		return false;
	for (size_t i = 0; i < writer->events.count; i++) {
		if (!write_event(writer, &writer->events.events[i], err))
			return false;
	}
	for (size_t i = 0; i < writer->features.count; i++) {
		if (!write_known_feature(writer, &writer->features.items[i], err))
			return false;
	}
	if (writer->is_compressed) {
		struct data_compression compression = data_writer_compression(writer, 0);

		if (!write_feature(writer, FEATURE_COMPRESSED, &compression, sizeof(compression),
				   err))
			return false;
	}
	return data_output_drain(&writer->output, err);
}

bool data_writer_append_pieces(struct data_output *output, const struct section_bytes *chunks,
			       struct error *err)
{
	enum { PIECE_BYTES = 60 << 10 };
	static const uint64_t magic = JPROF_PIPE_MAGIC;

	for (size_t offset = 0; offset < chunks->size; offset += PIECE_BYTES) {
		size_t left = chunks->size - offset;
		struct section_bytes record = begin_record(RECORD_HEADER_FEATURE);
		uint64_t number = JPROF_PIPE_FEATURE;

		section_put_bytes(&record, &number, sizeof(number));
		section_put_bytes(&record, &magic, sizeof(magic));
		section_put_bytes(&record, chunks->bytes + offset,
				  left < PIECE_BYTES ? left : PIECE_BYTES);
		if (!write_record(output, &record, err))
			return false;
	}
	return true;
}

bool data_writer_finish_pipe(struct data_writer *writer, struct error *err)
{
	uint64_t times[2] = { writer->first_sample_ns, writer->last_sample_ns };

	return write_feature(writer, FEATURE_SAMPLE_TIME, times, sizeof(times), err) &&
	       data_output_drain(&writer->output, err);
}
