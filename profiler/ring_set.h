/* SPDX-License-Identifier: MIT */
/*
 * The rings of a recording: two for each CPU, one for samples and one for the side band (mappings,
 * comms, forks, exits), so that a flood of samples never pushes out a mapping.
 *
 * You give CPUs and a size; you get mapped rings. Each belongs to a silent event on this very
 * process: it outlives every thread that is sampled into it, and its size is known before an event
 * is opened whose stack copies must fit. Events are redirected into it (PERF_EVENT_IOC_SET_OUTPUT).
 */
#ifndef PROFILER_RING_SET_H
#define PROFILER_RING_SET_H

#include "profiler/cpu_list.h"
#include "profiler/error.h"
#include "profiler/ring_buffer.h"

#include <stddef.h>

struct cpu_rings {
	int cpu;
	int sample_fd, side_fd; /* of the silent events; -1: none */
	struct ring_buffer samples, side;
};

struct ring_set {
	struct cpu_rings *items;
	size_t count;
	size_t sample_bytes, side_bytes; /* of each ring */
};

/*
 * `sample_bytes` is a power of two. Where the limit for locked memory is met, smaller rings are
 * tried, unless `is_fixed`.
 */
bool ring_set_open(struct ring_set *set, const struct cpu_list *cpus, size_t sample_bytes,
		   bool is_fixed, struct error *err);
void ring_set_close(struct ring_set *set);

#endif
