/* SPDX-License-Identifier: MIT */
/*
 * Threads that were found only after events were open: they may be sampled twice.
 *
 * A thread that its parent made while jprof attached has events of its own and, if the parent's were
 * open by then, inherited ones. Inherited events tell their parent's id; so of such a thread only
 * records with the ids of its own events count, and so of the threads that it makes.
 *
 * Since Linux 6.2 the software events of one occasion share their sample's data, and so the first
 * one's id and time (perf_prepare_sample() and do_perf_sw_event(), kernel/events/core.c): of samples
 * with the same time one counts, whatever their ids.
 */
#ifndef PROFILER_LATE_THREADS_H
#define PROFILER_LATE_THREADS_H

#include "profiler/event_decode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct late_thread {
	uint32_t tid;
	uint64_t first_id, last_id; /* the kernel counts ids up */
	uint64_t newest_ns;	    /* of its samples */
	bool has_newest;	    /* one with that time was kept */
};

/* A zeroed one is empty. */
struct late_threads {
	struct late_thread *items;
	size_t count, capacity;
};
void late_threads_deinit(struct late_threads *threads);

void late_threads_add(struct late_threads *threads, struct late_thread thread);

/* True if the record, of jprof's own layout, is to be dropped. Records must come in
 * time order: a fork makes an entry of the new thread, an exit ends it, as its number may be
 * another's then. */
bool late_threads_drop(struct late_threads *threads, const struct perf_event_header *record);

#endif
