/* SPDX-License-Identifier: MIT */
/*
 * What stands above everything that is shown live: how much is sampled, how good it is, and what
 * sampling costs.
 *
 * You give the live profile at each refresh; you get its figures, and their text.
 */
#ifndef UI_LIVE_HEADER_H
#define UI_LIVE_HEADER_H

#include "ui/live.h"

#include <stdio.h>

/* Zeroed before the first update. */
struct live_figures {
	uint64_t samples; /* that are shown */
	uint64_t folded;  /* those of them whose rare stacks were shortened */
	double seconds;	  /* for which they were taken, at most */
	uint64_t lost, throttled, unwind_skipped; /* since the beginning */
	uint64_t waiting;			  /* for JIT code, now */
	uint64_t rate_asked_hz;			  /* 0: by period */
	double rate_achieved_hz;		  /* 0: not known yet */
	uint64_t user_stacks;			  /* shown samples whose stack was unwound */
	uint64_t ends[STACK_END_COUNT];		  /* of those */
	double own_cpu_percent;			  /* of one CPU, since the last update */
	uint64_t own_bytes;			  /* of memory */
	uint64_t cpu_ns, updated_ns;		  /* as of now, for the next update */
};

void live_figures_update(struct live_figures *figures, const struct live *live,
			 const struct profile *profile);

void live_header_print(FILE *out, const struct live *live, const struct live_figures *figures);

#endif
