/* SPDX-License-Identifier: MIT */
#include "support/named_profile.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

/* The image address of a location is its number here. */
struct naming {
	struct string_pool *strings;
	struct known_place {
		const struct named_place *written;
		struct named_frame frames[PLACE_FRAMES_MAX];
		size_t count;
	} * places;
	size_t count, capacity;
};

void named_profile_init(struct named_profile *named)
{
	named->profile = profile_create();
	named->naming = xcalloc(1, sizeof(*named->naming));
	named->naming->strings = named->profile->strings;
}

void named_profile_deinit(struct named_profile *named)
{
	free(named->naming->places);
	free(named->naming);
	profile_destroy(named->profile);
}

static const char *intern(struct naming *naming, const char *text)
{
	return text ? string_pool_add(naming->strings, text) : NULL;
}

static void copy_frames(struct naming *naming, struct known_place *known)
{
	while (known->count < PLACE_FRAMES_MAX && known->written->frames[known->count].function) {
		struct named_frame *frame = &known->frames[known->count];

		*frame = known->written->frames[known->count++];
		frame->function = intern(naming, frame->function);
		frame->module = intern(naming, frame->module ? frame->module : "app");
		frame->file = intern(naming, frame->file);
		frame->has_name = frame->function[0] != '[';
	}
}

static size_t number_of(struct naming *naming, const struct named_place *place)
{
	for (size_t i = 0; i < naming->count; i++) {
		if (naming->places[i].written == place)
			return i;
	}
	naming->places =
		xgrow(naming->places, naming->count, &naming->capacity, sizeof(*naming->places));
	naming->places[naming->count] = (struct known_place){ .written = place };
	copy_frames(naming, &naming->places[naming->count]);
	return naming->count++;
}

void named_profile_add(struct named_profile *named, const struct named_sample *sample)
{
	struct profile *profile = named->profile;
	uint32_t stack = STACK_NONE;

	for (size_t i = 0; sample->path && sample->path[i]; i++) {
		struct location location = { 0, number_of(named->naming, sample->path[i]) };

		stack = profile_stack(profile, stack, profile_location(profile, location), false);
	}
	profile_add_sample(profile,
			   &(struct profile_sample){
				   .time_ns = sample->time_ns,
				   .weight = sample->weight ? sample->weight : 1,
				   .thread = profile_thread(profile, sample->pid, sample->tid,
							    sample->comm ? sample->comm : "app"),
				   .stack = stack,
				   .count = 1,
				   .event = sample->event,
			   });
}

/* Weak: programs that have a session link the profiler's. */
__attribute__((weak)) const struct named_frame *
naming_frames(struct naming *naming, struct location location, size_t *count)
{
	*count = naming->places[location.image_address].count;
	return naming->places[location.image_address].frames;
}
