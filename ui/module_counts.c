/* SPDX-License-Identifier: MIT */
#include "ui/module_counts.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct counter {
	struct module_counts *counts;
	const struct shown *shown;
	struct hash_index index;
	uint32_t *roots;      /* the outermost location, by stack */
	const char **modules; /* by location; NULL: not asked yet */
};

static void find_roots(struct counter *counter)
{
	const struct profile *profile = counter->shown->profile;

	counter->roots = xcalloc(profile->stack_count, sizeof(*counter->roots));
	for (uint32_t i = 0; i < profile->stack_count; i++) {
		uint32_t at = i;

		/* Callers are mostly interned before what they call: their root is known. */
		while (profile->stacks[at].parent != STACK_NONE && at >= i)
			at = profile->stacks[at].parent;
		counter->roots[i] = at < i ? counter->roots[at] : profile->stacks[at].location;
	}
}

static const char *module_of(struct counter *counter, uint32_t location)
{
	const struct shown *shown = counter->shown;
	size_t count;

	if (!counter->modules[location])
		counter->modules[location] =
			naming_frames(shown->naming, shown->profile->locations[location], &count)
				->module;
	return counter->modules[location];
}

static void add(struct counter *counter, unsigned int end, uint32_t location, uint64_t count)
{
	struct module_counts *counts = counter->counts;
	const char *module = module_of(counter, location);
	uint64_t hash = hash_pair(end, (uintptr_t)module);

	for (struct hash_cursor c = hash_index_begin(&counter->index, hash);
	     hash_index_next(&counter->index, &c);) {
		struct module_count *known = &counts->items[c.number];

		if (known->end != end || known->module != module)
			continue;
		known->count += count;
		return;
	}
	counts->items =
		xgrow(counts->items, counts->count, &counts->capacity, sizeof(*counts->items));
	hash_index_add(&counter->index, hash, (uint32_t)counts->count);
	counts->items[counts->count++] = (struct module_count){ end, module, count };
}

static int compare_counts(const void *a, const void *b)
{
	const struct module_count *first = a, *second = b;

	if (first->end != second->end)
		return first->end < second->end ? -1 : 1;
	if (first->count != second->count)
		return first->count > second->count ? -1 : 1;
	return strcmp(first->module, second->module);
}

void module_counts_make(struct module_counts *counts, const struct shown *shown)
{
	const struct profile *profile = shown->profile;
	struct counter counter = {
		.counts = counts,
		.shown = shown,
		.modules = xcalloc(profile->location_count, sizeof(*counter.modules)),
	};

	module_counts_deinit(counts);
	find_roots(&counter);
	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		if (sample->stack == STACK_NONE)
			continue;
		add(&counter, MODULE_OF_LEAF, profile->stacks[sample->stack].location,
		    sample->count);
		if (sample->end != STACK_END_COMPLETE && sample->end < STACK_END_NONE)
			add(&counter, sample->end, counter.roots[sample->stack], sample->count);
	}
	if (counts->count)
		qsort(counts->items, counts->count, sizeof(*counts->items), compare_counts);
	free(counter.roots);
	free(counter.modules);
	hash_index_deinit(&counter.index);
}

void module_counts_deinit(struct module_counts *counts)
{
	free(counts->items);
	*counts = (struct module_counts){ 0 };
}
