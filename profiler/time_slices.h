/* SPDX-License-Identifier: MIT */
/*
 * Sums of samples by time, in slices of one length.
 *
 * You give a time; you get the sums of its slice. Slices are as many as have samples, and where you
 * want fewer, two neighbours become one. It knows no profile: what threads and stacks are called is
 * the caller's.
 */
#ifndef PROFILER_TIME_SLICES_H
#define PROFILER_TIME_SLICES_H

#include "profiler/sample_sums.h"

struct time_slice {
	uint64_t number; /* it begins base_ns + number * slice_ns */
	struct sample_sums sums;
};

/* Zeroed but for slice_ns it is empty. */
struct time_slices {
	uint64_t slice_ns;	  /* how long a slice is */
	uint64_t base_ns;	  /* of the first sample */
	struct time_slice *items; /* ascending */
	size_t count, capacity;
};
void time_slices_deinit(struct time_slices *slices);

/* The slice of a time; of one before the first sample's, the first. Borrowed until the next call. */
struct sample_sums *time_slices_at(struct time_slices *slices, uint64_t time_ns);

uint64_t time_slices_start_ns(const struct time_slices *slices, size_t at);

/* How many there would be if all between the first and the last had samples. */
uint64_t time_slices_span(const struct time_slices *slices);

/* How many sums there are in all of them. */
size_t time_slices_sum_count(const struct time_slices *slices);

/* Slices are twice as long from now on. */
void time_slices_join(struct time_slices *slices);

/* Drops those that began before that. */
void time_slices_drop(struct time_slices *slices, uint64_t before_ns);

#endif
