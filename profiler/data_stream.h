/* SPDX-License-Identifier: MIT */
/*
 * The kernel's records of a whole recording, in time order.
 *
 * You give the files and the layout that tells a record's time; you get one record after the other.
 * It never interprets a record beyond its time, and never holds one that waits.
 *
 * A record is met twice: once when its file is scanned for times, and once, by its place, when its
 * turn comes. What came out of a compressed record is written to a spool meanwhile. At the end of a
 * round everything of the round before may go (profiler/data_order.h), so two spools in turn are
 * enough, and neither grows beyond a round.
 */
#ifndef PROFILER_DATA_STREAM_H
#define PROFILER_DATA_STREAM_H

#include "profiler/data_header.h"
#include "profiler/data_input.h"
#include "profiler/data_order.h"
#include "profiler/data_part.h"

struct data_stream {
	const struct data_input *input;
	const struct data_header *header;
	const struct event_layout *layout;
	struct data_part *parts; /* one for each file of the input */
	size_t part_number;	 /* the one being scanned */
	struct data_order order;
	struct data_spool inflated[2];
	size_t round;
	/* On the files, which are scanned and read through the same, and on each of the inflated. */
	struct data_window windows[3];
	bool has_ended;
	char damage[512]; /* a sentence: why it ended early, or "" */
};

/* Borrows all three until deinit. A zeroed stream may be deinitialised. */
void data_stream_init(struct data_stream *stream, const struct data_input *input,
		      const struct data_header *header, const struct event_layout *layout);
void data_stream_deinit(struct data_stream *stream);

/* Valid until the next call; NULL at the end. */
const struct perf_event_header *data_stream_next(struct data_stream *stream);

#endif
