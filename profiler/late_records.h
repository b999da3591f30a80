/* SPDX-License-Identifier: MIT */
/*
 * Records that lie behind newer ones in a file, and how they come to their place.
 *
 * You give the place and time of each record as it is appended; at the end the regions with late
 * records are sorted where they lie: they hold the same bytes in another order. It never moves
 * anything while records are appended.
 */
#ifndef PROFILER_LATE_RECORDS_H
#define PROFILER_LATE_RECORDS_H

#include "profiler/data_format.h"
#include "profiler/error.h"

#include <stdbool.h>
#include <stddef.h>

struct event_layout;
struct data_output;

/* No record before `offset` is newer than `newest_ns`. */
struct order_mark {
	uint64_t offset, newest_ns;
};

/* A zeroed one is of a file without records. */
struct late_records {
	uint64_t newest_ns;
	struct order_mark *marks; /* one for each piece of the file, ascending in both */
	size_t mark_count, mark_capacity;
	struct data_section *regions; /* ascending, apart from each other */
	size_t region_count, region_capacity;
};
void late_records_deinit(struct late_records *late);

/* [offset, offset + size) holds a record of this time. */
void late_records_note(struct late_records *late, uint64_t offset, uint64_t size, uint64_t time_ns);

/* Whether the file is in time order so far. */
bool late_records_none(const struct late_records *late);

/* Sorts, after the last record was written; `layout` tells the records' times. */
bool late_records_put_in_order(const struct late_records *late, struct data_output *output,
			       const struct event_layout *layout, struct error *err);

#endif
