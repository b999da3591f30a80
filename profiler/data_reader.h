/* SPDX-License-Identifier: MIT */
/*
 * Reads perf.data: perf's own and ours, closed, cut or killed, from a file, a directory or a pipe.
 *
 * You give a path ("-" is standard input); you get the events of the recording, its features, and
 * its records in time order, inflated. It never interprets a record beyond its time. A damaged or
 * cut file gives everything up to the damage, and says where.
 */
#ifndef PROFILER_DATA_READER_H
#define PROFILER_DATA_READER_H

#include "profiler/error.h"
#include "profiler/event_decode.h"
#include "profiler/jprof_section.h"

struct data_reader;

struct data_event {
	const char *name; /* "cpu-clock", "cycles:u", "sched:sched_switch" */
	const struct perf_event_attr *attr;
	uint64_t rate_asked_hz; /* 0: one sample for so many events */
	bool is_side_band;	/* it never samples: it carries mmap, comm, fork and exit records */
};

/* Texts are "" and numbers 0 where the recording does not say. */
struct data_features {
	const char *hostname, *os_release, *version, *arch, *cpu_description;
	const char *command_line; /* quoted where needed */
	uint32_t cpus_online;
	uint64_t first_sample_ns, last_sample_ns;
	int32_t clockid; /* -1: not told */
	bool is_compressed;
};

struct data_build_id {
	const char *path;
	struct build_id build_id;
	uint32_t pid; /* (uint32_t)-1: any */
	bool is_kernel;
};

/*
 * Opens a recording. `force` reads a file of another owner too (root always may). Fails with a
 * sentence for what is no recording at all, or of a foreign byte order.
 */
struct data_reader *data_reader_open(const char *path, bool force, struct error *err);
void data_reader_close(struct data_reader *reader);

/* How records of this recording are laid out; whole from the start. Owned by the reader. */
struct event_layout *data_reader_layout(struct data_reader *reader);
const struct data_event *data_reader_events(const struct data_reader *reader, size_t *count);
const struct data_features *data_reader_features(const struct data_reader *reader);
const struct data_build_id *data_reader_build_ids(const struct data_reader *reader, size_t *count);

/* What jprof itself stored, from the section or from FILE.part; NULL for perf's recordings. */
const struct jprof_section *data_reader_section(const struct data_reader *reader);

/* The next kernel record in time order, valid until the next call; NULL at the end. Records of
 * perf's own types are consumed here. */
const struct perf_event_header *data_reader_next(struct data_reader *reader);

/* Begins anew: the next record is the first. */
void data_reader_rewind(struct data_reader *reader);

/* Of the records so far, inflated. */
uint64_t data_reader_read_bytes(const struct data_reader *reader);

/*
 * The recording once more with these chunks in its section, as profiler/data_copy.h says; at `output`,
 * NULL: in its own place. `bytes` is the size of what was written.
 */
bool data_reader_copy(const struct data_reader *reader, const char *output,
		      const struct section_bytes *chunks, uint64_t *bytes, struct error *err);

/* After the end: a sentence about where and why reading stopped early, or "". */
const char *data_reader_damage(const struct data_reader *reader);

/* Bytes of the file (with its parts, for a directory). */
uint64_t data_reader_file_bytes(const struct data_reader *reader);

#endif
