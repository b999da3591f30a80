/* SPDX-License-Identifier: MIT */
/*
 * Equal samples as one.
 *
 * You give samples; those of the same thread, stack, event and stack end become one, whose weight
 * and count are their sums, and whose time is that of the first. It never keeps two that are equal.
 */
#ifndef PROFILER_SAMPLE_SUMS_H
#define PROFILER_SAMPLE_SUMS_H

#include "profiler/profile.h"

/* A zeroed one is empty. */
struct sample_sums {
	struct profile_sample *items;
	size_t count, capacity;
	struct hash_index index;
};
void sample_sums_deinit(struct sample_sums *sums);

void sample_sums_add(struct sample_sums *sums, const struct profile_sample *sample);

/* Where each sum's thread and stack are now; equal ones become one. */
struct sample_numbers {
	const uint32_t *threads, *stacks; /* by the old number */
};
void sample_sums_renumber(struct sample_sums *sums, const struct sample_numbers *numbers);

#endif
