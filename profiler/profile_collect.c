/* SPDX-License-Identifier: MIT */
#include "profiler/profile_collect.h"

static uint32_t intern_stack(struct profile *profile, const struct session_sample *sample)
{
	uint32_t stack = STACK_NONE;

	for (size_t i = sample->chain->count; i-- > 0;) {
		const struct code *code = &sample->codes[i];
		uint32_t location = profile_location(
			profile, (struct location){ code->image->id, code->image_address });

		stack = profile_stack(profile, stack, location,
				      sample->chain->frames[i].is_guessed);
	}
	return stack;
}

void profile_collect(void *context, const struct session_sample *sample)
{
	struct profile *profile = context;
	const struct event *event = sample->event;

	profile_add_sample(
		profile,
		&(struct profile_sample){
			.time_ns = event->time_ns,
			.weight = event->sample.period,
			.thread = profile_thread(profile, event->pid, event->tid, sample->comm),
			.stack = intern_stack(profile, sample),
			.cpu = event->cpu,
			.event = (uint16_t)event->event_number,
			.end = (uint8_t)sample->chain->end,
			.is_joined = sample->chain->is_joined,
			.leaf_is_unknown_jit =
				sample->chain->count && sample->codes[0].kind == CODE_JIT_UNKNOWN,
		});
}
