/* SPDX-License-Identifier: MIT */
/*
 * How good a recording is, in numbers.
 *
 * You give a profile and the session's counts; you get shares and counts, each with whether the
 * recording can tell it at all: what it cannot tell is not 0 and not 100.
 */
#ifndef UI_STATS_H
#define UI_STATS_H

#include "profiler/profile.h"
#include "ui/recording.h"

#include <stdio.h>

struct stats {
	uint64_t samples, lost, throttled, jit_late;
	uint64_t user_stacks; /* samples with a user stack whose end is told */
	uint64_t ends[STACK_END_COUNT];
	uint64_t joined_stacks; /* among the truncated ones */
	bool tells_joined;
	uint64_t guessed_stacks; /* complete ones with a guessed frame */
	uint64_t user_frames, guessed_frames;
	uint64_t jit_samples;	      /* whose leaf is JIT code with a name */
	uint64_t unknown_jit_samples; /* whose leaf is executable memory of no file and no name */
	uint64_t threads, processes, distinct_stacks;
	bool is_health_told; /* else the next two are not */
	uint64_t unwind_skipped, parked_expired;
	uint64_t unwound_frames, fallback_frames; /* 0: nothing was unwound, as far as is told */
	double rate_achieved_hz;		  /* 0: not told */
	uint64_t duration_ns; /* of the recording; of perf's, from the first to the last sample */
	uint64_t file_bytes;
};

void stats_collect(struct stats *stats, const struct recording *recording,
		   const struct profile *profile);

/* One `name: value` line each; `-` for what the recording cannot tell. */
void stats_print(FILE *out, const struct stats *stats);

#endif
