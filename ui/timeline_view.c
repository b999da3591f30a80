/* SPDX-License-Identifier: MIT */
/* When each thread ran: its samples over time, idle times blank; a range of it filters all views. */
#include "ui/density.h"
#include "ui/explorer.h"
#include "ui/time_axis.h"
#include "ui/timeline.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	LABEL_MAX = 24,
	HEAD_ROWS = 3, /* what is shown, the axis, range and cursor */
	FAR_STEPS = 10,
	STEP_MIN_NS = 1000, /* no deeper can one look */
};

struct timeline_view {
	struct view view;
	struct timeline timeline;
	uint64_t from_ns, until_ns; /* what is looked at; 0, 0: all there is */
	uint64_t cursor_ns;
	uint64_t anchor_ns; /* the other end of the range, while one is chosen */
	bool has_anchor;
	bool was_clicked; /* the next click is the other end */
	int label_columns, steps;
};

static struct timeline_view *timeline_view_of(struct view *view)
{
	return (struct timeline_view *)view;
}

static void build(struct timeline_view *view, const struct shown *shown)
{
	struct timeline *timeline = &view->timeline;

	timeline_build(timeline, shown, view->from_ns, view->until_ns, (size_t)view->steps);
	if (view->until_ns &&
	    (view->until_ns <= timeline->start_ns || view->from_ns >= timeline->end_ns)) {
		view->from_ns = view->until_ns = 0; /* a live profile has moved on */
		timeline_build(timeline, shown, 0, 0, (size_t)view->steps);
	}
	if (view->cursor_ns < timeline->from_ns)
		view->cursor_ns = timeline->from_ns;
	if (view->cursor_ns > timeline->until_ns)
		view->cursor_ns = timeline->until_ns;
	view->view.row_count = timeline->count;
}

static void update(struct view *view, struct shown *shown)
{
	build(timeline_view_of(view), shown);
}

/* Since the start, and not beyond the end. */
static double seconds(const struct timeline *timeline, uint64_t time_ns)
{
	if (time_ns < timeline->start_ns)
		time_ns = timeline->start_ns;
	if (time_ns > timeline->end_ns)
		time_ns = timeline->end_ns;
	return (double)(time_ns - timeline->start_ns) / 1e9;
}

/* The last time that is in a step. */
static uint64_t step_end_ns(const struct timeline *timeline, size_t step)
{
	uint64_t next_ns = timeline_step_ns(timeline, step + 1);

	return step + 1 < timeline->steps && next_ns > timeline->from_ns ? next_ns - 1
									 : timeline->until_ns;
}

static bool has_range(const struct selection *selection)
{
	return selection->from_ns || selection->until_ns != UINT64_MAX;
}

/* The range that is being chosen, else the selected one; false: there is none. */
static bool find_range(const struct timeline_view *view, const struct shown *shown,
		       uint64_t *from_ns, uint64_t *until_ns)
{
	const struct timeline *timeline = &view->timeline;

	*from_ns = shown->selection.from_ns;
	*until_ns = shown->selection.until_ns;
	if (!view->has_anchor)
		return has_range(&shown->selection);
	bool is_first = view->anchor_ns < view->cursor_ns;
	size_t first = timeline_step(timeline, is_first ? view->anchor_ns : view->cursor_ns);
	size_t last = timeline_step(timeline, is_first ? view->cursor_ns : view->anchor_ns);

	*from_ns = timeline_step_ns(timeline, first);
	*until_ns = step_end_ns(timeline, last);
	return true;
}

/* The same in steps; false: none of it is in what is looked at. */
static bool find_steps(const struct timeline_view *view, const struct shown *shown, size_t *first,
		       size_t *last)
{
	const struct timeline *timeline = &view->timeline;
	uint64_t from_ns, until_ns;

	if (!find_range(view, shown, &from_ns, &until_ns) || from_ns > timeline->until_ns ||
	    until_ns < timeline->from_ns)
		return false;
	*first = timeline_step(timeline, from_ns);
	*last = timeline_step(timeline, until_ns);
	return true;
}

static void draw_status(const struct timeline_view *view, const struct shown *shown,
			struct canvas *canvas, struct area area)
{
	const struct timeline *timeline = &view->timeline;
	uint64_t from_ns, until_ns;
	int used = canvas_printf(canvas, area.row, area.column, area.columns, STYLE_TITLE,
				 "%.3f-%.3f s: %" PRIu64 " samples, up to %" PRIu32 " a cell; ",
				 seconds(timeline, timeline->from_ns),
				 seconds(timeline, timeline->until_ns), timeline->sample_count,
				 timeline->most);

	if (!find_range(view, shown, &from_ns, &until_ns))
		canvas_printf(canvas, area.row, area.column + used, area.columns - used,
			      STYLE_TITLE, "at %.3f s", seconds(timeline, view->cursor_ns));
	else
		canvas_printf(canvas, area.row, area.column + used, area.columns - used,
			      STYLE_TITLE, "%s %.3f-%.3f s",
			      view->has_anchor ? "Enter takes" : "selected",
			      seconds(timeline, from_ns), seconds(timeline, until_ns));
}

static void draw_marks(const struct timeline_view *view, const struct shown *shown,
		       struct canvas *canvas, struct area area)
{
	size_t first, last;

	if (find_steps(view, shown, &first, &last)) {
		canvas_fill(canvas, area.row, area.column + (int)first, (int)(last - first) + 1,
			    STYLE_HEAD, L'=');
		canvas_fill(canvas, area.row, area.column + (int)first, 1, STYLE_HEAD, L'[');
		if (last > first)
			canvas_fill(canvas, area.row, area.column + (int)last, 1, STYLE_HEAD, L']');
	}
	canvas_fill(canvas, area.row,
		    area.column + (int)timeline_step(&view->timeline, view->cursor_ns), 1,
		    STYLE_HEAD, L'v');
}

static const char *label(const struct timeline *timeline, size_t row, char *buffer, size_t size)
{
	const struct thread_row *thread = &timeline->threads.items[timeline->rows[row].thread];
	const struct thread_row *main_thread = &timeline->threads.items[thread->main];

	if (thread == main_thread)
		snprintf(buffer, size, "%" PRIu32 " %s", thread->tid, thread->comm);
	else
		snprintf(buffer, size, "%" PRIu32 " %s/%s", thread->tid, main_thread->comm,
			 thread->comm);
	return buffer;
}

static void draw_row(const struct timeline_view *view, size_t row, struct canvas *canvas,
		     struct area area)
{
	const struct timeline *timeline = &view->timeline;
	int at = area.column + view->label_columns;
	char buffer[64];

	canvas_put(canvas, area.row, area.column, view->label_columns - 1, STYLE_TEXT,
		   label(timeline, row, buffer, sizeof(buffer)));
	canvas_mark_text(canvas, area.row, area.column, view->label_columns - 1, view->view.search);
	for (int i = 0; i < view->steps; i++)
		canvas_fill(canvas, area.row, at + i, 1, STYLE_TEXT,
			    density_character(timeline->rows[row].counts[i], timeline->most));
	if (row == view->view.cursor)
		canvas_mark(canvas, area.row, area.column, area.columns, STYLE_SELECTED);
}

static void draw_rows(struct timeline_view *view, const struct shown *shown, struct canvas *canvas,
		      struct area area)
{
	int at = area.column + view->label_columns;
	size_t first, last;
	bool has_marks = find_steps(view, shown, &first, &last);

	view_scroll(&view->view);
	for (int i = 0; i < area.rows && view->view.top + (size_t)i < view->timeline.count; i++) {
		struct area row = { area.row + i, area.column, 1, area.columns };

		draw_row(view, view->view.top + (size_t)i, canvas, row);
		if (has_marks)
			canvas_mark(canvas, row.row, at + (int)first, (int)(last - first) + 1,
				    STYLE_MATCH);
	}
}

/* The steps are as many as there are columns for them. */
static void measure(struct timeline_view *view, const struct shown *shown, struct area area)
{
	int label_columns = area.columns / 4 < LABEL_MAX ? area.columns / 4 : LABEL_MAX;
	int steps = area.columns > label_columns ? area.columns - label_columns : 0;

	view->label_columns = label_columns;
	if (steps == view->steps)
		return;
	view->steps = steps;
	build(view, shown);
}

static void draw(struct view *base, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct timeline_view *view = timeline_view_of(base);
	int heads = area.rows > HEAD_ROWS ? HEAD_ROWS : 0;

	measure(view, shown, area);
	if (!view->steps)
		return;
	struct area body = { area.row, area.column + view->label_columns, 1, view->steps };

	base->list_row = heads;
	base->list_rows = area.rows - heads;
	if (heads) {
		draw_status(view, shown, canvas, area);
		body.row++;
		time_axis_draw(canvas, body, view->timeline.from_ns - view->timeline.start_ns,
			       view->timeline.until_ns - view->timeline.start_ns);
		body.row++;
		draw_marks(view, shown, canvas, body);
	}
	draw_rows(view, shown, canvas,
		  (struct area){ area.row + heads, area.column, area.rows - heads, area.columns });
}

/* The middle of a step, which is in it however it is rounded. */
static uint64_t middle_ns(const struct timeline *timeline, size_t step)
{
	uint64_t from_ns = timeline_step_ns(timeline, step);

	return from_ns + (timeline_step_ns(timeline, step + 1) - from_ns) / 2;
}

/* The span is moved within what there is. */
static void look_at(struct timeline_view *view, const struct shown *shown, uint64_t from_ns,
		    uint64_t span_ns)
{
	const struct timeline *timeline = &view->timeline;
	uint64_t whole_ns = timeline->end_ns - timeline->start_ns;

	/* Halves that were rounded are whole again. */
	if (span_ns >= whole_ns - whole_ns / 1024) {
		view->from_ns = view->until_ns = 0;
	} else {
		if (from_ns < timeline->start_ns)
			from_ns = timeline->start_ns;
		if (from_ns > timeline->end_ns - span_ns)
			from_ns = timeline->end_ns - span_ns;
		view->from_ns = from_ns;
		view->until_ns = from_ns + span_ns;
	}
	build(view, shown);
}

/* Beyond the edge a quarter more comes into sight. */
static void move(struct timeline_view *view, const struct shown *shown, int distance)
{
	const struct timeline *timeline = &view->timeline;
	long step = (long)timeline_step(timeline, view->cursor_ns) + distance;
	uint64_t span_ns = timeline->until_ns - timeline->from_ns;
	uint64_t from_ns = timeline->from_ns;

	if (step < 0) {
		look_at(view, shown, from_ns > span_ns / 4 ? from_ns - span_ns / 4 : 0, span_ns);
		step = view->timeline.from_ns < from_ns ? view->steps / 4 - 1 : 0;
	} else if (step >= view->steps) {
		look_at(view, shown, from_ns + span_ns / 4, span_ns);
		step = view->timeline.from_ns > from_ns ? view->steps - view->steps / 4
							: view->steps - 1;
	}
	if (view->steps)
		view->cursor_ns = middle_ns(timeline, step > 0 ? (size_t)step : 0);
}

/* `is_closer`: half the span, else twice; the cursor stays in sight. */
static void zoom(struct timeline_view *view, const struct shown *shown, bool is_closer)
{
	uint64_t span_ns = view->timeline.until_ns - view->timeline.from_ns;
	uint64_t wanted_ns = is_closer ? span_ns / 2 : span_ns * 2;

	if (is_closer && wanted_ns < STEP_MIN_NS * (uint64_t)view->steps)
		return;
	look_at(view, shown, view->cursor_ns > wanted_ns / 2 ? view->cursor_ns - wanted_ns / 2 : 0,
		wanted_ns);
}

/* From the anchor to the cursor, or the cursor's step alone. */
static void select_range(struct timeline_view *view, struct shown *shown, struct explorer *explorer)
{
	uint64_t from_ns, until_ns;

	if (!view->timeline.count)
		return;
	if (!view->has_anchor)
		view->anchor_ns = view->cursor_ns;
	view->has_anchor = true;
	find_range(view, shown, &from_ns, &until_ns);
	view->has_anchor = view->was_clicked = false;
	shown->selection.from_ns = from_ns;
	shown->selection.until_ns = until_ns;
	explorer_reselect(explorer);
}

/* What is being chosen is given up first. */
static void drop_range(struct timeline_view *view, struct shown *shown, struct explorer *explorer)
{
	bool was_chosen = view->has_anchor;

	view->has_anchor = view->was_clicked = false;
	if (was_chosen || !has_range(&shown->selection))
		return;
	shown->selection.from_ns = 0;
	shown->selection.until_ns = UINT64_MAX;
	explorer_reselect(explorer);
}

enum { LEFT = 1, RIGHT, FAR_LEFT, FAR_RIGHT, BEGIN, TAKE, DROP, CLOSER, FARTHER };

static bool act(struct view *base, struct shown *shown, struct explorer *explorer, int action)
{
	struct timeline_view *view = timeline_view_of(base);

	switch (action) {
	case LEFT:
	case RIGHT:
		move(view, shown, action == LEFT ? -1 : 1);
		break;
	case FAR_LEFT:
	case FAR_RIGHT:
		move(view, shown, action == FAR_LEFT ? -FAR_STEPS : FAR_STEPS);
		break;
	case BEGIN:
		view->has_anchor = !view->has_anchor;
		view->anchor_ns = view->cursor_ns;
		break;
	case TAKE:
		select_range(view, shown, explorer);
		break;
	case DROP:
		drop_range(view, shown, explorer);
		break;
	default:
		zoom(view, shown, action == CLOSER);
	}
	return true;
}

static bool click(struct view *base, struct shown *shown, struct explorer *explorer, int row,
		  int column, bool is_double)
{
	struct timeline_view *view = timeline_view_of(base);
	uint64_t before_ns = view->cursor_ns;

	(void)row;
	if (column < view->label_columns || !view->steps)
		return false;
	view->cursor_ns = middle_ns(&view->timeline, (size_t)(column - view->label_columns));
	if (is_double) {
		select_range(view, shown, explorer);
		return true;
	}
	view->has_anchor = view->was_clicked;
	view->anchor_ns = before_ns;
	view->was_clicked = !view->was_clicked;
	return true;
}

static const char *row_text(struct view *base, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	(void)shown;
	return label(&timeline_view_of(base)->timeline, row, buffer, size);
}

static void destroy(struct view *view)
{
	timeline_deinit(&timeline_view_of(view)->timeline);
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_LEFT, 'h' }, NULL, "the cursor to the left", LEFT },
	{ { TERMINAL_KEY_RIGHT, 'l' }, NULL, "the cursor to the right", RIGHT },
	{ { 'H', '[' }, NULL, "ten columns to the left", FAR_LEFT },
	{ { 'L', ']' }, NULL, "ten columns to the right", FAR_RIGHT },
	{ { 'v' }, "range", "begin a range of time at the cursor, or give it up", BEGIN },
	{ { TERMINAL_KEY_ENTER }, "select", "show the range (or the cursor's column) alone, in all views",
	  TAKE },
	{ { TERMINAL_KEY_BACKSPACE, TERMINAL_KEY_DELETE }, "all", "show all times again", DROP },
	{ { '+', '=' }, "closer", "half the time on the screen", CLOSER },
	{ { '-' }, NULL, "twice the time on the screen", FARTHER },
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

const struct view_kind timeline_view = {
	.name = "Timeline",
	.bindings = bindings,
	.size = sizeof(struct timeline_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.click = click,
	.row_text = row_text,
};
