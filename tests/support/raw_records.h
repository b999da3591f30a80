/* SPDX-License-Identifier: MIT */
/*
 * The records of a file made from support/writer_input.h as they lie in it, one behind the other:
 * what a reader that sorts does not show.
 */
#ifndef SUPPORT_RAW_RECORDS_H
#define SUPPORT_RAW_RECORDS_H

#include "profiler/data_format.h"

#include <stddef.h>

struct raw_record {
	uint32_t type;
	uint64_t time_ns; /* 0 for records of perf's own */
	uint64_t ip;	  /* of a sample */
};

/* Zeroed is empty. */
struct raw_records {
	struct data_file_header header;
	struct raw_record *records;
	size_t count, capacity;
	uint64_t end; /* of the last whole record */
	uint64_t file_bytes;
};

/* Up to the end of the data, or of the file where the header does not say. Fails the test where a
 * record is not whole. */
struct raw_records raw_records_read(const char *path);
void raw_records_free(struct raw_records *raw);

size_t raw_records_count(const struct raw_records *raw, uint32_t type);

#endif
