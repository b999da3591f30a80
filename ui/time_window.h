/* SPDX-License-Identifier: MIT */
/*
 * The part of a timeline that is looked at, with a cursor in it and a range that is being chosen.
 *
 * You give what is shown, in how many steps it is to be told, and where to look; you get the
 * timeline of that part, and the cursor stays in sight. It never looks beyond what there is, draws
 * or selects.
 */
#ifndef UI_TIME_WINDOW_H
#define UI_TIME_WINDOW_H

#include "ui/timeline.h"

/* A zeroed one looks at all there is; its timeline is to be freed. */
struct time_window {
	struct timeline timeline;
	uint64_t from_ns, until_ns; /* what is looked at; 0, 0: all there is */
	uint64_t cursor_ns;
	uint64_t anchor_ns; /* the other end of the range, while one is chosen */
	bool has_anchor;
	int steps;
};

/* After what is shown, or the number of steps, has changed. */
void time_window_build(struct time_window *window, const struct shown *shown);

/* Whether a range of time is selected. */
bool time_window_is_selected(const struct selection *selection);

/* The range that is being chosen, else the selected one. False: there is none. */
bool time_window_range(const struct time_window *window, const struct selection *selection,
		       uint64_t *from_ns, uint64_t *until_ns);
/* The same in steps. False: none of it is in what is looked at. */
bool time_window_steps(const struct time_window *window, const struct selection *selection,
		       size_t *first, size_t *last);

/* Sets the cursor to a step. */
void time_window_point(struct time_window *window, size_t step);

/* Moves the cursor by steps; beyond the edge a quarter more comes into sight. */
void time_window_move(struct time_window *window, const struct shown *shown, int distance);

/* `is_closer`: looks at half the span, else at twice of it; the cursor stays in sight. */
void time_window_zoom(struct time_window *window, const struct shown *shown, bool is_closer);

#endif
