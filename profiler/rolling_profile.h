/* SPDX-License-Identifier: MIT */
/*
 * A profile of samples that keep coming: of all of them, of the last so many seconds, or with the
 * old ones weighing less and less.
 *
 * You give rolling_profile_take() to a session as its sink; you get, as often as you show it, a
 * struct profile whose samples are sums: one for equal samples of a slice of time, the shorter the
 * less there is to tell. It keeps no single sample, and its memory is bounded: what has no sample any more is forgotten, and where
 * there are too many different stacks, the rarest are folded: they lose the inner half of their
 * callers, again and again, and at last their innermost frame.
 * It never asks for a name.
 */
#ifndef PROFILER_ROLLING_PROFILE_H
#define PROFILER_ROLLING_PROFILE_H

#include "profiler/profile.h"
#include "profiler/session.h"

enum rolling_mode {
	ROLLING_ALL,	/* everything since the beginning */
	ROLLING_WINDOW, /* the last `span_ns` */
	ROLLING_DECAY,	/* a sample weighs half after `span_ns`, and so on; counts do not decay */
};

struct rolling_options {
	enum rolling_mode mode;
	uint64_t span_ns;
	size_t sum_limit; /* of different sums; 0: ROLLING_SUM_LIMIT */
};

/* 40 bytes a sum, as much in the profile that is shown, and some 100 for its stack. */
enum { ROLLING_SUM_LIMIT = 1 << 14 };

struct rolling_profile;

struct rolling_profile *rolling_profile_create(const struct rolling_options *options);
void rolling_profile_destroy(struct rolling_profile *rolling);

/* The session's sink; `context` is a struct rolling_profile *. */
void rolling_profile_take(void *context, const struct session_sample *sample);

/*
 * What there is at `now_ns` (of the samples' clock). Frozen: what there was when it was frozen; it
 * must be called all the same, now and then, for it is what keeps memory bounded. Borrowed until
 * the next call with `rolling`; stacks, threads and locations have other numbers when
 * rolling_profile_renumbered() has grown.
 */
const struct profile *rolling_profile_refresh(struct rolling_profile *rolling, uint64_t now_ns);
uint64_t rolling_profile_renumbered(const struct rolling_profile *rolling);

/* What the session's samples met before it was described becomes what it is: to be called before a
 * refresh. What is frozen may change by it. */
void rolling_profile_resolve(struct rolling_profile *rolling, struct session *session);

/* Frozen, the same is shown on and on while samples are taken; thawed, they are there. */
void rolling_profile_freeze(struct rolling_profile *rolling, bool is_frozen);

/* Forgets all samples; what is frozen stays to be seen. */
void rolling_profile_zero(struct rolling_profile *rolling);

/* How many of the samples that it holds have lost callers, or all frames. */
uint64_t rolling_profile_folded(const struct rolling_profile *rolling);

/* The profiles whose locations are still to be named: the one that grows, and the one that is
 * shown if that is another. Returns how many. */
enum { ROLLING_PROFILES_MAX = 2 };
size_t rolling_profile_kept(const struct rolling_profile *rolling,
			    const struct profile *kept[ROLLING_PROFILES_MAX]);

#endif
