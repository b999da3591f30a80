/* SPDX-License-Identifier: MIT */
/*
 * From a session's samples to a profile.
 *
 * Give profile_collect() to a session as its sink, with the profile as context; each sample is
 * interned as it comes. It keeps nothing of the session: locations are numbers.
 */
#ifndef PROFILER_PROFILE_COLLECT_H
#define PROFILER_PROFILE_COLLECT_H

#include "profiler/profile.h"
#include "profiler/session.h"

/* What the profile would hold of the sample; its stack, thread and locations are interned. */
struct profile_sample profile_sample_of(struct profile *profile,
					const struct session_sample *sample);

/* `context` is a struct profile *. */
void profile_collect(void *context, const struct session_sample *sample);

#endif
