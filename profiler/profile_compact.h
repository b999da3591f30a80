/* SPDX-License-Identifier: MIT */
/*
 * A profile's tables without what no sample uses.
 *
 * You give a profile and the samples that are to be kept; you get another profile, which has
 * their threads, stacks and locations alone, and by the old number of each thread and stack its new
 * one. It never touches the profile it was given, and copies no samples.
 */
#ifndef PROFILER_PROFILE_COMPACT_H
#define PROFILER_PROFILE_COMPACT_H

#include "profiler/profile.h"

struct profile_compaction {
	const struct profile *from; /* borrowed */
	bool *uses_thread, *uses_stack;
	uint32_t *threads, *stacks; /* by the old number, set for those in use; stacks by
				       profile_compaction_make(), as threads */
};

void profile_compaction_begin(struct profile_compaction *compaction, const struct profile *from);
void profile_compaction_use(struct profile_compaction *compaction,
			    const struct profile_sample *samples, size_t count);
struct profile *profile_compaction_make(struct profile_compaction *compaction);
void profile_compaction_deinit(struct profile_compaction *compaction);

#endif
