/* SPDX-License-Identifier: MIT */
#include "profiler/rolling_profile.h"

#include "jitdump/xalloc.h"
#include "profiler/profile_collect.h"
#include "profiler/profile_compact.h"
#include "profiler/time_slices.h"

#include <math.h>
#include <stdlib.h>

/* What a window's samples fall out by, and what decays at once. */
enum { SLICES_OF_WINDOW = 32, SLICES_OF_HALF_LIFE = 8 };

/* Where all samples count slices begin short, and are joined when there are more than so many. */
#define FIRST_SLICE_NS UINT64_C(62500000)
enum { SLICES_OF_ALL = 128 };

/* After so many half-lives a sample weighs a 256th, and is forgotten. */
enum { HALF_LIVES = 8 };

/* Weights are whole numbers, and may be 1: in a decaying profile all are so much larger. */
#define DECAY_SCALE 1024.0

/* The tables are compacted when they have grown to so many times what was in use, and some. */
enum { GROWTH = 2, GROWTH_AT_LEAST = 1 << 13 };

/* Enough for the deepest stack to lose half of its callers again and again; so many threads that this
 * is not enough have a sum each. */
enum { FOLD_ROUNDS = 32 };

struct rolling_profile {
	struct rolling_options options;
	struct time_slices slices;
	uint64_t kept_ns; /* for how long a slice is kept */
	uint64_t newest_ns;
	struct profile *profile; /* its samples are those of the last refresh */
	struct profile *frozen;	 /* what is shown, NULL if it is not frozen; may be `profile` */
	size_t used;		 /* entries of the profile's tables when it was last compacted */
	uint64_t renumbered;
};

struct rolling_profile *rolling_profile_create(const struct rolling_options *options)
{
	struct rolling_profile *rolling = xcalloc(1, sizeof(*rolling));

	rolling->options = *options;
	if (!options->sum_limit)
		rolling->options.sum_limit = ROLLING_SUM_LIMIT;
	rolling->slices.slice_ns = FIRST_SLICE_NS;
	rolling->kept_ns = UINT64_MAX;
	if (options->mode == ROLLING_WINDOW) {
		rolling->slices.slice_ns = options->span_ns / SLICES_OF_WINDOW + 1;
		rolling->kept_ns = options->span_ns;
	} else if (options->mode == ROLLING_DECAY) {
		rolling->slices.slice_ns = options->span_ns / SLICES_OF_HALF_LIFE + 1;
		rolling->kept_ns = options->span_ns * HALF_LIVES;
	}
	rolling->profile = profile_create();
	return rolling;
}

void rolling_profile_destroy(struct rolling_profile *rolling)
{
	if (!rolling)
		return;
	time_slices_deinit(&rolling->slices);
	if (rolling->frozen != rolling->profile)
		profile_destroy(rolling->frozen);
	profile_destroy(rolling->profile);
	free(rolling);
}

void rolling_profile_zero(struct rolling_profile *rolling)
{
	time_slices_deinit(&rolling->slices);
	if (rolling->options.mode == ROLLING_ALL)
		rolling->slices.slice_ns = FIRST_SLICE_NS;
}

void rolling_profile_take(void *context, const struct session_sample *sample)
{
	struct rolling_profile *rolling = context;
	struct profile_sample taken = profile_sample_of(rolling->profile, sample);

	if (taken.time_ns > rolling->newest_ns)
		rolling->newest_ns = taken.time_ns;
	sample_sums_add(time_slices_at(&rolling->slices, taken.time_ns), &taken);
}

static void drop_old(struct rolling_profile *rolling, uint64_t now_ns)
{
	if (now_ns > rolling->kept_ns)
		time_slices_drop(&rolling->slices, now_ns - rolling->kept_ns);
}

static size_t sum_count(const struct rolling_profile *rolling)
{
	return time_slices_sum_count(&rolling->slices);
}

/* When something was is told less exactly, before anything else is. */
static void join_slices(struct rolling_profile *rolling)
{
	while (time_slices_span(&rolling->slices) > SLICES_OF_ALL ||
	       (rolling->slices.count > 1 && sum_count(rolling) > rolling->options.sum_limit))
		time_slices_join(&rolling->slices);
}

static int compare_counts(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

/* Half of the sums have no more samples than this. */
static uint32_t median_count(const struct rolling_profile *rolling, size_t sums)
{
	uint32_t *counts = xmalloc(sums * sizeof(*counts)), median;
	size_t used = 0;

	for (size_t i = 0; i < rolling->slices.count; i++) {
		for (size_t at = 0; at < rolling->slices.items[i].sums.count; at++)
			counts[used++] = rolling->slices.items[i].sums.items[at].count;
	}
	qsort(counts, used, sizeof(*counts), compare_counts);
	median = counts[used / 2];
	free(counts);
	return median;
}

static size_t depth_of(const struct profile *profile, uint32_t stack)
{
	size_t depth = 0;

	for (; stack != STACK_NONE; stack = profile->stacks[stack].parent)
		depth++;
	return depth;
}

/* The innermost frame, called by the outer half of the others; of that alone nothing. */
static uint32_t folded_stack(struct profile *profile, uint32_t stack)
{
	size_t depth = depth_of(profile, stack);
	uint32_t outer = stack;

	if (depth < 2)
		return STACK_NONE;
	for (size_t kept = (depth - 1) / 2; depth > kept; depth--)
		outer = profile->stacks[outer].parent;
	return profile_stack(profile, outer, profile->stacks[stack].location,
			     profile->stacks[stack].is_guessed);
}

/* Folds at most *left sums, of samples up to a number: the first ones. */
static void fold_slice(struct rolling_profile *rolling, struct time_slice *slice, uint32_t up_to,
		       size_t *left)
{
	struct sample_sums folded = { 0 };

	for (size_t i = 0; i < slice->sums.count; i++) {
		struct profile_sample sample = slice->sums.items[i];

		if (*left && sample.count <= up_to) {
			--*left;
			sample.stack = folded_stack(rolling->profile, sample.stack);
			sample.is_folded = true;
		}
		sample_sums_add(&folded, &sample);
	}
	sample_sums_deinit(&slice->sums);
	slice->sums = folded;
}

/* What is rare loses its callers, the nearest first, and where that is not enough its frame: what is
 * left of it is counted and weighs. */
static void fold(struct rolling_profile *rolling)
{
	for (int round = 0; round < FOLD_ROUNDS; round++) {
		size_t sums = sum_count(rolling), left = sums / 2 + 1;

		if (sums <= rolling->options.sum_limit)
			return;
		uint32_t up_to = median_count(rolling, sums);

		for (size_t i = 0; i < rolling->slices.count; i++)
			fold_slice(rolling, &rolling->slices.items[i], up_to, &left);
	}
}

static size_t table_size(const struct profile *profile)
{
	return profile->stack_count + profile->location_count + profile->thread_count;
}

static void compact(struct rolling_profile *rolling)
{
	struct profile_compaction compaction;

	profile_compaction_begin(&compaction, rolling->profile);
	for (size_t i = 0; i < rolling->slices.count; i++)
		profile_compaction_use(&compaction, rolling->slices.items[i].sums.items,
				       rolling->slices.items[i].sums.count);
	struct profile *compacted = profile_compaction_make(&compaction);

	for (size_t i = 0; i < rolling->slices.count; i++)
		sample_sums_renumber(
			&rolling->slices.items[i].sums,
			&(struct sample_numbers){ compaction.threads, compaction.stacks });
	profile_compaction_deinit(&compaction);
	if (rolling->frozen != rolling->profile)
		profile_destroy(rolling->profile);
	rolling->profile = compacted;
	rolling->used = table_size(compacted);
	rolling->renumbered++;
}

/* What sums of that time weigh of what they were given. */
static double share_left(const struct rolling_profile *rolling, uint64_t start_ns, uint64_t now_ns)
{
	double age = now_ns > start_ns ? (double)(now_ns - start_ns) : 0;

	return DECAY_SCALE * exp2(-age / (double)rolling->options.span_ns);
}

static void show_slice(struct rolling_profile *rolling, size_t number, uint64_t now_ns)
{
	const struct sample_sums *sums = &rolling->slices.items[number].sums;
	uint64_t start_ns = time_slices_start_ns(&rolling->slices, number);
	double share = share_left(rolling, start_ns, now_ns);

	for (size_t i = 0; i < sums->count; i++) {
		struct profile_sample sample = sums->items[i];

		sample.time_ns = start_ns;
		if (rolling->options.mode == ROLLING_DECAY)
			sample.weight = (uint64_t)((double)sample.weight * share);
		profile_add_sample(rolling->profile, &sample);
	}
}

static void show(struct rolling_profile *rolling, uint64_t now_ns)
{
	struct profile *profile = rolling->profile;

	profile->sample_count = 0;
	profile->step_ns = rolling->slices.slice_ns;
	profile->newest_ns = rolling->newest_ns;
	for (size_t i = 0; i < rolling->slices.count; i++)
		show_slice(rolling, i, now_ns);
}

static void resolve_sums(const struct profile *profile, const struct session *session,
			 struct sample_sums *sums)
{
	for (size_t i = 0; i < sums->count; i++) {
		struct profile_sample *sum = &sums->items[i];

		if (sum->leaf_is_unknown_jit && sum->stack != STACK_NONE &&
		    session_is_resolved(session,
					profile->locations[profile->stacks[sum->stack].location]))
			sum->leaf_is_unknown_jit = false;
	}
}

void rolling_profile_resolve(struct rolling_profile *rolling, struct session *session)
{
	if (!session_resolve(session, rolling->profile))
		return;
	for (size_t i = 0; i < rolling->slices.count; i++)
		resolve_sums(rolling->profile, session, &rolling->slices.items[i].sums);
}

const struct profile *rolling_profile_refresh(struct rolling_profile *rolling, uint64_t now_ns)
{
	drop_old(rolling, now_ns);
	if (rolling->options.mode == ROLLING_ALL)
		join_slices(rolling);
	if (sum_count(rolling) > rolling->options.sum_limit)
		fold(rolling);
	if (table_size(rolling->profile) > GROWTH * rolling->used + GROWTH_AT_LEAST)
		compact(rolling);
	if (rolling->frozen)
		return rolling->frozen;
	show(rolling, now_ns);
	return rolling->profile;
}

uint64_t rolling_profile_renumbered(const struct rolling_profile *rolling)
{
	return rolling->renumbered;
}

void rolling_profile_freeze(struct rolling_profile *rolling, bool is_frozen)
{
	if (is_frozen == (rolling->frozen != NULL))
		return;
	if (!is_frozen && rolling->frozen != rolling->profile)
		profile_destroy(rolling->frozen);
	rolling->frozen = is_frozen ? rolling->profile : NULL;
}

uint64_t rolling_profile_folded(const struct rolling_profile *rolling)
{
	uint64_t count = 0;

	for (size_t i = 0; i < rolling->slices.count; i++) {
		const struct sample_sums *sums = &rolling->slices.items[i].sums;

		for (size_t at = 0; at < sums->count; at++) {
			if (sums->items[at].is_folded)
				count += sums->items[at].count;
		}
	}
	return count;
}

size_t rolling_profile_kept(const struct rolling_profile *rolling,
			    const struct profile *kept[ROLLING_PROFILES_MAX])
{
	size_t count = 0;

	kept[count++] = rolling->profile;
	if (rolling->frozen && rolling->frozen != rolling->profile)
		kept[count++] = rolling->frozen;
	return count;
}
