/* SPDX-License-Identifier: MIT */
#include "profiler/profile_collect.h"

#include "jitdump/xalloc.h"

/* Whether the frame is the one that this stack ends in. */
static bool ends_in(const struct profile *profile, uint32_t stack, const struct code *code,
		    bool is_guessed)
{
	const struct stack_node *node = &profile->stacks[stack];
	const struct location *location = &profile->locations[node->location];

	return location->image_address == code->image_address &&
	       location->image_id == code->image->id && node->is_guessed == is_guessed;
}

/* Most frames of a stack are as in the sample before: these need not be looked for. */
static uint32_t intern_stack(struct profile *profile, const struct session_sample *sample)
{
	struct last_path *last = &profile->last;
	size_t depth = 0, count = sample->chain->count;
	uint32_t stack = STACK_NONE;
	bool is_as_before = true;

	while (last->capacity < count)
		last->stacks =
			xgrow(last->stacks, last->capacity, &last->capacity, sizeof(*last->stacks));
	for (size_t i = count; i-- > 0; depth++) {
		const struct code *code = &sample->codes[i];
		bool is_guessed = sample->chain->frames[i].is_guessed;

		is_as_before = is_as_before && depth < last->count &&
			       ends_in(profile, last->stacks[depth], code, is_guessed);
		if (is_as_before) {
			stack = last->stacks[depth];
			continue;
		}
		stack = profile_stack(
			profile, stack,
			profile_location(profile,
					 (struct location){ code->image->id, code->image_address }),
			is_guessed);
		last->stacks[depth] = stack;
	}
	last->count = count;
	return stack;
}

struct profile_sample profile_sample_of(struct profile *profile,
					const struct session_sample *sample)
{
	const struct event *event = sample->event;

	return (struct profile_sample){
		.time_ns = event->time_ns,
		.weight = event->sample.period,
		.thread = profile_thread(profile, event->pid, event->tid, sample->comm),
		.stack = intern_stack(profile, sample),
		.count = 1,
		.cpu = event->cpu,
		.event = (uint16_t)event->event_number,
		.end = (uint8_t)sample->chain->end,
		.is_joined = sample->chain->is_joined,
		.leaf_is_unknown_jit =
			sample->chain->count && sample->codes[0].kind == CODE_JIT_UNKNOWN,
	};
}

void profile_collect(void *context, const struct session_sample *sample)
{
	struct profile *profile = context;
	struct profile_sample collected = profile_sample_of(profile, sample);

	profile_add_sample(profile, &collected);
}
