/* SPDX-License-Identifier: MIT */
#include "ui/shown.h"

void shown_init(struct shown *shown, struct profile *profile, struct naming *naming,
		struct recording *recording)
{
	*shown = (struct shown){
		.profile = profile,
		.naming = naming,
		.recording = recording,
		.event = SELECTION_ALL_EVENTS,
	};
	selection_init(&shown->selection);
}

void shown_deinit(struct shown *shown)
{
	stack_sums_deinit(&shown->sums);
	selection_deinit(&shown->selection);
}

void shown_update(struct shown *shown)
{
	stack_sums_deinit(&shown->sums);
	selection_sum(&shown->selection, shown->profile, shown->naming, shown->event, &shown->sums);
	shown->generation++;
}

uint64_t shown_whole(const struct shown *shown)
{
	uint64_t selected = 0;

	if (!shown->is_relative)
		return shown->sums.all.weight;
	for (size_t i = 0; i < shown->sums.count; i++)
		selected += shown->sums.items[i].sum.weight;
	return selected;
}
