/* SPDX-License-Identifier: MIT */
#include "profiler/profile.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

struct profile *profile_create(void)
{
	struct profile *profile = xcalloc(1, sizeof(*profile));

	profile->strings = string_pool_create();
	profile->last_root = STACK_NONE;
	return profile;
}

void profile_destroy(struct profile *profile)
{
	if (!profile)
		return;
	free(profile->locations);
	free(profile->stacks);
	free(profile->threads);
	free(profile->samples);
	hash_index_deinit(&profile->location_index);
	hash_index_deinit(&profile->stack_index);
	hash_index_deinit(&profile->thread_index);
	string_pool_destroy(profile->strings);
	free(profile);
}

uint32_t profile_location(struct profile *profile, struct location location)
{
	uint64_t hash = hash_pair(location.image_id, location.image_address);

	for (struct hash_cursor c = hash_index_begin(&profile->location_index, hash);
	     hash_index_next(&profile->location_index, &c);) {
		const struct location *known = &profile->locations[c.number];

		if (known->image_id == location.image_id &&
		    known->image_address == location.image_address)
			return c.number;
	}
	profile->locations = xgrow(profile->locations, profile->location_count,
				   &profile->location_capacity, sizeof(*profile->locations));
	hash_index_add(&profile->location_index, hash, (uint32_t)profile->location_count);
	profile->locations[profile->location_count] = location;
	return (uint32_t)profile->location_count++;
}

void profile_move_location(struct profile *profile, uint32_t number, struct location location)
{
	hash_index_add(&profile->location_index,
		       hash_pair(location.image_id, location.image_address), number);
	profile->locations[number] = location;
}

uint32_t profile_stack(struct profile *profile, uint32_t parent, uint32_t location, bool is_guessed)
{
	uint64_t hash = hash_pair((uint64_t)parent << 1 | is_guessed, location);

	for (struct hash_cursor c = hash_index_begin(&profile->stack_index, hash);
	     hash_index_next(&profile->stack_index, &c);) {
		const struct stack_node *known = &profile->stacks[c.number];

		if (known->parent == parent && known->location == location &&
		    known->is_guessed == is_guessed)
			return c.number;
	}
	profile->stacks = xgrow(profile->stacks, profile->stack_count, &profile->stack_capacity,
				sizeof(*profile->stacks));
	hash_index_add(&profile->stack_index, hash, (uint32_t)profile->stack_count);
	profile->stacks[profile->stack_count] =
		(struct stack_node){ parent, location, is_guessed, STACK_NONE };
	return (uint32_t)profile->stack_count++;
}

uint32_t profile_thread(struct profile *profile, uint32_t pid, uint32_t tid, const char *comm)
{
	const char *interned = string_pool_add(profile->strings, comm);
	uint64_t hash = hash_pair((uint64_t)pid << 32 | tid, (uintptr_t)interned);

	for (struct hash_cursor c = hash_index_begin(&profile->thread_index, hash);
	     hash_index_next(&profile->thread_index, &c);) {
		const struct profile_thread *known = &profile->threads[c.number];

		if (known->pid == pid && known->tid == tid && known->comm == interned)
			return c.number;
	}
	profile->threads = xgrow(profile->threads, profile->thread_count, &profile->thread_capacity,
				 sizeof(*profile->threads));
	hash_index_add(&profile->thread_index, hash, (uint32_t)profile->thread_count);
	profile->threads[profile->thread_count] = (struct profile_thread){ pid, tid, interned };
	return (uint32_t)profile->thread_count++;
}

void profile_add_sample(struct profile *profile, const struct profile_sample *sample)
{
	profile->samples = xgrow(profile->samples, profile->sample_count, &profile->sample_capacity,
				 sizeof(*profile->samples));
	profile->samples[profile->sample_count++] = *sample;
}
