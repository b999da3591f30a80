/* SPDX-License-Identifier: MIT */
#include "profiler/sample_sums.h"

#include "jitdump/xalloc.h"

#include <assert.h>
#include <stdlib.h>

void sample_sums_deinit(struct sample_sums *sums)
{
	free(sums->items);
	hash_index_deinit(&sums->index);
	*sums = (struct sample_sums){ 0 };
}

static bool is_alike(const struct profile_sample *a, const struct profile_sample *b)
{
	return a->thread == b->thread && a->stack == b->stack && a->event == b->event &&
	       a->end == b->end && a->is_joined == b->is_joined &&
	       a->leaf_is_unknown_jit == b->leaf_is_unknown_jit && a->is_folded == b->is_folded;
}

void sample_sums_add(struct sample_sums *sums, const struct profile_sample *sample)
{
	uint64_t hash = hash_pair(sample->thread, sample->stack);

	for (struct hash_cursor c = hash_index_begin(&sums->index, hash);
	     hash_index_next(&sums->index, &c);) {
		struct profile_sample *known = &sums->items[c.number];

		assert(c.number < sums->count);
		if (!is_alike(known, sample))
			continue;
		known->weight += sample->weight;
		known->count += sample->count;
		return;
	}
	sums->items = xgrow(sums->items, sums->count, &sums->capacity, sizeof(*sums->items));
	hash_index_add(&sums->index, hash, (uint32_t)sums->count);
	sums->items[sums->count] = *sample;
	sums->items[sums->count++].cpu = 0;
}

void sample_sums_renumber(struct sample_sums *sums, const struct sample_numbers *numbers)
{
	struct sample_sums renumbered = { 0 };

	for (size_t i = 0; i < sums->count; i++) {
		struct profile_sample sample = sums->items[i];

		sample.thread = numbers->threads[sample.thread];
		if (sample.stack != STACK_NONE)
			sample.stack = numbers->stacks[sample.stack];
		sample_sums_add(&renumbered, &sample);
	}
	sample_sums_deinit(sums);
	*sums = renumbered;
}
