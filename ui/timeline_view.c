/* SPDX-License-Identifier: MIT */
/* When each thread ran: its samples over time, idle times blank; a range of it filters all views. */
#include "ui/density.h"
#include "ui/explorer.h"
#include "ui/time_axis.h"
#include "ui/time_window.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	LABEL_MAX = 24,
	HEAD_ROWS = 3, /* what is shown, the axis, range and cursor */
	FAR_STEPS = 10,
};

struct timeline_view {
	struct view view;
	struct time_window window;
	bool was_clicked; /* the next click is the other end */
	int label_columns;
};

static struct timeline_view *timeline_view_of(struct view *view)
{
	return (struct timeline_view *)view;
}

static void build(struct timeline_view *view, const struct shown *shown)
{
	time_window_build(&view->window, shown);
	view->view.row_count = view->window.timeline.count;
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

static void draw_status(const struct timeline_view *view, const struct shown *shown,
			struct canvas *canvas, struct area area)
{
	const struct timeline *timeline = &view->window.timeline;
	uint64_t from_ns, until_ns;
	int used = canvas_printf(canvas, area.row, area.column, area.columns, STYLE_TITLE,
				 "%.3f-%.3f s: %" PRIu64 " samples, up to %" PRIu32 " a cell; ",
				 seconds(timeline, timeline->from_ns),
				 seconds(timeline, timeline->until_ns), timeline->sample_count,
				 timeline->most);

	if (!time_window_range(&view->window, &shown->selection, &from_ns, &until_ns))
		canvas_printf(canvas, area.row, area.column + used, area.columns - used,
			      STYLE_TITLE, "at %.3f s", seconds(timeline, view->window.cursor_ns));
	else
		canvas_printf(canvas, area.row, area.column + used, area.columns - used,
			      STYLE_TITLE, "%s %.3f-%.3f s",
			      view->window.has_anchor ? "Enter takes" : "selected",
			      seconds(timeline, from_ns), seconds(timeline, until_ns));
}

static void draw_marks(const struct timeline_view *view, const struct shown *shown,
		       struct canvas *canvas, struct area area)
{
	size_t first, last;

	if (time_window_steps(&view->window, &shown->selection, &first, &last)) {
		canvas_fill(canvas, area.row, area.column + (int)first, (int)(last - first) + 1,
			    STYLE_HEAD, L'=');
		canvas_fill(canvas, area.row, area.column + (int)first, 1, STYLE_HEAD, L'[');
		if (last > first)
			canvas_fill(canvas, area.row, area.column + (int)last, 1, STYLE_HEAD, L']');
	}
	canvas_fill(canvas, area.row,
		    area.column +
			    (int)timeline_step(&view->window.timeline, view->window.cursor_ns),
		    1, STYLE_HEAD, L'v');
}

static const char *label(const struct timeline *timeline, size_t row, char *buffer, size_t size)
{
	const struct thread_row *thread = &timeline->threads.items[timeline->rows[row].thread];

	if (thread->tid == thread->pid)
		snprintf(buffer, size, "%" PRIu32 " %s", thread->tid, thread->comm);
	else
		snprintf(buffer, size, "%" PRIu32 " %s/%s", thread->tid, thread->process_comm,
			 thread->comm);
	return buffer;
}

static void draw_row(const struct timeline_view *view, size_t row, struct canvas *canvas,
		     struct area area)
{
	const struct timeline *timeline = &view->window.timeline;
	int at = area.column + view->label_columns;
	char buffer[64];

	canvas_put(canvas, area.row, area.column, view->label_columns - 1, STYLE_TEXT,
		   label(timeline, row, buffer, sizeof(buffer)));
	canvas_mark_text(canvas, area.row, area.column, view->label_columns - 1, view->view.search);
	for (int i = 0; i < view->window.steps; i++)
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
	bool has_marks = time_window_steps(&view->window, &shown->selection, &first, &last);

	view_scroll(&view->view);
	for (int i = 0; i < area.rows && view->view.top + (size_t)i < view->window.timeline.count;
	     i++) {
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
	if (steps == view->window.steps)
		return;
	view->window.steps = steps;
	build(view, shown);
}

static void draw(struct view *base, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct timeline_view *view = timeline_view_of(base);
	int heads = area.rows > HEAD_ROWS ? HEAD_ROWS : 0;

	measure(view, shown, area);
	if (!view->window.steps)
		return;
	struct area body = { area.row, area.column + view->label_columns, 1, view->window.steps };

	base->list_row = heads;
	base->list_rows = area.rows - heads;
	if (heads) {
		draw_status(view, shown, canvas, area);
		body.row++;
		time_axis_draw(canvas, body,
			       view->window.timeline.from_ns - view->window.timeline.start_ns,
			       view->window.timeline.until_ns - view->window.timeline.start_ns);
		body.row++;
		draw_marks(view, shown, canvas, body);
	}
	draw_rows(view, shown, canvas,
		  (struct area){ area.row + heads, area.column, area.rows - heads, area.columns });
}

/* From the anchor to the cursor, or the cursor's step alone. */
static void select_range(struct timeline_view *view, struct shown *shown, struct explorer *explorer)
{
	uint64_t from_ns, until_ns;

	if (!view->window.timeline.count)
		return;
	if (!view->window.has_anchor)
		view->window.anchor_ns = view->window.cursor_ns;
	view->window.has_anchor = true;
	time_window_range(&view->window, &shown->selection, &from_ns, &until_ns);
	view->window.has_anchor = view->was_clicked = false;
	shown->selection.from_ns = from_ns;
	shown->selection.until_ns = until_ns;
	explorer_reselect(explorer);
}

/* What is being chosen is given up first. */
static void drop_range(struct timeline_view *view, struct shown *shown, struct explorer *explorer)
{
	bool was_chosen = view->window.has_anchor;

	view->window.has_anchor = view->was_clicked = false;
	if (was_chosen || !time_window_is_selected(&shown->selection))
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
		time_window_move(&view->window, shown, action == LEFT ? -1 : 1);
		break;
	case FAR_LEFT:
	case FAR_RIGHT:
		time_window_move(&view->window, shown, action == FAR_LEFT ? -FAR_STEPS : FAR_STEPS);
		break;
	case BEGIN:
		view->window.has_anchor = !view->window.has_anchor;
		view->window.anchor_ns = view->window.cursor_ns;
		break;
	case TAKE:
		select_range(view, shown, explorer);
		break;
	case DROP:
		drop_range(view, shown, explorer);
		break;
	default:
		time_window_zoom(&view->window, shown, action == CLOSER);
	}
	view->view.row_count = view->window.timeline.count;
	return true;
}

static bool click(struct view *base, struct shown *shown, struct explorer *explorer, int row,
		  int column, bool is_double)
{
	struct timeline_view *view = timeline_view_of(base);
	uint64_t before_ns = view->window.cursor_ns;

	(void)row;
	if (column < view->label_columns || !view->window.steps)
		return false;
	time_window_point(&view->window, (size_t)(column - view->label_columns));
	if (is_double) {
		select_range(view, shown, explorer);
		return true;
	}
	view->window.has_anchor = view->was_clicked;
	view->window.anchor_ns = before_ns;
	view->was_clicked = !view->was_clicked;
	return true;
}

static const char *row_text(struct view *base, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	(void)shown;
	return label(&timeline_view_of(base)->window.timeline, row, buffer, size);
}

static void destroy(struct view *view)
{
	timeline_deinit(&timeline_view_of(view)->window.timeline);
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
