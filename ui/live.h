/* SPDX-License-Identifier: MIT */
/*
 * What is sampled now: a recorder without a file, the rolling profile of its samples, their names.
 *
 * You give what to sample and which samples count; you make its steps, and get as often as you show
 * it a profile that the views take. It never prints and never waits longer than you say; while it
 * names, it takes the records that come meanwhile.
 */
#ifndef UI_LIVE_H
#define UI_LIVE_H

#include "profiler/naming.h"
#include "profiler/rate_meter.h"
#include "profiler/recorder.h"
#include "profiler/rolling_profile.h"

/* In one place while it is open. */
struct live {
	struct recorder *recorder;
	struct rolling_profile *rolling;
	struct rolling_options rolling_options;
	struct naming *naming;	     /* another after live_refresh(), once its texts are too many */
	const struct profile *shown; /* what live_refresh() gave last */
	bool has_old_names;	     /* of what is not in the profile any more */
	struct rate_meter rate;
	bool is_over;
	struct recorder_result result; /* once it is over */
	uint64_t tidied_ns;
	uint64_t zeroed_ns; /* since when samples count */
};

/* The recorder's sink is set here. */
bool live_open(struct live *live, const struct recorder_options *recorder,
	       const struct rolling_options *rolling, struct error *err);
void live_close(struct live *live);

/* Takes what comes in at most `wait_ms`, and looks up names for a part of that. True if the input
 * that recorder_watch_input() was given is there. live->is_over tells when it is. */
bool live_step(struct live *live, int wait_ms);

/* Takes no more samples; a command that still runs is ended. What was sampled stays. */
void live_stop(struct live *live);

/*
 * The profile as it is now, or was when it was frozen: borrowed until the next call. Where it is the
 * same as the last time, it has grown, and frames that were given out stay. Where it is another,
 * stacks, threads and locations have other numbers, and frames stay until the next call; where the
 * naming is another too, none do.
 */
const struct profile *live_refresh(struct live *live);

/* Looks up the names that were asked for, for at most so long; false if some are still missing. */
bool live_name(struct live *live, int at_most_ms);

void live_freeze(struct live *live, bool is_frozen);
void live_zero(struct live *live);

uint64_t live_now_ns(void);

#endif
