/* SPDX-License-Identifier: MIT */
#include "profiler/data_writer.h"

#include "jitdump/xalloc.h"
#include "profiler/data_deflate.h"
#include "profiler/data_writer_state.h"
#include "profiler/event_decode.h"
#include "profiler/parking.h"
#include "profiler/sample_record.h"

#include <stdlib.h>
#include <string.h>

/* A killed recorder loses what it gathered for at most this long. */
enum { DRAIN_INTERVAL_NS = 250 * 1000 * 1000 };

/* A sample may come late by so much more than it may wait in parking: waiting ones are looked at
 * now and then, and a kernel may publish a record after the clock was read. */
enum { SETTLE_NS = 500 * 1000 * 1000 };

void data_writer_destroy(struct data_writer *writer)
{
	if (!writer)
		return;
	data_output_close(&writer->output);
	data_output_close(&writer->part);
	written_events_deinit(&writer->events);
	feature_sections_deinit(&writer->features);
	build_id_list_deinit(&writer->build_ids);
	record_queue_deinit(&writer->queue);
	quality_batch_deinit(&writer->qualities);
	late_records_deinit(&writer->late);
	event_layout_destroy(writer->layout);
	free(writer);
}

struct data_writer *data_writer_open(const struct data_writer_options *options, struct error *err)
{
	struct data_writer *writer = xcalloc(1, sizeof(*writer));
	bool is_open = data_output_open(&writer->output, options->path, err);

	written_events_init(&writer->events, options);
	feature_sections_describe(&writer->features, &writer->events, options->command);
	writer->layout = written_events_layout(&writer->events);
	writer->keep_stacks = options->keep_stacks;
	writer->compression_level = options->compression_level;
	writer->is_compressed = options->compression_level > 0;
	if (is_open && writer->is_compressed)
		is_open = data_output_compress(&writer->output, options->compression_level, err);
	if (is_open)
		is_open = writer->output.is_stream ? data_writer_begin_pipe(writer, err)
						   : data_writer_begin_file(writer, err);
	if (is_open)
		return writer;
	data_writer_destroy(writer);
	return NULL;
}

/* Remembers the first failure; every later call returns it. */
static bool fail(struct data_writer *writer, const struct error *err)
{
	if (!writer->has_failed)
		writer->failure = *err;
	writer->has_failed = true;
	return false;
}

static bool has_failed_before(const struct data_writer *writer, struct error *err)
{
	if (writer->has_failed)
		*err = writer->failure;
	return writer->has_failed;
}

/* A record whose time is not told goes behind what is written. */
static uint64_t order_of(const struct data_writer *writer, uint64_t time_ns)
{
	return time_ns ? time_ns : writer->written_ns;
}

bool data_writer_record(struct data_writer *writer, const struct perf_event_header *record,
			uint64_t time_ns, struct error *err)
{
	if (has_failed_before(writer, err))
		return false;
	record_queue_push(&writer->queue, order_of(writer, time_ns), record, record->size, NULL, 0);
	return true;
}

void data_writer_build_id(struct data_writer *writer, const char *path,
			  const struct build_id *build_id)
{
	build_id_list_add(&writer->build_ids, path, build_id);
}

void data_writer_note_sample_time(struct data_writer *writer, uint64_t time_ns)
{
	if (!writer->first_sample_ns || time_ns < writer->first_sample_ns)
		writer->first_sample_ns = time_ns;
	if (time_ns > writer->last_sample_ns)
		writer->last_sample_ns = time_ns;
}

/* The extra of a sample's record in the queue. */
struct queued_quality {
	struct sample_quality quality; /* `guessed` is not valid */
	uint8_t bitmap[QUALITY_BITMAP_BYTES];
};

bool data_writer_sample(struct data_writer *writer, const struct event *sample,
			const struct chain *chain, struct error *err)
{
	uint8_t record[SAMPLE_RECORD_BYTES_MAX];
	struct queued_quality extra;
	uint32_t size = 0;

	if (has_failed_before(writer, err))
		return false;
	extra.quality = quality_of_chain(chain, extra.bitmap);
	extra.quality.time_ns = sample->time_ns;
	extra.quality.tid = sample->tid;
	extra.quality.cpu = sample->cpu;
	if (!writer->keep_stacks) {
		size_t place = writer->events.places[sample->event_number];

		size = sample_record_encode(record, &writer->events.events[place], sample, chain);
	}
	data_writer_note_sample_time(writer, sample->time_ns);
	record_queue_push(
		&writer->queue, order_of(writer, sample->time_ns), record, size, &extra,
		(uint32_t)(offsetof(struct queued_quality, bitmap) + extra.quality.guessed_bytes));
	return true;
}

static void write_quality(struct data_writer *writer, const uint8_t *extra)
{
	struct sample_quality quality;

	memcpy(&quality, extra, sizeof(quality));
	quality.guessed = extra + offsetof(struct queued_quality, bitmap);
	quality_batch_add(&writer->qualities, &quality);
}

static bool write_queued(struct data_writer *writer, const struct queued_record *queued,
			 struct error *err)
{
	const uint8_t *bytes = record_queue_bytes(&writer->queue, queued);

	if (queued->extra_size)
		write_quality(writer, bytes + queued->size);
	if (!queued->size)
		return true;
	if (!writer->is_compressed)
		late_records_note(&writer->late,
				  writer->output.offset + writer->output.gathered_size,
				  queued->size, queued->time_ns);
	if (queued->time_ns > writer->written_ns)
		writer->written_ns = queued->time_ns;
	writer->record_bytes += queued->size;
	writer->has_open_round = true;
	return data_output_append(&writer->output, bytes, queued->size, err);
}

/*
 * At the end of a round readers give out, sorted, what is not newer than the newest record of the
 * round before: nothing older may come from then on. A compressed record has no place to which it
 * could be moved later, so a round lasts until that is sure, late records included. Otherwise the
 * file is put in order at close, and until then there is no round behind a late record.
 */
static bool may_end_round(const struct data_writer *writer)
{
	if (writer->is_compressed)
		return writer->settled_ns >= writer->round_ns;
	return late_records_none(&writer->late);
}

static bool finish_round(struct data_writer *writer, struct error *err)
{
	static const struct perf_event_header round = { .type = RECORD_FINISHED_ROUND,
							.size = sizeof(round) };

	if (!writer->has_open_round || !may_end_round(writer))
		return true;
	writer->has_open_round = false;
	writer->round_ns = writer->written_ns;
	return data_output_append(&writer->output, &round, sizeof(round), err);
}

struct data_compression data_writer_compression(const struct data_writer *writer,
						uint64_t stored_bytes)
{
	uint64_t ratio =
		stored_bytes ? (writer->record_bytes + stored_bytes / 2) / stored_bytes : 0;

	return (struct data_compression){ .type = 1,
					  .level = writer->compression_level,
					  .ratio = (uint32_t)ratio,
					  .mmap_len = DATA_DEFLATE_INFLATED_MAX };
}

static bool put_section(struct data_writer *writer, const struct section_bytes *chunks,
			struct error *err)
{
	return writer->output.is_stream ? data_writer_append_pieces(&writer->output, chunks, err)
					: data_writer_append_part(writer, chunks, err);
}

static bool put_qualities(struct data_writer *writer, struct error *err)
{
	struct section_bytes chunk = { 0 };

	quality_batch_put(&writer->qualities, &chunk);
	bool is_done = put_section(writer, &chunk, err);

	section_bytes_deinit(&chunk);
	return is_done;
}

/* What is gathered goes out, first the records and then how their stacks were found. */
static bool drain(struct data_writer *writer, struct error *err)
{
	return data_output_drain(&writer->output, err) && put_qualities(writer, err);
}

static bool write_older(struct data_writer *writer, uint64_t time_ns, struct error *err)
{
	struct queued_record queued;

	while (record_queue_pop(&writer->queue, time_ns, &queued)) {
		if (!write_queued(writer, &queued, err))
			return false;
	}
	return finish_round(writer, err);
}

/*
 * What waits in parking is not older than PARKING_LIMIT_NS, or was given since the last flush: a
 * recorder that was kept from running may meet both with a jump of the clock.
 */
static void settle(struct data_writer *writer, uint64_t time_ns)
{
	uint64_t before_ns = time_ns > PARKING_LIMIT_NS ? time_ns - PARKING_LIMIT_NS : 0;

	if (before_ns > writer->flushed_ns)
		before_ns = writer->flushed_ns;
	writer->settled_ns = before_ns > SETTLE_NS ? before_ns - SETTLE_NS : 0;
	writer->flushed_ns = time_ns;
}

bool data_writer_flush(struct data_writer *writer, uint64_t time_ns, struct error *err)
{
	if (has_failed_before(writer, err))
		return false;
	settle(writer, time_ns);
	if (!write_older(writer, time_ns, err))
		return fail(writer, err);
	if (time_ns < writer->drained_ns + DRAIN_INTERVAL_NS)
		return true;
	writer->drained_ns = time_ns;
	return drain(writer, err) || fail(writer, err);
}

/* On a full disk the records are cut back a little, so that the names may still find room. */
bool data_writer_put_section(struct data_writer *writer, const struct section_bytes *chunks,
			     struct error *err)
{
	if (writer->has_failed && writer->output.is_stream)
		return !has_failed_before(writer, err);
	if (!put_section(writer, chunks, err))
		fail(writer, err);
	return !has_failed_before(writer, err);
}

/* Everything that was given goes out, and the file ends; false with writer->failure set. */
static bool finish(struct data_writer *writer)
{
	struct error err;

	if (!writer->has_failed && !(write_older(writer, UINT64_MAX, &err) && drain(writer, &err)))
		fail(writer, &err);
	if (writer->output.is_stream)
		return !writer->has_failed &&
		       (data_writer_finish_pipe(writer, &err) || fail(writer, &err));
	if (writer->has_failed)
		put_qualities(writer, &err);
	return data_writer_finish_file(writer, &err) || fail(writer, &err);
}

bool data_writer_close(struct data_writer *writer, uint64_t *bytes, struct error *err)
{
	finish(writer);
	bool is_whole = !has_failed_before(writer, err);

	if (bytes)
		*bytes = writer->output.offset;
	data_writer_destroy(writer);
	return is_whole;
}
