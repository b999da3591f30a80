/* SPDX-License-Identifier: MIT */
/*
 * The writer's own: what its two forms, file and pipe, share.
 */
#ifndef PROFILER_DATA_WRITER_STATE_H
#define PROFILER_DATA_WRITER_STATE_H

#include "profiler/build_id_list.h"
#include "profiler/data_output.h"
#include "profiler/data_writer.h"
#include "profiler/feature_sections.h"
#include "profiler/late_records.h"
#include "profiler/quality_batch.h"
#include "profiler/record_queue.h"
#include "profiler/written_events.h"

struct data_writer {
	struct data_output output;
	struct written_events events;
	struct feature_sections features;
	struct build_id_list build_ids;
	struct record_queue queue; /* a sample's quality is its record's extra */
	struct quality_batch qualities;
	bool keep_stacks;

	uint64_t written_ns;   /* the newest time that went to the output */
	bool has_open_round;   /* records went out since the last FINISHED_ROUND */
	uint64_t round_ns;     /* written_ns at the last FINISHED_ROUND */
	uint64_t flushed_ns;   /* of the last flush */
	uint64_t settled_ns;   /* nothing older comes any more, not even late */
	uint64_t drained_ns;   /* the flush that wrote what was gathered */
	uint64_t record_bytes; /* of all records, before they were compressed */
	uint64_t first_sample_ns, last_sample_ns;
	bool is_compressed;
	uint32_t compression_level; /* 0: not known any more */

	/* Of the file form; the places of late records are kept for both, while they have places. */
	struct late_records late;
	struct data_output part;	/* FILE.part */
	uint64_t part_section_offset;	/* in it: what goes into the closed file */
	struct data_file_header header; /* as it was written first */
	struct event_layout *layout;	/* of the records written */

	bool has_failed; /* nothing is written any more but the end of a file */
	struct error failure;
};

/* Without ending the output. */
void data_writer_destroy(struct data_writer *writer);

/* Before the first record. */
bool data_writer_begin_file(struct data_writer *writer, struct error *err);
bool data_writer_begin_pipe(struct data_writer *writer, struct error *err);

/* FEATURE_COMPRESSED, of records that take `stored_bytes`; 0: not known yet. */
struct data_compression data_writer_compression(const struct data_writer *writer,
						uint64_t stored_bytes);

void data_writer_note_sample_time(struct data_writer *writer, uint64_t time_ns);

/* Section chunks as they come. */
bool data_writer_append_part(struct data_writer *writer, const struct section_bytes *chunks,
			     struct error *err);
bool data_writer_append_pieces(struct data_output *output, const struct section_bytes *chunks,
			       struct error *err);

/* After the last record was drained, or after a failure: the file then ends as well as it can. */
bool data_writer_finish_file(struct data_writer *writer, struct error *err);
bool data_writer_finish_pipe(struct data_writer *writer, struct error *err);

#endif
