/* SPDX-License-Identifier: MIT */
/*
 * A profile and the names of its locations, both written by a test.
 *
 * You give samples as paths of places, root first, and what each place is called; you get a
 * profile and a naming that the views take. A program that uses it links this naming_frames() in
 * place of the profiler's, so it can use no session.
 */
#ifndef SUPPORT_NAMED_PROFILE_H
#define SUPPORT_NAMED_PROFILE_H

#include "profiler/naming.h"
#include "profiler/profile.h"

/* What one location is called, innermost inlined function first: up to the first frame without a
 * function. `has_name` need not be said: "[...]" stands for a module. */
enum { PLACE_FRAMES_MAX = 4 };
struct named_place {
	struct named_frame frames[PLACE_FRAMES_MAX];
};

struct named_sample {
	const char *comm; /* NULL: "app" */
	uint32_t pid, tid;
	uint64_t time_ns;
	uint64_t weight; /* 0: 1 */
	uint16_t event;
	const struct named_place *const *path; /* root first, up to NULL; NULL: an empty chain */
};

#define PATH(...) ((const struct named_place *const[]){ __VA_ARGS__, NULL })

struct named_profile {
	struct profile *profile;
	struct naming *naming;
};

void named_profile_init(struct named_profile *named);
void named_profile_deinit(struct named_profile *named);

/* Places are the same location when they are the same object. */
void named_profile_add(struct named_profile *named, const struct named_sample *sample);

#endif
