/* SPDX-License-Identifier: MIT */
/*
 * The stacks that threads had lately, for those that were longer than their copy.
 *
 * You give the chains of unwound samples as they come; one that ends with its copy gets the outer
 * frames of the newest chain of its thread that passed the same frame (the same pc and stack
 * pointer), and is marked as joined. What it holds is bounded; threads that had no sample for the
 * longest time are forgotten first. It never joins stacks of two threads and never asks where a pc
 * points: what is appended are addresses, to be looked up at the time of the sample.
 *
 * That the callers of an equal frame are equal is likely, and no more than that: hence the mark.
 */
#ifndef PROFILER_RECENT_CHAINS_H
#define PROFILER_RECENT_CHAINS_H

#include "profiler/chain.h"
#include "profiler/event.h"

#define RECENT_CHAINS_BYTES_MAX ((size_t)64 << 20)

enum { RECENT_CHAINS_BUCKETS = 1024 };

struct recent_thread;

/* A zeroed one is empty. */
struct recent_chains {
	struct recent_thread *buckets[RECENT_CHAINS_BUCKETS]; /* by tid; lists */
	size_t bytes;
	uint64_t use_count; /* orders the threads by their last sample */
};
void recent_chains_deinit(struct recent_chains *recent);

/*
 * `chain` is that of `sample`, just unwound. Joins it if its end is STACK_END_TRUNCATED_COPY and a
 * chain is known to join it to: then chain->is_joined is set, and the end becomes
 * STACK_END_DEPTH_LIMIT if not all outer frames are there. Then remembers it, if it leads to where
 * the thread begins or to that limit. A sample older than one of its thread that was remembered is
 * left alone.
 */
void recent_chains_join(struct recent_chains *recent, const struct event *sample,
			struct chain *chain);

/* The thread has ended or runs another program. */
void recent_chains_forget(struct recent_chains *recent, uint32_t tid);

#endif
