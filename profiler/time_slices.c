/* SPDX-License-Identifier: MIT */
#include "profiler/time_slices.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

void time_slices_deinit(struct time_slices *slices)
{
	for (size_t i = 0; i < slices->count; i++)
		sample_sums_deinit(&slices->items[i].sums);
	free(slices->items);
	*slices = (struct time_slices){ .slice_ns = slices->slice_ns };
}

/* Nearly always at the end: only a sample that waited for JIT code is older than the newest. */
struct sample_sums *time_slices_at(struct time_slices *slices, uint64_t time_ns)
{
	uint64_t number = 0;
	size_t at = slices->count;

	if (!at)
		slices->base_ns = time_ns;
	if (time_ns > slices->base_ns)
		number = (time_ns - slices->base_ns) / slices->slice_ns;
	while (at > 0 && slices->items[at - 1].number > number)
		at--;
	if (at > 0 && slices->items[at - 1].number == number)
		return &slices->items[at - 1].sums;
	slices->items =
		xgrow(slices->items, slices->count, &slices->capacity, sizeof(*slices->items));
	memmove(&slices->items[at + 1], &slices->items[at],
		(slices->count - at) * sizeof(*slices->items));
	slices->items[at] = (struct time_slice){ .number = number };
	slices->count++;
	return &slices->items[at].sums;
}

uint64_t time_slices_start_ns(const struct time_slices *slices, size_t at)
{
	return slices->base_ns + slices->items[at].number * slices->slice_ns;
}

uint64_t time_slices_span(const struct time_slices *slices)
{
	if (!slices->count)
		return 0;
	return slices->items[slices->count - 1].number - slices->items[0].number + 1;
}

size_t time_slices_sum_count(const struct time_slices *slices)
{
	size_t count = 0;

	for (size_t i = 0; i < slices->count; i++)
		count += slices->items[i].sums.count;
	return count;
}

static void join(struct sample_sums *sums, struct sample_sums *with)
{
	for (size_t i = 0; i < with->count; i++)
		sample_sums_add(sums, &with->items[i]);
	sample_sums_deinit(with);
}

void time_slices_join(struct time_slices *slices)
{
	size_t kept = 0;

	slices->slice_ns *= 2;
	for (size_t i = 0; i < slices->count; i++) {
		struct time_slice slice = slices->items[i];

		slice.number /= 2;
		if (kept && slices->items[kept - 1].number == slice.number)
			join(&slices->items[kept - 1].sums, &slice.sums);
		else
			slices->items[kept++] = slice;
	}
	slices->count = kept;
}

void time_slices_drop(struct time_slices *slices, uint64_t before_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < slices->count; i++) {
		if (time_slices_start_ns(slices, i) < before_ns)
			sample_sums_deinit(&slices->items[i].sums);
		else
			slices->items[kept++] = slices->items[i];
	}
	slices->count = kept;
}
