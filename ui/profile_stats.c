/* SPDX-License-Identifier: MIT */
#include "ui/profile_stats.h"

struct stats profile_stats(const struct profile *profile, const struct session *session)
{
	struct stats stats = { .is_health_told = session != NULL, .tells_joined = true };

	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		stats.samples += sample->count;
		stats.ends[sample->end] += sample->count;
		stats.unknown_jit_samples += sample->leaf_is_unknown_jit ? sample->count : 0;
		if (sample->end != STACK_END_NONE && sample->end != STACK_END_UNTOLD)
			stats.user_stacks += sample->count;
		if (sample->is_joined && sample->end == STACK_END_TRUNCATED_COPY)
			stats.joined_stacks += sample->count;
	}
	if (!session)
		return stats;
	const struct session_counts counts = session_counts(session);

	stats.lost = counts.lost;
	stats.throttled = counts.throttled;
	stats.jit_late = counts.jit_late;
	stats.unwind_skipped = counts.unwind_skipped;
	stats.parked_expired = counts.parked_expired;
	stats.unwound_frames = counts.unwound_frames;
	stats.fallback_frames = counts.fallback_frames;
	return stats;
}
