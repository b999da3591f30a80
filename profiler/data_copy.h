/* SPDX-License-Identifier: MIT */
/*
 * A recording once more, with more in jprof's section.
 *
 * You give a recording and chunks; you get one with the same events, records and features, as they
 * were, and a section that has those chunks too: excerpts in them take the place of excerpts that
 * were there. A recording whose recorder was killed is closed on the way. It never interprets a
 * record, and leaves the recording alone until the copy is whole.
 */
#ifndef PROFILER_DATA_COPY_H
#define PROFILER_DATA_COPY_H

#include "profiler/data_header.h"
#include "profiler/section_bytes.h"

struct data_copy {
	const struct data_header *header;
	const char *path; /* of the recording, "-": standard input */
	const char
		*output; /* the same path: the copy takes the recording's place; another file that
			       is there becomes FILE.old */
	bool is_section_in_part; /* jprof's section is in FILE.part, though the recording is closed */
	const struct section_bytes *chunks;
};

/* `bytes` is the size of what was written. No output is left where it fails. */
bool data_copy_write(const struct data_copy *copy, uint64_t *bytes, struct error *err);

#endif
