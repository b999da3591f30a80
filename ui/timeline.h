/* SPDX-License-Identifier: MIT */
/*
 * Samples per thread over time, in steps.
 *
 * You give what is shown, a span of time and in how many steps it is to be told; you get a row of
 * counts for each thread. What is selected counts, but for the selected range of time, so that the
 * range is seen among the rest. It never decides how a count is drawn.
 */
#ifndef UI_TIMELINE_H
#define UI_TIMELINE_H

#include "ui/shown.h"
#include "ui/thread_rows.h"

struct timeline_row {
	uint32_t thread;	/* its number in `threads` */
	uint64_t count;		/* of its samples, whenever they were */
	const uint32_t *counts; /* of each step; the row's of `cells` */
};

/* A zeroed one is empty. */
struct timeline {
	struct thread_rows threads;
	struct timeline_row *rows; /* those with samples, with most first */
	size_t count;
	uint64_t start_ns,
		end_ns; /* of all there is: the recording, or the first and last sample */
	uint64_t from_ns, until_ns; /* what the steps tell */
	size_t steps;
	uint32_t *cells;
	uint32_t most;	       /* the greatest of them */
	uint64_t sample_count; /* in all cells */
};

/* `from_ns` 0 and `until_ns` 0: all there is. */
void timeline_build(struct timeline *timeline, const struct shown *shown, uint64_t from_ns,
		    uint64_t until_ns, size_t steps);
void timeline_deinit(struct timeline *timeline);

/* The step of a time, and when a step begins; a time outside is in the first or the last step. */
size_t timeline_step(const struct timeline *timeline, uint64_t time_ns);
uint64_t timeline_step_ns(const struct timeline *timeline, size_t step);

#endif
