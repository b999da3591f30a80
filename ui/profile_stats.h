/* SPDX-License-Identifier: MIT */
/*
 * How good a live profile is, in numbers.
 *
 * You give a profile, which has its stacks' ends in it, and the session, which counts the rest; you
 * get what a recording's stats tell as well. It never knows what only a recording does: rates,
 * threads, guessed frames.
 */
#ifndef UI_PROFILE_STATS_H
#define UI_PROFILE_STATS_H

#include "ui/stats.h"

/* `session` may be NULL: then what it counts is not told. */
struct stats profile_stats(const struct profile *profile, const struct session *session);

#endif
