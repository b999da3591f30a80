/* SPDX-License-Identifier: MIT */
/*
 * The beginning of a recording, and the tables it points to.
 *
 * You give a file; you get where its records lie, its events and its features. It never reads a
 * record. Whether the recorder closed the file decides what there is behind the data.
 */
#ifndef PROFILER_DATA_HEADER_H
#define PROFILER_DATA_HEADER_H

#include "profiler/data_events.h"
#include "profiler/data_features.h"
#include "profiler/data_format.h"

struct data_header {
	int fd; /* borrowed */
	uint64_t file_bytes;
	bool is_pipe;		       /* events and features are records */
	bool is_closed;		       /* false: the recorder was killed, or still runs */
	uint64_t data_start, data_end; /* of the records; not beyond the file's end */
	uint64_t data_missing_bytes;   /* records that the file promises and does not have */
	bool lacks_features;	       /* of those that it promises; data_header_read_features() */
	struct data_file_header file;  /* zeroed for a pipe */
};

/* `name` is for the sentence in *err. */
bool data_header_read(struct data_header *header, int fd, const char *name, struct error *err);

/* For files: the events with their ids, and the features. Tables that are cut give what they have. */
void data_header_read_events(const struct data_header *header, struct data_events *events);
void data_header_read_features(struct data_header *header, struct data_feature_set *set,
			       struct data_events *events);

/* A section's bytes on the heap, NULL where the file does not have them. *size is what it has. */
uint8_t *data_header_read_section(const struct data_header *header, struct data_section section,
				  size_t *size);

/* The places of the sections of all set feature bits, in their order; false unless the file has
 * all of its records and all of these sections. */
bool data_header_read_places(const struct data_header *header,
			     struct data_section places[DATA_FEATURE_BITS]);

#endif
