/* SPDX-License-Identifier: MIT */
/*
 * What one dump's code was in all: how much was loaded, when, and how much of it no sample is in.
 *
 * A recording keeps only versions that were sampled; these figures tell of the others.
 */
#ifndef PROFILER_JIT_TOTALS_H
#define PROFILER_JIT_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

struct jit_code;

enum { JIT_TOTALS_STEPS = 64 };

struct jit_totals {
	uint64_t load_count, load_bytes;
	uint64_t sampled_count, sampled_bytes; /* of the loads */
	uint64_t move_count;
	uint64_t from_ns, until_ns;	  /* of the first and the last load; 0, 0: there is none */
	uint64_t steps[JIT_TOTALS_STEPS]; /* loads in equal parts of that time */
};

/* By what was_sampled of the versions tells. False if some are forgotten, and not counted. */
bool jit_totals_count(struct jit_totals *totals, const struct jit_code *code);

#endif
