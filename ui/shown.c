/* SPDX-License-Identifier: MIT */
#include "ui/shown.h"

void shown_init(struct shown *shown, struct profile *profile, struct naming *naming,
		struct recording *recording)
{
	*shown = (struct shown){
		.profile = profile,
		.naming = naming,
		.recording = recording,
		.session = recording ? recording->session : NULL,
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

void shown_span(const struct shown *shown, uint64_t *start_ns, uint64_t *end_ns)
{
	const struct profile *profile = shown->profile;
	const struct jprof_section *section =
		shown->recording ? data_reader_section(shown->recording->reader) : NULL;
	const struct stored_health *health = section ? jprof_section_health(section) : NULL;

	*start_ns = profile->sample_count ? UINT64_MAX : 0;
	*end_ns = 0;
	for (size_t i = 0; i < profile->sample_count; i++) {
		uint64_t time_ns = profile->samples[i].time_ns;

		if (time_ns < *start_ns)
			*start_ns = time_ns;
		if (time_ns > *end_ns)
			*end_ns = time_ns;
	}
	/* It may have begun and ended idle. */
	if (health && health->start_ns <= *start_ns && health->end_ns >= *end_ns) {
		*start_ns = health->start_ns;
		*end_ns = health->end_ns;
	}
}
