/* SPDX-License-Identifier: MIT */
#include "ui/time_window.h"

enum { STEP_MIN_NS = 1000 }; /* no deeper can one look */

void time_window_build(struct time_window *window, const struct shown *shown)
{
	struct timeline *timeline = &window->timeline;

	timeline_build(timeline, shown, window->from_ns, window->until_ns, (size_t)window->steps);
	if (window->until_ns &&
	    (window->until_ns <= timeline->start_ns || window->from_ns >= timeline->end_ns)) {
		window->from_ns = window->until_ns = 0; /* a live profile has moved on */
		timeline_build(timeline, shown, 0, 0, (size_t)window->steps);
	}
	if (window->cursor_ns < timeline->from_ns)
		window->cursor_ns = timeline->from_ns;
	if (window->cursor_ns > timeline->until_ns)
		window->cursor_ns = timeline->until_ns;
}

/* The last time that is in a step. */
static uint64_t step_end_ns(const struct timeline *timeline, size_t step)
{
	uint64_t next_ns = timeline_step_ns(timeline, step + 1);

	return step + 1 < timeline->steps && next_ns > timeline->from_ns ? next_ns - 1
									 : timeline->until_ns;
}

bool time_window_is_selected(const struct selection *selection)
{
	return selection->from_ns || selection->until_ns != UINT64_MAX;
}

bool time_window_range(const struct time_window *window, const struct selection *selection,
		       uint64_t *from_ns, uint64_t *until_ns)
{
	const struct timeline *timeline = &window->timeline;

	*from_ns = selection->from_ns;
	*until_ns = selection->until_ns;
	if (!window->has_anchor)
		return time_window_is_selected(selection);
	bool is_first = window->anchor_ns < window->cursor_ns;
	size_t first = timeline_step(timeline, is_first ? window->anchor_ns : window->cursor_ns);
	size_t last = timeline_step(timeline, is_first ? window->cursor_ns : window->anchor_ns);

	*from_ns = timeline_step_ns(timeline, first);
	*until_ns = step_end_ns(timeline, last);
	return true;
}

bool time_window_steps(const struct time_window *window, const struct selection *selection,
		       size_t *first, size_t *last)
{
	const struct timeline *timeline = &window->timeline;
	uint64_t from_ns, until_ns;

	if (!time_window_range(window, selection, &from_ns, &until_ns) ||
	    from_ns > timeline->until_ns || until_ns < timeline->from_ns)
		return false;
	*first = timeline_step(timeline, from_ns);
	*last = timeline_step(timeline, until_ns);
	return true;
}

/* To the middle of the step, which is in it however it is rounded. */
void time_window_point(struct time_window *window, size_t step)
{
	const struct timeline *timeline = &window->timeline;
	uint64_t from_ns = timeline_step_ns(timeline, step);

	window->cursor_ns = from_ns + (timeline_step_ns(timeline, step + 1) - from_ns) / 2;
}

/* The span is moved within what there is. */
static void look_at(struct time_window *window, const struct shown *shown, uint64_t from_ns,
		    uint64_t span_ns)
{
	const struct timeline *timeline = &window->timeline;
	uint64_t whole_ns = timeline->end_ns - timeline->start_ns;

	/* Halves that were rounded are whole again. */
	if (span_ns >= whole_ns - whole_ns / 1024) {
		window->from_ns = window->until_ns = 0;
	} else {
		if (from_ns < timeline->start_ns)
			from_ns = timeline->start_ns;
		if (from_ns > timeline->end_ns - span_ns)
			from_ns = timeline->end_ns - span_ns;
		window->from_ns = from_ns;
		window->until_ns = from_ns + span_ns;
	}
	time_window_build(window, shown);
}

void time_window_move(struct time_window *window, const struct shown *shown, int distance)
{
	const struct timeline *timeline = &window->timeline;
	long step = (long)timeline_step(timeline, window->cursor_ns) + distance;
	uint64_t span_ns = timeline->until_ns - timeline->from_ns;
	uint64_t from_ns = timeline->from_ns;

	if (step < 0) {
		look_at(window, shown, from_ns > span_ns / 4 ? from_ns - span_ns / 4 : 0, span_ns);
		step = window->timeline.from_ns < from_ns ? window->steps / 4 - 1 : 0;
	} else if (step >= window->steps) {
		look_at(window, shown, from_ns + span_ns / 4, span_ns);
		step = window->timeline.from_ns > from_ns ? window->steps - window->steps / 4
							  : window->steps - 1;
	}
	if (window->steps)
		time_window_point(window, step > 0 ? (size_t)step : 0);
}

void time_window_zoom(struct time_window *window, const struct shown *shown, bool is_closer)
{
	uint64_t span_ns = window->timeline.until_ns - window->timeline.from_ns;
	uint64_t wanted_ns = is_closer ? span_ns / 2 : span_ns * 2;

	if (is_closer && wanted_ns < STEP_MIN_NS * (uint64_t)window->steps)
		return;
	look_at(window, shown,
		window->cursor_ns > wanted_ns / 2 ? window->cursor_ns - wanted_ns / 2 : 0,
		wanted_ns);
}
