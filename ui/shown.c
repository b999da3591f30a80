/* SPDX-License-Identifier: MIT */
#include "ui/shown.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

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
	stack_sums_deinit(&shown->all_sums);
	selection_deinit(&shown->selection);
}

void shown_renew(struct shown *shown, struct profile *profile, struct naming *naming)
{
	shown->profile = profile;
	shown->naming = naming;
	stack_sums_deinit(&shown->all_sums);
	shown->summed = 0;
}

/* A million samples are summed up once, not for every filter. */
static void sum_all(struct shown *shown)
{
	struct selection all;

	if (shown->summed == shown->profile->sample_count && shown->summed &&
	    shown->summed_event == shown->event)
		return;
	selection_init(&all);
	stack_sums_deinit(&shown->all_sums);
	selection_sum(&all, shown->profile, shown->naming, shown->event, &shown->all_sums);
	selection_deinit(&all);
	shown->summed = shown->profile->sample_count;
	shown->summed_event = shown->event;
}

/* What is known of stacks: whether a frame of theirs is one that the selection has. */
enum { STACK_UNKNOWN, STACK_HAS_NONE, STACK_HAS_ONE };

static bool location_has_one(const struct shown *shown, uint32_t location)
{
	size_t count;
	const struct named_frame *frames =
		naming_frames(shown->naming, shown->profile->locations[location], &count);

	for (size_t i = 0; i < count; i++)
		if (selection_has_frame(&shown->selection, &frames[i]))
			return true;
	return false;
}

/* Most of a stack is in others too: each of its parts is asked once. */
static bool stack_has_one(const struct shown *shown, uint32_t stack, uint8_t *known)
{
	const struct stack_node *stacks = shown->profile->stacks;
	uint8_t answer = STACK_HAS_NONE;
	uint32_t at = stack;

	for (; at != STACK_NONE && known[at] == STACK_UNKNOWN; at = stacks[at].parent) {
		if (!location_has_one(shown, stacks[at].location))
			continue;
		known[at] = STACK_HAS_ONE;
		break;
	}
	if (at != STACK_NONE)
		answer = known[at];
	/* What was passed has what is further out. */
	for (; stack != at; stack = stacks[stack].parent)
		known[stack] = answer;
	return answer == STACK_HAS_ONE;
}

static void select_from_all(struct shown *shown)
{
	const struct selection *selection = &shown->selection;
	bool is_of_paths = selection->through.count || selection->not_through.count;
	uint8_t *known = xcalloc(shown->profile->stack_count + 1, sizeof(*known));
	struct stack_sums *sums = &shown->sums;
	struct stack_path path = { 0 };

	sums->items = xcalloc(shown->all_sums.count + 1, sizeof(*sums->items));
	sums->capacity = shown->all_sums.count + 1;
	for (size_t i = 0; i < shown->all_sums.count; i++) {
		const struct stack_sum *sum = &shown->all_sums.items[i];

		if (!selection_has_thread(selection, &shown->profile->threads[sum->thread]))
			continue;
		sums->all.weight += sum->sum.weight;
		sums->all.count += sum->sum.count;
		if (is_of_paths ? selection_has_stack(selection, shown->profile, shown->naming,
						      &path, sum->stack)
				: !selection_asks_of_frames(selection) ||
					  stack_has_one(shown, sum->stack, known))
			sums->items[sums->count++] = *sum;
	}
	stack_path_deinit(&path);
	free(known);
}

void shown_update(struct shown *shown)
{
	const struct selection *selection = &shown->selection;

	stack_sums_deinit(&shown->sums);
	sum_all(shown);
	if (selection->from_ns || selection->until_ns != UINT64_MAX)
		selection_sum(selection, shown->profile, shown->naming, shown->event, &shown->sums);
	else
		select_from_all(shown);
	shown->generation++;
}

void shown_redraw(struct shown *shown)
{
	shown->generation++;
}

struct call_weight shown_selected(const struct shown *shown)
{
	struct call_weight selected = { 0 };

	for (size_t i = 0; i < shown->sums.count; i++) {
		selected.weight += shown->sums.items[i].sum.weight;
		selected.count += shown->sums.items[i].sum.count;
	}
	return selected;
}

uint64_t shown_whole(const struct shown *shown)
{
	return shown->is_relative ? shown_selected(shown).weight : shown->all_sums.all.weight;
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
	if (profile->step_ns && profile->newest_ns > *start_ns)
		*end_ns = profile->newest_ns;
	/* It may have begun and ended idle. */
	if (health && health->start_ns <= *start_ns && health->end_ns >= *end_ns) {
		*start_ns = health->start_ns;
		*end_ns = health->end_ns;
	}
}
