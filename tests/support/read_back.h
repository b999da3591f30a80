/* SPDX-License-Identifier: MIT */
/*
 * Reads a recording to its end and keeps what tests compare: each record's type and time.
 */
#ifndef SUPPORT_READ_BACK_H
#define SUPPORT_READ_BACK_H

#include "profiler/data_reader.h"
#include "support/recording.h"

struct read_record {
	uint32_t type;
	uint64_t time_ns;
	uint64_t ip; /* of a sample */
	uint32_t pid, tid;
	uint32_t event_number;
	uint16_t size;
};

struct read_back {
	struct error err; /* err.text is "" if it opened */
	struct data_reader *reader;
	struct read_record *records;
	size_t count, capacity;
	size_t undecodable_count;
};

/* Opens and reads all; never fails a test by itself. */
struct read_back read_back_path(const char *path);
struct read_back read_back_bytes(const void *bytes, size_t size);
/* The recording in the form of a closed file; it is freed. */
struct read_back read_back_recording(struct recording *recording);
void read_back_close(struct read_back *back);

/* How many of them are samples. */
size_t read_back_sample_count(const struct read_back *back);

#endif
