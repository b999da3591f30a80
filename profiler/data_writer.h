/* SPDX-License-Identifier: MIT */
/*
 * Writes perf.data as perf, hotspot and samply read it, with jprof's section behind.
 *
 * You give the events, then records in any order that is nearly time order; you get a file that is
 * in time order when closed, and readable up to its last whole record when the recorder is killed.
 * Compressed records are in time order but for those that came late: these lie where they came, and
 * the rounds in the file tell readers how far to sort, as in perf's own files.
 * Samples are written with their chains in place of registers and stack. It never changes what
 * signals do: SIGPIPE and SIGXFSZ must be ignored.
 *
 * Whatever fails (a full disk, a reader that has gone): the first call that meets it says so, every
 * later one returns the same sentence, and data_writer_close() still ends the file at its last
 * whole record.
 */
#ifndef PROFILER_DATA_WRITER_H
#define PROFILER_DATA_WRITER_H

#include "profiler/chain.h"
#include "profiler/error.h"
#include "profiler/event.h"
#include "profiler/jprof_section.h"

struct perf_event_attr;
struct perf_event_header;
struct data_writer;

/*
 * Every event, that of the side band too, must be opened with sample_id_all and with exactly TID,
 * TIME, CPU and IDENTIFIER of the id bits: the trailers of records go to the file as they are.
 */
struct data_writer_event {
	const char *name;
	struct perf_event_attr *attr; /* as opened; what is written is this with the chain in place
					 of registers and stack, and sampling events first */
	const uint64_t *ids;	      /* at least one */
	size_t id_count;
};

struct data_writer_options {
	const char *path; /* "-": standard output, in pipe form */
	const struct data_writer_event *events;
	size_t event_count;
	char *const *command;	    /* NULL-terminated argv of jprof, for CMDLINE */
	uint32_t compression_level; /* of zstd, 1 to 22; 0: records are not compressed */
	bool keep_stacks;	    /* samples are written as the kernel made them, see below */
};

/* Everything in `options` is copied. A file that is there becomes FILE.old; a directory is refused,
 * a fifo or a device gets the pipe form. While recording, FILE.part lies beside FILE. */
struct data_writer *data_writer_open(const struct data_writer_options *options, struct error *err);

/*
 * A recording whose recorder was killed: to be closed, and nothing else. That puts it right for
 * perf: every whole record is there, in time order, and what FILE.part knows. Fails for a recording
 * that is closed or still being made.
 */
struct data_writer *data_writer_resume(const char *path, struct error *err);

/*
 * One record as the kernel or the recorder made it. `time_ns` orders it; 0: now. With keep_stacks
 * samples come this way, too, as they came from the ring; without, only through
 * data_writer_sample().
 */
bool data_writer_record(struct data_writer *writer, const struct perf_event_header *record,
			uint64_t time_ns, struct error *err);

/*
 * One sample with its chain, which may hold kernel frames before user frames. With keep_stacks only
 * how its stack was found is stored: the record must have been given already, or come before the
 * next flush.
 */
bool data_writer_sample(struct data_writer *writer, const struct event *sample,
			const struct chain *chain, struct error *err);

/*
 * Everything older than `time_ns` (CLOCK_MONOTONIC) has been given, but for samples that wait in
 * profiler/parking.h: it goes out in time order. What comes late is put in its place at close,
 * unless records are compressed. May be called often: it is written to disk in
 * large pieces, at least four times a second of `time_ns`.
 */
bool data_writer_flush(struct data_writer *writer, uint64_t time_ns, struct error *err);

/* A file of the recording and its build-id, to be stored at close in the file form. */
void data_writer_build_id(struct data_writer *writer, const char *path,
			  const struct build_id *build_id);

/* Appends section chunks (JIT versions, kernel names, health) to be stored at close, and to
 * FILE.part now. The bytes are copied. */
bool data_writer_put_section(struct data_writer *writer, const struct section_bytes *chunks,
			     struct error *err);

/*
 * Header, features and section; removes FILE.part unless the disk is too full for what it says.
 * Frees the writer either way; false if this or an earlier call failed. `bytes` (may be NULL) is
 * the size of what was written.
 */
bool data_writer_close(struct data_writer *writer, uint64_t *bytes, struct error *err);

#endif
