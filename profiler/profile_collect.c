/* SPDX-License-Identifier: MIT */
#include "profiler/profile_collect.h"

/* Whether the frame is the one that this stack ends in. */
static bool ends_in(const struct profile *profile, uint32_t stack, const struct code *code,
		    bool is_guessed)
{
	const struct stack_node *node = &profile->stacks[stack];
	const struct location *location = &profile->locations[node->location];

	return location->image_address == code->image_address &&
	       location->image_id == code->image->id && node->is_guessed == is_guessed;
}

/* Mostly a frame calls what it called the last time: that need not be looked for. */
static uint32_t intern_callee(struct profile *profile, uint32_t parent, const struct code *code,
			      bool is_guessed)
{
	const uint32_t *last =
		parent == STACK_NONE ? &profile->last_root : &profile->stacks[parent].last_callee;
	uint32_t stack = *last;

	if (stack != STACK_NONE && ends_in(profile, stack, code, is_guessed))
		return stack;
	stack = profile_stack(profile, parent,
			      profile_location(profile, (struct location){ code->image->id,
									   code->image_address }),
			      is_guessed);
	if (parent == STACK_NONE)
		profile->last_root = stack;
	else
		profile->stacks[parent].last_callee = stack;
	return stack;
}

static uint32_t intern_stack(struct profile *profile, const struct session_sample *sample)
{
	uint32_t stack = STACK_NONE;

	for (size_t i = sample->chain->count; i-- > 0;)
		stack = intern_callee(profile, stack, &sample->codes[i],
				      sample->chain->frames[i].is_guessed);
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
