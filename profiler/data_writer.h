/* SPDX-License-Identifier: MIT */
/*
 * Writes perf.data as perf, hotspot and samply read it, with jprof's section behind.
 *
 * You give the events, then records in any order that is nearly time order; you get a file that is
 * in time order when closed, and readable up to its last whole record when the recorder is killed.
 * It never sees a stack copy unless stacks are kept: samples are written with their chains.
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

struct data_writer_event {
	const char *name;
	struct perf_event_attr *attr; /* as opened; what is written is this with
					 the chain in place of registers and stack */
	const uint64_t *ids;
	size_t id_count;
};

struct data_writer_options {
	const char *path; /* "-": standard output, in pipe form */
	const struct data_writer_event *events;
	size_t event_count;
	char *const *command; /* NULL-terminated argv of jprof, for CMDLINE */
	bool keep_stacks;
};

/* An existing output becomes FILE.old. */
struct data_writer *data_writer_open(const struct data_writer_options *options, struct error *err);

/*
 * One record as the kernel or the recorder made it (not a sample). `time_ns` orders it.
 * False when the file cannot grow (ENOSPC): it then ends at its last whole record.
 */
bool data_writer_record(struct data_writer *writer, const struct perf_event_header *record,
			uint64_t time_ns, struct error *err);

/* One sample with its chain; of our own layout, with PERF_CONTEXT_* markers. */
bool data_writer_sample(struct data_writer *writer, const struct event *sample,
			const struct chain *chain, struct error *err);

/* Everything older than `time_ns` has been given: it may go to the file, in time order. */
bool data_writer_flush(struct data_writer *writer, uint64_t time_ns, struct error *err);

/* Appends section chunks (JIT versions, kernel names, health) to be stored at close, and to
 * FILE.part now. The bytes are copied. */
bool data_writer_put_section(struct data_writer *writer, const struct section_bytes *chunks,
			     struct error *err);

/* Header, features and section; removes FILE.part. Frees the writer either way. `bytes` (may be
 * NULL) is the size of the file. */
bool data_writer_close(struct data_writer *writer, uint64_t *bytes, struct error *err);

#endif
